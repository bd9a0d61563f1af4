package io.varve.runtime;

import io.varve.store.EventStore;
import java.time.Duration;

/**
 * What a projection at some position is missing.
 *
 * @param head of the log
 * @param time since the oldest event that is missing was committed; zero where none is
 */
record Lag(long head, Duration time) {
    static Lag behind(EventStore store, long position) {
        long head = store.head();
        if (head <= position) {
            return new Lag(position, Duration.ZERO);
        }
        long millis = store.config().clock().millis() - store.commitTimeMillis(position + 1);
        return new Lag(head, Duration.ofMillis(Math.max(0, millis)));
    }
}
