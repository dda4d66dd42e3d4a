package dev.baton.benchmarks

import java.util.concurrent.CountDownLatch
import java.util.concurrent.Executor
import java.util.concurrent.atomic.AtomicInteger
import kotlin.concurrent.thread
import kotlin.coroutines.CoroutineContext
import kotlin.coroutines.EmptyCoroutineContext
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.DelicateCoroutinesApi
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import kotlinx.coroutines.newSingleThreadContext
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.yield
import org.openjdk.jmh.annotations.Scope
import org.openjdk.jmh.annotations.State
import org.openjdk.jmh.infra.Blackhole

/** kotlinx.coroutines, in a context that runs one coroutine at a time. */
abstract class KotlinPeer(private val context: CoroutineContext) {

    fun momentAlone(times: Int) = runBlocking(context) { repeat(times) { yield() } }

    /** Starts coroutines that take turns until the meter is closed. */
    fun ring(coroutines: Int, meter: Meter): Thread =
        thread(isDaemon = true) {
            runBlocking(context) { repeat(coroutines) { launch { while (meter.tick()) yield() } } }
        }

    fun handValue(times: Int): Int =
        runBlocking(context) {
            var ping = CompletableDeferred<Int>()
            var pong = CompletableDeferred<Int>()
            launch {
                repeat(times / 2) {
                    val value = ping.await()
                    ping = CompletableDeferred()
                    pong.complete(value + 1)
                }
            }
            var value = 0
            repeat(times / 2) {
                ping.complete(value)
                value = pong.await()
                pong = CompletableDeferred()
            }
            value
        }

    fun spawnAndAwait(times: Int): Int =
        runBlocking(context) {
            var sum = 0
            repeat(times) { sum += async { 1 }.await() }
            sum
        }

    fun spawnMany(coroutines: Int): Int =
        runBlocking(context) {
            var started = 0
            val gate = CompletableDeferred<Unit>()
            List(coroutines) {
                    async {
                        if (++started == coroutines) gate.complete(Unit) else gate.await()
                        1
                    }
                }
                .awaitAll()
                .sum()
        }

    fun awaitDone(rounds: Int, futures: Int, sink: Blackhole) =
        runBlocking(context) {
            val done = List(futures) { CompletableDeferred(1) }
            repeat(rounds) { for (future in done) sink.consume(future.await()) }
        }

    fun completedElsewhere(coroutines: Int, times: Int, completers: Executor) =
        runBlocking(context) {
            repeat(coroutines) {
                launch {
                    repeat(times) {
                        val future = CompletableDeferred<Unit>()
                        completers.execute { future.complete(Unit) }
                        future.await()
                    }
                }
            }
        }

    fun sleep(coroutines: Int, millis: Long) =
        runBlocking(context) { repeat(coroutines) { launch { delay(millis) } } }

    fun multi(futures: Int): Int =
        runBlocking(context) {
            val all = List(futures) { CompletableDeferred<Int>() }
            launch { all.forEach { it.complete(1) } }
            all.awaitAll().size
        }

    /** Suspends coroutines until the gate opens. */
    fun suspendAll(coroutines: Int, gate: KotlinGate, ended: AtomicInteger, suspended: CountDownLatch) {
        thread(isDaemon = true) {
            runBlocking(context) {
                repeat(coroutines) {
                    launch {
                        gate.future.await()
                        ended.andIncrement
                    }
                }
                launch { suspended.countDown() }
            }
        }
    }
}

/** What the coroutines of [KotlinPeer.suspendAll] wait for. */
class KotlinGate {
    internal val future = CompletableDeferred<Unit>()

    fun open() {
        future.complete(Unit)
    }
}

/** A thread of its own, as `newSingleThreadContext` makes it. */
@OptIn(DelicateCoroutinesApi::class, ExperimentalCoroutinesApi::class)
@State(Scope.Benchmark)
open class KotlinDispatcher : KotlinPeer(newSingleThreadContext("kotlin"))

/** The thread that called `runBlocking`. */
@State(Scope.Benchmark)
open class KotlinRunBlocking : KotlinPeer(EmptyCoroutineContext)
