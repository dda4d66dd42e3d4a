package dev.baton.future;

import dev.baton.loop.Waiter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Gives the outcomes of several stages one by one, as they come.
 *
 * {@snippet :
 * WaitIterator<String> answers = WaitIterator.of(first, second, third);
 * while (!answers.done()) {
 *     try {
 *         String answer = Coroutines.await(answers.next());
 *         System.out.println(answers.currentIndex() + " says " + answer);
 *     } catch (IllegalStateException e) { // of this stage; the others follow
 *         System.out.println(answers.currentIndex() + " failed");
 *     }
 * }
 * }
 *
 * <p>In a coroutine it can stand in a for-each loop, too, where each step waits. A failure ends such a loop; another loop
 * goes on behind it.
 *
 * {@snippet :
 * for (String answer : WaitIterator.of(first, second, third)) {
 *     System.out.println(answer);
 * }
 * }
 *
 * <p>Outcomes come in the order of completion; those of stages that are done at the start come first, in the order of the
 * arguments. The iterator lets go of a stage when its outcome has been handed over and the next one is current.
 *
 * <h2>Threads</h2>
 *
 * The stages may be completed by any thread. One thread at a time asks for outcomes: as a rule, coroutines of one loop.
 *
 * <h2>Cancellation</h2>
 *
 * Cancelling what {@link #next()} returned, as a cancelled coroutine does that awaits it, takes the question back: no
 * stage is cancelled, and the outcome that would have been the answer is that of the following {@code next()}. A future
 * that has its outcome keeps it. A coroutine that is cancelled in a for-each loop loses no outcome.
 *
 * <p>Source: tornado.gen.WaitIterator (rows U-15 to U-20). Deviations: a stage that is given twice, a question before the
 * last one is answered, and one after the end are errors at the call; the index is the position in both forms, and the key
 * has an accessor of its own.
 *
 * @param <T> the type of the values
 */
public final class WaitIterator<T> implements Iterable<T> {
    private final Object lock = new Object(); // never held while a future is completed, nor by one who waits
    private final Set<Input> unfinished = new HashSet<>(); // guarded by lock, as all that follows is
    private final ArrayDeque<Input> finished = new ArrayDeque<>(); // and not handed over
    private @Nullable Next waiting; // if there is one, nothing is finished
    private @Nullable Input current;

    private WaitIterator(
            List<? extends CompletionStage<? extends T>> stages, @Nullable List<? extends @Nullable Object> keys) {
        List<Input> inputs = new ArrayList<>(stages.size());
        IdentityHashMap<CompletionStage<?>, Integer> positions = new IdentityHashMap<>(stages.size());
        for (CompletionStage<? extends T> stage : stages) {
            int index = inputs.size();
            inputs.add(new Input(stage, index, keys == null ? null : keys.get(index)));
            Integer other = positions.putIfAbsent(stage, index);
            if (other != null) {
                throw new IllegalArgumentException("the stages at " + other + " and " + index
                        + " are the same, so its outcome would have two places; give it once: " + stage);
            }
        }
        unfinished.addAll(inputs);
        inputs.forEach(Input::subscribe); // the last thing here: other threads see this object from now on
    }

    /**
     * Iterates over the outcomes of stages.
     *
     * @param stages the stages, each of them once; none makes an iterator that is done
     * @param <T> the type of the values
     * @return the iterator
     * @throws IllegalArgumentException if a stage occurs twice
     */
    @SafeVarargs
    @SuppressWarnings("varargs") // the array is only read
    public static <T> WaitIterator<T> of(CompletionStage<? extends T>... stages) {
        return of(List.of(stages));
    }

    /**
     * The same as {@link #of(CompletionStage...)}, for a list.
     *
     * @param stages the stages, each of them once
     * @param <T> the type of the values
     * @return the iterator
     * @throws IllegalArgumentException if a stage occurs twice
     */
    public static <T> WaitIterator<T> of(List<? extends CompletionStage<? extends T>> stages) {
        return new WaitIterator<>(stages, null);
    }

    /**
     * The same as {@link #of(CompletionStage...)}, for the values of a map; {@link #currentKey()} tells their keys.
     *
     * @param stages the stages, each of them once
     * @param <T> the type of the values
     * @return the iterator
     * @throws IllegalArgumentException if a stage occurs twice
     */
    public static <T> WaitIterator<T> of(Map<?, ? extends CompletionStage<? extends T>> stages) {
        List<CompletionStage<? extends T>> values = new ArrayList<>(stages.size());
        List<@Nullable Object> keys = new ArrayList<>(stages.size());
        stages.forEach((key, stage) -> {
            keys.add(key);
            values.add(stage);
        });
        return new WaitIterator<>(values, keys);
    }

    // ---------------------------------------------------------------------------------------------------------- asking

    /**
     * {@return whether every outcome has been handed over} If so, there is no current stage any more.
     */
    public boolean done() {
        synchronized (lock) {
            if (hasMore()) {
                return false;
            }
            current = null;
            return true;
        }
    }

    private boolean hasMore() {
        return !finished.isEmpty() || !unfinished.isEmpty();
    }

    /**
     * Asks for the next outcome. If there is one already, the future has it when this method returns, and the stage it came
     * from is the current one; else both happen when the first of the remaining stages is done.
     *
     * @return a future of its own for each call, never one of the stages
     * @throws IllegalStateException if the future of the last call is still pending
     * @throws NoSuchElementException if every outcome has been handed over
     */
    public Deferred<T> next() {
        return ask(new Next(false));
    }

    private Next ask(Next next) {
        synchronized (lock) {
            if (waiting != null) {
                throw new IllegalStateException("next() called before the last one was answered: " + this
                        + "; await what it returned first, or cancel it");
            }
            if (!hasMore()) {
                throw new NoSuchElementException("every outcome has been handed over; ask done() first");
            }
            Input input = finished.poll();
            if (input == null) {
                waiting = next;
                return next;
            }
            handOver(input, next);
        }
        next.settle();
        return next;
    }

    /**
     * An iterator over the values, for a for-each loop in a coroutine: {@code next} waits for an outcome as an await does,
     * and throws a failure as it is, not wrapped. All iterators share the remaining outcomes.
     *
     * @return the iterator
     */
    @Override
    public Iterator<T> iterator() {
        return new Steps();
    }

    // ------------------------------------------------------------------------------------------------------- answering

    /** An input is done. Any thread. */
    private void answer(Input input) {
        Next next;
        synchronized (lock) {
            unfinished.remove(input);
            next = waiting;
            if (next == null) {
                finished.add(input);
                return;
            }
            waiting = null;
            handOver(input, next);
        }
        next.settle();
    }

    /** From here on only the iterator completes the future. Holds the lock. */
    private void handOver(Input input, Next next) {
        next.input = input;
        current = input;
    }

    /** {@return whether the future was still to be answered, and now is not} */
    private boolean withdraw(Next next) {
        synchronized (lock) {
            if (waiting != next) {
                return false;
            }
            waiting = null;
            return true;
        }
    }

    /** Somebody asked and was cancelled before he could look at the answer, which is the next one's again. */
    private void giveBack(Next next) {
        Next other;
        synchronized (lock) {
            Input input = next.input;
            if (input == null) {
                withdraw(next);
                return;
            }
            other = waiting;
            waiting = null;
            if (other == null) {
                current = current == input ? null : current;
                finished.addFirst(input);
                return;
            }
            handOver(input, other);
        }
        other.settle();
    }

    // --------------------------------------------------------------------------------------------------------- looking

    /** {@return the stage whose outcome was handed over last; null before the first, and once {@link #done()} was true} */
    public @Nullable CompletionStage<? extends T> currentFuture() {
        Input input = current();
        return input == null ? null : input.stage;
    }

    /** {@return the position of that stage among the arguments; -1 if there is none} */
    public int currentIndex() {
        Input input = current();
        return input == null ? -1 : input.index;
    }

    /** {@return the key of that stage in the map; null if there is none, or if no map was given} */
    public @Nullable Object currentKey() {
        Input input = current();
        return input == null ? null : input.key;
    }

    private @Nullable Input current() {
        synchronized (lock) {
            return current;
        }
    }

    @Override
    public String toString() {
        synchronized (lock) {
            return "WaitIterator[" + finished.size() + " finished, " + unfinished.size() + " to come"
                    + (waiting == null ? "" : ", one asked for") + "]";
        }
    }

    // ----------------------------------------------------------------------------------------------------------- parts

    private final class Input extends Waiter<T> {
        final CompletionStage<? extends T> stage;
        final int index;
        final @Nullable Object key;

        @Nullable
        T value; // written before answer(Input); so is the failure

        @Nullable
        Throwable failure;

        Input(CompletionStage<? extends T> stage, int index, @Nullable Object key) {
            this.stage = Objects.requireNonNull(stage, "stage");
            this.index = index;
            this.key = key;
        }

        void subscribe() {
            subscribe(stage);
        }

        @Override
        public @Nullable CompletionStage<?> leadsTo() {
            synchronized (lock) {
                return waiting;
            }
        }

        @Override
        public void accept(@Nullable T value, @Nullable Throwable failure) {
            this.value = value;
            this.failure = failure == null ? null : unwrap(failure);
            answer(this);
        }
    }

    /** What next() gives out. Whoever completes it but the iterator has to take the question back first. */
    private final class Next extends Deferred<T> {
        private final boolean returnable;

        @Nullable
        Input input; // written once, by the one who then calls settle()

        Next(boolean returnable) {
            this.returnable = returnable;
        }

        void settle() {
            Input answer = Objects.requireNonNull(input);
            if (!returnable) {
                input = null; // whoever keeps this future keeps the value, and not the stage
            }
            settle(answer.value, answer.failure);
        }

        @Override
        public boolean complete(@Nullable T value) {
            return withdraw(this) && super.complete(value);
        }

        @Override
        public boolean completeExceptionally(Throwable failure) {
            Objects.requireNonNull(failure, "failure");
            return withdraw(this) && super.completeExceptionally(failure);
        }

        @Override
        public boolean cancel(@Nullable String message) {
            return withdraw(this) && super.cancel(message);
        }

        @Override
        public void obtrudeValue(T value) {
            withdraw(this);
            super.obtrudeValue(value);
        }

        @Override
        public void obtrudeException(Throwable failure) {
            withdraw(this);
            super.obtrudeException(failure);
        }

        /** Suspends a coroutine, and throws a failure as it is; join wraps it, and each JDK in its own way. */
        T await() {
            try {
                return join();
            } catch (CompletionException e) {
                throw sneaky(Waiter.unwrap(e));
            } catch (Throwable e) {
                if (isCancelled()) {
                    throw sneaky(Objects.requireNonNull(this.<@Nullable Throwable>handle((value, failure) -> failure)
                            .getNow(null)));
                }
                giveBack(this); // it is the waiting that failed
                throw e;
            }
        }

        @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
        private static <X extends Throwable> RuntimeException sneaky(Throwable failure) throws X {
            throw (X) failure;
        }
    }

    private final class Steps implements Iterator<T> {
        @Override
        public boolean hasNext() {
            return !done();
        }

        @Override
        public T next() {
            return ask(new Next(true)).await();
        }
    }
}
