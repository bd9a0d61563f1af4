package io.varve.projections;

import io.varve.store.serde.Serde;
import io.varve.store.serde.Serdes;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Begins topologies: declares what is read, then {@link #build} ends it. One thread at a time.
 *
 * <pre>{@code
 * StreamsBuilder builder = new StreamsBuilder();
 * builder.stream("flights", Consumed.with(FLIGHT_EVENTS))
 *         .filter((flight, event) -> event instanceof Departed)
 *         .groupByKey()
 *         .count(Materialized.as(DEPARTURES));
 * Topology topology = builder.build();
 * }</pre>
 */
public final class StreamsBuilder {
    private final TopologyBuilder topology = new TopologyBuilder();
    private final Serde<String> streamKeys = Serdes.utf8();

    /** A builder without sources. */
    public StreamsBuilder() {}

    /**
     * Reads a category: one record per event, in the order of the log. Its key is the key of the
     * event's stream. Reading a category twice is the same as using the result twice.
     *
     * @param category of streams
     * @param consumed the serde for its events
     * @param <E> what the events have in common
     * @return the records
     * @throws TopologyException if the category is read already with another serde or under another
     *     name
     */
    public <E> EventStream<String, E> stream(String category, Consumed<E> consumed) {
        Objects.requireNonNull(category, "category");
        Objects.requireNonNull(consumed, "consumed");
        Tick.checkFree(category, "Ask for ticks with Consumed.withTicks, or withTicks().");
        return new EventStream<>(topology, topology.source(category, consumed), streamKeys);
    }

    /**
     * Adds a store for processors, which are connected with it by its ref.
     *
     * @param materialized how it is kept, with both serdes; its rows can expire and be cached as
     *     those of tables
     * @param <K> keys
     * @param <V> values
     * @return this
     * @throws TopologyException if a serde is missing, or the name is taken
     */
    public <K, V> StreamsBuilder addStateStore(Materialized<K, V> materialized) {
        topology.addStore(
                StoreDefinition.of(
                        materialized,
                        Optional.empty(),
                        Optional.empty(),
                        List.of(),
                        new StoreKind<>(false, true, Optional.empty())));
        return this;
    }

    /**
     * Asks for ticks: what processors have scheduled by {@link PunctuationType#WALL_CLOCK_TIME} is
     * done then. For windows and the like see {@link Consumed#withTicks}, which does this too.
     *
     * @return this
     */
    public StreamsBuilder withTicks() {
        topology.times().askForTicks();
        return this;
    }

    /**
     * The topology as declared so far. The builder can go on; what is built does not change.
     *
     * @return the topology
     * @throws TopologyException if there is no source
     */
    public Topology build() {
        return topology.build();
    }
}
