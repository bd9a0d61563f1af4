package io.varve.projections;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;

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
        ProcessorNode[] made = new ProcessorNode[topology.nodes().size()];
        try {
            make(topology, stores, made);
        } catch (RuntimeException | Error e) {
            closeAfter(e, punctual(made));
            context.closeView(); // an init() may have read
            throw e;
        }
        punctual = punctual(made);
        ticks =
                topology.ticks()
                        .map(plan -> new TaskTicks(plan, made, punctual, context, stores))
                        .orElse(null);
    }

    private void make(Topology topology, TaskStores stores, ProcessorNode[] made) {
        List<TopologyNode> nodes = topology.nodes();
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
    }

    private static PunctualNode[] punctual(ProcessorNode[] made) {
        return Arrays.stream(made)
                .filter(Objects::nonNull)
                .flatMap(node -> node.punctual().stream())
                .toArray(PunctualNode[]::new);
    }

    /**
     * Closes the code of the user; done again it goes on where it was interrupted.
     *
     * @throws ProcessorCloseException if some of it fails; the rest is closed then
     */
    void close() {
        ProcessorCloseException failure = null;
        for (PunctualNode node : punctual) {
            try {
                node.close();
            } catch (ProcessorCloseException e) {
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    /** Closes what there is already, where something else could not be made. */
    private static void closeAfter(Throwable cause, PunctualNode[] nodes) {
        for (PunctualNode node : nodes) {
            try {
                node.close();
            } catch (ProcessorCloseException e) {
                cause.addSuppressed(e);
            }
        }
    }

    /** The same for all, where the task could not begin. */
    void closeAfter(Throwable cause) {
        closeAfter(cause, punctual);
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
