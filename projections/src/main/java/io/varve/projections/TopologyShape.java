package io.varve.projections;

import io.varve.store.serde.EventSerde;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What a topology must be as a whole. */
final class TopologyShape {
    /** Each node is a call within that of the one before: with more a thread has no room. */
    static final int MOST_IN_A_ROW = 500;

    private final Map<TopologyNode, Integer> depths = new HashMap<>();

    /** Refuses a node at the end of a chain that is too long to be run. */
    void add(TopologyNode node) {
        int depth = 1;
        for (TopologyNode parent : node.parents()) {
            depth = Math.max(depth, depths.get(parent) + 1);
        }
        if (depth > MOST_IN_A_ROW) {
            throw new TopologyException(
                    "Too many nodes, one behind the other: node="
                            + node.name()
                            + " depth="
                            + depth
                            + " most="
                            + MOST_IN_A_ROW,
                    "Do several steps in one function, or emit events in between with to().");
        }
        depths.put(node, depth);
    }

    /** Refuses what is declared for nothing, or in two ways. */
    void check(List<TopologyNode> nodes, Set<String> added) {
        Set<String> unused = new HashSet<>(added);
        Map<String, EventSerde<?>> serdes = new HashMap<>();
        for (TopologyNode node : nodes) {
            node.stores().forEach(store -> unused.remove(store.name()));
            node.source().ifPresent(one -> checkSerde(one.category(), one.serde(), serdes));
            node.sink().ifPresent(one -> checkSerde(one.category(), one.serde(), serdes));
        }
        if (!unused.isEmpty()) {
            throw new TopologyException(
                    "A store was added that no processor uses: stores=" + unused,
                    "Name it in the call of process(), or do not add it.");
        }
    }

    /** What is written with one serde could not be read with another, or be of another type. */
    private static void checkSerde(
            String category, EventSerde<?> serde, Map<String, EventSerde<?>> serdes) {
        EventSerde<?> other = serdes.putIfAbsent(category, serde);
        if (other != null && other != serde) {
            throw new TopologyException(
                    "A category is emitted to with two serdes, or with another than it is read: category="
                            + category,
                    "Keep the serde of the category in a constant, and give the same object to all"
                            + " its Produced and Consumed.");
        }
    }
}
