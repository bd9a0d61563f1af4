package io.varve.store;

import java.util.Objects;

/**
 * What is kept of an append that had an idempotency key.
 *
 * @param key the key
 * @param firstPosition of its events
 * @param count of its events
 * @param content of the append
 */
record AppendKey(String key, long firstPosition, int count, ContentHash content) {
    /** The longest key, in bytes of UTF-8. */
    static final int MAX_BYTES = 255;

    static void check(String key) {
        Objects.requireNonNull(key, "key");
        if (key.isEmpty()) {
            throw new IllegalArgumentException("An idempotency key is a text that is not empty");
        }
        StreamId.checkLength("idempotency key", key, MAX_BYTES);
    }

    long lastPosition() {
        return firstPosition + count - 1;
    }
}
