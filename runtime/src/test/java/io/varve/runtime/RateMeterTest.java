package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** A rate is of what was passed lately, not of what was passed once. */
class RateMeterTest {
    private static final long SECOND = 1_000_000_000L;

    @Test
    void shouldBeOfTheTimeInWhichPositionsWerePassed() {
        RateMeter meter = new RateMeter(0, -1);
        assertEquals(0, meter.perSecond(SECOND));
        meter.passed(2 * SECOND, 1_999);
        assertEquals(1_000, meter.perSecond(3 * SECOND));
    }

    @Test
    void shouldFallWhileNothingIsPassed() {
        RateMeter meter = new RateMeter(0, -1);
        meter.passed(2 * SECOND, 1_999);
        assertEquals(100, meter.perSecond(20 * SECOND));
        assertTrue(meter.perSecond(2_000 * SECOND) <= 1);
    }
}
