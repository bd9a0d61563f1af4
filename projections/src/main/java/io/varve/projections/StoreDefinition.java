package io.varve.projections;

import io.varve.projections.query.StoreIndex;
import io.varve.store.bytes.BytesView;
import io.varve.store.errors.SerdeException;
import io.varve.store.serde.Serde;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A state store, with nothing missing.
 *
 * @param events names of the types of events that change its rows, sorted; empty where that is up
 *     to the code before it
 * @param kind what it keeps beside values
 * @param part of the store that a node keeps for itself, with a slash before it; empty for the
 *     store
 */
record StoreDefinition<K, V>(
        StoreRef<K, V> ref,
        Serde<K> keySerde,
        Serde<V> valueSerde,
        List<StoreIndex<K, V, ?>> indexes,
        Optional<Duration> ttl,
        boolean cachingEnabled,
        List<String> events,
        StoreKind<K> kind,
        String part) {
    /** A whole store. */
    StoreDefinition(
            StoreRef<K, V> ref,
            Serde<K> keySerde,
            Serde<V> valueSerde,
            List<StoreIndex<K, V, ?>> indexes,
            Optional<Duration> ttl,
            boolean cachingEnabled,
            List<String> events,
            StoreKind<K> kind) {
        this(ref, keySerde, valueSerde, indexes, ttl, cachingEnabled, events, kind, "");
    }

    /** What the node that owns this store keeps beside it, in a table of its own. */
    <K2, V2> StoreDefinition<K2, V2> part(
            String name, Serde<K2> keys, Serde<V2> values, StoreKind<K2> partKind) {
        return part(ref, name, keys, values, partKind);
    }

    /** What a node keeps under the name of a store, in a table of its own. */
    static <K2, V2> StoreDefinition<K2, V2> part(
            StoreRef<?, ?> ref,
            String name,
            Serde<K2> keys,
            Serde<V2> values,
            StoreKind<K2> partKind) {
        return new StoreDefinition<>(
                new StoreRef<>(ref.name()),
                keys,
                values,
                List.of(),
                Optional.empty(),
                false,
                List.of(),
                partKind,
                "/" + name);
    }

    /** Whether it is only a part of one. */
    boolean isPart() {
        return !part.isEmpty();
    }

    /** Whether values begin with the time of their row. */
    boolean timed() {
        return ttl.isPresent() || kind.timed();
    }

    /** From which time a row ages, that was changed last at another. */
    long agesFrom(K key, long changed) {
        return kind.agesFrom().isPresent() ? kind.agesFrom().get().applyAsLong(key) : changed;
    }

    /** The same with times. */
    StoreDefinition<K, V> withTimes() {
        return new StoreDefinition<>(
                ref,
                keySerde,
                valueSerde,
                indexes,
                ttl,
                cachingEnabled,
                events,
                kind.withTimes(),
                part);
    }

    /**
     * Takes what is missing from elsewhere.
     *
     * @throws TopologyException if a serde is missing there, too
     */
    static <K, V> StoreDefinition<K, V> of(
            Materialized<K, V> materialized,
            Optional<Serde<K>> keySerde,
            Optional<Serde<V>> valueSerde,
            List<String> events,
            StoreKind<K> kind) {
        if (materialized == null) {
            throw new TopologyException(
                    "A table needs a store with a name: materialized=null",
                    "Give Materialized.as(StoreRef.of(name), keySerde, valueSerde).");
        }
        StoreRef<K, V> ref = materialized.ref();
        return new StoreDefinition<>(
                ref,
                serde("key", ref, materialized.keySerde(), keySerde),
                serde("value", ref, materialized.valueSerde(), valueSerde),
                materialized.indexes(),
                materialized.ttl(),
                materialized.cachingEnabled(),
                events,
                versioned(materialized, kind));
    }

    private static <K> StoreKind<K> versioned(Materialized<K, ?> materialized, StoreKind<K> kind) {
        if (materialized.historyRetention().isPresent() && kind.agesFrom().isPresent()) {
            throw new TopologyException(
                    "A windowed table has no versions: store=" + materialized.ref().name(),
                    "Leave versioned() out: the windows are its history.");
        }
        return materialized.historyRetention().map(kind::withHistory).orElse(kind);
    }

    /** Whether older versions of its rows are kept beside it. */
    boolean isVersioned() {
        return kind.history().isPresent();
    }

    /** Itself, if it has versions. */
    StoreDefinition<K, V> checkVersioned() {
        if (!isVersioned()) {
            throw new TopologyException(
                    "The store has no versions: store=" + name(),
                    "Declare it with Materialized.versioned, or read it with store().");
        }
        return this;
    }

    /** It, and what is kept beside it whoever owns it. */
    List<StoreDefinition<?, ?>> withParts() {
        return isVersioned() ? VersionedRows.definitions(this) : List.of(this);
    }

    private static <T> Serde<T> serde(
            String what,
            StoreRef<?, ?> ref,
            Optional<Serde<T>> own,
            Optional<Serde<T>> ofTheGroup) {
        return own.or(() -> ofTheGroup)
                .orElseThrow(
                        () ->
                                new TopologyException(
                                        "A store has no " + what + " serde: store=" + ref.name(),
                                        "Use Materialized.as(ref, keySerde, valueSerde), or"
                                                + " Grouped.with(keySerde, valueSerde)."));
    }

    String name() {
        return ref.name() + part;
    }

    /** All tables it needs: that of its rows first. */
    List<String> tables() {
        List<String> tables = new ArrayList<>();
        tables.add(name());
        indexes.forEach(index -> tables.add(IndexKeys.table(name(), index)));
        ttl.ifPresent(time -> tables.add(expiryTable()));
        return tables;
    }

    /** The same, with what else changes their rows. */
    List<String> description() {
        List<String> tables = tables();
        ttl.ifPresent(time -> tables.set(tables.size() - 1, expiryTable() + " " + time));
        kind.history().ifPresent(time -> tables.add(name() + "/history " + time));
        events.forEach(type -> tables.add(name() + "/on " + type));
        return tables;
    }

    /** One line for each of its serdes. */
    void describeSerdes(StringBuilder text) {
        describe(text, "key", keySerde);
        describe(text, kind.timed() ? "time and value" : "value", valueSerde);
        indexes.forEach(index -> describe(text, "index " + index.name(), index.serde()));
    }

    private void describe(StringBuilder text, String of, Serde<?> serde) {
        // One line, whatever a serde of the user's says.
        String said = serde.describe().strip().replaceAll("\\R", " ");
        text.append("store ").append(name()).append(' ').append(of);
        text.append('=').append(said).append('\n');
    }

    /** No store can have this name: theirs have no slash. */
    String expiryTable() {
        return name() + "/ttl";
    }

    /** Zero for ever. */
    long ttlMillis() {
        return ttl.map(Duration::toMillis).orElse(0L);
    }

    /** Reads the value of a row; the view may be moved. */
    V value(BytesView row) {
        return plainValue(valueBytes(row));
    }

    /** Reads a value from its bytes alone. */
    V plainValue(BytesView bytes) {
        V value = valueSerde.deserialize(bytes);
        if (value == null) {
            throw gaveNull("value", valueSerde);
        }
        return value;
    }

    /** Reads the key of a row. */
    K key(BytesView bytes) {
        K key = keySerde.deserialize(bytes);
        if (key == null) {
            throw gaveNull("key", keySerde);
        }
        return key;
    }

    private SerdeException gaveNull(String what, Serde<?> serde) {
        return new SerdeException(
                "A "
                        + what
                        + " cannot be read, as its serde gives null: store="
                        + name()
                        + " serde="
                        + serde.describe(),
                "Mend its deserialize: it gives what serialize was given, or throws.",
                null);
    }

    /** The bytes of the value of a row; the view may be moved. */
    BytesView valueBytes(BytesView row) {
        return timed()
                ? row.wrap(row, RowExpiry.TIME_BYTES, row.length() - RowExpiry.TIME_BYTES)
                : row;
    }

    /** Refuses an index that was not declared, or with another serde: it would find nothing. */
    void checkIndex(StoreIndex<?, ?, ?> wanted) {
        Objects.requireNonNull(wanted, "index");
        Serde<?> declared =
                indexes.stream()
                        .filter(index -> index.name().equals(wanted.name()))
                        .findFirst()
                        .orElseThrow(() -> noSuchIndex(wanted))
                        .serde();
        if (!declared.describe().equals(wanted.serde().describe())) {
            throw new TopologyException(
                    "The index has another serde: store="
                            + name()
                            + " index="
                            + wanted.name()
                            + " declared="
                            + declared.describe()
                            + " asked="
                            + wanted.serde().describe(),
                    "Use the StoreIndex that was given to Materialized.withIndex.");
        }
    }

    private TopologyException noSuchIndex(StoreIndex<?, ?, ?> wanted) {
        return new TopologyException(
                "No such index: store="
                        + name()
                        + " index="
                        + wanted.name()
                        + " known="
                        + indexes.stream().map(StoreIndex::name).toList(),
                "Declare it with Materialized.withIndex, and use the same StoreIndex.");
    }
}
