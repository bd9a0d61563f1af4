package io.varve.projections;

import io.varve.projections.query.RangeQuery;
import io.varve.store.serde.Serde;
import java.time.Instant;
import java.util.Objects;

/**
 * A key of the rows of a windowed table: of each key there is a row for each window that had
 * records.
 *
 * @param key that records were grouped by
 * @param window that they fell into
 * @param <K> keys
 */
public record Windowed<K>(K key, Window window) {
    private static final Instant FIRST = Instant.ofEpochMilli(Long.MIN_VALUE);
    private static final Instant LAST = Instant.ofEpochMilli(Long.MAX_VALUE);

    /**
     * Refuses nulls.
     *
     * @param key that records were grouped by
     * @param window that they fell into
     */
    public Windowed {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(window, "window");
    }

    /**
     * Asks for the rows of a key whose windows start in some time.
     *
     * <pre>{@code
     * counts.list(Windowed.starting("SFO", noon, noon.plus(Duration.ofHours(1))))
     * }</pre>
     *
     * <p>Rows of other keys can be among them only where the bytes of one key begin with those of
     * another, and go on like a time: never with text and times since 1970, nor with keys of fixed
     * length.
     *
     * @param key that records were grouped by
     * @param from the first start, included; {@link Instant#MIN} for all from the first on
     * @param to the last start, excluded; {@link Instant#MAX} for all to the last
     * @param <K> keys
     * @return the query, in the order of the starts
     */
    public static <K> RangeQuery<Windowed<K>> starting(K key, Instant from, Instant to) {
        Objects.requireNonNull(from, "from");
        Objects.requireNonNull(to, "to");
        return RangeQuery.between(
                new Windowed<>(key, starting(from)), new Windowed<>(key, starting(to)));
    }

    /** Where windows are sought from; also from the ends of all instants, far from all windows. */
    private static Window starting(Instant time) {
        long millis =
                time.isBefore(FIRST)
                        ? Long.MIN_VALUE
                        : time.isAfter(LAST) ? Long.MAX_VALUE : time.toEpochMilli();
        return new Window(millis, millis);
    }

    /**
     * Writes windowed keys as the stores of windowed tables do: the key, and sixteen bytes behind
     * it. They sort by their keys, then by start, where no key's bytes begin with another's.
     *
     * @param keySerde of the keys
     * @param <K> keys
     * @return the serde of windowed keys
     */
    public static <K> Serde<Windowed<K>> serde(Serde<K> keySerde) {
        return new WindowedSerde<>(Objects.requireNonNull(keySerde, "keySerde"));
    }
}
