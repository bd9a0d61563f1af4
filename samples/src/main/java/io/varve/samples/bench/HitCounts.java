package io.varve.samples.bench;

import io.varve.projections.query.ReadOnlyKeyValueStore;
import io.varve.store.EventQuery;
import io.varve.store.EventStore;
import java.util.Arrays;

/** How often each key was hit, counted in the plainest way. One thread. */
final class HitCounts {
    private final int[] counts;

    HitCounts(int keys) {
        counts = new int[keys];
    }

    void add(int key) {
        counts[key]++;
    }

    /** Adds these, from an index to another, the latter excluded. */
    void add(int[] keys, int from, int to) {
        for (int i = from; i < to; i++) {
            counts[keys[i]]++;
        }
    }

    /** Adds the hits of a log up to a position. */
    void addAll(EventStore store, long last) {
        store.read(
                EventQuery.all(),
                event -> {
                    boolean wanted = event.position() <= last;
                    if (wanted) {
                        counts[(int) event.payload().getLong(0)]++;
                    }
                    return wanted;
                });
    }

    /** Whether a read model has these counts and no other row. */
    boolean isRight(ReadOnlyKeyValueStore<Long, Long> rows) {
        int[] found = new int[counts.length];
        boolean[] right = {true};
        rows.forEach(
                (key, count) -> {
                    boolean known = key >= 0 && key < found.length;
                    right[0] &= known && count > 0;
                    if (known) {
                        found[key.intValue()] += count;
                    }
                });
        return right[0] && Arrays.equals(found, counts);
    }
}
