package io.varve.store;

import java.time.Duration;
import java.util.Objects;

/**
 * What an append has survived when it returns.
 *
 * <p>Either way the log stays whole: it is never more than cut off at its end, behind a whole
 * append. A store may be opened with one and later with the other.
 */
public sealed interface Durability {
    /** It is on disk: it survives the death of the process and of the machine. */
    Durability SYNC = new Sync();

    /**
     * It is with the operating system: it survives the death of the process, {@code kill -9}
     * included, and is on disk within the interval, plus the time the disk takes.
     *
     * <p>If the machine goes down (power, kernel), the newest appends are lost that were not on
     * disk yet, whole appends from the end of the log and none before: the store opens as it was at
     * its last sync or later, and says so in its log. If a sync fails, the store stops writing.
     *
     * @param interval between an append and the sync that covers it, 1 millisecond to 1 hour
     * @return the durability
     * @throws IllegalArgumentException if the interval is out of range
     */
    static Durability async(Duration interval) {
        return new Async(interval);
    }

    /** See {@link #SYNC}. */
    record Sync() implements Durability {}

    /**
     * See {@link #async}.
     *
     * @param interval between an append and the sync that covers it
     */
    record Async(Duration interval) implements Durability {
        private static final Duration LEAST = Duration.ofMillis(1);
        private static final Duration MOST = Duration.ofHours(1);

        /**
         * Refuses what makes no sense.
         *
         * @param interval see the record
         */
        public Async {
            Objects.requireNonNull(interval, "interval");
            if (interval.compareTo(LEAST) < 0 || interval.compareTo(MOST) > 0) {
                throw new IllegalArgumentException(
                        "The interval is 1 millisecond to 1 hour: interval=" + interval);
            }
        }
    }
}
