package io.varve.store.lmdb;

import io.varve.store.errors.StoreClosedException;
import io.varve.store.errors.VarveException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Counts who is inside, so that nothing is unmapped under them.
 *
 * <pre>
 *            shut            drained
 *   OPEN ───────────▶ SHUT ───────────▶ (alone)
 *     ▲                │ open                      CLOSED: shut for ever; enter() throws
 *     └────────────────┘                      REFUSED: likewise, but for closing; says why
 * </pre>
 *
 * <p>Thread-safe. Entering and leaving an open gate takes no lock.
 */
final class Gate {
    private enum State {
        OPEN,
        SHUT,
        REFUSED,
        CLOSED
    }

    /** Milliseconds that closing or growing waits for readers; looked at when opening. */
    private static final String PATIENCE = "varve.patience.millis";

    private static final long USUAL_PATIENCE = 5_000;

    /** Nanoseconds until those who wait are let in for the first time. */
    private static final long FIRST_ROUND = 2_000_000;

    private final String what;
    private final AtomicInteger inside = new AtomicInteger();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private volatile State state = State.OPEN;

    /** Who wants to go in; under the lock. */
    private int waiting;

    private volatile Runnable whenLeft = () -> {};

    /** Why nobody is let in, where that is so; under the lock. */
    private Optional<Supplier<VarveException>> refusal = Optional.empty();

    /**
     * Closed, and who is inside is waited for no longer. Not volatile, as it is asked for each
     * event: who closes within his own read sees it at once, others when they look at the state.
     */
    private boolean givenUp;

    static Duration patience() {
        return Duration.ofMillis(Long.getLong(PATIENCE, USUAL_PATIENCE));
    }

    Gate(String what) {
        this.what = what;
    }

    /** Goes inside; waits while the gate is shut, and fails when it is closed. */
    void enter() {
        inside.incrementAndGet();
        // Counted first, checked after: whoever shuts the gate sees either the count or us outside.
        if (state != State.OPEN) {
            leave();
            enterWhenOpen();
        }
    }

    private void enterWhenOpen() {
        lock.lock();
        try {
            waiting++;
            while (state == State.SHUT) {
                changed.awaitUninterruptibly();
            }
            if (state == State.CLOSED) {
                throw new StoreClosedException(what);
            }
            if (state == State.REFUSED) {
                throw refusal.orElseThrow().get();
            }
            inside.incrementAndGet();
        } finally {
            waiting--;
            changed.signalAll();
            lock.unlock();
        }
    }

    /** Whether those inside are waited for. */
    boolean isShut() {
        return state != State.OPEN;
    }

    /** Refuses to go on inside where it was closed, and the wait for those inside is over. */
    void checkWaitedFor() {
        if (givenUp) {
            throw new StoreClosedException(what);
        }
    }

    /** Whether they are waited for now, and others are let in again afterwards. */
    boolean isShutForNow() {
        return state == State.SHUT;
    }

    /** Goes outside again. */
    void leave() {
        if (inside.decrementAndGet() == 0 && state != State.OPEN) {
            lock.lock();
            try {
                changed.signalAll();
            } finally {
                lock.unlock();
            }
            if (state == State.CLOSED) {
                whenLeft.run();
            }
        }
    }

    /**
     * Lets nobody in any more and waits for those inside; if they stay too long, opens again.
     *
     * <p>Who is inside may have to go in once more before he can leave. So those who wait are let
     * in now and then, less and less often.
     */
    boolean shut(Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        long round = FIRST_ROUND;
        while (true) {
            long left = deadline - System.nanoTime();
            if (drain(State.SHUT, Duration.ofNanos(Math.min(round, left)))) {
                return true;
            }
            if (left <= round) {
                return false;
            }
            letIn();
            round *= 2;
        }
    }

    /** Waits until those who waited are inside. */
    private void letIn() {
        lock.lock();
        try {
            while (waiting > 0 && state == State.OPEN) {
                changed.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Lets nobody in ever again and waits for those inside; false if they stay too long.
     *
     * @param afterLast is run by the last who leaves, and perhaps more than once
     */
    boolean close(Duration patience, Runnable afterLast) {
        whenLeft = afterLast;
        boolean alone = drain(State.CLOSED, patience);
        givenUp = !alone;
        return alone;
    }

    /** Lets nobody in any more, and tells each who comes why. Who is inside goes on. */
    void refuse(Supplier<VarveException> why) {
        lock.lock();
        try {
            refusal = Optional.of(why);
            become(State.REFUSED);
        } finally {
            lock.unlock();
        }
    }

    /** Whether somebody was told why, or would be. */
    boolean isRefused() {
        lock.lock();
        try {
            return refusal.isPresent();
        } finally {
            lock.unlock();
        }
    }

    /** Undoes {@link #shut}. */
    void open() {
        become(State.OPEN);
    }

    private boolean drain(State next, Duration patience) {
        lock.lock();
        try {
            become(next);
            awaitEmpty(System.nanoTime() + patience.toNanos());
            boolean alone = inside.get() == 0;
            if (!alone && next == State.SHUT) {
                become(State.OPEN);
            }
            return alone;
        } finally {
            lock.unlock();
        }
    }

    /** Not cut short by an interrupt; the caller finds it where it left it. */
    private void awaitEmpty(long deadline) {
        boolean interrupted = false;
        while (inside.get() > 0 && deadline - System.nanoTime() > 0) {
            try {
                changed.awaitNanos(deadline - System.nanoTime());
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void become(State next) {
        lock.lock();
        try {
            if (state != State.CLOSED) {
                boolean refused = next == State.OPEN && refusal.isPresent();
                state = refused ? State.REFUSED : next;
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
