package io.varve.runtime;

import java.util.BitSet;
import java.util.Optional;

/**
 * One projection's way along the log: reads the log while it catches up, follows the ring while it
 * is live, and changes over without losing or doubling an event. Belongs to its worker.
 *
 * <p>{@code src/docs/threads.md} draws the phases and argues why the seam holds. {@link #step} does
 * one step and never waits.
 */
final class EventFeed {
    private enum Phase {
        READ_LOG,
        ATTACH,
        READ_HEAD,
        CLOSE_GAP,
        FOLLOW_RING
    }

    /** What a step came to. */
    enum Step {
        /** There is a slice: apply it from {@link #next}, then call {@link #applied}. */
        SLICE,
        /** Everything offered was given out: commit, then call {@link #committed}. */
        END,
        /** Nothing to do until more is published: {@link #await}. */
        IDLE,
        /** Only the phase has changed. */
        MOVED
    }

    private final SliceReader log;
    private final EventRing ring;
    private final int attachWithin;
    private final BitSet own;

    private Phase phase = Phase.READ_LOG;
    private long next;
    private boolean catchingUp = true;
    private EventSlice slice;
    private boolean begun; // a part of the slice was applied
    private volatile EventRing.Seat seat; // for wake()
    private Sources.Decoders seenDecoders;
    private boolean decodesOwn;
    private long gapEnd;
    private long ringNext;
    private long offered;
    private boolean ended;

    /**
     * Begins in the log.
     *
     * @param log decodes this projection's own sources
     * @param own their numbers
     * @param next the first position not applied
     * @param attachWithin takes a seat when fewer events than this are missing, 1 or more
     */
    EventFeed(SliceReader log, EventRing ring, BitSet own, long next, int attachWithin) {
        this.log = log;
        this.own = own;
        this.ring = ring;
        this.next = next;
        this.attachWithin = attachWithin;
    }

    Step step() {
        return begun ? Step.SLICE : nextStep();
    }

    private Step nextStep() {
        return switch (phase) {
            case READ_LOG -> readLog();
            case ATTACH -> attach();
            case READ_HEAD -> readHead();
            case CLOSE_GAP -> closeGap();
            case FOLLOW_RING -> followRing();
        };
    }

    /** The slice of the last step. */
    EventSlice slice() {
        return slice;
    }

    /** The first position not applied. */
    long next() {
        return next;
    }

    boolean isLive() {
        return phase == Phase.FOLLOW_RING;
    }

    /**
     * Whether it is on its way to the ring from further behind than where it was rewound to while
     * it followed the ring.
     */
    boolean isCatchingUp() {
        return catchingUp;
    }

    /** Whether the slice was given out before, and a part of it was applied. */
    boolean isBegun() {
        return begun;
    }

    /** Says that the slice was applied. */
    void applied() {
        applied(slice.last());
    }

    /** Says that it was applied up to a position; the next step gives it out again for the rest. */
    void applied(long last) {
        next = last + 1;
        begun = last < slice.last();
        if (!begun) {
            slice = null;
        }
    }

    /** Says that everything applied is committed: the ring need not keep it. */
    void committed() {
        if (phase == Phase.FOLLOW_RING) {
            seat.release(ringNext - 1);
        }
    }

    /** Waits until there is more to do, it is woken, or the ring is stopped. */
    void await() {
        seat.await(ringNext);
    }

    /** Ends a wait, or the next one; called by anyone. */
    void wake() {
        EventRing.Seat taken = seat;
        if (taken != null) {
            taken.wake();
        }
    }

    /**
     * Begins anew in the log, as if it had just been made: what was given out and not committed is
     * given out again.
     *
     * @param first position that is not committed
     */
    void rewind(long first) {
        slice = null;
        begun = false;
        next = first;
        backToLog();
    }

    /** Gives out the rest of a slice that was given out before it was rewound, if there is any. */
    void goOnWith(EventSlice known) {
        if (known.has(next)) {
            slice = known;
            begun = true;
        }
    }

    private Step overrun() {
        catchingUp = true;
        return backToLog();
    }

    /** Reads no more, neither the log nor the ring: gives up the seat, if there is one. */
    void leave() {
        slice = null;
        log.endCatchUp();
        EventRing.Seat taken = seat;
        if (taken != null) {
            taken.leave();
            seat = null;
        }
    }

    private Step readLog() {
        // Not "nothing is missing": under steady appends that may never be seen.
        if (log.head() - next + 1 < attachWithin) {
            phase = Phase.ATTACH;
            return Step.MOVED;
        }
        catchingUp = true;
        log.beginCatchUp();
        return read();
    }

    private Step read() {
        slice = log.read(next);
        if (slice.isEmpty() || slice.first() != next) {
            throw new SeamBrokenException("log", next, slice.first());
        }
        return Step.SLICE;
    }

    private Step attach() {
        seat = ring.attach();
        ringNext = seat.joined() + 1;
        offered = seat.joined();
        ended = false;
        phase = Phase.READ_HEAD;
        return Step.MOVED;
    }

    private Step readHead() {
        // After the seat is taken: what the tailer skipped because it saw nobody lies at or below
        // this head.
        gapEnd = log.head();
        phase = Phase.CLOSE_GAP;
        return Step.MOVED;
    }

    private Step closeGap() {
        if (next <= gapEnd) {
            log.beginCatchUp(); // with others who do as well
            return read();
        }
        log.endCatchUp();
        phase = Phase.FOLLOW_RING;
        catchingUp = false;
        return Step.MOVED;
    }

    private Step followRing() {
        if (ringNext > offered) {
            if (!ended) {
                ended = true;
                return Step.END;
            }
            if (seat.isDetached()) {
                return overrun();
            }
            offered = seat.available();
            if (ringNext > offered) {
                return Step.IDLE;
            }
            ended = false;
        }
        return take();
    }

    private Step take() {
        Optional<EventSlice> found = seat.slice(ringNext);
        if (found.isEmpty() || found.get().first() > next) {
            // The flag is set before a slot is overrun or cleared, so it is seen here if that is
            // what happened.
            if (!seat.isDetached()) {
                long first = found.map(EventSlice::first).orElse(-1L);
                throw new SeamBrokenException("ring", next, first);
            }
            return overrun();
        }
        EventSlice taken = found.get();
        if (taken.last() < next) {
            ringNext++;
            return Step.MOVED;
        }
        if (!decodesOwn(taken.decoders())) {
            // Read before this projection was added: its positions are in the log, where they are
            // decoded for this projection. The slot is looked at again until it is behind.
            return read();
        }
        ringNext++;
        slice = taken;
        return Step.SLICE;
    }

    private boolean decodesOwn(Sources.Decoders decoders) {
        // The same object for all slices between two changes of the sources.
        if (decoders != seenDecoders) {
            seenDecoders = decoders;
            decodesOwn = decoders.include(own);
        }
        return decodesOwn;
    }

    private Step backToLog() {
        leave();
        phase = Phase.READ_LOG;
        return Step.MOVED;
    }
}
