package io.varve.projections;

import io.varve.store.serde.Serde;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A stream that is being split: each record goes to the first branch whose predicate holds.
 *
 * <pre>{@code
 * Map<String, EventStream<String, Order>> branches =
 *         orders.split(Named.as("orders-"))
 *                 .branch((key, order) -> order.cents() > 100_000, Branched.as("large"))
 *                 .branch((key, order) -> order.cents() > 1_000, Branched.as("middle"))
 *                 .defaultBranch(Branched.as("small"));
 * branches.get("orders-large").groupByKey().count(Materialized.as(LARGE));
 * }</pre>
 *
 * @param <K> keys
 * @param <V> values
 */
public final class BranchedStream<K, V> {
    private final TopologyBuilder topology;
    private final String name;
    private final Serde<K> keySerde;
    private final TopologyNode node;
    private final List<Predicate<? super K, ? super V>> predicates = new ArrayList<>();
    private final Map<String, EventStream<K, V>> branches = new LinkedHashMap<>();
    private boolean ended;

    BranchedStream(TopologyBuilder topology, String name, TopologyNode parent, Serde<K> keySerde) {
        this.topology = topology;
        this.name = name;
        this.keySerde = keySerde;
        this.node = topology.stateless(name, stores -> new BranchOperator<>(predicates), parent);
    }

    /**
     * Adds a branch that has its number, 1 for the first, as its name.
     *
     * @param predicate decides; not asked of records that went to a branch before
     * @return this
     */
    public BranchedStream<K, V> branch(Predicate<? super K, ? super V> predicate) {
        return branch(predicate, unnamed());
    }

    /**
     * Adds a branch.
     *
     * @param predicate decides; not asked of records that went to a branch before
     * @param branched its name, and what becomes of it
     * @return this
     * @throws TopologyException if the name is taken
     */
    public BranchedStream<K, V> branch(
            Predicate<? super K, ? super V> predicate, Branched<K, V> branched) {
        add(Objects.requireNonNull(predicate, "predicate"), branched, predicates.size() + 1);
        return this;
    }

    /**
     * Ends the split with a branch for all other records; its name is 0.
     *
     * @return the branches by the names of their nodes
     */
    public Map<String, EventStream<K, V>> defaultBranch() {
        return defaultBranch(unnamed());
    }

    /**
     * Ends the split with a branch for all other records.
     *
     * @param branched its name, and what becomes of it
     * @return the branches by the names of their nodes
     * @throws TopologyException if the name is taken
     */
    public Map<String, EventStream<K, V>> defaultBranch(Branched<K, V> branched) {
        add((key, value) -> true, branched, 0);
        return noDefaultBranch();
    }

    /**
     * Ends the split; records of no branch are dropped.
     *
     * <pre>{@code
     * orders.split(Named.as("orders-"))
     *         .branch((key, order) -> order.cents() > 100_000, Branched.as("large"))
     *         .noDefaultBranch();
     * }</pre>
     *
     * @return the branches by the names of their nodes
     */
    public Map<String, EventStream<K, V>> noDefaultBranch() {
        ended = true;
        return Collections.unmodifiableMap(branches);
    }

    private static <K, V> Branched<K, V> unnamed() {
        return new Branched<>(Optional.empty(), Optional::of);
    }

    private void add(
            Predicate<? super K, ? super V> predicate, Branched<K, V> branched, int number) {
        if (ended) {
            throw new TopologyException(
                    "A split has ended: node=" + name,
                    "Add all branches before defaultBranch() or noDefaultBranch().");
        }
        String branch = name + branched.name().orElse(Integer.toString(number));
        topology.says(branch, number == 0 ? "default branch" : "branch");
        TopologyNode child = topology.stateless(branch, stores -> ProcessorNode.FORWARD, node);
        predicates.add(predicate);
        branched.chain()
                .apply(new EventStream<>(topology, child, keySerde))
                .ifPresent(stream -> branches.put(branch, stream));
    }
}
