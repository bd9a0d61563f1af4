package io.varve.runtime;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * Something to be done to dead letters by the one who writes to the read model. Thread-safe.
 *
 * @param <T> what comes of it
 */
final class LetterCall<T> {
    /** How far it is. */
    enum State {
        WAITING,
        BEGUN,
        DONE,
        REFUSED
    }

    private final Function<LetterWork, T> body;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private State state = State.WAITING;
    private T result;
    private Throwable failure;

    LetterCall(Function<LetterWork, T> body) {
        this.body = body;
    }

    /** Does it, unless it was refused. An {@link Error} is thrown as well as told. */
    void run(LetterWork work) {
        if (!move(State.WAITING, State.BEGUN)) {
            return;
        }
        try {
            result = body.apply(work);
        } catch (Throwable e) {
            failure = e;
            work.abandon();
            if (e instanceof Error error) {
                throw error;
            }
        } finally {
            move(State.BEGUN, State.DONE);
        }
    }

    /** It will not be done, if it has not begun. */
    boolean refuse() {
        return move(State.WAITING, State.REFUSED);
    }

    private boolean move(State from, State to) {
        lock.lock();
        try {
            if (state != from) {
                return false;
            }
            state = to;
            changed.signalAll();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until it is done or refused, or a time of {@link System#nanoTime} has come.
     *
     * @return how far it is then
     */
    State await(long deadline) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = deadline - System.nanoTime();
            while (left > 0 && (state == State.WAITING || state == State.BEGUN)) {
                left = changed.awaitNanos(left);
            }
            return state;
        } finally {
            lock.unlock();
        }
    }

    /** What came of it, once it is done. */
    T result() {
        if (failure instanceof RuntimeException e) {
            throw e;
        }
        if (failure instanceof Error e) {
            throw e;
        }
        return result;
    }
}
