package dev.baton.jfr;

import dev.baton.loop.EventLoop;
import jdk.jfr.Event;
import jdk.jfr.EventType;
import jdk.jfr.FlightRecorder;
import jdk.jfr.FlightRecorderListener;
import jdk.jfr.Recording;
import org.jspecify.annotations.Nullable;

/**
 * Puts what a loop does into recordings of JDK Flight Recorder.
 *
 * {@snippet :
 * CoroutineEvents.of(loop);
 * }
 *
 * <table>
 * <caption>The events, which are disabled unless a recording enables them</caption>
 * <tr><th>name<th>what it says
 * <tr><td>{@code dev.baton.Step}<td>one hold of the baton, longer than the event's threshold (10 ms unless the recording
 *     says otherwise): {@code loop}, {@code holder}
 * <tr><td>{@code dev.baton.Await}<td>one await that had to wait: {@code loop}, {@code coroutine}, {@code coroutineId},
 *     {@code awaited}
 * <tr><td>{@code dev.baton.CoroutineEnd}<td>the end of a coroutine: {@code loop}, {@code coroutine}, {@code coroutineId},
 *     {@code outcome}, {@code lifetime}
 * </table>
 *
 * <p>It listens to the loop only while a recording runs that enables one of them; before and after, the loop pays nothing.
 * With a settings file, {@code jcmd PID JFR.start settings=FILE}, or {@code jcmd PID JFR.start dev.baton.Await#enabled=true},
 * they are there.
 */
public final class CoroutineEvents implements AutoCloseable {
    private final EventLoop loop;
    private final FlightRecorderListener listener = new FlightRecorderListener() {
        @Override
        public void recorderInitialized(FlightRecorder recorder) {
            update();
        }

        @Override
        public void recordingStateChanged(Recording recording) {
            update();
        }
    };

    private @Nullable LoopRecorder recorder; // guarded by this; null: no recording wants anything
    private boolean closed; // guarded by this

    private CoroutineEvents(EventLoop loop) {
        this.loop = loop;
    }

    /**
     * Finds, or makes, the one object that records a loop. May be called from any thread.
     *
     * @param loop the loop
     * @return what ends it; the loop does so when it is closed
     */
    public static CoroutineEvents of(EventLoop loop) {
        return loop.attachment(CoroutineEvents.class, CoroutineEvents::begin);
    }

    private static CoroutineEvents begin(EventLoop loop) {
        CoroutineEvents events = new CoroutineEvents(loop);
        FlightRecorder.addListener(events.listener);
        if (FlightRecorder.isInitialized()) {
            events.update();
        }
        return events;
    }

    private synchronized void update() {
        boolean wanted = !closed
                && (isEnabled(StepEvent.class) || isEnabled(AwaitEvent.class) || isEnabled(CoroutineEndEvent.class));
        LoopRecorder before = recorder;
        if (wanted && before == null) {
            recorder = new LoopRecorder();
            loop.addListener(recorder);
        } else if (!wanted && before != null) {
            recorder = null;
            loop.removeListener(before);
        }
    }

    private static boolean isEnabled(Class<? extends Event> type) {
        return EventType.getEventType(type).isEnabled();
    }

    /** Records no more. May be called from any thread. */
    @Override
    public void close() {
        FlightRecorder.removeListener(listener);
        synchronized (this) {
            closed = true;
        }
        update();
    }
}
