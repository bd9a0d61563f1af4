package io.varve.store;

import java.time.Instant;

/**
 * Finds events by the time of their commit: a binary search over the blocks' headers, for commit
 * times never decrease along the log. Thread-safe.
 */
final class CommitTimes {
    private static final Instant LEAST = Instant.ofEpochMilli(Long.MIN_VALUE).plusMillis(1);
    private static final Instant MOST = Instant.ofEpochMilli(Long.MAX_VALUE);

    private final Log log;
    private final EventView.Names names;

    CommitTimes(Log log, EventView.Names names) {
        this.log = log;
        this.names = names;
    }

    /** The first position committed at a time or later; {@code head + 1} if there is none. */
    long firstSince(Instant time, long head) {
        return firstAfter(clamp(time).minusNanos(1).toEpochMilli(), head);
    }

    /** The last position committed at a time or earlier; -1 if there is none. */
    long lastUntil(Instant time, long head) {
        return firstAfter(clamp(time).toEpochMilli(), head) - 1;
    }

    private static Instant clamp(Instant time) {
        return time.isBefore(LEAST) ? LEAST : time.isAfter(MOST) ? MOST : time;
    }

    private long firstAfter(long millis, long head) {
        long high = head + 1;
        try (LogReader reader = log.reader(names)) {
            long low = reader.base().firstPosition();
            while (low < high) {
                BlockView header = reader.header(low + high >>> 1);
                if (header.commitTimeMillis() <= millis) {
                    low = header.lastPosition() + 1;
                } else {
                    high = header.firstPosition();
                }
            }
            return low;
        }
    }
}
