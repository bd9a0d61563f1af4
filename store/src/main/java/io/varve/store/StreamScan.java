package io.varve.store;

import java.util.Optional;

/** Reads a stream in the order of its versions, or against it. */
final class StreamScan extends EventScan {
    /** Events that are looked up at first: few, for the first one is waited for. */
    private static final int LOOK_UP = 16;

    /** Events after which a transaction is ended, and another begun. */
    private static final int SEEN = 256;

    /** Events that are looked up at once, at most. */
    private static final int MOST_LOOK_UP = 1 << 14;

    private final StreamId id;
    private Optional<StreamEntry> found = Optional.empty();

    /** The stream as of the head that is read up to. */
    private Optional<StreamEntry.Tail> tail = Optional.empty();

    private long[] positions = {};
    private int lookUp = LOOK_UP;

    /** The versions whose positions were looked up. */
    private long low;

    private long high = -1;

    /**
     * Positions between two events of a stream from which on events are checked one by one: most
     * blocks have fewer of them than it is worth to check whole.
     */
    private static final long SPARSE = 64;

    /** No event since the query's time was found yet. */
    private boolean early;

    /** Whether events of other streams mostly lie between those of this one. */
    private boolean sparse;

    StreamScan(Parts parts, EventQuery query, StreamId id) {
        super(parts, query);
        this.id = id;
    }

    @Override
    void place(long head) {
        if (query.isBackward()) {
            long version = find(head);
            next =
                    query.start() instanceof EventQuery.Start.Time time
                            ? firstBehind(parts.times().lastUntil(time.instant(), head), version)
                                    - 1
                            : Math.min(query.from(), version);
            last = firstVersion();
        } else {
            last = find(head);
            next = Math.max(query.from(), firstVersion());
            early = query.start() instanceof EventQuery.Start.Time;
            skipEarlier(head);
        }
    }

    @Override
    void extend(long head) {
        last = find(head);
        skipEarlier(head);
    }

    /** Passes over what was committed before the query's time, as long as that is not found. */
    private void skipEarlier(long head) {
        if (early && query.start() instanceof EventQuery.Start.Time time) {
            next = firstBehind(parts.times().firstSince(time.instant(), head) - 1, last);
            early = next > last;
        }
    }

    /**
     * Looks for the stream, and its version. Anew each time: an entry that came from the index does
     * not learn what is appended later. Not behind the head: what one batch appended shows in all
     * its streams at once.
     */
    private long find(long head) {
        found = parts.directory().find(id);
        tail = found.map(StreamEntry::tail);
        return tail.map(seen -> seen.versionAt(head)).orElse(-1L);
    }

    /** The first version that is still in the log, if the stream has any. */
    private long firstVersion() {
        return found.map(entry -> parts.log().firstVersion(entry.number())).orElse(0L);
    }

    @Override
    void cutOff(long firstPosition) {
        last = Math.max(last, firstVersion());
    }

