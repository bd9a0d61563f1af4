package io.varve.projections;

import io.varve.store.PlainName;
import io.varve.store.serde.EventSerde;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A topology with a name and a definition version: what is handed to an engine. Immutable.
 *
 * <pre>{@code
 * Projection departures = Projection.of("departures", 1, builder.build());
 *
 * StoreRef<String, Account> ACCOUNTS = StoreRef.of("accounts");
 * Projection accounts =
 *         Projection.fold("accounts", 1, "accounts", ACCOUNT_EVENTS,
 *                         Materialized.as(ACCOUNTS, Serdes.utf8(), Serdes.json(Account.class)),
 *                         Account::empty)
 *                 .on(Deposited.class, (account, event) -> account.plus(event.cents()))
 *                 .on(Closed.class, (account, event) -> null)
 *                 .build();
 * }</pre>
 */
public final class Projection {
    private final String name;
    private final int version;
    private final Topology topology;

    private Projection(String name, int version, Topology topology) {
        this.name = PlainName.check("projection", name, 100);
        if (version < 1) {
            throw new IllegalArgumentException(
                    "The version of a projection is 1 or more: projection="
                            + name
                            + " version="
                            + version
                            + ". Begin with 1 and add 1 whenever the meaning of its rows changes.");
        }
        this.version = version;
        this.topology = Objects.requireNonNull(topology, "topology");
    }

    /**
     * Names a topology.
     *
     * @param name 1 to 100 characters of letters, digits, {@code . _ -}
     * @param version of the definition, 1 or more: raised when the meaning of the rows changes
     * @param topology what it computes
     * @return the projection
     */
    public static Projection of(String name, int version, Topology topology) {
        return new Projection(name, version, topology);
    }

    /**
     * Begins a fold: one row per stream, changed by a function per class of event.
     *
     * @param name 1 to 100 characters of letters, digits, {@code . _ -}
     * @param version of the definition, 1 or more
     * @param category of the streams
     * @param serde for their events
     * @param materialized where the rows are kept; its key serde may be left out, which means text
     * @param initial makes the state that a stream begins with, a new one for each call if it can
     *     be changed
     * @param <E> what the events have in common
     * @param <S> states
     * @return a builder without functions
     */
    public static <E, S> FoldBuilder<E, String, S> fold(
            String name,
            int version,
            String category,
            EventSerde<E> serde,
            Materialized<String, S> materialized,
            Supplier<? extends S> initial) {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(serde, "serde");
        Objects.requireNonNull(materialized, "materialized");
        return new FoldBuilder<>(
                fold -> fold.projection(name, version, category, serde, materialized),
                category,
                initial);
    }

    /**
     * Begins a fold over the streams of a category by a key found in the events: one row per such
     * key.
     *
     * @param name 1 to 100 characters of letters, digits, {@code . _ -}
     * @param version of the definition, 1 or more
     * @param category of the streams
     * @param serde for their events
     * @param keyedBy finds the key of an event; events for which it is null are ignored
     * @param materialized where the rows are kept
     * @param initial makes the state that a key begins with, a new one for each call if it can be
     *     changed
     * @param <E> what the events have in common
     * @param <K> keys
     * @param <S> states
     * @return a builder without functions
     */
    public static <E, K, S> FoldBuilder<E, K, S> fold(
            String name,
            int version,
            String category,
            EventSerde<E> serde,
            Function<? super E, ? extends K> keyedBy,
            Materialized<K, S> materialized,
            Supplier<? extends S> initial) {
        Objects.requireNonNull(keyedBy, "keyedBy");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(serde, "serde");
        Objects.requireNonNull(materialized, "materialized");
        return new FoldBuilder<>(
                fold -> fold.projectionBy(name, version, category, serde, keyedBy, materialized),
                category,
                initial);
    }

    /**
     * Its name.
     *
     * @return as given
     */
    public String name() {
        return name;
    }

    /**
     * The version of its definition.
     *
     * @return 1 or more
     */
    public int version() {
        return version;
    }

    /**
     * What it computes.
     *
     * @return the topology
     */
    public Topology topology() {
        return topology;
    }

    @Override
    public String toString() {
        return name + " v" + version;
    }
}
