package io.varve.projections;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * How ticks let time pass in a topology: for each node, how far behind the clock its records may
 * be.
 *
 * <pre>
 *   source, records up to 5 s late     5 s
 *   windows of 1 min, grace 0          5 s      closed ones are told of as soon as that
 *   suppress until they close          5 s
 *   what is behind it                  65 s     as the times of windows that are open may be
 *   another source                     –        ticks do nothing there
 * </pre>
 *
 * <p>Where several ways lead to a node, the slowest counts: what comes along it must not be late.
 *
 * @param behind in milliseconds, by index of the node; {@link #NONE} where time does not pass
 * @param lateness of all sources that have one, the longest; {@link #NONE} if none has
 */
record TimePlan(long[] behind, long lateness) {
    static final long NONE = -1;

    /**
     * Of nodes in the order of their index.
     *
     * @param late how late records of a source may be
     * @param holding how long nodes hold back what is then of an earlier time
     * @param with other nodes whose records share the time of a node, all declared before it
     */
    static TimePlan of(
            List<TopologyNode> nodes,
            Map<TopologyNode, Long> late,
            Map<TopologyNode, Long> holding,
            Map<TopologyNode, TopologyNode> with) {
        long[] behind = new long[nodes.size()];
        Arrays.fill(behind, NONE);
        for (TopologyNode node : nodes) {
            long slowest = late.getOrDefault(node, NONE);
            for (TopologyNode parent : node.parents()) {
                slowest = Math.max(slowest, leaving(parent, behind, holding));
            }
            if (with.containsKey(node)) {
                slowest = Math.max(slowest, behind[with.get(node).index()]);
            }
            behind[node.index()] = slowest;
        }
        return new TimePlan(behind, longest(late.values()));
    }

    private static long leaving(
            TopologyNode parent, long[] behind, Map<TopologyNode, Long> holding) {
        long time = behind[parent.index()];
        return time == NONE ? NONE : time + holding.getOrDefault(parent, 0L);
    }

    private static long longest(Collection<Long> times) {
        return times.stream().mapToLong(Long::longValue).max().orElse(NONE);
    }

    /** Whether records of some source go by the clock. */
    boolean movesStreamTime() {
        return lateness != NONE;
    }
}
