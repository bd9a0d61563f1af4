package io.varve.store;

import java.nio.file.Path;
import java.time.Clock;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * How to open an {@link EventStore}. Immutable; each {@code with} returns another.
 *
 * @param path the folder, of this store alone and on a local disk
 * @param durability what an append has survived when it returns
 * @param maxPayloadBytes the largest payload of an event, 1 byte to 1 GiB
 * @param initialMapBytes address space for the log to begin with, 1 MiB or more; it doubles by
 *     itself
 * @param mergeEvents events that are kept in memory before they are merged into the index, 1 or
 *     more; a store that was killed reads at most twice as many again when it is opened
 * @param clock tells commit times, and the time of events that bring none
 * @param tamperEvidence whether blocks carry SHA-256 hashes from now on; a store that has them
 *     keeps them, whatever this says
 * @param createIfMissing whether a store is made where there is none, its folder too; if not, that
 *     is refused
 */
public record StoreConfig(
        Path path,
        Durability durability,
        int maxPayloadBytes,
        long initialMapBytes,
        int mergeEvents,
        Clock clock,
        boolean tamperEvidence,
        boolean createIfMissing) {
    /** 16 MiB. */
    public static final int DEFAULT_MAX_PAYLOAD_BYTES = 16 << 20;

    /** 256 GiB: address space only, no memory and no disk. */
    public static final long DEFAULT_MAP_BYTES = 256L << 30;

    /** About half a million. */
    public static final int DEFAULT_MERGE_EVENTS = 1 << 19;

    /**
     * Refuses what cannot be opened.
     *
     * @param path see the record
     * @param durability see the record
     * @param maxPayloadBytes see the record
     * @param initialMapBytes see the record
     * @param mergeEvents see the record
     * @param clock see the record
     * @param tamperEvidence see the record
     * @param createIfMissing see the record
     */
    public StoreConfig {
        Objects.requireNonNull(path, "path");
        Objects.requireNonNull(durability, "durability");
        Objects.requireNonNull(clock, "clock");
        require(
                maxPayloadBytes >= 1 && maxPayloadBytes <= 1 << 30,
                "maxPayloadBytes is 1 to 1 GiB",
                maxPayloadBytes);
        require(initialMapBytes >= 1 << 20, "initialMapBytes is 1 MiB or more", initialMapBytes);
        require(mergeEvents >= 1, "mergeEvents is 1 or more", mergeEvents);
    }

    private static void require(boolean right, String rule, long actual) {
        if (!right) {
            throw new IllegalArgumentException(rule + ": actual=" + actual);
        }
    }

    /**
     * A configuration with defaults.
     *
     * @param path the folder
     * @return the configuration
     */
    public static StoreConfig at(Path path) {
        return new StoreConfig(
                path,
                Durability.SYNC,
                DEFAULT_MAX_PAYLOAD_BYTES,
                DEFAULT_MAP_BYTES,
                DEFAULT_MERGE_EVENTS,
                Clock.systemUTC(),
                false,
                true);
    }

    /**
     * The same with another durability.
     *
     * @param other what an append has survived when it returns
     * @return a new configuration
     */
    public StoreConfig withDurability(Durability other) {
        return with(fields -> fields.durability = other);
    }

    /**
     * The same with another limit.
     *
     * @param bytes the largest payload
     * @return a new configuration
     */
    public StoreConfig withMaxPayloadBytes(int bytes) {
        return with(fields -> fields.maxPayloadBytes = bytes);
    }

    /**
     * The same with another initial map.
     *
     * @param bytes of address space
     * @return a new configuration
     */
    public StoreConfig withInitialMapBytes(long bytes) {
        return with(fields -> fields.initialMapBytes = bytes);
    }

    /**
     * The same with another size of the part of the index that is in memory.
     *
     * @param events before a merge
     * @return a new configuration
     */
    public StoreConfig withMergeEvents(int events) {
        return with(fields -> fields.mergeEvents = events);
    }

    /**
     * The same with another clock.
     *
     * @param other the clock; asked in the midst of each commit, so it must not append to the
     *     store, nor wait for somebody who does
     * @return a new configuration
     */
    public StoreConfig withClock(Clock other) {
        return with(fields -> fields.clock = other);
    }

    /**
     * The same with or without tamper evidence: each block then carries the SHA-256 of itself and
     * of all before it, and {@link EventStore#seal} gives the newest. Once on, it stays on.
     *
     * @param on whether to begin with it, if the store has none
     * @return a new configuration
     */
    public StoreConfig withTamperEvidence(boolean on) {
        return with(fields -> fields.tamperEvidence = on);
    }

    /**
     * The same with or without leave to make a store. Without it a path that is mistyped, or a disk
     * that is not mounted, is told when the store is opened: {@link
     * io.varve.store.errors.FolderRefusedException}, and nothing is made.
     *
     * @param make whether a store is made where there is none
     * @return a new configuration
     */
    public StoreConfig withCreateIfMissing(boolean make) {
        return with(fields -> fields.createIfMissing = make);
    }

    private StoreConfig with(Consumer<Fields> change) {
        Fields fields = new Fields(this);
        change.accept(fields);
        return new StoreConfig(
                path,
                fields.durability,
                fields.maxPayloadBytes,
                fields.initialMapBytes,
                fields.mergeEvents,
                fields.clock,
                fields.tamperEvidence,
                fields.createIfMissing);
    }

    /** The components that can be changed, one at a time. */
    private static final class Fields {
        private Durability durability;
        private int maxPayloadBytes;
        private long initialMapBytes;
        private int mergeEvents;
        private Clock clock;
        private boolean tamperEvidence;
        private boolean createIfMissing;

        Fields(StoreConfig from) {
            durability = from.durability();
            maxPayloadBytes = from.maxPayloadBytes();
            initialMapBytes = from.initialMapBytes();
            mergeEvents = from.mergeEvents();
            clock = from.clock();
            tamperEvidence = from.tamperEvidence();
            createIfMissing = from.createIfMissing();
        }
    }
}
