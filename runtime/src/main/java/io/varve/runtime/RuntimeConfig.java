package io.varve.runtime;

import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * How a {@link ProjectionRuntime} runs. Immutable; each {@code with} returns another. The defaults
 * are meant to be kept.
 *
 * @param ringSlots slots of the ring, a power of two from 2 to 2^20: how many slices a live
 *     projection may lag behind before it goes back to the log; fewer where they have more than 64
 *     MiB of payload together
 * @param slotEvents the most events of a slice, 1 to 2^20
 * @param slotBytes a slice is cut after this many bytes of payload, 1 or more
 * @param catchUpBatchEvents a commit at the latest after this many events, 1 or more; sooner where
 *     fewer are missing
 * @param maxDirtyRows a commit at the latest when this many rows are changed, 1 or more; sooner
 *     where they fill the cache of the projection, see {@link ProjectionConfig#cacheSize}
 * @param commitInterval a commit at the latest after this time, if a projection is busy; up to ten
 *     times as long while it catches up with commits that take long; more than zero, at most a day
 * @param shutdownTimeout how long {@code close()} waits for all projections together; zero to a day
 * @param viewLimit how long a read view may be open before the runtime closes it; zero for as long
 *     as it likes, at most a day
 * @param stuckAfter when the code of a projection has not returned for so long it is reported as
 *     stuck; a millisecond to a day. It is the time of the wall: loading the classes of a first
 *     call, collecting garbage and waiting for a processor count, so that with less than some
 *     seconds a busy machine is reported, too; it is taken back once the code returns
 * @param healthyLag how long an event may wait to be applied before {@link
 *     ProjectionRuntime#health} says so; zero for as long as it likes, at most a day
 * @param tickInterval ticks come no sooner than this after another, and what they are to do comes
 *     so much later at most; a millisecond to a day
 */
public record RuntimeConfig(
        int ringSlots,
        int slotEvents,
        int slotBytes,
        int catchUpBatchEvents,
        int maxDirtyRows,
        Duration commitInterval,
        Duration shutdownTimeout,
        Duration viewLimit,
        Duration stuckAfter,
        Duration healthyLag,
        Duration tickInterval) {
    private static final int MOST = 1 << 20;

    /**
     * Refuses what cannot run.
     *
     * @param ringSlots see above, as all
     * @param slotEvents see above
     * @param slotBytes see above
     * @param catchUpBatchEvents see above
     * @param maxDirtyRows see above
     * @param commitInterval see above
     * @param shutdownTimeout see above
     * @param viewLimit see above
     * @param stuckAfter see above
     * @param healthyLag see above
     * @param tickInterval see above
     */
    public RuntimeConfig {
        Objects.requireNonNull(commitInterval, "commitInterval");
        Objects.requireNonNull(shutdownTimeout, "shutdownTimeout");
        require(
                Integer.bitCount(ringSlots) == 1 && ringSlots >= 2 && ringSlots <= MOST,
                "ringSlots is a power of two from 2 to 2^20",
                ringSlots);
        require(slotEvents >= 1 && slotEvents <= MOST, "slotEvents is 1 to 2^20", slotEvents);
        require(slotBytes >= 1, "slotBytes is 1 or more", slotBytes);
        require(catchUpBatchEvents >= 1, "catchUpBatchEvents is 1 or more", catchUpBatchEvents);
        require(maxDirtyRows >= 1, "maxDirtyRows is 1 or more", maxDirtyRows);
        require(
                !commitInterval.isNegative()
                        && !commitInterval.isZero()
                        && isWithinDay(commitInterval),
                "commitInterval is more than zero and at most a day",
                commitInterval);
        require(
                !shutdownTimeout.isNegative() && isWithinDay(shutdownTimeout),
                "shutdownTimeout is zero to a day",
                shutdownTimeout);
        Objects.requireNonNull(viewLimit, "viewLimit");
        require(
                !viewLimit.isNegative() && isWithinDay(viewLimit),
                "viewLimit is zero to a day",
                viewLimit);
        requireWatching(stuckAfter, healthyLag);
        Objects.requireNonNull(tickInterval, "tickInterval");
        require(
                tickInterval.compareTo(Duration.ofMillis(1)) >= 0 && isWithinDay(tickInterval),
                "tickInterval is a millisecond to a day",
                tickInterval);
    }

    private static void requireWatching(Duration stuckAfter, Duration healthyLag) {
        Objects.requireNonNull(stuckAfter, "stuckAfter");
        Objects.requireNonNull(healthyLag, "healthyLag");
        require(
                stuckAfter.compareTo(Duration.ofMillis(1)) >= 0 && isWithinDay(stuckAfter),
                "stuckAfter is a millisecond to a day",
                stuckAfter);
        require(
                !healthyLag.isNegative() && isWithinDay(healthyLag),
                "healthyLag is zero to a day",
                healthyLag);
    }

    private static boolean isWithinDay(Duration time) {
        return time.compareTo(Duration.ofDays(1)) <= 0;
    }

    private static void require(boolean right, String rule, Object actual) {
        if (!right) {
            throw new IllegalArgumentException(rule + ": actual=" + actual);
        }
    }

    /**
     * 256 slots of up to 1,024 events or 1 MiB; commits of up to a million events or rows, or a
     * second; ten seconds to close; views of a minute; a tick in a second.
     *
     * @return the configuration
     */
    public static RuntimeConfig defaults() {
        return new RuntimeConfig(
                256,
                1024,
                1 << 20,
                1_000_000,
                1_000_000,
                Duration.ofSeconds(1),
                Duration.ofSeconds(10),
                Duration.ofMinutes(1),
                Duration.ofSeconds(30),
                Duration.ofMinutes(1),
                Duration.ofSeconds(1));
    }

    /**
     * The same with another ring.
     *
     * @param slots a power of two
     * @return a new configuration
     */
    public RuntimeConfig withRingSlots(int slots) {
        return with(fields -> fields.ringSlots = slots);
    }

    /**
     * The same with other slices.
     *
     * @param events the most of a slice
     * @return a new configuration
     */
    public RuntimeConfig withSlotEvents(int events) {
        return with(fields -> fields.slotEvents = events);
    }

    /**
     * The same with other slices.
     *
     * @param bytes of payload after which a slice is cut
     * @return a new configuration
     */
    public RuntimeConfig withSlotBytes(int bytes) {
        return with(fields -> fields.slotBytes = bytes);
    }

    /**
     * The same with other commits.
     *
     * @param events the most of a commit
     * @return a new configuration
     */
    public RuntimeConfig withCatchUpBatchEvents(int events) {
        return with(fields -> fields.catchUpBatchEvents = events);
    }

    /**
     * The same with other commits.
     *
     * @param rows changed, after which there is one
     * @return a new configuration
     */
    public RuntimeConfig withMaxDirtyRows(int rows) {
        return with(fields -> fields.maxDirtyRows = rows);
    }

    /**
     * The same with other commits.
     *
     * @param interval after which there is one, if a projection is busy
     * @return a new configuration
     */
    public RuntimeConfig withCommitInterval(Duration interval) {
        return with(fields -> fields.commitInterval = interval);
    }

    /**
     * The same with another patience.
     *
     * @param timeout of {@code close()}
     * @return a new configuration
     */
    public RuntimeConfig withShutdownTimeout(Duration timeout) {
        return with(fields -> fields.shutdownTimeout = timeout);
    }

    /**
     * The same with another age of views. An open view keeps the read model from reusing space, so
     * one that was forgotten makes it grow until it is closed.
     *
     * @param limit of a view's age; zero for none
     * @return a new configuration
     */
    public RuntimeConfig withViewLimit(Duration limit) {
        return with(fields -> fields.viewLimit = limit);
    }

    /**
     * The same with another watchdog.
     *
     * @param time after which a projection whose code has not returned is stuck
     * @return a new configuration
     */
    public RuntimeConfig withStuckAfter(Duration time) {
        return with(fields -> fields.stuckAfter = time);
    }

    /**
     * The same with another bound of health.
     *
     * @param lag that events may wait; zero for as long as they like
     * @return a new configuration
     */
    public RuntimeConfig withHealthyLag(Duration lag) {
        return with(fields -> fields.healthyLag = lag);
    }

    /**
     * The same with other ticks, for projections that ask for some ({@link
     * io.varve.projections.Consumed#withTicks}). The log gets one when it would do something in a
     * projection that is live, and at most one in this time.
     *
     * @param interval between two ticks, at least
     * @return a new configuration
     */
    public RuntimeConfig withTickInterval(Duration interval) {
        return with(fields -> fields.tickInterval = interval);
    }

    private RuntimeConfig with(Consumer<Fields> change) {
        Fields fields = new Fields(this);
        change.accept(fields);
        return new RuntimeConfig(
                fields.ringSlots,
                fields.slotEvents,
                fields.slotBytes,
                fields.catchUpBatchEvents,
                fields.maxDirtyRows,
                fields.commitInterval,
                fields.shutdownTimeout,
                fields.viewLimit,
                fields.stuckAfter,
                fields.healthyLag,
                fields.tickInterval);
    }

    /** The components, to be changed one at a time. */
    private static final class Fields {
        private int ringSlots;
        private int slotEvents;
        private int slotBytes;
        private int catchUpBatchEvents;
        private int maxDirtyRows;
        private Duration commitInterval;
        private Duration shutdownTimeout;
        private Duration viewLimit;
        private Duration stuckAfter;
        private Duration healthyLag;
        private Duration tickInterval;

        Fields(RuntimeConfig from) {
            ringSlots = from.ringSlots();
            slotEvents = from.slotEvents();
            slotBytes = from.slotBytes();
            catchUpBatchEvents = from.catchUpBatchEvents();
            maxDirtyRows = from.maxDirtyRows();
            commitInterval = from.commitInterval();
            shutdownTimeout = from.shutdownTimeout();
            viewLimit = from.viewLimit();
            stuckAfter = from.stuckAfter();
            healthyLag = from.healthyLag();
            tickInterval = from.tickInterval();
        }
    }
}
