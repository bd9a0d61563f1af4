package io.varve.projections;

import io.varve.projections.query.StoreIndex;
import io.varve.store.serde.Serde;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Where a table is kept: the store, and how its rows become bytes. Serdes that are missing here are
 * taken from the group, if it has them.
 *
 * <pre>{@code
 * Materialized.as(COUNTS, Serdes.utf8(), Serdes.int64())
 * }</pre>
 *
 * <p>Keys need {@code equals} and {@code hashCode} that agree with the bytes of their serde:
 * records, text and numbers do, arrays do not and are refused when the first one comes.
 *
 * @param ref names the store
 * @param keySerde for keys; 1 to 511 bytes each
 * @param valueSerde for values
 * @param indexes of the store
 * @param ttl how long a row lives after its last change; empty for ever
 * @param cachingEnabled whether decoded rows are kept beyond a commit
 * @param historyRetention how long versions of a row are kept; empty where only the latest is
 * @param <K> keys
 * @param <V> values
 */
public record Materialized<K, V>(
        StoreRef<K, V> ref,
        Optional<Serde<K>> keySerde,
        Optional<Serde<V>> valueSerde,
        List<StoreIndex<K, V, ?>> indexes,
        Optional<Duration> ttl,
        boolean cachingEnabled,
        Optional<Duration> historyRetention) {
    /**
     * Refuses nulls, two indexes of one name, and times that cannot be.
     *
     * @param ref names the store
     * @param keySerde for keys; 1 to 511 bytes each
     * @param valueSerde for values
     * @param indexes of the store
     * @param ttl how long a row lives after its last change; empty for ever
     * @param cachingEnabled whether decoded rows are kept beyond a commit
     * @param historyRetention how long versions of a row are kept; empty where only the latest is
     */
    public Materialized {
        if (ref == null) {
            throw new IllegalArgumentException(
                    "A store needs a name: ref=null. Give StoreRef.of(name).");
        }
        Objects.requireNonNull(keySerde, "keySerde");
        Objects.requireNonNull(valueSerde, "valueSerde");
        indexes = List.copyOf(Objects.requireNonNull(indexes, "indexes"));
        ttl.ifPresent(time -> WindowTimes.check("time to live in store " + ref.name(), time, 1));
        historyRetention.ifPresent(time -> WindowTimes.check("history retention", time, 0));
        if (historyRetention.isPresent() && ttl.isPresent()) {
            throw new IllegalArgumentException(
                    "The latest version of a row never expires: store="
                            + ref.name()
                            + " historyRetention="
                            + historyRetention.get()
                            + " ttl="
                            + ttl.get()
                            + ". Leave withTtl() or versioned() out.");
        }
        Set<String> names = new HashSet<>();
        for (StoreIndex<K, V, ?> index : indexes) {
            if (!names.add(index.name())) {
                throw new IllegalArgumentException(
                        "Two indexes of one name: store="
                                + ref.name()
                                + " index="
                                + index.name()
                                + ". Give one of them another name.");
            }
        }
    }

    /**
     * Keeps a table in a store.
     *
     * @param ref names the store
     * @param keySerde for keys; 1 to 511 bytes each
     * @param valueSerde for values
     * @param <K> keys
     * @param <V> values
     * @return where to keep the table
     */
    public static <K, V> Materialized<K, V> as(
            StoreRef<K, V> ref, Serde<K> keySerde, Serde<V> valueSerde) {
        return Materialized.as(ref).withKeySerde(keySerde).withValueSerde(valueSerde);
    }

    /**
     * Keeps a table in a store, with the serdes of the group.
     *
     * @param ref names the store
     * @param <K> keys
     * @param <V> values
     * @return where to keep the table
     */
    public static <K, V> Materialized<K, V> as(StoreRef<K, V> ref) {
        return new Materialized<>(
                ref,
                Optional.empty(),
                Optional.empty(),
                List.of(),
                Optional.empty(),
                true,
                Optional.empty());
    }

    /**
     * Keeps a windowed table in a store.
     *
     * <pre>{@code
     * static final StoreRef<Windowed<String>, Long> CLICKS = StoreRef.of("clicks");
     *
     * Materialized.windowed(CLICKS, Serdes.utf8(), Serdes.int64())
     * }</pre>
     *
     * @param ref names the store
     * @param keySerde for the keys that records are grouped by; 1 to 495 bytes each
     * @param valueSerde for values
     * @param <K> keys
     * @param <V> values
     * @return where to keep the table
     */
    public static <K, V> Materialized<Windowed<K>, V> windowed(
            StoreRef<Windowed<K>, V> ref, Serde<K> keySerde, Serde<V> valueSerde) {
        return Materialized.as(ref)
                .withKeySerde(new WindowedSerde<>(Objects.requireNonNull(keySerde, "keySerde")))
                .withValueSerde(valueSerde);
    }

    /**
     * The same with a serde for keys.
     *
     * @param serde for keys
     * @return a new value
     */
    public Materialized<K, V> withKeySerde(Serde<K> serde) {
        return new Materialized<>(
                ref,
                Optional.of(required("key", serde)),
                valueSerde,
                indexes,
                ttl,
                cachingEnabled,
                historyRetention);
    }

    /**
     * The same with a serde for values.
     *
     * @param serde for values
     * @return a new value
     */
    public Materialized<K, V> withValueSerde(Serde<V> serde) {
        return new Materialized<>(
                ref,
                keySerde,
                Optional.of(required("value", serde)),
                indexes,
                ttl,
                cachingEnabled,
                historyRetention);
    }

    /**
     * The same with one index more. It is kept in the same transactions as the rows.
     *
     * @param index finds rows by something else than their key
     * @return a new value
     * @throws IllegalArgumentException if there is an index of that name already
     */
    public Materialized<K, V> withIndex(StoreIndex<K, V, ?> index) {
        List<StoreIndex<K, V, ?>> all = new ArrayList<>(indexes);
        all.add(Objects.requireNonNull(index, "index"));
        return new Materialized<>(
                ref, keySerde, valueSerde, all, ttl, cachingEnabled, historyRetention);
    }

    /**
     * The same with rows that expire. Time is that of the events, never that of a clock, so that a
     * rebuild gives the same bytes.
     *
     * <p>For windows see below. Stream time is the largest event time of all events of the
     * topology's categories that were applied so far. A row is gone for an event as soon as its
     * last change lies more than {@code ttl} before the stream time, that event's own time
     * included: an aggregation begins anew then. For queries it is gone with the next commit. The
     * last change of a row is the largest time of the events that wrote it since it was last
     * absent; a late event that is itself older than that leaves no row. In the table of {@code
     * toTable} it is the time of the latest record, so a late one ages its row or takes it away.
     * While no events come no time passes, and nothing expires.
     *
     * <p>That a row expires is no change of the table: nothing behind it is told. So what would
     * have to know, as joins of tables, {@code Table.groupBy} and {@code suppress}, is refused
     * behind a table whose rows expire; {@code toStream} and joins of streams with it are not, nor
     * is anything behind windows, whose rows are final before they expire. Let the table behind
     * expire instead, or remove rows by an event.
     *
     * <p>A row of a windowed table ages from the start of its window (of a sliding one from the
     * millisecond behind it, as the next window may be made of it), one of a session from its end,
     * and by the time of the records that are grouped: windows close by it, and a row that other
     * records may still come for stays, whatever else comes. A time to live is at least as long as
     * the window and its grace period together. What a record closes is told of before it lets rows
     * expire. In a cogroup the time is that of the group that is behind the others: one without
     * records lets nothing expire. A join finds the row of a window as long as it lives.
     *
     * <p>Keys have 503 bytes at most. A commit removes all that has expired since the one before.
     *
     * @param time to live after the last change, a millisecond to a thousand years; counted in
     *     milliseconds
     * @return a new value
     */
    public Materialized<K, V> withTtl(Duration time) {
        return new Materialized<>(
                ref,
                keySerde,
                valueSerde,
                indexes,
                Optional.of(Objects.requireNonNull(time, "time")),
                cachingEnabled,
                historyRetention);
    }

    /**
     * The same with older versions of each row kept beside the latest: the table can be asked what
     * a row was as of a time, and records that are joined with it find the row as of their own
     * time, also where either of them comes late.
     *
     * <pre>{@code
     * Table<String, Rate> rates = changes.toTable(
     *         Materialized.as(RATES, Serdes.utf8(), RATE_SERDE).versioned(Duration.ofDays(1)));
     * orders.join(rates, (order, rate) -> rate.of(order)); // as it was when the order was made
     * }</pre>
     *
     * <p>{@code view.versionedStore(RATES).get("EUR", yesterday)} asks for it, see {@link
     * io.varve.projections.query.ReadOnlyVersionedStore}.
     *
     * <p>A version is valid from the time of the record that made it until that of the next; one
     * that removes the row is a version too. Another of the same time takes its place. A version
     * that comes later than one of a later time does not become the latest: aggregations and joins
     * of tables behind it are not told of it, {@code toStream} and tables made of it are.
     *
     * <p>Stream time is the latest time of the versions that the store was given. What is older
     * than that by more than the retention is not taken any more, is told to nobody, and is counted
     * by {@link ProjectionTask#lateRecords}. Versions that were over before that are let go of; the
     * latest of a row never is, so that each row can be asked for as of any time within the
     * retention.
     *
     * <p>Indexes, ranges and live queries are of the latest versions. Windowed tables have none.
     * Keys have 501 bytes at most.
     *
     * @param retention for how long versions are kept and late ones taken, 0 to a thousand years;
     *     counted in milliseconds
     * @return a new value
     */
    public Materialized<K, V> versioned(Duration retention) {
        return new Materialized<>(
                ref,
                keySerde,
                valueSerde,
                indexes,
                ttl,
                cachingEnabled,
                Optional.of(Objects.requireNonNull(retention, "retention")));
    }

    /**
     * The same with decoded rows kept in memory beyond a commit, as far as the {@link CacheSize} of
     * the projection allows. It is so unless {@link #withCachingDisabled} was called.
     *
     * @return a new value
     */
    public Materialized<K, V> withCachingEnabled() {
        return new Materialized<>(ref, keySerde, valueSerde, indexes, ttl, true, historyRetention);
    }

    /**
     * The same with nothing kept in memory beyond a commit, for a store whose rows are rarely asked
     * for twice: it leaves the cache to other stores. Rows are written once per commit all the
     * same, so that they are in memory until then, see {@link CacheSize#none}; results do not
     * change.
     *
     * @return a new value
     */
    public Materialized<K, V> withCachingDisabled() {
        return new Materialized<>(ref, keySerde, valueSerde, indexes, ttl, false, historyRetention);
    }

    private <T> Serde<T> required(String what, Serde<T> serde) {
        if (serde == null) {
            throw new IllegalArgumentException(
                    "The "
                            + what
                            + " serde is null: store="
                            + ref.name()
                            + ". Give one of Serdes, or leave it out to use the group's.");
        }
        return serde;
    }
}