    /** The first version that lies behind a position; {@code version + 1} if there is none. */
    private long firstBehind(long position, long version) {
        long low = Math.min(firstVersion(), version + 1);
        long high = version + 1;
        long[] one = {0};
        while (low < high) {
            long middle = low + high >>> 1;
            positions(found.orElseThrow(), middle, middle, one);
            if (one[0] <= position) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    @Override
    boolean read(LogReader reader, EventVisitor visitor) {
        StreamEntry entry = found.orElseThrow();
        for (long seen = 0; seen < SEEN && !isDone(); seen += high - low + 1) {
            if (!lookUp(entry, seen > 0)) {
                return true;
            }
            if (!showAll(reader, entry.number(), visitor)) {
                return false;
            }
            if (pausing || reader.isInTheWay()) {
                return true;
            }
        }
        return true;
    }

    /** Shows what was looked up, or a part of it if somebody waits for the transaction's end. */
    private boolean showAll(LogReader reader, int stream, EventVisitor visitor) {
        while (left() > 0 && isLookedUp(next)) {
            long position = positions[(int) (next - low)];
            if (sparse) {
                reader.seekEvent(position);
            } else {
                reader.seek(position);
            }
            if (!showBlock(reader, stream, visitor)) {
                return false;
            }
            if (pausing || reader.isInTheWay()) {
                return true;
            }
        }
        return true;
    }

    private boolean isLookedUp(long version) {
        return version >= low && version <= high;
    }

    /**
     * Finds where the next events lie, unless they were cut off after others were shown: that is
     * told in the next transaction, when the visitor has handed on what it was shown.
     */
    private boolean lookUp(StreamEntry entry, boolean shown) {
        try {
            lookUp(entry);
            return true;
        } catch (TruncatedSignal cut) {
            if (shown) {
                return false;
            }
            throw cut;
        }
    }

    /** Finds where the next events lie. */
    private void lookUp(StreamEntry entry) {
        int distance = (int) Math.min(Math.abs(last - next), room() - 1);
        low = step > 0 ? next : next - distance;
        high = low + distance;
        positions(entry, low, high, positions);
        sparse = positions[distance] - positions[0] >= distance * SPARSE;
        checkPositions(distance);
    }

    /** Shows what lies in the block at hand of what is to be read, from the next event on. */
    private boolean showBlock(LogReader reader, int stream, EventVisitor visitor) {
        BlockView block = reader.block();
        if (sparse || !block.fields().isOneStream()) {
            return showEach(reader, stream, visitor);
        }
        long position = positions[(int) (next - low)];
        checkIsNext(block, position, stream);
        long ahead = position - next;
        long end =
                step > 0
                        ? Math.min(last, block.lastPosition() - ahead)
                        : Math.max(last, block.firstPosition() - ahead);
        return showRun(reader, ahead, end, visitor);
    }

    /**
     * Shows what was looked up and lies in the block at hand; one event only where only that one
     * was checked.
     */
    private boolean showEach(LogReader reader, int stream, EventVisitor visitor) {
        BlockView block = reader.block();
        boolean all = filter.matchesAll();
        do {
            long position = positions[(int) (next - low)];
            if (position < block.firstPosition() || position > block.lastPosition()) {
                return true;
            }
            checkIsNext(block, position, stream);
            if (!all && !filter.matches(block, position)) {
                next += step;
            } else if (!show(reader.event(position), visitor)) {
                return false;
            }
        } while (!sparse && left() > 0 && isLookedUp(next) && !isInTheWay(reader));
        return true;
    }

    /** Sees that an event of the block at hand is the one the index promised. */
    private void checkIsNext(BlockView block, long position, int stream) {
        BlockFields fields = block.fields();
        int at = (int) (position - block.firstPosition());
        int place = fields.place(at);
        if (fields.stream(place) != stream || fields.version(at, place) != next) {
            throw doesNotFit(next);
        }
    }

    /** Sees that what the index says can be true: positions in order, and none behind the head. */
    private void checkPositions(int distance) {
        long before = -1;
        for (int i = 0; i <= distance; i++) {
            if (positions[i] <= before) {
                throw doesNotFit(next);
            }
            before = positions[i];
        }
        if (before > parts.signal().head()) {
            throw doesNotFit(next);
        }
    }

    /** Makes room to look up no more than can be read; more each time, for a long stream. */
    private int room() {
        long most = filter.matchesAll() ? Math.min(lookUp, left()) : lookUp;
        lookUp = Math.min(MOST_LOOK_UP, lookUp * 16);
        int room = (int) Math.min(most, Math.abs(last - next) + 1);
        if (positions.length < room) {
            positions = new long[room];
        }
        return room;
    }

    private RuntimeException doesNotFit(long version) {
        if (version < firstVersion()) {
            return new TruncatedSignal(parts.log().base().firstPosition());
        }
        return IndexDamage.met(
                parts.index().folder(),
                "the index does not fit the log: stream=" + id + " version=" + version);
    }

    /** Finds the positions of versions {@code from} to {@code to}. */
    private void positions(StreamEntry entry, long from, long to, long[] target) {
        StreamEntry.Tail seen = tail.orElseThrow();
        long merged = Math.min(to + 1, seen.base());
        long version = from;
        if (from < merged) {
            version += parts.index().positions(entry.number(), from, merged, target);
            if (version < merged) {
                throw doesNotFit(version);
            }
        }
        for (; version <= to; version++) {
            target[(int) (version - from)] = seen.position(version);
        }
    }
}
