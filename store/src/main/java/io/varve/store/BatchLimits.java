package io.varve.store;

import io.varve.store.errors.LimitExceededException;

/** What a batch may hold. */
final class BatchLimits {
    private BatchLimits() {}

    static void check(EventBatch batch, int maxPayloadBytes) {
        if (batch.size() == 0) {
            throw new IllegalArgumentException("There is nothing to append: add an event first");
        }
        if (batch.largestPayload() > maxPayloadBytes) {
            throw new LimitExceededException(
                    "payload of an event (bytes)", batch.largestPayload(), maxPayloadBytes);
        }
        if (batch.largestHeaders() > BlockFormat.MAX_HEADERS) {
            throw new LimitExceededException(
                    "headers of an event (bytes)", batch.largestHeaders(), BlockFormat.MAX_HEADERS);
        }
    }
}
