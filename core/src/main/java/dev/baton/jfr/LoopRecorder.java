package dev.baton.jfr;

import dev.baton.Coroutine;
import dev.baton.loop.EventLoop;
import dev.baton.loop.Fiber;
import dev.baton.loop.LoopListener;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** Makes events of what a loop tells, while a recording wants them. Called by the holder of the baton. */
final class LoopRecorder implements LoopListener {
    private final Map<Fiber, AwaitEvent> awaits = new HashMap<>();
    private StepEvent step = new StepEvent();

    @Override
    public void stepStarted(EventLoop loop, long lagNanos) {
        step.begin(); // again, perhaps, after the loop was idle
    }

    /** The end of one step is the beginning of the next. */
    @Override
    public void stepEnded(EventLoop loop, long durationNanos) {
        step.end();
        if (step.shouldCommit()) {
            Fiber fiber = Fiber.current();
            Coroutine<?> coroutine = fiber == null ? null : Coroutine.of(fiber);
            step.loop = loop.name();
            step.holder = coroutine != null ? coroutine.name() : fiber != null ? fiber.name() : "callback";
            step.commit();
        }
        step = new StepEvent();
        step.begin();
    }

    @Override
    public void fiberSuspended(EventLoop loop, Fiber fiber) {
        AwaitEvent event = new AwaitEvent();
        if (event.isEnabled()) {
            awaits.put(fiber, event);
            event.begin();
        }
    }

    @Override
    public void fiberResumed(EventLoop loop, Fiber fiber) {
        AwaitEvent event = awaits.remove(fiber);
        Coroutine<?> coroutine = Coroutine.of(fiber);
        Object awaited = coroutine == null ? null : coroutine.awaiting();
        if (event == null || coroutine == null || awaited == null) { // it waited for its turn only
            return;
        }
        event.end();
        if (event.shouldCommit()) {
            event.loop = loop.name();
            event.coroutine = coroutine.name();
            event.coroutineId = coroutine.id();
            event.awaited = awaited instanceof Coroutine<?> other ? other.name() : awaited.toString();
            event.commit();
        }
    }

    @Override
    public void fiberEnded(EventLoop loop, Fiber fiber, Fiber.Outcome outcome, long durationNanos) {
        awaits.remove(fiber);
        CoroutineEndEvent event = new CoroutineEndEvent();
        Coroutine<?> coroutine = Coroutine.of(fiber);
        if (coroutine != null && event.isEnabled()) {
            event.loop = loop.name();
            event.coroutine = coroutine.name();
            event.coroutineId = coroutine.id();
            event.outcome = outcome.name().toLowerCase(Locale.ROOT);
            event.lifetime = durationNanos;
            event.commit();
        }
    }
}
