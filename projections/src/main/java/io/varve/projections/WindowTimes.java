package io.varve.projections;

import java.time.Duration;

/** Which spans of time there can be: of windows, of rows, between two calls. */
final class WindowTimes {
    private static final Duration MOST = Duration.ofDays(365_250);

    private WindowTimes() {}

    static void check(String what, Duration time, long leastMillis) {
        if (time == null || !isWithin(time, leastMillis)) {
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

    /** Whether it is so many milliseconds to a thousand years. */
    static boolean isWithin(Duration time, long leastMillis) {
        return time.compareTo(Duration.ofMillis(leastMillis)) >= 0 && time.compareTo(MOST) <= 0;
    }
}
