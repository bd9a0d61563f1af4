package io.varve.store.state;

import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;

/**
 * How to open a {@link StateEnvironment}. Immutable.
 *
 * @param path the folder, of this environment alone; made where it is missing
 * @param tables the names of its tables, in no order
 * @param initialMapBytes address space to begin with, 1 MiB or more; it doubles by itself when full
 */
public record StateConfig(Path path, Set<String> tables, long initialMapBytes) {
    /** 64 GiB: address space only, no memory and no disk. */
    public static final long DEFAULT_MAP_BYTES = 64L << 30;

    /**
     * Refuses what cannot be opened.
     *
     * @param path see the record
     * @param tables see the record
     * @param initialMapBytes see the record
     */
    public StateConfig {
        Objects.requireNonNull(path, "path");
        tables = Set.copyOf(tables);
        if (initialMapBytes < 1 << 20) {
            throw new IllegalArgumentException("initialMapBytes=" + initialMapBytes);
        }
    }

    /**
     * A configuration without tables and with defaults.
     *
     * @param path the folder
     * @return the configuration
     */
    public static StateConfig at(Path path) {
        return new StateConfig(path, Set.of(), DEFAULT_MAP_BYTES);
    }

    /**
     * The same with more tables.
     *
     * @param names of the tables
     * @return a new configuration
     */
    public StateConfig withTables(String... names) {
        Set<String> all = new LinkedHashSet<>(tables);
        all.addAll(Set.of(names));
        return new StateConfig(path, all, initialMapBytes);
    }

    /**
     * The same with another initial map.
     *
     * @param bytes of address space
     * @return a new configuration
     */
    public StateConfig withInitialMapBytes(long bytes) {
        return new StateConfig(path, tables, bytes);
    }
}
