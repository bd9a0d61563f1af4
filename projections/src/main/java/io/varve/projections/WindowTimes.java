package io.varve.projections;

import java.time.Duration;

/** Which times windows can have. */
final class WindowTimes {
    private static final Duration MOST = Duration.ofDays(365_250);

    private WindowTimes() {}

    static void check(String what, Duration time, long leastMillis) {
        if (time == null
                || time.compareTo(Duration.ofMillis(leastMillis)) < 0
                || time.compareTo(MOST) > 0) {
            throw new IllegalArgumentException(
                    "The "
                            + what
                            + " is "
                            + leastMillis
                            + " milliseconds to a thousand years: time="
                            + time
                            + ".");
        }
    }
}
