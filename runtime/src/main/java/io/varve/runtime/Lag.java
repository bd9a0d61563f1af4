package io.varve.runtime;

import io.varve.store.EventStore;
import io.varve.store.errors.EventsTruncatedException;
import io.varve.store.errors.StoreClosedException;
import java.time.Duration;

/**
 * What a projection at some position is missing.
 *
 * @param head of the log
 * @param time since the oldest event that is missing was committed; zero where none is, or the
 *     store is closed
 */
record Lag(long head, Duration time) {
    static Lag behind(EventStore store, long position) {
        long head = store.head();
        if (head <= position) {
            return new Lag(position, Duration.ZERO);
        }
        return new Lag(head, waiting(store, position + 1));
    }

    private static Duration waiting(EventStore store, long missing) {
        try {
            long there = Math.max(missing, store.retention().firstPosition());
            long millis = store.config().clock().millis() - store.commitTimeMillis(there);
            return Duration.ofMillis(Math.max(0, millis));
        } catch (StoreClosedException | EventsTruncatedException e) {
            // A status is wanted most when something has gone wrong, so it is told without the
            // time.
            return Duration.ZERO;
        }
    }
}
