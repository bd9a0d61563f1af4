package io.varve.store;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/**
 * What is known of a stream in memory: its number, its version, and where its newest events lie, as
 * far as the index does not have them yet.
 *
 * <p>Changed under the append lock only. Read by any thread, in this order: {@link #version}, then
 * {@link #tail}, then the index; so what left the tail is found in the index.
 */
final class StreamEntry {
    private static final int FIRST_ROOM = 4;
    private static final long[] NONE = {};
    private static final VarHandle VERSION = versionHandle();

    /**
     * Positions of versions {@code base}, {@code base + 1} ... Shared between a writer that fills
     * the array behind the published version, and readers that look only up to it.
     *
     * @param before position of the version before the base, or -1
     */
    record Tail(long base, long before, long[] positions) {
        long position(long version) {
            return positions[(int) (version - base)];
        }

        /** The position of a version, from the one before the base on. */
        long lastPosition(long version) {
            return version < base ? before : position(version);
        }
    }

    private final int number;
    private final StreamId id;
    private volatile long version;
    private volatile Tail tail;

    /** The version of the tombstone, or -1; set before the version, so it is read after it. */
    private volatile long tombstone;

    /** What {@link #tail} holds, for the writer, who comes here for every event. */
    private long base;

    private long[] positions = NONE;

    /** The version as the commit that is being made will leave it. Append lock only. */
    private long pendingVersion;

    /** Likewise. */
    private long pendingTombstone;

    /** The merge this stream's tail is to be part of. Append lock only. */
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
        this.tail = new Tail(base, lastPosition, positions);
        this.tombstone = tombstoned ? version : -1;
        this.pendingTombstone = tombstone;
    }

    private static VarHandle versionHandle() {
        try {
            return MethodHandles.lookup().findVarHandle(StreamEntry.class, "version", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private void tail(long newBase, long before, long[] newPositions) {
        base = newBase;
        positions = newPositions;
        tail = new Tail(newBase, before, newPositions);
    }

    int number() {
        return number;
    }

    StreamId id() {
        return id;
    }

    /** The version of the last committed event, or -1. */
    long version() {
        return version;
    }

    /**
     * The version of the last event up to a position, as far back as the tail reaches: what is in
     * the index lies before every head there was since.
     */
    long versionAt(long head) {
        long last = version;
        Tail now = tail;
        while (last >= now.base() && now.position(last) > head) {
            last--;
        }
        return last;
    }

    Tail tail() {
        return tail;
    }

    /** The version of the tombstone that ends it, or -1. Read it after the version. */
    long tombstone() {
        return tombstone;
    }

    /** Notes the version that is a tombstone, or -1 where what follows one says it was none. */
    void noteTombstone(long eventVersion) {
        pendingTombstone = eventVersion;
    }

    /** Whether the commit that is being made will leave it ended. */
    boolean isEnding() {
        return pendingTombstone >= 0;
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

    /** Notes where the next event of a commit lies; readers see it after {@link #publish}. */
    void note(long eventVersion, long position) {
        int index = (int) (eventVersion - base);
        if (index >= positions.length) {
            int room = Math.max(FIRST_ROOM, positions.length * 2);
            tail(base, tail.before(), Arrays.copyOf(positions, room));
        }
        positions[index] = position;
    }

    /** Shows readers everything up to the pending version. */
    void publish() {
        if (tombstone != pendingTombstone) {
            tombstone = pendingTombstone;
        }
        // What readers find by it was written before; nobody waits for it, so no full fence.
        VERSION.setRelease(this, pendingVersion);
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
        tail(
                mergedVersion + 1,
                positions[merged - 1],
                kept == 0 ? NONE : Arrays.copyOfRange(positions, merged, merged + kept));
    }
}
