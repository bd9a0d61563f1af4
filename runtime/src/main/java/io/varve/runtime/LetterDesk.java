package io.varve.runtime;

import io.varve.store.StreamId;
import io.varve.store.state.StateView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Where the dead letters of one read model are asked for: reads them on the caller's thread, lets
 * them be changed by the worker, or, where that has ended, by the caller. Thread-safe.
 */
final class LetterDesk {
    private static final long LOOK_AGAIN_NANOS = 20_000_000;

    private final ReadModel model;
    private final BooleanSupplier closing;

    /** Held by the one who writes to the read model: by the worker, as long as it runs. */
    private final ReentrantLock writing = new ReentrantLock();

    private volatile Optional<WorkerInbox> worker = Optional.empty();

    LetterDesk(ReadModel model, BooleanSupplier closing) {
        this.model = model;
        this.closing = closing;
    }

    /** Names the worker that is about to run. */
    void workerIs(WorkerInbox inbox) {
        worker = Optional.of(inbox);
    }

    ReadModel model() {
        return model;
    }

    ReentrantLock writing() {
        return writing;
    }

    DeadLetterCounts counts() {
        return model.counts();
    }

    List<DeadLetter> list(Predicate<DeadLetter> wanted) {
        return list(0, Integer.MAX_VALUE, wanted);
    }

    /** Letters from a position, so many at most. */
    List<DeadLetter> list(long from, int limit, Predicate<DeadLetter> wanted) {
        List<DeadLetter> letters = new ArrayList<>();
        try (StateView view = model.letters()) {
            new LetterRows()
                    .scan(
                            view,
                            from,
                            letter -> {
                                if (letters.size() < limit && wanted.test(letter)) {
                                    letters.add(letter);
                                }
                                return letters.size() < limit;
                            });
        }
        return letters;
    }

    /** The streams under quarantine, in order of the first event that is not applied. */
    List<StreamId> streams() {
        SortedMap<Long, StreamId> byFirst = new TreeMap<>();
        try (StateView view = model.letters()) {
            LetterRows.scanHeld(view, (stream, held) -> byFirst.put(held.first(), stream));
        }
        return List.copyOf(byFirst.values());
    }

    Optional<DeadLetter> find(long position) {
        try (StateView view = model.letters()) {
            return new LetterRows().find(view, position);
        }
    }

    /** Has something done by the one who writes. */
    <T> T call(Function<LetterWork, T> body, Duration timeout) throws InterruptedException {
        if (writing.isHeldByCurrentThread()
                || worker.filter(WorkerInbox::isOnItsThread).isPresent()) {
            throw new IllegalStateException(
                    "A projection cannot wait for itself; use another thread: projection="
                            + model.projection().name());
        }
        long deadline = System.nanoTime() + timeout.toNanos();
        do {
            LetterCall<T> call = new LetterCall<>(body);
            if (worker.isPresent() && worker.get().offer(call)) {
                if (isDone(call, deadline, timeout)) {
                    return call.result();
                }
            } else if (writing.tryLock(LOOK_AGAIN_NANOS, TimeUnit.NANOSECONDS)) {
                try {
                    return here(body);
                } finally {
                    writing.unlock();
                }
            }
        } while (System.nanoTime() < deadline);
        throw busy(timeout, false);
    }

    /** Waits for a caller in the place of the worker to end; he sees that it is closing. */
    void awaitIdle(long deadline) {
        boolean interrupted = false;
        boolean idle = false;
        while (!idle && deadline - System.nanoTime() > 0) {
            try {
                idle = writing.tryLock(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                // As for threads that are waited for: the caller is told afterwards.
                interrupted = true;
            }
        }
        if (idle) {
            writing.unlock();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits for the worker; returns false if it has ended instead. */
    private boolean isDone(LetterCall<?> call, long deadline, Duration timeout)
            throws InterruptedException {
        try {
            LetterCall.State state = call.await(deadline);
            if (state == LetterCall.State.DONE || state == LetterCall.State.REFUSED) {
                return state == LetterCall.State.DONE;
            }
        } catch (InterruptedException e) {
            call.refuse();
            throw e;
        }
        // Between the wait and the refusal it may have begun.
        throw busy(timeout, !call.refuse());
    }

    private ProjectionBusyException busy(Duration timeout, boolean begun) {
        return new ProjectionBusyException(model.projection().name(), timeout, begun);
    }

    private <T> T here(Function<LetterWork, T> body) {
        if (closing.getAsBoolean()) {
            throw model.progress().closed();
        }
        if (model.damage().isPresent()) {
            // Another takes its place, and nothing of this one is kept.
            throw ProjectionBusyException.damaged(model.projection().name());
        }
        RuntimeContext context = model.context();
        Sources.Decoders decoders = context.sources().add(model.projection().topology());
        try (ProjectionWriter writer = model.writer(decoders, closing)) {
            return body.apply(model.letterWork(writer, model.log(decoders), closing));
        } finally {
            context.sources().remove(model.projection().topology());
        }
    }
}
