package io.varve.runtime;

import io.varve.store.errors.LackOfMemory;
import io.varve.store.errors.Logs;
import java.lang.System.Logger.Level;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Brings committed events into the ring, as its only producer: waits for the log, reads it,
 * publishes. Waits for no worker. While nobody sits at the ring it only follows the head.
 *
 * <p>It has a thread of its own. A worker that has nothing to do {@link #standIn stands in} for
 * that: what is committed next then comes to this worker without another thread between. One of
 * them does a step at a time.
 *
 * <p>{@link #step} does one step of {@code src/docs/threads.md} and never waits.
 */
final class LogTailer implements Runnable {
    private enum Phase {
        READ_HEAD,
        LOOK,
        SKIP,
        READ,
        PUBLISH
    }

    /** Nanoseconds without enough memory for one step, after which there will hardly be any. */
    private static final long PATIENCE = 60_000_000_000L;

    private final SliceReader log;
    private final EventRing ring;
    private final Lookout lookout;

    /** Held for a step, so that what is below it is of one thread at a time. */
    private final ReentrantLock stepping = new ReentrantLock();

    private volatile boolean stopped;

    // Made ahead: there may be no memory for it when it is needed.
    private final Runnable failing = this::fail;
    private Throwable failure;

    private Phase phase = Phase.READ_HEAD;
    private volatile long next;
    private long seen;
    private EventSlice slice;
    private boolean isExhausted;
    private long exhaustedSince;

    LogTailer(SliceReader log, EventRing ring, Lookout.Alarm alarm) {
        this.log = log;
        this.ring = ring;
        this.lookout = new Lookout(alarm);
        ring.fedBy(this);
    }

    /**
     * Begins behind the head: for the time before anybody can sit at the ring, as whoever sits down
     * later reads the log up to a later head.
     */
    void skipToHead() {
        next = log.head() + 1;
    }

    @Override
    public void run() {
        lookout.begin(Thread.currentThread());
        try {
            while (!stopped) {
                stepOrWait();
            }
        } catch (Throwable e) {
            failure = e;
            Threads.insist(failing);
        }
    }

    /** Steps can be begun again: where others have used up all memory it goes on after them. */
    private void stepOrWait() {
        try {
            if (lookout.isTaken() || !step()) {
                lookout.await(next);
            }
            isExhausted = false;
        } catch (RuntimeException | Error e) {
            if (!LackOfMemory.isCauseOf(e)) {
                throw e;
            }
            long now = System.nanoTime();
            exhaustedSince = isExhausted ? exhaustedSince : now;
            isExhausted = true;
            if (now - exhaustedSince > PATIENCE) {
                throw e;
            }
            Threads.pause();
        }
    }

    private void fail() {
        if (!stopped) {
            ring.fail(failure);
        }
        Logs.of(LogTailer.class)
                .log(Level.ERROR, "The log can no longer be read: next=" + next, failure);
    }

    /** Does one step; returns false if there was nothing to do. */
    boolean step() {
        stepping.lock();
        try {
            return stepLocked();
        } finally {
            stepping.unlock();
        }
    }

    private boolean stepLocked() {
        switch (phase) {
            case READ_HEAD -> {
                seen = log.head();
                if (seen < next) {
                    return false;
                }
                phase = Phase.LOOK;
            }
            case LOOK -> phase = ring.hasSeats() ? Phase.READ : Phase.SKIP;
            case SKIP -> {
                // Up to the head read before the look, and no further: who sits down after the look
                // reads the head after that, and the log up to it.
                next = seen + 1;
                phase = Phase.READ_HEAD;
            }
            case READ -> {
                slice = log.read(next);
                phase = Phase.PUBLISH;
            }
            case PUBLISH -> {
                ring.publish(slice);
                next = slice.last() + 1;
                slice = null;
                phase = Phase.READ_HEAD;
            }
        }
        return true;
    }

    /**
     * Waits in the tailer's place, on the thread of a worker, until its seat has something to do.
     * Ends at once where another worker does this, or the tailer is in the middle of a step: then
     * it waits at the ring.
     */
    void standIn(EventRing.Seat seat, long wanted) {
        if (!lookout.take(Thread.currentThread())) {
            return;
        }
        try {
            while (!seat.isReady(wanted) && stepping.tryLock()) {
                if (!stepAndUnlock()) {
                    lookout.arm(next);
                    seat.park(wanted);
                }
            }
        } catch (RuntimeException | Error e) {
            // Not this worker's: the tailer does the step again, and tells what it meets there.
            Logs.of(LogTailer.class)
                    .log(Level.DEBUG, "A step is left to the tailer: next=" + next, e);
        } finally {
            lookout.giveBack(next);
        }
    }

    private boolean stepAndUnlock() {
        try {
            return stepLocked();
        } finally {
            stepping.unlock();
        }
    }

    /** Ends the loop soon. */
    void stop() {
        stopped = true;
        lookout.wake();
        lookout.close();
    }
}
