package io.varve.store;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/**
 * What is known of a stream in memory: its number, its version, and where its newest events lie, as
 * far as the index does not have them yet.
 *
 * <p>Changed under the append lock only. Any thread may read, and reads a {@link Tail}: one value,
 * read at once, so that its parts fit together. What left a tail is found in the index.
 */
final class StreamEntry {
    private static final int FIRST_ROOM = 4;
    private static final long[] NONE = {};
    private static final VarHandle TAIL = tailHandle();

    /**
     * A stream at one instant. The array is shared with the writer, who fills it behind the
     * version.
     *
     * @param version of the last committed event, or -1
     * @param tombstone the version that is a tombstone, or -1
     * @param base the first version the index may not have
     * @param before position of the version before the base, or -1
     * @param start position of the base, where the tail is straight: where each event lies right
     *     behind the one before
     * @param end position of the last committed event, or -1: what is asked for most, without a
     *     look at the array
     * @param positions of versions {@code base}, {@code base + 1} ...; empty where it is straight
     */
    record Tail(
            long version,
            long tombstone,
            long base,
            long before,
            long start,
            long end,
            long[] positions) {
        long position(long eventVersion) {
            return positions.length == 0
                    ? start + (eventVersion - base)
                    : positions[(int) (eventVersion - base)];
        }

        /** The position of a version, from the one before the base on. */
        long lastPosition(long eventVersion) {
            return eventVersion < base ? before : position(eventVersion);
        }

        /**
         * The version of the last event up to a position, as far back as the tail reaches: what is
         * in the index lies before every head there was since.
         */
        long versionAt(long head) {
            if (end <= head) {
                return version;
            }
            long last = version;
            while (last >= base && position(last) > head) {
                last--;
            }
            return last;
        }
    }

    private final int number;
    private final StreamId id;
    private volatile Tail tail;

    // What follows is the writer's: append lock only.

    private long version;
    private long tombstone;
    private long base;
    private long before;
    private long start;
    private long[] positions = NONE;

    /** The version as the commit that is being made will leave it. */
    private long pendingVersion;

    /** Likewise. */
    private long pendingTombstone;

    /**
     * Position of the last event that was noted. Of the array it would have to be fetched, and with
     * many streams that is far away in memory.
     */
    private long noted;

    /** The merge this stream's tail is to be part of. */
    private int generation = -1;

    /** A stream that is new. */
    StreamEntry(int number, StreamId id) {
        this(number, id, -1, -1, false);
    }

    /**
     * A stream that the index has.
     *
     * @param number of the stream
     * @param id of the stream
     * @param version of its last event
     * @param lastPosition of its last event
     * @param tombstoned whether that is a tombstone
     */
    StreamEntry(int number, StreamId id, long version, long lastPosition, boolean tombstoned) {
        this.number = number;
        this.id = id;
        this.version = version;
        this.pendingVersion = version;
        this.base = version + 1;
        this.before = lastPosition;
        this.tombstone = tombstoned ? version : -1;
        this.pendingTombstone = tombstone;
        show(lastPosition);
    }

    private static VarHandle tailHandle() {
        try {
            return MethodHandles.lookup().findVarHandle(StreamEntry.class, "tail", Tail.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private void show(long end) {
        // What readers find by it was written before; nobody waits for it, so no full fence.
        TAIL.setRelease(this, new Tail(version, tombstone, base, before, start, end, positions));
    }

    int number() {
        return number;
    }

    StreamId id() {
        return id;
    }

    /** The stream as of now. Whoever needs two things of it takes them from one tail. */
    Tail tail() {
        return tail;
    }

    /** Notes the version that is a tombstone, or -1 where what follows one says it was none. */
    void noteTombstone(long eventVersion) {
        pendingTombstone = eventVersion;
    }

    /** Whether the commit that is being made will leave it ended. */
    boolean isEnding() {
        return pendingTombstone >= 0;
    }

    /** Whether the commit that is being made has nothing of this stream yet. */
    boolean isUntouched() {
        return pendingVersion == version;
    }

    long pendingVersion() {
        return pendingVersion;
    }

    long nextVersion() {
        return ++pendingVersion;
    }

    void forgetPending() {
        pendingVersion = version;
        pendingTombstone = tombstone;
    }

    /**
     * Notes the next events of a commit, which lie one behind the other; readers see them after
     * {@link #publish}.
     */
    void noteNext(int events, long position) {
        int index = (int) (pendingVersion + 1 - base);
        if (!staysStraight(index, position)) {
            makeRoom(index, index + events);
            for (int i = 0; i < events; i++) {
                positions[index + i] = position + i;
            }
        }
        pendingVersion += events;
        noted = position + events - 1;
    }

    /** Notes where the next event of a commit lies; readers see it after {@link #publish}. */
    void note(long eventVersion, long position) {
        int index = (int) (eventVersion - base);
        if (!staysStraight(index, position)) {
            makeRoom(index, index + 1);
            positions[index] = position;
        }
        noted = position;
    }

    /**
     * Whether no array is needed with an event that lies there; a tail of one event is straight.
     */
    private boolean staysStraight(int index, long position) {
        if (positions.length > 0) {
            return false;
        }
        if (index == 0) {
            start = position;
        }
        return position == start + index;
    }

    private void makeRoom(int filled, int needed) {
        if (needed <= positions.length) {
            return;
        }
        int room = Math.max(FIRST_ROOM, Math.max(needed, positions.length * 2));
        if (positions.length > 0) {
            positions = Arrays.copyOf(positions, room);
            return;
        }
        positions = new long[room];
        for (int i = 0; i < filled; i++) {
            positions[i] = start + i;
        }
    }

    /** Shows readers everything up to the pending version, which was noted. */
    void publish() {
        version = pendingVersion;
        tombstone = pendingTombstone;
        show(noted);
    }

    /** Whether this is the first change since the last merge was begun. */
    boolean enter(int newGeneration) {
        boolean first = generation != newGeneration;
        generation = newGeneration;
        return first;
    }

    boolean hasTail() {
        return base <= version;
    }

    /** Lets go of the positions that the index has now. */
    void trim(long mergedVersion) {
        int merged = (int) (mergedVersion + 1 - base);
        int kept = (int) (version - mergedVersion);
        if (positions.length == 0) {
            before = start + merged - 1;
            start += merged;
        } else {
            before = positions[merged - 1];
            positions = kept == 0 ? NONE : Arrays.copyOfRange(positions, merged, merged + kept);
        }
        base = mergedVersion + 1;
        show(tail.end());
    }
}
