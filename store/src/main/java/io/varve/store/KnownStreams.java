package io.varve.store;

import java.util.Arrays;
import java.util.Collection;

/**
 * The streams in memory by name, for the thread that appends. One thread at a time.
 *
 * <p>A table of open addresses with linear probing, built for batches of thousands of streams that
 * are all far away in memory: beside the stream itself one place is looked at that may be anywhere,
 * and none where streams come in the order they came in before, as they do where many things are
 * told of in turn. Finding one takes so few steps that the processor fetches several at the same
 * time.
 */
final class KnownStreams {
    private static final int FIRST_ROOM = 8;

    /** In the order they were added. */
    private StreamEntry[] entries = new StreamEntry[FIRST_ROOM];

    /** Their hash codes. */
    private int[] hashes = new int[FIRST_ROOM];

    /** Indexes plus one, by hash; 0 is free. Twice as many as there is room for streams. */
    private int[] slots = new int[FIRST_ROOM * 2];

    private int count;

    /** Whether hashes are {@link StreamHash#unforeseen}. */
    private boolean unforeseen;

    /**
     * Finds streams of a batch.
     *
     * @param target gets each stream at its index in the batch, or null
     */
    void find(EventBatch batch, StreamEntry[] target) {
        int next = 0;
        for (int i = 0; i < target.length; i++) {
            StreamId id = batch.stream(i);
            int hash = unforeseen ? StreamHash.unforeseen(id) : batch.streamHash(i);
            int found = find(id, hash, next);
            target[i] = found < 0 ? null : entries[found];
            next = found + 1;
        }
    }

    /** The index of a stream, which may be the expected one; -1 if there is none. */
    private int find(StreamId id, int hash, int expected) {
        if (expected < count && is(expected, id, hash)) {
            return expected;
        }
        int mask = slots.length - 1;
        int at = StreamHash.spread(hash) & mask;
        while (slots[at] != 0 && !is(slots[at] - 1, id, hash)) {
            at = at + 1 & mask;
        }
        return slots[at] - 1;
    }

    /** Mostly it is the same object: who appends often keeps the names. */
    private boolean is(int index, StreamId id, int hash) {
        return hashes[index] == hash
                && (entries[index].id() == id || entries[index].id().equals(id));
    }

    /** Adds a stream that it has not. */
    void add(StreamEntry entry) {
        if (count == entries.length) {
            makeRoom(count * 2);
        }
        entries[count] = entry;
        hashes[count] = unforeseen ? StreamHash.unforeseen(entry.id()) : entry.id().hashCode();
        int run = fill(count++);
        if (run > StreamHash.LONG_RUN && !unforeseen) {
            rehash();
        }
    }

    /** Returns how many slots in a row were taken. */
    private int fill(int index) {
        int mask = slots.length - 1;
        int begin = StreamHash.spread(hashes[index]) & mask;
        int at = begin;
        while (slots[at] != 0) {
            at = at + 1 & mask;
        }
        slots[at] = index + 1;
        return at - begin & mask;
    }

    /** Goes over to other hashes. Takes no memory. */
    private void rehash() {
        unforeseen = true;
        Arrays.fill(slots, 0);
        for (int i = 0; i < count; i++) {
            hashes[i] = StreamHash.unforeseen(entries[i].id());
            fill(i);
        }
    }

    /** Changes nothing where there is no memory for that. */
    private void makeRoom(int room) {
        int[] moreHashes = Arrays.copyOf(hashes, room);
        int[] moreSlots = new int[room * 2];
        entries = Arrays.copyOf(entries, room);
        hashes = moreHashes;
        slots = moreSlots;
        for (int i = 0; i < count; i++) {
            fill(i);
        }
    }

    /** Keeps these alone. */
    void retain(Collection<StreamEntry> kept) {
        Arrays.fill(entries, 0, count, null);
        Arrays.fill(slots, 0);
        count = 0;
        kept.forEach(this::add);
    }
}
