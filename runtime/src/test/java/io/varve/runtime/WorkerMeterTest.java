package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.varve.projections.CacheCounts;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class WorkerMeterTest {
    private static final long SECOND = 1_000_000_000L;
    // nanoTime may be negative, and passes over to the other end.
    private static final long START = Long.MAX_VALUE - 45 * SECOND;

    private final WorkerMeter meter = new WorkerMeter(START);

    private void commit(long second, long events) {
        meter.committed(START + second * SECOND, events, 1_000 * events, CacheCounts.NONE);
    }

    private WorkerMeter.Recent recent(long second) {
        return meter.recent(START + second * SECOND);
    }

    @Test
    void shouldTellRatesSinceItBegan() {
        commit(1, 100);
        commit(2, 300);
        assertEquals(40, recent(10).processRate());
        assertEquals(0.2, recent(10).commitRate());
        assertEquals(Duration.ofNanos(200_000), recent(10).commitLatency().average());
    }

    @Test
    void shouldNotTellARateOfAMomentOnly() {
        commit(0, 7);
        assertEquals(7, recent(0).processRate());
    }

    @Test
    void shouldForgetWhatIsOlderThanTwoSamples() {
        commit(1, 1_000);
        commit(35, 60);
        assertEquals(1_060 / 59.0, recent(59).processRate(), 1e-9);
        // The first sample is out, the second began at 30.
        assertEquals(60 / 31.0, recent(61).processRate(), 1e-9);
        assertEquals(1, recent(61).commitLatency().count());
        assertEquals(0, recent(95).processRate());
        assertEquals(LatencyMetrics.NONE, recent(95).commitLatency());
        assertEquals(2, meter.commits());
    }

    @Test
    void shouldGoOnAfterALongSilence() {
        commit(1, 1_000);
        commit(1_000, 90);
        assertEquals(3, recent(1_000).processRate(), 1e-9);
        assertEquals(90 / 59.0, recent(1_029).processRate(), 1e-9);
    }

    @Test
    void shouldCountWhatBecameVisible() {
        meter.visible(START, 5_000_000);
        meter.visible(START + SECOND, 7_000_000);
        LatencyMetrics endToEnd = recent(2).endToEndLatency();
        assertEquals(2, endToEnd.count());
        assertEquals(Duration.ofMillis(6), endToEnd.average());
        assertEquals(Duration.ofMillis(7), endToEnd.max());
    }
}
