package io.varve.store;

import java.util.Arrays;

/**
 * The streams of a batch, numbered from 0 in the order of their first use. One thread at a time.
 *
 * <p>A table of open addresses with linear probing: a batch may meet a stream more for every event,
 * and is then cleared, so an entry must cost neither an object nor a reference to chase.
 *
 * <p>Streams are mentioned first and numbered later, many at once: where they are many, their names
 * and their places in the table are far away in memory, and the processor fetches what several need
 * at the same time if nothing else is done between them.
 */
final class BatchStreams {
    private static final int FIRST_ROOM = 8;

    /** Streams that are numbered at once, at most. */
    private static final int MOST_MENTIONED = 256;

    /** Streams that are yet to be numbered. */
    private StreamId[] mentioned = new StreamId[FIRST_ROOM];

    /** Their hash codes, while they are numbered. */
    private int[] codes = new int[FIRST_ROOM];

    private int mentions;

    private StreamId[] ids = new StreamId[FIRST_ROOM];

    /** Hash codes by number, so that growing and probing read no stream. */
    private int[] hashes = new int[FIRST_ROOM];

    /** Numbers plus one, by hash; 0 is free. Twice as many as there is room for streams. */
    private int[] slots = new int[FIRST_ROOM * 2];

    private int count;

    /** Whether hashes are {@link StreamHash#unforeseen}. */
    private boolean unforeseen;

    int count() {
        return count;
    }

    StreamId id(int number) {
        return ids[number];
    }

    /** The hash code of a stream. */
    int hash(int number) {
        return unforeseen ? ids[number].hashCode() : hashes[number];
    }

    /** Whether the next {@link #mention} needs those before to be numbered. */
    boolean isFull() {
        return mentions == MOST_MENTIONED;
    }

    /** Takes a stream that is to be numbered, mostly the one before once more. */
    int mention(StreamId id) {
        if (mentions > 0 && mentioned[mentions - 1] == id) {
            return mentions - 1;
        }
        if (mentions == mentioned.length) {
            codes = new int[mentions * 2];
            mentioned = Arrays.copyOf(mentioned, mentions * 2);
        }
        mentioned[mentions] = id;
        return mentions++;
    }

    /**
     * Prepares {@link #numberOf}, so that it finds room, and hash codes. Those by themselves: then
     * many are fetched at the same time.
     */
    void prepareMentioned() {
        while (count + mentions > ids.length) {
            grow();
        }
        hashMentioned();
    }

    private void hashMentioned() {
        for (int i = 0; i < mentions; i++) {
            codes[i] = unforeseen ? StreamHash.unforeseen(mentioned[i]) : mentioned[i].hashCode();
        }
    }

    /** The number of a stream that was mentioned, which it gets here if it has none. */
    int numberOf(int mention) {
        int number = numberOf(mentioned[mention], codes[mention]);
        if (number < 0) {
            rehash();
            number = numberOf(mentioned[mention], codes[mention]);
        }
        return number;
    }

    /** Goes over to other hashes. Takes no memory. */
    private void rehash() {
        unforeseen = true;
        hashMentioned();
        Arrays.fill(slots, 0);
        for (int number = 0; number < count; number++) {
            hashes[number] = StreamHash.unforeseen(ids[number]);
            slots[free(hashes[number])] = number + 1;
        }
    }

    /** Forgets the mentions, not the numbers. */
    void endMentions() {
        Arrays.fill(mentioned, 0, mentions, null);
        mentions = 0;
    }

    /** -1 where the slots taken in a row are too many to be chance. */
    private int numberOf(StreamId id, int hash) {
        int mask = slots.length - 1;
        int begin = StreamHash.spread(hash) & mask;
        int at = begin;
        for (; slots[at] != 0; at = at + 1 & mask) {
            int number = slots[at] - 1;
            if (hashes[number] == hash && (ids[number] == id || ids[number].equals(id))) {
                return number;
            }
        }
        if ((at - begin & mask) > StreamHash.LONG_RUN && !unforeseen) {
            return -1;
        }
        ids[count] = id;
        hashes[count] = hash;
        slots[at] = ++count;
        return count - 1;
    }

    private int free(int hash) {
        int mask = slots.length - 1;
        int at = StreamHash.spread(hash) & mask;
        while (slots[at] != 0) {
            at = at + 1 & mask;
        }
        return at;
    }

    private void grow() {
        int room = ids.length * 2;
        StreamId[] moreIds = Arrays.copyOf(ids, room);
        hashes = Arrays.copyOf(hashes, room);
        slots = new int[room * 2];
        ids = moreIds;
        for (int number = 0; number < count; number++) {
            slots[free(hashes[number])] = number + 1;
        }
    }

    void clear() {
        endMentions();
        Arrays.fill(ids, 0, count, null);
        Arrays.fill(slots, 0);
        count = 0;
        unforeseen = false;
    }
}
