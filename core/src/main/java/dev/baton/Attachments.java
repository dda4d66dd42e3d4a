package dev.baton;

import dev.baton.loop.EventLoop;
import dev.baton.loop.FailureReport;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The {@link CoroutineAttachment}s of one coroutine, which is the only one to touch them. */
final class Attachments {
    private final Map<Class<?>, CoroutineAttachment> byType = new LinkedHashMap<>();

    <A extends CoroutineAttachment> A get(Class<A> type, Supplier<? extends A> factory) {
        CoroutineAttachment attachment = byType.get(type);
        if (attachment == null) {
            attachment = factory.get();
            byType.put(type, attachment);
        }
        return type.cast(attachment);
    }

    void awaitFailed(Throwable failure) {
        byType.values().forEach(each -> each.awaitFailed(failure));
    }

    /** {@return what the coroutine fails with, or null} */
    @Nullable
    Throwable ended(EventLoop loop, @Nullable Throwable failure) {
        Throwable outcome = failure;
        for (CoroutineAttachment each : byType.values()) {
            try {
                each.ended(failure);
            } catch (Throwable thrown) {
                if (outcome == null) {
                    outcome = thrown;
                } else {
                    loop.report(FailureReport.Kind.CALLBACK, each + " failed when its coroutine ended", thrown);
                }
            }
        }
        return outcome;
    }
}
