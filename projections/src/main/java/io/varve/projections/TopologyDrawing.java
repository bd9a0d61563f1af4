package io.varve.projections;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Draws a topology from left to right: sources, nodes, sinks, and the stores that nodes own.
 *
 * <pre>
 *   source ──▶ node ──▶ node
 *                ┊
 *              store
 * </pre>
 */
abstract class TopologyDrawing {
    private final Topology topology;
    final StringBuilder text = new StringBuilder();

    private TopologyDrawing(Topology topology) {
        this.topology = topology;
    }

    static String mermaid(Topology topology) {
        return new Mermaid(topology).drawn();
    }

    static String dot(Topology topology) {
        return new Dot(topology).drawn();
    }

    abstract void begin();

    /** A source, or a sink. */
    abstract void outer(int index, String name, String category);

    abstract void node(int index, String name);

    abstract void store(int index, String name);

    abstract void edge(int from, int to);

    /** Between a node and a store. */
    abstract void link(int node, int store);

    abstract void end();

    String drawn() {
        begin();
        for (TopologyNode node : topology.nodes()) {
            node.source()
                    .map(Source::category)
                    .or(() -> node.sink().map(Sink::category))
                    .ifPresentOrElse(
                            category -> outer(node.index(), node.name(), category),
                            () -> node(node.index(), node.name()));
        }
        stores();
        for (TopologyNode node : topology.nodes()) {
            Set<TopologyNode> children = new LinkedHashSet<>(topology.children(node));
            children.forEach(child -> edge(node.index(), child.index()));
        }
        end();
        return text.toString();
    }

    private void stores() {
        Set<String> all = new LinkedHashSet<>();
        topology.nodes().forEach(node -> all.addAll(named(node)));
        List<String> names = List.copyOf(all);
        for (int i = 0; i < names.size(); i++) {
            store(i, names.get(i));
        }
        for (TopologyNode node : topology.nodes()) {
            named(node).forEach(name -> link(node.index(), names.indexOf(name)));
        }
    }

    /** The names that users gave to the stores of a node, whatever parts they have. */
    private static Set<String> named(TopologyNode node) {
        Set<String> names = new LinkedHashSet<>();
        node.stores().forEach(store -> names.add(store.ref().name()));
        names.remove(TaskTime.STORE);
        return names;
    }

    private static final class Mermaid extends TopologyDrawing {
        Mermaid(Topology topology) {
            super(topology);
        }

        private void line(String... parts) {
            text.append("    ").append(String.join("", parts)).append('\n');
        }

        private static String escaped(String name) {
            return name.replace("&", "&amp;")
                    .replace("\"", "&quot;")
                    .replace("<", "&lt;")
                    .replaceAll("\\R", " ");
        }

        @Override
        void begin() {
            text.append("flowchart LR\n");
        }

        @Override
        void outer(int index, String name, String category) {
            line("n" + index, "([\"", escaped(category), "<br>", escaped(name), "\"])");
        }

        @Override
        void node(int index, String name) {
            line("n" + index, "[\"", escaped(name), "\"]");
        }

        @Override
        void store(int index, String name) {
            line("s" + index, "[(\"", escaped(name), "\")]");
        }

        @Override
        void edge(int from, int to) {
            line("n" + from, " --> ", "n" + to);
        }

        @Override
        void link(int node, int store) {
            line("n" + node, " -.- ", "s" + store);
        }

        @Override
        void end() {}
    }

    private static final class Dot extends TopologyDrawing {
        Dot(Topology topology) {
            super(topology);
        }

        private void line(String... parts) {
            text.append("  ").append(String.join("", parts)).append('\n');
        }

        private static String escaped(String name) {
            return name.replace("\\", "\\\\").replace("\"", "\\\"").replaceAll("\\R", " ");
        }

        @Override
        void begin() {
            text.append("digraph topology {\n");
            line("rankdir=LR;");
            line("node [shape=box];");
        }

        @Override
        void outer(int index, String name, String category) {
            String label = escaped(category) + "\\n" + escaped(name);
            line("n" + index, " [shape=ellipse, label=\"", label, "\"];");
        }

        @Override
        void node(int index, String name) {
            line("n" + index, " [label=\"", escaped(name), "\"];");
        }

        @Override
        void store(int index, String name) {
            line("s" + index, " [shape=cylinder, label=\"", escaped(name), "\"];");
        }

        @Override
        void edge(int from, int to) {
            line("n" + from, " -> ", "n" + to, ";");
        }

        @Override
        void link(int node, int store) {
            line("n" + node, " -> ", "s" + store, " [dir=none, style=dashed];");
        }

        @Override
        void end() {
            text.append("}\n");
        }
    }
}
