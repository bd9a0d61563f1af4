package io.varve.faults;

import io.varve.store.EventBatch;
import io.varve.store.EventStore;
import io.varve.store.ExpectedVersion;
import io.varve.store.StreamId;
import io.varve.store.serde.EventSerde;
import java.util.ArrayList;
import java.util.List;

/**
 * What is appended to a store that is being tried: authors number their postings, and all else
 * follows from author and number, so that whoever reads one knows what it must be, and in which
 * append it must have been.
 */
record Posting(int author, long number, int account, long cents, String text) {
    static final String CATEGORY = "postings";
    static final int AUTHORS = 3;
    static final int ACCOUNTS = 40;
    static final EventSerde<Posting> SERDE =
            EventSerde.of(Posting.class).record("posted", Posting.class).build();

    static Posting of(int author, long number) {
        long hash = hash(author, number);
        int account = Math.floorMod(hash, ACCOUNTS);
        int length = Math.floorMod(hash >> 8, hash % 50 == 0 ? 9_000 : 90);
        return new Posting(author, number, account, hash >> 50, "x".repeat(length));
    }

    private static long hash(int author, long number) {
        long mixed = (number * AUTHORS + author + 1) * 0x9E3779B97F4A7C15L;
        return (mixed ^ mixed >>> 29) * 0xBF58476D1CE4E5B9L;
    }

    /** How many are in the append that begins with a number. */
    static int together(int author, long first) {
        return 1 + Math.floorMod(hash(author, first) >> 20, 6);
    }

    /** Whether the code of a process fails on it, whatever it does. */
    boolean isWrong(long seed) {
        long hash = hash(author, number) >>> 33;
        return hash % 19 == 0 && (hash ^ seed) % 3 != 0;
    }

    static StreamId stream(int author) {
        return StreamId.of(CATEGORY, "author-" + author);
    }

    /** The append that begins with a number. */
    static EventBatch batch(int author, long first) {
        EventBatch batch = new EventBatch();
        batch.expect(
                stream(author),
                first == 0 ? ExpectedVersion.noStream() : ExpectedVersion.exactly(first - 1));
        batch.idempotencyKey(author + "/" + first);
        for (int i = 0; i < together(author, first); i++) {
            batch.add(stream(author), SERDE, of(author, first + i));
        }
        return batch;
    }

    /**
     * The first numbers of the appends of an author that a store has; fails where it has a part of
     * one.
     */
    static List<Long> appends(EventStore store, int author) {
        long end = store.version(stream(author)).orElse(-1) + 1;
        List<Long> firsts = new ArrayList<>();
        long next = 0;
        for (; next < end; next += together(author, next)) {
            firsts.add(next);
        }
        if (next != end) {
            throw new AssertionError("author=" + author + " has a part of an append, to " + end);
        }
        return firsts;
    }
}
