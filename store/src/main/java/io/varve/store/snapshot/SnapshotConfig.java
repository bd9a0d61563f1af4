package io.varve.store.snapshot;

import io.varve.store.state.StateConfig;
import java.nio.file.Path;
import java.util.Objects;

/**
 * How to open a {@link SnapshotStore}. Immutable.
 *
 * @param path the folder, of this snapshot store alone; made where it is missing
 * @param initialMapBytes address space to begin with, 1 MiB or more; it doubles by itself when full
 */
public record SnapshotConfig(Path path, long initialMapBytes) {
    /**
     * Refuses what cannot be opened.
     *
     * @param path see the record
     * @param initialMapBytes see the record
     */
    public SnapshotConfig {
        Objects.requireNonNull(path, "path");
        if (initialMapBytes < 1 << 20) {
            throw new IllegalArgumentException(
                    "initialMapBytes is 1 MiB or more: actual=" + initialMapBytes);
        }
    }

    /**
     * A configuration with defaults.
     *
     * @param path the folder
     * @return the configuration
     */
    public static SnapshotConfig at(Path path) {
        return new SnapshotConfig(path, StateConfig.DEFAULT_MAP_BYTES);
    }

    /**
     * The same with another initial map.
     *
     * @param bytes of address space
     * @return a new configuration
     */
    public SnapshotConfig withInitialMapBytes(long bytes) {
        return new SnapshotConfig(path, bytes);
    }
}
