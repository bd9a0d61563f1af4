package io.varve.projections;

import java.time.Duration;

/**
 * How far apart in time two records of a key may be to be joined.
 *
 * <pre>{@code
 * JoinWindows.ofTimeDifferenceWithNoGrace(Duration.ofMinutes(5))     // up to 5 minutes either way
 * JoinWindows.ofTimeDifferenceAndGrace(Duration.ofHours(1), Duration.ofMinutes(5))
 *         .before(Duration.ZERO)                                     // the other one comes later
 * }</pre>
 *
 * <p>As in Kafka Streams, a record waits for those of the other side until its own side has one
 * that is later by {@code before}, {@code after} and {@code grace} together, or, where these are
 * nothing, later at all. That is mostly longer than one in time could need; where {@code before} or
 * {@code after} is zero or negative it may be a little too short: with {@code before(ZERO)} and no
 * grace, a match that is just as late as it may be is missed if the side of the first has moved on
 * to that very time. A grace period helps. One that comes when it would wait no more is joined with
 * those that are still there, but kept for no others, and counted as late.
 *
 * @param before how much earlier than a record of this side one of the other may be; negative if it
 *     has to be later
 * @param after how much later it may be; negative if it has to be earlier
 * @param grace how long records may be late, 0 to a thousand years
 */
public record JoinWindows(Duration before, Duration after, Duration grace) {
    /**
     * Refuses what cannot be.
     *
     * @param before how much earlier than a record of this side one of the other may be
     * @param after how much later it may be
     * @param grace how long records may be late, 0 to a thousand years
     */
    public JoinWindows {
        WindowTimes.checkEitherWay("time before in a join", before);
        WindowTimes.checkEitherWay("time after in a join", after);
        WindowTimes.check("grace period", grace, 0);
        if (before.plus(after).isNegative()) {
            throw new IllegalArgumentException(
                    "A window of a join does not end before it begins: before="
                            + before
                            + " after="
                            + after
                            + ".");
        }
    }

    /**
     * Windows that do not wait for late records.
     *
     * @param difference either way, 0 to a thousand years
     * @return the windows
     */
    public static JoinWindows ofTimeDifferenceWithNoGrace(Duration difference) {
        return ofTimeDifferenceAndGrace(difference, Duration.ZERO);
    }

    /**
     * Windows that wait for late records.
     *
     * @param difference either way, 0 to a thousand years
     * @param grace how long records may be late, 0 to a thousand years
     * @return the windows
     */
    public static JoinWindows ofTimeDifferenceAndGrace(Duration difference, Duration grace) {
        WindowTimes.check("time difference of a join", difference, 0);
        return new JoinWindows(difference, difference, grace);
    }

    /**
     * The same with another time before.
     *
     * @param difference how much earlier the other record may be; negative if it has to be later
     * @return other windows
     */
    public JoinWindows before(Duration difference) {
        return new JoinWindows(difference, after, grace);
    }

    /**
     * The same with another time after.
     *
     * @param difference how much later the other record may be; negative if it has to be earlier
     * @return other windows
     */
    public JoinWindows after(Duration difference) {
        return new JoinWindows(before, difference, grace);
    }

    /** As the other side sees it. */
    JoinWindows reversed() {
        return new JoinWindows(after, before, grace);
    }

    /** In one line. */
    String describe() {
        return "before=" + before + " after=" + after + " grace=" + grace;
    }

    /** How long a record is kept behind the latest of its side, in milliseconds. */
    long retention() {
        return before.toMillis() + after.toMillis() + grace.toMillis();
    }
}
