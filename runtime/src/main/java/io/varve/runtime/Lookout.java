package io.varve.runtime;

import io.varve.store.EventStore;
import io.varve.store.WakeOnCommit;
import java.util.concurrent.locks.LockSupport;

/**
 * Who waits for the log to grow: the tailer's own thread, or in its place a worker that has nothing
 * to do. A commit wakes that one thread; which it is changes without waking any.
 *
 * <pre>
 *            take (a worker is idle)
 *   tailer ─────────────────────────▶ stand-in
 *          ◀─────────────────────────
 *            give back (it has events)
 * </pre>
 *
 * <p>No commit is missed: whoever takes over looks at the log after he has, and the tailer is woken
 * when it is given the place back with something in the log that nobody has read.
 */
final class Lookout {
    /** Unparks a thread when the log has reached a position; at once where it has. */
    interface Alarm {
        void arm(Thread thread, long position);

        /** Wakes nobody any more. */
        default void close() {}

        static Alarm of(EventStore store) {
            WakeOnCommit wake = store.wakeOnCommit();
            return new Alarm() {
                @Override
                public void arm(Thread thread, long position) {
                    wake.arm(thread, position);
                }

                @Override
                public void close() {
                    wake.close();
                }
            };
        }
    }

    private final Alarm alarm;

    // Changed under the lock.
    private volatile Thread standIn;
    private volatile Thread tailer;

    Lookout(Alarm alarm) {
        this.alarm = alarm;
    }

    /** Says which the tailer's thread is. */
    synchronized void begin(Thread own) {
        tailer = own;
    }

    /** Whether a worker waits in the tailer's place. */
    boolean isTaken() {
        return standIn != null;
    }

    /** Takes the tailer's place; false if another worker has it. */
    synchronized boolean take(Thread worker) {
        if (standIn != null) {
            return false;
        }
        standIn = worker;
        return true;
    }

    /**
     * Has the stand-in unparked at a commit; it then looks at all else for which it waits, and
     * parks.
     */
    void arm(long next) {
        alarm.arm(Thread.currentThread(), next);
    }

    /**
     * Gives the place back.
     *
     * @param next the first position that nobody has read
     */
    synchronized void giveBack(long next) {
        standIn = null;
        try {
            alarm.arm(tailer, next);
        } catch (RuntimeException | Error e) {
            wake(); // it meets this itself, and tells of it
        }
    }

    /**
     * Waits, on the tailer's thread, for its turn with something to read, or for {@link #wake}; may
     * return early.
     */
    void await(long next) {
        synchronized (this) {
            if (standIn == null) {
                alarm.arm(tailer, next);
            }
        }
        LockSupport.park(this);
        Thread.interrupted(); // means nothing here, or park() would return at once for ever
    }

    /** Ends the tailer's wait, or its next one. */
    void wake() {
        LockSupport.unpark(tailer);
    }

    /** Wakes nobody at commits any more. */
    void close() {
        alarm.close();
    }
}
