package io.varve.runtime;

import java.time.Duration;

/**
 * Counts how long things took, in buckets that are a sixteenth of a power of two wide: what it says
 * of a percentile is up to 6 % too high, never too low. Takes 4 KiB. Not thread-safe.
 *
 * <pre>
 *   nanoseconds  0 ... 15 | 16 17 ... 31 | 32 34 ... 62 | 64 68 ... 124 | ...
 *   bucket       0 ... 15 | 16 17 ... 31 | 32 33 ... 47 | 48 49 ...  63 | ...
 * </pre>
 */
final class LatencyHistogram {
    private static final int SUB_BITS = 4;
    private static final int SUBS = 1 << SUB_BITS;
    private static final int BUCKETS = (Long.SIZE - SUB_BITS) * SUBS;

    private final int[] buckets = new int[BUCKETS];
    private long count;
    private double sum;
    private long min = Long.MAX_VALUE;
    private long max;

    /** Counts one; less than nothing, as clocks may say, is nothing. */
    void record(long nanos) {
        long time = Math.max(0, nanos);
        buckets[bucket(time)]++;
        count++;
        sum += time;
        min = Math.min(min, time);
        max = Math.max(max, time);
    }

    private static int bucket(long time) {
        if (time < SUBS) {
            return (int) time;
        }
        int shift = Long.SIZE - 1 - Long.numberOfLeadingZeros(time) - SUB_BITS;
        return (shift + 1) * SUBS + (int) (time >>> shift) - SUBS;
    }

    /** The highest time that is counted in a bucket. */
    private static long highest(int bucket) {
        if (bucket < SUBS) {
            return bucket;
        }
        int shift = bucket / SUBS - 1;
        return ((long) (bucket % SUBS + SUBS + 1) << shift) - 1;
    }

    /** Adds what another has counted. */
    void add(LatencyHistogram other) {
        for (int i = 0; i < BUCKETS; i++) {
            buckets[i] += other.buckets[i];
        }
        count += other.count;
        sum += other.sum;
        min = Math.min(min, other.min);
        max = Math.max(max, other.max);
    }

    LatencyMetrics metrics() {
        if (count == 0) {
            return LatencyMetrics.NONE;
        }
        return new LatencyMetrics(
                count,
                Duration.ofNanos(min),
                Duration.ofNanos((long) (sum / count)),
                Duration.ofNanos(percentile(0.99)),
                Duration.ofNanos(max));
    }

    private long percentile(double part) {
        long rank = Math.max(1, (long) Math.ceil(count * part));
        long seen = 0;
        for (int i = 0; i < BUCKETS; i++) {
            seen += buckets[i];
            if (seen >= rank) {
                return Math.min(max, highest(i));
            }
        }
        return max;
    }
}
