package io.varve.store;

import java.util.Arrays;

/**
 * The streams of a batch, numbered from 0 in the order of their first use. One thread at a time.
 *
 * <p>A table of open addresses with linear probing: a batch may meet a stream more for every event,
 * and is then cleared, so an entry must cost neither an object nor a reference to chase.
 */
final class BatchStreams {
    private static final int FIRST_ROOM = 8;

    private StreamId[] ids = new StreamId[FIRST_ROOM];

    /** Hash codes by number, so that growing and probing read no stream. */
    private int[] hashes = new int[FIRST_ROOM];

    /** Numbers plus one, by hash; 0 is free. Twice as many as there is room for streams. */
    private int[] slots = new int[FIRST_ROOM * 2];

    private int count;

    int count() {
        return count;
    }

    StreamId id(int number) {
        return ids[number];
    }

    /** The number of a stream, which it gets here if it has none. */
    int numberOf(StreamId id) {
        int hash = id.hashCode();
        int mask = slots.length - 1;
        int at = spread(hash) & mask;
        for (; slots[at] != 0; at = at + 1 & mask) {
            int number = slots[at] - 1;
            if (hashes[number] == hash && (ids[number] == id || ids[number].equals(id))) {
                return number;
            }
        }
        if (count == ids.length) {
            grow();
            at = free(hash);
        }
        ids[count] = id;
        hashes[count] = hash;
        slots[at] = ++count;
        return count - 1;
    }

    /** Hash codes of like names differ in their low bits alone. */
    private static int spread(int hash) {
        int mixed = hash * 0x9E3779B9;
        return mixed ^ mixed >>> 16;
    }

    private int free(int hash) {
        int mask = slots.length - 1;
        int at = spread(hash) & mask;
        while (slots[at] != 0) {
            at = at + 1 & mask;
        }
        return at;
    }

    private void grow() {
        ids = Arrays.copyOf(ids, count * 2);
        hashes = Arrays.copyOf(hashes, count * 2);
        slots = new int[count * 4];
        for (int number = 0; number < count; number++) {
            slots[free(hashes[number])] = number + 1;
        }
    }

    void clear() {
        Arrays.fill(ids, 0, count, null);
        Arrays.fill(slots, 0);
        count = 0;
    }
}
