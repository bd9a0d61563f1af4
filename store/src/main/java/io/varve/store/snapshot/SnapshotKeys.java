package io.varve.store.snapshot;

import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.errors.LimitExceededException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * The keys of one fold's rows. The length in front keeps folds apart whose names begin alike.
 *
 * <pre>
 *   list       u8 length of the fold's name, name, key of the stream
 *   snapshot   the same, u64 version of the stream, big-endian
 * </pre>
 */
final class SnapshotKeys {
    /** With the longest key of a stream, and a version, it fits LMDB's 511. */
    static final int MAX_NAME_BYTES = 100;

    private final byte[] prefix;

    SnapshotKeys(String name) {
        byte[] bytes = Objects.requireNonNull(name, "name").getBytes(StandardCharsets.UTF_8);
        if (name.isEmpty() || !new String(bytes, StandardCharsets.UTF_8).equals(name)) {
            throw new IllegalArgumentException(
                    "Snapshots need a name without lone surrogates: name=" + name);
        }
        if (bytes.length > MAX_NAME_BYTES) {
            throw new LimitExceededException(
                    "name of snapshots (bytes of UTF-8)", bytes.length, MAX_NAME_BYTES);
        }
        prefix = new BytesWriter().putByte(bytes.length).putBytes(bytes).toByteArray();
    }

    BytesView list(String streamKey) {
        return begin(streamKey).view();
    }

    BytesView snapshot(String streamKey, long version) {
        return begin(streamKey).putLong(Long.reverseBytes(version)).view();
    }

    private BytesWriter begin(String streamKey) {
        byte[] key = streamKey.getBytes(StandardCharsets.UTF_8);
        return new BytesWriter(prefix.length + key.length + Long.BYTES)
                .putBytes(prefix)
                .putBytes(key);
    }
}
