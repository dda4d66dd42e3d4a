package dev.baton.future;

import dev.baton.loop.Waiter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The stages that a combinator waits for, each of them once, however often it was named.
 *
 * @param <T> the type of their values
 */
abstract class Inputs<T> {
    private final List<Input> byPosition;
    private final Collection<Input> distinct;

    Inputs(Collection<? extends CompletionStage<? extends T>> stages) {
        IdentityHashMap<CompletionStage<?>, Input> byStage =
                new IdentityHashMap<>(Objects.requireNonNull(stages, "stages").size());
        byPosition = new ArrayList<>(stages.size());
        distinct = new ArrayList<>(stages.size());
        for (CompletionStage<? extends T> stage : stages) {
            Input input = byStage.get(stage);
            if (input == null) {
                input = new Input(stage);
                byStage.put(stage, input);
                distinct.add(input);
            }
            byPosition.add(input);
        }
    }

    /** Called once for each distinct input, when it is done, on the thread that completes it. */
    abstract void done(Input input);

    /** {@return the future that is done by these, or null if there is not one but several} For dumps. */
    @Nullable
    CompletionStage<?> outcome() {
        return null;
    }

    final void subscribe() {
        distinct.forEach(Input::subscribe);
    }

    /** It is decided, and nobody needs to hear of the others. */
    final void unsubscribe() {
        for (Input input : distinct) {
            if (!input.done) {
                input.unsubscribe(input.stage);
            }
        }
    }

    final Collection<Input> distinct() {
        return distinct;
    }

    /** {@return the values in the order of the arguments; all have one} */
    final List<T> values() {
        List<T> values = new ArrayList<>(byPosition.size());
        for (Input input : byPosition) {
            values.add(input.value());
        }
        return values;
    }

    /** {@return the outcomes in the order of the arguments; all have one} */
    final List<Outcome<T>> outcomes() {
        List<Outcome<T>> outcomes = new ArrayList<>(byPosition.size());
        for (Input input : byPosition) {
            outcomes.add(
                    input.failure == null
                            ? new Outcome.Success<>(input.value())
                            : new Outcome.Failure<>(input.failure));
        }
        return outcomes;
    }

    /** One of the stages, and its outcome when it has one. */
    final class Input extends Waiter<T> {
        final CompletionStage<? extends T> stage;

        @Nullable
        T value; // written before done(Input); so is the failure

        @Nullable
        Throwable failure;

        volatile boolean done;

        Input(CompletionStage<? extends T> stage) {
            if (stage == null) {
                throw new NullPointerException("a null cannot be awaited as an element; use moment()");
            }
            this.stage = stage;
        }

        @SuppressWarnings("NullAway") // null is a value if T says so
        T value() {
            return value;
        }

        void subscribe() {
            subscribe(stage);
        }

        @Override
        public @Nullable CompletionStage<?> leadsTo() {
            return outcome();
        }

        @Override
        public void accept(@Nullable T value, @Nullable Throwable failure) {
            this.value = value;
            this.failure = failure == null ? null : unwrap(failure);
            done = true;
            done(this);
        }
    }
}
