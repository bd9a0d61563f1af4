package io.varve.projections;

import java.util.Arrays;
import java.util.List;

/** The nodes of one task, wired. */
final class TaskNodes {
    private final SourceNodes sources = new SourceNodes();
    private final TaskContext context;

    /** Those that do something behind each event. */
    private final PunctualNode[] punctual;

    /**
     * Null where the topology asks for no ticks; asked at each event, which is to make no object.
     */
    private final TaskTicks ticks;

    /** Makes them: children first, so that each is made with its children in hand. */
    TaskNodes(Topology topology, TaskContext context, TaskStores stores) {
        this.context = context;
        if (topology.keepsTime()) {
            context.keep(new TaskTime(stores));
        }
        List<TopologyNode> nodes = topology.nodes();
        ProcessorNode[] made = new ProcessorNode[nodes.size()];
        for (int i = made.length - 1; i >= 0; i--) {
            TopologyNode node = nodes.get(i);
            ProcessorNode[] children =
                    topology.children(node).stream()
                            .map(child -> made[child.index()])
                            .toArray(ProcessorNode[]::new);
            made[i] =
                    new ProcessorNode(
                            node.name(), context, node.operator().create(stores), children);
            if (node.source().isPresent()) {
                sources.put(node.source().get().category(), made[i]);
            }
        }
        punctual =
                Arrays.stream(made)
                        .flatMap(node -> node.punctual().stream())
                        .toArray(PunctualNode[]::new);
        ticks =
                topology.ticks()
                        .map(plan -> new TaskTicks(plan, made, punctual, context, stores))
                        .orElse(null);
    }

    /** When a tick does something next, as far as that is committed. */
    long tickDue() {
        return ticks == null ? Timed.NEVER : ticks.due();
    }

    /** Applies an event, if it is of a category that is read. */
    void process(SourceEvent event) {
        if (ticks != null && event.value() == Tick.READ) {
            ticks.apply(event);
        } else if (sources.process(event, context)) {
            for (PunctualNode node : punctual) {
                node.punctuate();
            }
        }
    }
}
