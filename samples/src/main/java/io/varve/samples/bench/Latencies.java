package io.varve.samples.bench;

import java.util.Arrays;
import java.util.List;

/** How long calls took, in nanoseconds. One thread at a time. */
final class Latencies {
    private long[] nanos = new long[1 << 14];
    private int count;

    void add(long value) {
        if (count == nanos.length) {
            nanos = Arrays.copyOf(nanos, count * 2);
        }
        nanos[count++] = value;
    }

    int count() {
        return count;
    }

    /** All of several, from the shortest to the longest. */
    static long[] sorted(List<Latencies> all) {
        long[] sorted =
                all.stream().flatMapToLong(one -> Arrays.stream(one.nanos, 0, one.count)).toArray();
        Arrays.sort(sorted);
        return sorted;
    }

    /**
     * The value that so many of a hundred do not exceed, in microseconds; 0 where there is none.
     */
    static double percentileMicros(long[] sorted, int percent) {
        return sorted.length == 0 ? 0 : sorted[(sorted.length - 1) * percent / 100] / 1e3;
    }
}
