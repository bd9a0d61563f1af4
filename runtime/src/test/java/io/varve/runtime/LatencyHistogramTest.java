package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LatencyHistogramTest {
    @Test
    void shouldKnowNothingAtFirst() {
        assertEquals(LatencyMetrics.NONE, new LatencyHistogram().metrics());
    }

    @Test
    void shouldTakeTheShortestAndTheLongest() {
        LatencyHistogram histogram = new LatencyHistogram();
        histogram.record(-5);
        histogram.record(0);
        assertEquals(Duration.ZERO, histogram.metrics().max());
        histogram.record(Long.MAX_VALUE);
        assertEquals(Duration.ofNanos(Long.MAX_VALUE), histogram.metrics().max());
        assertEquals(Duration.ofNanos(Long.MAX_VALUE), histogram.metrics().p99());
        assertEquals(3, histogram.metrics().count());
        assertEquals(Duration.ZERO, histogram.metrics().min());
    }

    @Test
    void shouldTellPercentilesNeverTooLowAndUpToASixteenthTooHigh() {
        long seed = Long.getLong("varve.seed", System.nanoTime());
        Random random = new Random(seed);
        for (int round = 0; round < 300; round++) {
            int count = 1 + random.nextInt(2_000);
            int bits = 1 + random.nextInt(62);
            LatencyHistogram first = new LatencyHistogram();
            LatencyHistogram second = new LatencyHistogram();
            long[] all = new long[count];
            for (int i = 0; i < count; i++) {
                all[i] = random.nextLong() >>> 64 - bits;
                (random.nextBoolean() ? first : second).record(all[i]);
            }
            first.add(second);
            check(first.metrics(), all, "varve.seed=" + seed);
        }
    }

    private static void check(LatencyMetrics metrics, long[] all, String seed) {
        Arrays.sort(all);
        long p99 = all[(int) Math.ceil(all.length * 0.99) - 1];
        assertEquals(all.length, metrics.count(), seed);
        assertEquals(all[0], metrics.min().toNanos(), seed);
        assertEquals(all[all.length - 1], metrics.max().toNanos(), seed);
        assertTrue(metrics.p99().toNanos() >= p99, seed + " " + metrics + " " + p99);
        assertTrue(metrics.p99().toNanos() <= p99 + p99 / 16, seed + " " + metrics + " " + p99);
        double average = Arrays.stream(all).asDoubleStream().sum() / all.length;
        assertEquals(average, metrics.average().toNanos(), 1 + average * 1e-9, seed);
    }
}
