package io.varve.runtime;

import com.lmax.disruptor.AlertException;
import com.lmax.disruptor.BlockingWaitStrategy;
import com.lmax.disruptor.InsufficientCapacityException;
import com.lmax.disruptor.RingBuffer;
import com.lmax.disruptor.Sequence;
import com.lmax.disruptor.SequenceBarrier;
import com.lmax.disruptor.TimeoutException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;

/**
 * Hands slices from one tailer to any number of workers, over the LMAX Disruptor's ring. The tailer
 * never waits: a worker that is a full ring behind, in slices or in bytes, loses its seat. Workers
 * wait without spinning.
 *
 * <pre>
 *           cleared                     cursor
 *   ── null ──┤── held, for a seat at least ──┤── null or older than the ring ──
 * </pre>
 *
 * <p>A slice is held until everybody who sits here has committed it, and no longer.
 *
 * <p>Threads: {@link #publish}, {@link #fail} and {@link #hasSeats} by the tailer; {@link #attach}
 * and seats by workers, each by its own; {@link #stop} by anyone.
 */
final class EventRing {
    /** Bytes of payload that are held for those who lag; a single slice may have more. */
    static final long MOST_BYTES = 64 << 20;

    private final RingBuffer<Slot> ring;
    private final long mostBytes;
    private final List<Seat> seats = new CopyOnWriteArrayList<>();
    private final Object lock = new Object();
    private boolean stopped;
    private volatile Throwable failure;
    private volatile Optional<LogTailer> tailer = Optional.empty();

    // Under the lock.
    private long cleared = -1;
    private long held;

    EventRing(int slots) {
        this(slots, MOST_BYTES);
    }

    EventRing(int slots, long mostBytes) {
        this.mostBytes = mostBytes;
        // Blocking: spinning readers would take the cores from the appenders.
        ring = RingBuffer.createSingleProducer(Slot::new, slots, new BlockingWaitStrategy());
    }

    private static final class Slot {
        // Volatile: who sees a slice that overran another also sees that its seat was taken away.
        private volatile EventSlice slice; // null where nobody needs it any more
    }

    /** Says who publishes, for whom workers stand in. */
    void fedBy(LogTailer publisher) {
        tailer = Optional.of(publisher);
    }

    /** Whether anybody would see what is published. */
    boolean hasSeats() {
        return !seats.isEmpty();
    }

    /** Publishes a slice; takes the seats of those who would have to be waited for. */
    void publish(EventSlice slice) {
        makeRoom(slice.bytes());
        long sequence = claim();
        while (sequence < 0) {
            detachLaggards(ring.getCursor() + 1 - ring.getBufferSize());
            sequence = claim();
        }
        synchronized (lock) {
            // Whoever has just released what is overrun may not have cleared it yet: later, that
            // would be this slice.
            clear();
            ring.get(sequence).slice = slice;
            held += slice.bytes();
        }
        ring.publish(sequence);
    }

    /** Holds more, and so less for those who are farthest behind. */
    private void makeRoom(long bytes) {
        synchronized (lock) {
            clear();
            while (held > 0 && held + bytes > mostBytes) {
                detachLaggards(cleared + 1);
            }
        }
    }

    /** Lets go of slices that nobody will ask for. */
    private void clear() {
        long needless = ring.getCursor();
        for (int i = 0; i < seats.size(); i++) {
            needless = Math.min(needless, seats.get(i).sequence.get());
        }
        while (cleared < needless) {
            Slot slot = ring.get(++cleared);
            held -= slot.slice.bytes();
            slot.slice = null;
        }
    }

    /** How many slices are held. */
    long held() {
        synchronized (lock) {
            return ring.getCursor() - cleared;
        }
    }

    private long claim() {
        try {
            return ring.tryNext();
        } catch (InsufficientCapacityException e) {
            return -1;
        }
    }

