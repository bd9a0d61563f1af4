package io.varve.runtime;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * When snapshots of a read model are made, and how many are kept. Immutable; each method returns
 * another.
 *
 * <p>A snapshot is due when one of the limits is reached since the newest one, over restarts; where
 * there is none, since the first event. One that {@link ProjectionRuntime#snapshot} has made counts
 * like any other. It is made beside the projection, which goes on; while one is being made, no
 * other is begun. Where nothing is applied, none is made.
 *
 * @param everyEvents how many positions of the log apart at most; 0 for no limit
 * @param everyBytes how many bytes of payload, read for the projection, apart at most; 0 for no
 *     limit
 * @param interval how much time apart at most, while events come; empty for no limit
 * @param keep how many of the newest are kept, 1 to 1,000; older ones are deleted
 */
public record SnapshotPolicy(
        long everyEvents, long everyBytes, Optional<Duration> interval, int keep) {
    private static final int MOST = 1_000;
    private static final int USUAL = 2;

    /**
     * Refuses what makes no sense.
     *
     * @param everyEvents see the record
     * @param everyBytes see the record
     * @param interval see the record
     * @param keep see the record
     */
    public SnapshotPolicy {
        Objects.requireNonNull(interval, "interval");
        require(everyEvents >= 0, "everyEvents is 0 or more", everyEvents);
        require(everyBytes >= 0, "everyBytes is 0 or more", everyBytes);
        require(
                interval.isEmpty() || interval.get().compareTo(Duration.ZERO) > 0,
                "interval is more than zero",
                interval);
        require(keep >= 1 && keep <= MOST, "keep is 1 to 1,000", keep);
    }

    private static void require(boolean right, String rule, Object actual) {
        if (!right) {
            throw new IllegalArgumentException(rule + ": actual=" + actual);
        }
    }

    /**
     * None but those that are asked for; two are kept.
     *
     * @return the policy
     */
    public static SnapshotPolicy onDemand() {
        return new SnapshotPolicy(0, 0, Optional.empty(), USUAL);
    }

    /**
     * One at the latest after so many events of the log; two are kept.
     *
     * @param events 1 or more
     * @return the policy
     */
    public static SnapshotPolicy everyEvents(long events) {
        require(events >= 1, "events is 1 or more", events);
        return new SnapshotPolicy(events, 0, Optional.empty(), USUAL);
    }

    /**
     * One at the latest after so much was read; two are kept.
     *
     * @param bytes of payload, 1 or more
     * @return the policy
     */
    public static SnapshotPolicy everyBytes(long bytes) {
        require(bytes >= 1, "bytes is 1 or more", bytes);
        return new SnapshotPolicy(0, bytes, Optional.empty(), USUAL);
    }

    /**
     * One at the latest after such a time, while events come; two are kept.
     *
     * @param interval more than zero
     * @return the policy
     */
    public static SnapshotPolicy every(Duration interval) {
        return new SnapshotPolicy(0, 0, Optional.of(interval), USUAL);
    }

    /**
     * The same or after so many events, whichever comes first.
     *
     * @param events 1 or more; 0 for no such limit
     * @return a new policy
     */
    public SnapshotPolicy orEveryEvents(long events) {
        return new SnapshotPolicy(events, everyBytes, interval, keep);
    }

    /**
     * The same or after so much was read, whichever comes first.
     *
     * @param bytes of payload; 0 for no such limit
     * @return a new policy
     */
    public SnapshotPolicy orEveryBytes(long bytes) {
        return new SnapshotPolicy(everyEvents, bytes, interval, keep);
    }

    /**
     * The same or after such a time, whichever comes first.
     *
     * @param time more than zero
     * @return a new policy
     */
    public SnapshotPolicy orEvery(Duration time) {
        return new SnapshotPolicy(everyEvents, everyBytes, Optional.of(time), keep);
    }

    /**
     * The same with another number that is kept.
     *
     * @param newest 1 to 1,000
     * @return a new policy
     */
    public SnapshotPolicy keep(int newest) {
        return new SnapshotPolicy(everyEvents, everyBytes, interval, newest);
    }

    /** Whether one is due, so far from the newest. */
    boolean isDue(long events, long bytes, Duration time) {
        return everyEvents > 0 && events >= everyEvents
                || everyBytes > 0 && bytes >= everyBytes
                || interval.isPresent() && events > 0 && time.compareTo(interval.get()) >= 0;
    }
}
