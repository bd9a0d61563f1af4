package io.varve.runtime;

import java.time.Duration;
import java.util.Optional;

/**
 * How far the log has been applied anew, to look back or to compare.
 *
 * @param position of the last event applied; -1 if none
 * @param target position of the last event that is to be applied
 * @param rows how many rows were compared so far; 0 as long as events are applied
 * @param eventsPerSecond how many positions of the log it has passed a second, lately; 0 if that is
 *     not known yet
 * @param remaining how long it will take at that rate; empty if that cannot be told
 */
public record ReplayProgress(
        long position,
        long target,
        long rows,
        double eventsPerSecond,
        Optional<Duration> remaining) {
    static ReplayProgress of(long position, long target, RateMeter meter) {
        meter.passed(System.nanoTime(), position);
        double rate = meter.perSecond(System.nanoTime());
        Optional<Duration> remaining =
                position >= target
                        ? Optional.of(Duration.ZERO)
                        : rate <= 0
                                ? Optional.empty()
                                : Optional.of(
                                        Duration.ofMillis(
                                                (long) ((target - position) * 1_000 / rate)));
        return new ReplayProgress(position, target, 0, rate, remaining);
    }

    static ReplayProgress comparing(long position, long rows) {
        return new ReplayProgress(position, position, rows, 0, Optional.empty());
    }
}
