package io.varve.projections;

import io.varve.store.state.StateTransaction;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What becomes of the stores of a topology when another goes on with them, from some position on.
 * Stores are told by their names, and so is what operators keep for themselves: operators may come,
 * go and change around them.
 *
 * <pre>{@code
 * StoreTransition transition = StoreTransition.between(before.describeStores(), now);
 * if (transition.isPossible()) {
 *     transition.apply(transaction);
 * }
 * }</pre>
 *
 * <p>Besides those that a topology names there may be {@code stream-time}, of its processors, and
 * {@code sinks/outbox}, of what it emits.
 *
 * @param kept names of the stores that both have, with the same tables, serdes and windows, in
 *     order
 * @param added names of those that only the new one has: they begin empty
 * @param dropped names of those that only the old one has: their rows are removed
 * @param changed of each store that both have and that is another one, in what it differs: such
 *     rows cannot be gone on with
 * @param cleared tables in which no row is to stay: those of stores that are added or dropped; the
 *     transaction that it is applied to must have them all
 * @param processors names of the nodes of which what is scheduled stays
 */
public record StoreTransition(
        List<String> kept,
        List<String> added,
        List<String> dropped,
        List<String> changed,
        Set<String> cleared,
        Set<String> processors) {
    /** The name under which it is told that events are emitted. */
    public static final String EMITTED = Outbox.TABLE;

    /**
     * Copies.
     *
     * @param kept see the record
     * @param added see the record
     * @param dropped see the record
     * @param changed see the record
     * @param cleared see the record
     * @param processors see the record
     */
    public StoreTransition {
        kept = List.copyOf(Objects.requireNonNull(kept, "kept"));
        added = List.copyOf(Objects.requireNonNull(added, "added"));
        dropped = List.copyOf(Objects.requireNonNull(dropped, "dropped"));
        changed = List.copyOf(Objects.requireNonNull(changed, "changed"));
        cleared = Set.copyOf(Objects.requireNonNull(cleared, "cleared"));
        processors = Set.copyOf(Objects.requireNonNull(processors, "processors"));
    }

    /**
     * Compares.
     *
     * @param before what {@link Topology#describeStores} has said of the old topology
     * @param now the new one
     * @return what becomes of each store
     */
    public static StoreTransition between(String before, Topology now) {
        Objects.requireNonNull(now, "now");
        StoreLayout was = StoreLayout.of(Objects.requireNonNull(before, "before"));
        StoreLayout is = StoreLayout.of(now.describeStores());
        List<String> kept = new ArrayList<>();
        List<String> changed = new ArrayList<>();
        for (String store : common(was, is)) {
            Optional<String> difference = was.difference(is, store);
            difference.ifPresentOrElse(changed::add, () -> kept.add(store));
        }
        List<String> added = only(is, was);
        List<String> dropped = only(was, is);
        Set<String> cleared = new LinkedHashSet<>();
        added.forEach(store -> cleared.addAll(is.tables(store)));
        dropped.forEach(store -> cleared.addAll(was.tables(store)));
        Set<String> nodes =
                now.nodes().stream().map(TopologyNode::name).collect(Collectors.toSet());
        return new StoreTransition(kept, added, dropped, changed, cleared, nodes);
    }

    private static Set<String> common(StoreLayout was, StoreLayout is) {
        Set<String> both = new TreeSet<>(was.lines().keySet());
        both.retainAll(is.lines().keySet());
        return both;
    }

    private static List<String> only(StoreLayout one, StoreLayout other) {
        return one.lines().keySet().stream()
                .filter(store -> !other.lines().containsKey(store))
                .toList();
    }

    /**
     * Whether the new topology can go on with the rows of the old one.
     *
     * @return false if a store has changed
     */
    public boolean isPossible() {
        return changed.isEmpty();
    }

    /**
     * Removes what is not to stay.
     *
     * @param transaction of an environment that has the tables {@link #cleared}, and those of the
     *     new topology; commits it with what says so
     * @throws IllegalStateException if it is not possible
     */
    public void apply(StateTransaction transaction) {
        Objects.requireNonNull(transaction, "transaction");
        if (!isPossible()) {
            throw new IllegalStateException(
                    "Rows of other stores cannot be gone on with: " + changed);
        }
        cleared.forEach(table -> transaction.table(table).clear());
        if (kept.contains(TaskTime.STORE)) {
            TaskTime.retain(processors, transaction.table(TaskTime.STORE));
        }
    }
}
