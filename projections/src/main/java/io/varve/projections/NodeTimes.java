package io.varve.projections;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** What is noted of the times of nodes while a topology is declared, for ticks to go by. */
final class NodeTimes {
    private final Map<TopologyNode, Long> late = new HashMap<>();
    private final Map<TopologyNode, Long> lasting = new HashMap<>();
    private final Map<TopologyNode, Long> holding = new HashMap<>();
    private final Map<TopologyNode, TopologyNode> shared = new HashMap<>();
    private boolean asked;

    /** Time passes with ticks for processors at least. */
    void askForTicks() {
        asked = true;
    }

    /** The events of a source come so many milliseconds after their time, at most. */
    void late(TopologyNode source, long millis) {
        askForTicks();
        Long other = late.putIfAbsent(source, millis);
        if (other != null && other != millis) {
            throw new TopologyException(
                    "Events of a category may be late by two times: source="
                            + source.name()
                            + " lateness="
                            + other
                            + "ms refused="
                            + millis
                            + "ms",
                    "Give withTicks the same time wherever the category is read.");
        }
    }

    /** Records may come for a row of a windowed table for so many milliseconds. */
    void lasts(TopologyNode table, long millis) {
        lasting.put(table, millis);
    }

    /** The same of the tables that the records of a node come from: the longest; 0 of none. */
    long lasts(TopologyNode node) {
        return longest(node, lasting).orElse(0);
    }

    /**
     * The longest time that is known of a node, or of the nearest ones on each way that leads to
     * it.
     */
    static OptionalLong longest(TopologyNode node, Map<TopologyNode, Long> known) {
        OptionalLong longest = OptionalLong.empty();
        Set<TopologyNode> seen = new HashSet<>();
        List<TopologyNode> next = new ArrayList<>(List.of(node));
        while (!next.isEmpty()) {
            TopologyNode one = next.remove(next.size() - 1);
            Long own = known.get(one);
            if (own != null) {
                longest = OptionalLong.of(Math.max(own, longest.orElse(own)));
            } else if (seen.add(one)) { // or each way would be gone again for each fork on it
                next.addAll(one.parents());
            }
        }
        return longest;
    }

    /** Records of a node may be of a time that is so many milliseconds ago. */
    void holds(TopologyNode node, long millis) {
        holding.put(node, millis);
    }

    /** The records of a node, and of another that was declared before it, share their time. */
    void shares(TopologyNode node, TopologyNode other) {
        shared.put(node, other);
    }

    /** What ticks do to nodes, in the order of their index; empty if nobody has asked for any. */
    Optional<TimePlan> plan(List<TopologyNode> nodes) {
        return asked ? Optional.of(TimePlan.of(nodes, late, holding, shared)) : Optional.empty();
    }
}
