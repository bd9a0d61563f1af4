package io.varve.store;

import io.varve.store.bytes.BytesWriter;
import io.varve.store.errors.LimitExceededException;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;

/** What a batch may hold. */
final class BatchLimits {
    private BatchLimits() {}

    /** A serde that is asked for an event of a batch must leave the batch alone. */
    static void checkNotLent(BytesWriter bytes) {
        if (bytes.isLent()) {
            throw new IllegalStateException(
                    "A serde cannot use the batch that its event is being added to");
        }
    }

    static void checkAlive(StreamId stream, Set<StreamId> tombstones) {
        Objects.requireNonNull(stream, "stream");
        if (!tombstones.isEmpty() && tombstones.contains(stream)) {
            throw new IllegalArgumentException(
                    "Nothing follows the tombstone of a stream: stream=" + stream);
        }
    }

    static void checkTime(OptionalLong millis) {
        millis.ifPresent(NewEvent::checkEventTime);
    }

    static void check(EventBatch batch, int maxPayloadBytes) {
        if (batch.size() == 0) {
            throw new IllegalArgumentException("There is nothing to append: add an event first");
        }
        if (batch.largestPayload() > maxPayloadBytes) {
            throw new LimitExceededException(
                    "payload of an event (bytes)",
                    batch.largestPayload(),
                    maxPayloadBytes,
                    "Make it smaller, or open the store with StoreConfig.withMaxPayloadBytes.");
        }
        if (batch.largestHeaders() > BlockFormat.MAX_HEADERS) {
            throw new LimitExceededException(
                    "headers of an event (bytes)", batch.largestHeaders(), BlockFormat.MAX_HEADERS);
        }
    }
}
