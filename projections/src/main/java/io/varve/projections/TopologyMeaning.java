package io.varve.projections;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a topology that has described itself does, whatever the order in which independent nodes
 * were declared, as far as that shows: a text that two have in common, if they do the same.
 *
 * <p>An event goes from the source of its category to that node's children, in the order in which
 * they were declared. What is due is done in the order of declaration of the nodes that may have
 * something to do by then, as far as they can be told by what they keep; some more are taken for
 * such. So nodes are told in the order in which they are found from the sources, which are sorted,
 * and the order of those that time comes to beside it. The number in a name that nobody has given
 * follows from the order of declaration, and is left out.
 */
final class TopologyMeaning {
    private static final Pattern AUTOMATIC =
            Pattern.compile("((?:KSTREAM|KTABLE|COGROUPKSTREAM)-[A-Z-]+-)[0-9]{10}(.*)");
    private static final Pattern NODE =
            Pattern.compile("(?m)^    (?:Source|Processor|Sink): ([^ ]+) \\((.*)\\)$");
    private static final Pattern OPERATOR = Pattern.compile("node ([^ ]+):(.*) <- (.*)");

    /** A node as the texts have it. */
    private record Node(String name, String does, String keeps, List<String> parents) {
        boolean isSource() {
            return parents.isEmpty();
        }

        /** Whether time may come to it; rows, their indexes and types of events are no matter. */
        boolean mayBeDue() {
            return does.contains("-PROCESS")
                    || Arrays.stream(keeps.split(", "))
                            .filter(one -> !one.contains("/index/") && !one.contains("/on "))
                            .anyMatch(one -> one.contains("/"));
        }
    }

    /** In the order of declaration. */
    private final Map<String, Node> nodes = new LinkedHashMap<>();

    private final Map<String, List<String>> children = new HashMap<>();

    /** What they are called here, in the order in which they are found. */
    private final Map<String, String> found = new LinkedHashMap<>();

    private TopologyMeaning(String topology, String operators) {
        Map<String, String> kept = new HashMap<>();
        for (Matcher node = NODE.matcher(topology); node.find(); ) {
            kept.put(node.group(1), node.group(2));
        }
        for (Matcher node = OPERATOR.matcher(operators); node.find(); ) {
            String keeps = kept.getOrDefault(node.group(1), "");
            String parents = node.group(3);
            add(
                    new Node(
                            node.group(1),
                            node.group(2),
                            keeps,
                            parents.isEmpty() ? List.of() : List.of(parents.split(", "))));
        }
        nodes.values().stream()
                .filter(Node::isSource)
                .sorted((one, two) -> one.keeps().compareTo(two.keeps()))
                .forEach(source -> find(source.name()));
    }

    private void add(Node node) {
        nodes.put(node.name(), node);
        children.put(node.name(), new ArrayList<>());
        node.parents().forEach(parent -> children.get(parent).add(node.name()));
    }

    private void find(String name) {
        if (found.containsKey(name)) {
            return;
        }
        Matcher automatic = AUTOMATIC.matcher(name);
        found.put(
                name,
                automatic.matches()
                        ? automatic.group(1) + '#' + found.size() + automatic.group(2)
                        : name);
        children.get(name).forEach(this::find);
    }

    /** Of what {@link Topology#describe} and {@link Topology#describeOperators} have said. */
    static String of(String topology, String operators) {
        return new TopologyMeaning(topology, operators).toString();
    }

    private List<String> called(List<String> names) {
        return names.stream().map(found::get).toList();
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        found.forEach(
                (name, called) -> {
                    Node node = nodes.get(name);
                    text.append(called).append(node.does()).append(" (").append(node.keeps());
                    text.append(") <- ").append(called(node.parents()));
                    text.append(" --> ").append(called(children.get(name))).append('\n');
                });
        List<String> due = nodes.values().stream().filter(Node::mayBeDue).map(Node::name).toList();
        return text.append("due: ").append(called(due)).append('\n').toString();
    }
}