    /** Takes the seats of those who still need a slot that is to be overrun. */
    private void detachLaggards(long overrun) {
        synchronized (lock) {
            for (Seat seat : seats) {
                if (seat.sequence.get() < overrun) {
                    seat.takeAway();
                }
            }
            clear();
        }
    }

    /**
     * Takes a seat: everything published from now on will be seen, until the seat is taken away.
     */
    Seat attach() {
        Seat seat = new Seat();
        synchronized (lock) {
            // The lock keeps the tailer from finding the ring full of a sequence that is in no seat
            // yet.
            ring.addGatingSequences(seat.sequence);
            seat.joined = seat.sequence.get();
            seats.add(seat);
            if (stopped) {
                seat.wake();
            }
        }
        return seat;
    }

    /** Wakes everybody, for good. */
    void stop() {
        synchronized (lock) {
            stopped = true;
            seats.forEach(Seat::wake);
        }
    }

    /** Stops the ring because nothing more will come; whoever waits or will wait fails. */
    void fail(Throwable cause) {
        failure = cause;
        stop();
    }

    /** Why nothing more will come, if so. */
    Optional<Throwable> failure() {
        return Optional.ofNullable(failure);
    }

    /**
     * A worker's place at the ring. Belongs to its worker; only {@code detached} is set by the
     * tailer.
     */
    final class Seat {
        private final Sequence sequence = new Sequence();
        private final SequenceBarrier barrier = ring.newBarrier();
        private final Thread worker = Thread.currentThread();
        private long joined;
        private volatile boolean detached;

        /**
         * The sequence that was published last when the seat was taken; the next one is the first
         * to see.
         */
        long joined() {
            return joined;
        }

        /** Whether the tailer has taken the seat away: what follows must be read from the log. */
        boolean isDetached() {
            return detached;
        }

        /** The last sequence that was published. */
        long available() {
            return ring.getCursor();
        }

        /**
         * The slice in the slot of a sequence that is available; if the seat was taken away, a
         * later one, or none.
         */
        Optional<EventSlice> slice(long at) {
            return Optional.ofNullable(ring.get(at).slice);
        }

        /** Allows slots up to a sequence to be overrun. */
        void release(long upTo) {
            if (upTo > sequence.get()) {
                sequence.set(upTo);
                synchronized (lock) {
                    clear();
                }
            }
        }

        /**
         * Waits until a sequence is available, the seat is woken, or the ring is stopped.
         *
         * @throws TailerFailedException if nothing more will come
         */
        void await(long wanted) {
            tailer.ifPresent(one -> one.standIn(this, wanted));
            try {
                barrier.waitFor(wanted);
            } catch (AlertException e) {
                if (failure != null) {
                    throw new TailerFailedException(failure);
                }
                awake();
            } catch (InterruptedException e) {
                // Nothing of ours interrupts a worker; user code on its thread did, and close() has
                // its own way.
            } catch (TimeoutException e) {
                throw new IllegalStateException("BlockingWaitStrategy has no timeout", e);
            }
        }

        /** Whether {@link #await} would return at once. */
        boolean isReady(long wanted) {
            return ring.getCursor() >= wanted || barrier.isAlerted();
        }

        /** Parks the worker, unless there is something to do; may return early. */
        void park(long wanted) {
            if (!isReady(wanted)) {
                LockSupport.park(this);
                Thread.interrupted(); // as in await: not ours
            }
        }

        /** Ends the wait, or the next one; called by anyone. */
        void wake() {
            barrier.alert();
            LockSupport.unpark(worker);
        }

        private void awake() {
            synchronized (lock) {
                // A stop is for good.
                if (!stopped) {
                    barrier.clearAlert();
                }
            }
        }

        /** Gives the seat back; once is enough. */
        void leave() {
            synchronized (lock) {
                takeAway();
                clear();
            }
        }

        private void takeAway() {
            detached = true; // before slots can be overrun
            seats.remove(this);
            ring.removeGatingSequence(sequence);
        }
    }
}
