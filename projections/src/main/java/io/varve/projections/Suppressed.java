package io.varve.projections;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * Which changes of a table nodes behind it are told of later, or not at all.
 *
 * <pre>{@code
 * static final StoreRef<Windowed<String>, Long> PENDING = StoreRef.of("pending");
 *
 * perHour.suppress(Suppressed.untilWindowCloses(Materialized.as(PENDING)))
 *         .toStream();      // the last count of each hour, once
 * }</pre>
 *
 * <p>What is held back is kept in a store, which can be read: its rows are the values that nodes
 * behind will be told of. A row is removed when they are. The store grows as need be, unless it is
 * given a {@link BufferConfig}.
 *
 * @param limit how long a row is held back since its first change; empty until its window closes
 * @param buffer where to; its serdes are those of the table, if that is kept in a store
 * @param limits of what is held back
 * @param name of the node; empty for an automatic one
 * @param <K> keys
 * @param <V> values
 */
public record Suppressed<K, V>(
        Optional<Duration> limit,
        Materialized<K, V> buffer,
        BufferConfig limits,
        Optional<Named> name) {
    /**
     * Refuses nulls, and times that cannot be.
     *
     * @param limit how long a row is held back since its first change; empty until its window
     *     closes
     * @param buffer where to; its serdes are those of the table, if that is kept in a store
     * @param limits of what is held back
     * @param name of the node; empty for an automatic one
     */
    public Suppressed {
        limit.ifPresent(time -> WindowTimes.check("time limit", time, 0));
        Objects.requireNonNull(buffer, "buffer");
        Objects.requireNonNull(limits, "limits");
        Objects.requireNonNull(name, "name");
        if (buffer.ttl().isPresent()) {
            throw new IllegalArgumentException(
                    "What is held back cannot expire: store="
                            + buffer.ref().name()
                            + ". Leave withTtl out.");
        }
    }

    /**
     * Holds a row of a windowed table back until its window closes, and tells of it once. Of rows
     * that are not there then nothing is told.
     *
     * @param buffer where to; its serdes are those of the table, if that is kept in a store
     * @param <K> keys that records were grouped by
     * @param <V> values
     * @return what is suppressed
     */
    public static <K, V> Suppressed<Windowed<K>, V> untilWindowCloses(
            Materialized<Windowed<K>, V> buffer) {
        return untilWindowCloses(BufferConfig.unbounded(), buffer);
    }

    /**
     * Like {@link #untilWindowCloses(Materialized)}, with limits: as nothing may be told of early,
     * the projection fails when they are reached.
     *
     * @param limits of what is held back
     * @param buffer where to; its serdes are those of the table, if that is kept in a store
     * @param <K> keys that records were grouped by
     * @param <V> values
     * @return what is suppressed
     */
    public static <K, V> Suppressed<Windowed<K>, V> untilWindowCloses(
            StrictBufferConfig limits, Materialized<Windowed<K>, V> buffer) {
        return new Suppressed<>(Optional.empty(), buffer, limits, Optional.empty());
    }

    /**
     * Holds changes of a row back until some time has passed since the first of them, and tells of
     * the last one only. Time is that of the records that come to the node.
     *
     * @param wait 0 to a thousand years
     * @param buffer where to; its serdes are those of the table, if that is kept in a store
     * @param <K> keys
     * @param <V> values
     * @return what is suppressed
     */
    public static <K, V> Suppressed<K, V> untilTimeLimit(Duration wait, Materialized<K, V> buffer) {
        return untilTimeLimit(wait, BufferConfig.unbounded(), buffer);
    }

    /**
     * Like {@link #untilTimeLimit(Duration, Materialized)}, with limits.
     *
     * <pre>{@code
     * customers.suppress(
     *         Suppressed.untilTimeLimit(
     *                 Duration.ofMinutes(5),
     *                 BufferConfig.maxRecords(10_000),
     *                 Materialized.as(WAITING)));
     * }</pre>
     *
     * @param wait 0 to a thousand years
     * @param limits of what is held back
     * @param buffer where to; its serdes are those of the table, if that is kept in a store
     * @param <K> keys
     * @param <V> values
     * @return what is suppressed
     */
    public static <K, V> Suppressed<K, V> untilTimeLimit(
            Duration wait, BufferConfig limits, Materialized<K, V> buffer) {
        return new Suppressed<>(
                Optional.of(Objects.requireNonNull(wait, "wait")),
                buffer,
                limits,
                Optional.empty());
    }

    /**
     * The same with a name.
     *
     * @param node name of the node
     * @return a new value
     */
    public Suppressed<K, V> withName(String node) {
        return new Suppressed<>(limit, buffer, limits, Optional.of(Named.as(node)));
    }

    /** What it does, for {@link TopologyBuilder#name}; limits that end it change no row. */
    String text() {
        String until = limit.map(wait -> " time limit=" + wait).orElse(" until windows close");
        return limits instanceof StrictBufferConfig ? until : until + " " + limits;
    }
}
