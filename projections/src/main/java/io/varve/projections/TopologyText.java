package io.varve.projections;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Prints a topology in the grammar of Kafka Streams:
 *
 * <pre>
 * Topologies:
 *    Sub-topology: 0
 *     Source: NAME (topics: [CATEGORY])
 *       --> SUCCESSOR, SUCCESSOR          or: --> none
 *     Processor: NAME (stores: [STORE, STORE/index/INDEX])   and STORE/ttl DURATION, where a store has
 *                                       them, and STORE/on TYPE for each type of event of a fold
 *       --> none
 *       <-- PREDECESSOR, PREDECESSOR
 *     Sink: NAME (topic: CATEGORY)
 *       <-- PREDECESSOR
 *                                         one empty line after each sub-topology
 * </pre>
 *
 * <p>Nodes with much behind them come first, as there: size of a node = 1 + sizes of its
 * successors. Predecessors come as they were given. (In Kafka Streams the order of neighbours of
 * uneven size follows a hash map; here it is by size, so that equal programs have equal texts.)
 */
final class TopologyText {
    private final Topology topology;
    private final List<TopologyNode> nodes;
    private final List<List<TopologyNode>> children;
    private final long[] size;

    /** Sub-topology of each node, named by the smallest index in it. */
    private final int[] group;

    TopologyText(Topology topology, List<List<TopologyNode>> children) {
        this.topology = topology;
        this.nodes = topology.nodes();
        this.children = children;
        this.size = sizes();
        this.group = groups();
    }

    private long[] sizes() {
        long[] sizes = new long[nodes.size()];
        for (int i = nodes.size() - 1; i >= 0; i--) {
            sizes[i] = 1;
            for (TopologyNode child : children.get(i)) {
                sizes[i] += sizes[child.index()];
            }
        }
        return sizes;
    }

    private int[] groups() {
        int[] groups = new int[nodes.size()];
        for (TopologyNode node : nodes) {
            groups[node.index()] = node.index();
            for (TopologyNode parent : node.parents()) {
                unite(groups, node.index(), parent.index());
            }
        }
        for (int i = 0; i < groups.length; i++) {
            groups[i] = root(groups, i);
        }
        return groups;
    }

    private static void unite(int[] groups, int a, int b) {
        int rootA = root(groups, a);
        int rootB = root(groups, b);
        groups[Math.max(rootA, rootB)] = Math.min(rootA, rootB);
    }

    private static int root(int[] groups, int i) {
        int root = i;
        while (groups[root] != root) {
            root = groups[root];
        }
        return root;
    }

    @Override
    public String toString() {
        Map<Integer, List<TopologyNode>> byGroup = new LinkedHashMap<>();
        for (TopologyNode node : nodes) {
            byGroup.computeIfAbsent(group[node.index()], g -> new ArrayList<>()).add(node);
        }
        StringBuilder text = new StringBuilder("Topologies:\n ");
        int number = 0;
        for (List<TopologyNode> members : byGroup.values()) {
            text.append("  Sub-topology: ").append(number++).append('\n');
            members.stream().sorted(bigFirst()).forEach(node -> print(node, text));
            text.append('\n');
        }
        return text.toString();
    }

    private Comparator<TopologyNode> bigFirst() {
        return Comparator.comparingLong((TopologyNode node) -> -size[node.index()])
                .thenComparing(TopologyNode::name);
    }

    private void print(TopologyNode node, StringBuilder text) {
        if (node.source().isPresent()) {
            text.append("    Source: ").append(node.name());
            text.append(" (topics: [").append(node.source().get().category()).append("])\n");
        } else if (node.sink().isPresent()) {
            text.append("    Sink: ").append(node.name());
            text.append(" (topic: ").append(node.sink().get().category()).append(")\n");
        } else {
            text.append("    Processor: ").append(node.name());
            text.append(" (stores: [");
            List<String> stores = new ArrayList<>();
            topology.definitions(node).forEach(store -> stores.addAll(store.description()));
            text.append(String.join(", ", stores));
            text.append("])\n");
        }
        printNeighbours(node, text);
    }

    private void printNeighbours(TopologyNode node, StringBuilder text) {
        List<TopologyNode> successors =
                children.get(node.index()).stream().distinct().sorted(bigFirst()).toList();
        if (node.sink().isEmpty()) {
            text.append("      --> ").append(names(successors)).append('\n');
        }
        if (node.source().isEmpty()) {
            text.append("      <-- ").append(names(node.parents().stream().distinct().toList()));
            text.append('\n');
        }
    }

    private static String names(List<TopologyNode> nodes) {
        return nodes.isEmpty()
                ? "none"
                : nodes.stream().map(TopologyNode::name).collect(Collectors.joining(", "));
    }
}
