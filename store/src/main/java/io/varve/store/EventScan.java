package io.varve.store;

import io.varve.store.errors.EventsTruncatedException;
import java.util.function.LongConsumer;

/**
 * What is left to read of a query, up to the head as of its beginning. It stands between two events
 * and holds nothing open there: neither a transaction nor memory of the map. One thread at a time.
 *
 * <pre>
 *   forward    next ────▶ last          done: next &gt; last, or the limit is used up
 *   backward   last ◀──── next          done: next &lt; last
 * </pre>
 */
abstract class EventScan {
    /** What finds events; shared by all scans of a store. */
    record Parts(
            Log log,
            LogIndex index,
            StreamDirectory directory,
            StreamCategories categories,
            CommitTimes times,
            CommitSignal signal) {}

    /** Events of a transaction that are to show whether the visitor is quick. */
    private static final int WATCHED = 32;

    /** Nanoseconds in which a quick visitor takes those. */
    private static final long QUICK = 10_000_000;

    final Parts parts;
    final EventFilter filter;
    final EventQuery query;
    final int step;

    /** The number of the event to look at next: a position, or a version. */
    long next;

    /** The number of the last event to look at. */
    long last;

    private long left;
    private long head;

    /** Whether it reads with readers that are not lent to others. */
    private boolean own;

    /** Whether any event was passed. */
    private boolean begun;

    /** It is looked whether the transaction is in the way where these bits of a number are 0. */
    private int lookMask;

    private int watched;
    private long watchedSince;

    /** Whether the transaction is to end inside a block. */
    boolean pausing;

    EventScan(Parts parts, EventQuery query) {
        this.parts = parts;
        this.query = query;
        this.filter = new EventFilter(query, parts.directory(), parts.categories());
        this.step = query.isBackward() ? -1 : 1;
        this.left = query.limit();
    }

    /** From now on it reads also where all readers are lent. */
    final void takeOwnReaders() {
        own = true;
    }

    /** Begins at the start of the query. */
    final void begin() {
        look();
        settle(this::place);
    }

    /** Goes on up to the head as of now. Forward only. */
    final void extend() {
        look();
        settle(this::extend);
    }

    private void look() {
        parts.signal().checkOpen();
        head = parts.signal().head();
        filter.learn();
    }

    /** Sets {@link #next} and {@link #last} for the first time. */
    abstract void place(long newHead);

    /** Sets {@link #last} anew. */
    abstract void extend(long newHead);

    /** Sets {@link #last} anew, reading backward, because the log begins later than it did. */
    abstract void cutOff(long firstPosition);

    /**
     * Reads on, for one transaction: so long that it costs nothing to begin another, so short that
     * it pins no old pages and lets the map grow.
     *
     * @return whether the visitor goes on; if so, there may be more, see {@link #isDone}
     */
    final boolean read(EventVisitor visitor) {
        if (isDone()) {
            return true;
        }
        if (filter.matchesNone()) {
            next = last + step;
            begun = true;
            return true;
        }
        long before = next;
        try {
            return readOnce(visitor);
        } catch (TruncatedSignal cut) {
            begun |= next != before;
            leaveOut(cut);
            return true;
        } finally {
            begun |= next != before;
        }
    }

    private boolean readOnce(EventVisitor visitor) {
        LogReader reader = reader();
        // Not by try-with-resources: the JVM has one OutOfMemoryError for all, and an error that is
        // to suppress itself hides it.
        try {
            watch();
            pausing = false;
            return read(reader, visitor);
        } finally {
            reader.close();
        }
    }

    private LogReader reader() {
        return own
                ? parts.log().reader(parts.directory())
                : parts.log().lentReader(parts.directory());
    }

    /** What is to be read next was cut off the log. */
    private void leaveOut(TruncatedSignal cut) {
        if (step < 0) {
            cutOff(cut.firstPosition());
        } else if (begun) {
            throw new EventsTruncatedException(
                    "query=" + query + " next=" + next, cut.firstPosition());
        } else {
            settle(this::place);
        }
    }

    /** Looks for the place; again if the beginning of the log is cut off meanwhile. */
    private void settle(LongConsumer search) {
        while (true) {
            try {
                search.accept(head);
                return;
            } catch (TruncatedSignal cut) {
                Thread.onSpinWait();
            }
        }
    }

    abstract boolean read(LogReader reader, EventVisitor visitor);

    private void watch() {
        lookMask = 0;
        watched = 0;
    }

    /**
     * Whether somebody waits for the transaction's end. A slow visitor is asked after each event,
     * for who waits does not wait for ever; a quick one now and then, for to look takes time, too.
     * Who closes the store waits for some events more, which may be the last.
     */
    final boolean isInTheWay(LogReader reader) {
        if ((next & lookMask) != 0) {
            return false;
        }
        if (watched < WATCHED) {
            watchOn();
        }
        return (next & WATCHED - 1) == 0 ? reader.isInTheWay() : reader.isMapToGrow();
    }

    /** The clock is not looked at before the second event: many want one alone. */
    private void watchOn() {
        if (watched++ == 0) {
            watchedSince = System.nanoTime();
        } else if (watched == WATCHED && System.nanoTime() - watchedSince < QUICK) {
            lookMask = WATCHED - 1;
        }
    }

    /**
     * Shows all events that match, from the next one on, whose positions in the block at hand
     * follow each other as their numbers do.
     *
     * @param ahead by how much their positions are greater than their numbers
     * @param end the number of the last one
     * @return whether the visitor goes on; if so, it is {@link #pausing} or all were shown, or as
     *     many as the limit allows
     */
    final boolean showRun(LogReader reader, long ahead, long end, EventVisitor visitor) {
        BlockView block = reader.block();
        boolean all = filter.matchesAll();
        for (long stop = end + step; next != stop; ) {
            if (!all && !filter.matches(block, next + ahead)) {
                next += step;
            } else if (!show(reader.event(next + ahead), visitor)) {
                return false;
            } else if (left == 0) {
                return true;
            }
            if (isInTheWay(reader)) {
                pausing = true;
                return true;
            }
        }
        return true;
    }

    /** Shows the next event. */
    final boolean show(EventView event, EventVisitor visitor) {
        boolean more = visitor.event(event);
        next += step;
        left--;
        return more;
    }

    /** How many events the limit leaves. */
    final long left() {
        return left;
    }

    /** Up to where it reads. */
    final long head() {
        return head;
    }

    /** Whether nothing is left up to the head. */
    final boolean isDone() {
        return left == 0 || (step > 0 ? next > last : next < last);
    }
}
