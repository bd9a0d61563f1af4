package io.varve.projections;

import java.time.Duration;

/**
 * Which spans of time there can be, by one rule: of windows, of rows, between two calls. With times
 * that events can have they add up to no more than a long.
 */
final class WindowTimes {
    private static final Duration MOST = Duration.ofDays(365_250);

    private WindowTimes() {}

    /** Refuses what is not within a thousand years; the least is zero or a millisecond. */
    static void check(String what, Duration time, long leastMillis) {
        if (time == null
                || time.compareTo(Duration.ofMillis(leastMillis)) < 0
                || time.compareTo(MOST) > 0) {
            throw refused(what, leastMillis == 0 ? "zero" : "a millisecond", time);
        }
    }

    /** Refuses what is further away than a thousand years, before or after. */
    static void checkEitherWay(String what, Duration time) {
        if (time == null || time.compareTo(MOST.negated()) < 0 || time.compareTo(MOST) > 0) {
            throw refused(what, "minus a thousand years", time);
        }
    }

    private static IllegalArgumentException refused(String what, String least, Duration time) {
        return new IllegalArgumentException(
                "The "
                        + what
                        + " is "
                        + least
                        + " to a thousand years: time="
                        + time
                        + ". Give a Duration within that.");
    }
}
