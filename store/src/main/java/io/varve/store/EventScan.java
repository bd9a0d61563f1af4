package io.varve.store;

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

    EventScan(Parts parts, EventQuery query) {
        this.parts = parts;
        this.query = query;
        this.filter = new EventFilter(query, parts.directory(), parts.categories());
        this.step = query.isBackward() ? -1 : 1;
        this.left = query.limit();
    }

    /** Begins at the start of the query. */
    final void begin() {
        look();
        place(head);
    }

    /** Goes on up to the head as of now. Forward only. */
    final void extend() {
        look();
        extend(head);
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
            return true;
        }
        try (LogReader reader = parts.log().reader(parts.directory())) {
            return read(reader, visitor);
        }
    }

    abstract boolean read(LogReader reader, EventVisitor visitor);

    /** Shows the next event, which lies at a position of the block at hand. */
    final boolean show(LogReader reader, long position, EventVisitor visitor) {
        boolean more = visitor.event(reader.event(position));
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
