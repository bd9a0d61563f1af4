package io.varve.runtime;

import io.varve.store.EventStore;
import io.varve.store.errors.LackOfMemory;
import java.lang.System.Logger.Level;
import java.time.Duration;

/**
 * Brings committed events into the ring, as its only producer: waits for the log, reads it,
 * publishes. Waits for no worker. While nobody sits at the ring it only follows the head.
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

    /** Waits on the log until a position is there. */
    @FunctionalInterface
    interface Waiting {
        void await(long position) throws InterruptedException;
    }

    private static final System.Logger LOG = System.getLogger(LogTailer.class.getName());
    private static final Duration LONG = Duration.ofDays(1);

    /** Nanoseconds without enough memory for one step, after which there will hardly be any. */
    private static final long PATIENCE = 60_000_000_000L;

    private final SliceReader log;
    private final EventRing ring;
    private final Waiting waiting;
    private final Object gate = new Object();
    private Thread waiter;
    private volatile boolean stopped;

    // Made ahead: there may be no memory for it when it is needed.
    private final Runnable failing = this::fail;
    private Throwable failure;

    private Phase phase = Phase.READ_HEAD;
    private long next;
    private long seen;
    private EventSlice slice;
    private boolean isExhausted;
    private long exhaustedSince;

    LogTailer(SliceReader log, EventRing ring, Waiting waiting) {
        this.log = log;
        this.ring = ring;
        this.waiting = waiting;
    }

    static Waiting on(EventStore store) {
        return position -> store.awaitPosition(position, LONG);
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
            if (!step()) {
                await();
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
        LOG.log(Level.ERROR, "The log can no longer be read: next=" + next, failure);
    }

    /** Does one step; returns false if there was nothing to do. */
    boolean step() {
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

    private void await() {
        synchronized (gate) {
            if (stopped) {
                return;
            }
            waiter = Thread.currentThread();
        }
        try {
            waiting.await(next);
        } catch (InterruptedException e) {
            // stop() did it, or nobody of ours: the loop looks at the flag
        } finally {
            synchronized (gate) {
                waiter = null;
                // An interrupt that came too late must not hit what comes after.
                Thread.interrupted();
            }
        }
    }

    /** Ends the loop soon. The interrupt reaches the wait and nothing else. */
    void stop() {
        synchronized (gate) {
            stopped = true;
            if (waiter != null) {
                waiter.interrupt();
            }
        }
    }
}
