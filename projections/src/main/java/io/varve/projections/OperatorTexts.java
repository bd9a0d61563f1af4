package io.varve.projections;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What each node does, as far as it can be said: the operator, and those of its parameters that
 * change rows, or when they change. Noted while a topology is declared.
 */
final class OperatorTexts {
    private final Map<String, Set<String>> byNode = new HashMap<>();

    /** Adds to what is said of a node; once, if the same is said again. */
    void add(String node, String what) {
        if (!what.isEmpty()) {
            byNode.computeIfAbsent(node, name -> new LinkedHashSet<>()).add(what);
        }
    }

    /**
     * A line for each node, in the order of declaration: those that a record comes to, or that are
     * due at one time, are run in it.
     */
    String of(List<TopologyNode> nodes) {
        StringBuilder text = new StringBuilder();
        for (TopologyNode node : nodes) {
            text.append("node ").append(node.name()).append(':');
            byNode.getOrDefault(node.name(), Set.of())
                    .forEach(what -> text.append(' ').append(what));
            text.append(" <- ");
            text.append(
                    String.join(", ", node.parents().stream().map(TopologyNode::name).toList()));
            text.append('\n');
        }
        return text.toString();
    }
}
