package io.varve.store.state;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;

/**
 * How to open a {@link StateEnvironment}. Immutable.
 *
 * @param path the folder, of this environment alone; made where it is missing
 * @param tables the names of its tables, in no order
 * @param initialMapBytes address space to begin with, 1 MiB or more; it doubles by itself when full
 * @param syncInterval between a commit and the sync that covers it, 1 millisecond to 1 day; sooner
 *     where much is written
 * @param barrier goes before each sync
 * @param refusesChanged whether a file is refused that was closed, and is not what it was then: in
 *     one of up to 16 MiB any byte, in a larger one what leads to its rows. Without it, such a file
 *     is opened if its pages fit together, for rows that by themselves prove to be whole and not
 *     older ones
 */
public record StateConfig(
        Path path,
        Set<String> tables,
        long initialMapBytes,
        Duration syncInterval,
        SyncBarrier barrier,
        boolean refusesChanged) {
    /** 64 GiB: address space only, no memory and no disk. */
    public static final long DEFAULT_MAP_BYTES = 64L << 30;

    /** What a crash of the machine takes of derived state is derived again in much less. */
    public static final Duration DEFAULT_SYNC_INTERVAL = Duration.ofSeconds(1);

    private static final Duration LEAST = Duration.ofMillis(1);
    private static final Duration MOST = Duration.ofDays(1);

    /**
     * Refuses what cannot be opened.
     *
     * @param path see the record
     * @param tables see the record
     * @param initialMapBytes see the record
     * @param syncInterval see the record
     * @param barrier see the record
     * @param refusesChanged see the record
     */
    public StateConfig {
        Objects.requireNonNull(path, "path");
        Objects.requireNonNull(barrier, "barrier");
        Objects.requireNonNull(syncInterval, "syncInterval");
        tables = Set.copyOf(tables);
        if (initialMapBytes < 1 << 20) {
            throw new IllegalArgumentException("initialMapBytes=" + initialMapBytes);
        }
        if (syncInterval.compareTo(LEAST) < 0 || syncInterval.compareTo(MOST) > 0) {
            throw new IllegalArgumentException(
                    "syncInterval is 1 millisecond to 1 day: actual=" + syncInterval);
        }
    }

    /**
     * A configuration with defaults but for these.
     *
     * @param path see the record
     * @param tables see the record
     * @param initialMapBytes see the record
     */
    public StateConfig(Path path, Set<String> tables, long initialMapBytes) {
        this(path, tables, initialMapBytes, DEFAULT_SYNC_INTERVAL, SyncBarrier.NONE, true);
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
        return new StateConfig(path, all, initialMapBytes, syncInterval, barrier, refusesChanged);
    }

    /**
     * The same with another initial map.
     *
     * @param bytes of address space
     * @return a new configuration
     */
    public StateConfig withInitialMapBytes(long bytes) {
        return new StateConfig(path, tables, bytes, syncInterval, barrier, refusesChanged);
    }

    /**
     * The same with other syncs.
     *
     * @param interval between a commit and the sync that covers it
     * @return a new configuration
     */
    public StateConfig withSyncInterval(Duration interval) {
        return new StateConfig(path, tables, initialMapBytes, interval, barrier, refusesChanged);
    }

    /**
     * The same with another barrier.
     *
     * @param before each sync
     * @return a new configuration
     */
    public StateConfig withBarrier(SyncBarrier before) {
        return new StateConfig(path, tables, initialMapBytes, syncInterval, before, refusesChanged);
    }

    /**
     * The same, with other files that are refused.
     *
     * @param whether see the record
     * @return a new configuration
     */
    public StateConfig withRefusesChanged(boolean whether) {
        return new StateConfig(path, tables, initialMapBytes, syncInterval, barrier, whether);
    }
}
