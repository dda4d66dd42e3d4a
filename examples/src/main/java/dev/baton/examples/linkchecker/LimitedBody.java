package dev.baton.examples.linkchecker;

import java.io.ByteArrayOutputStream;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import org.jspecify.annotations.Nullable;

/**
 * Reads a body up to a limit and hangs up there, so that an endless one costs neither time nor memory. Keeps the bytes if
 * somebody will read them, else only counts them.
 */
final class LimitedBody implements BodySubscriber<LimitedBody.Content> {

    /**
     * What was read.
     *
     * @param kept the bytes; empty if they were only counted
     * @param size how many bytes were read
     * @param cut whether there was more than the limit
     */
    record Content(ByteArrayOutputStream kept, long size, boolean cut) {
        byte[] bytes() {
            return kept.toByteArray();
        }
    }

    private final CompletableFuture<Content> content = new CompletableFuture<>();
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream(0);
    private final long limit;
    private final boolean keep;
    private @Nullable Subscription subscription; // this and size: only the client's delivery, one call at a time
    private long size;

    LimitedBody(long limit, boolean keep) {
        this.limit = limit;
        this.keep = keep;
    }

    @Override
    public CompletionStage<Content> getBody() {
        return content;
    }

    @Override
    public void onSubscribe(Subscription newSubscription) {
        subscription = newSubscription;
        newSubscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        for (ByteBuffer buffer : buffers) {
            if (content.isDone()) {
                return; // buffers that were on their way
            }
            int length = buffer.remaining();
            if (size + length > limit && subscription != null) {
                subscription.cancel();
                content.complete(new Content(kept, limit, true));
                return;
            }
            size += length;
            if (keep) {
                byte[] bytes = new byte[length];
                buffer.get(bytes);
                kept.writeBytes(bytes);
            }
        }
    }

    @Override
    public void onError(Throwable failure) {
        content.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
        content.complete(new Content(kept, size, false));
    }
}
