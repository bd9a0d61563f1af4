package io.varve.projections;

import io.varve.store.StreamId;
import java.util.HashMap;
import java.util.Map;

/** Where the events of a category enter a topology. Mostly that of the event before. */
final class SourceNodes {
    private final Map<String, ProcessorNode> byCategory = new HashMap<>();
    private String category = "";

    /** Null if the topology does not read the category. */
    private ProcessorNode node;

    void put(String newCategory, ProcessorNode entered) {
        byCategory.put(newCategory, entered);
    }

    /** Gives an event to its source, if there is one; before that, tells the context. */
    boolean process(SourceEvent event, TaskContext context) {
        StreamId stream = event.stream();
        if (!stream.category().equals(category)) {
            category = stream.category();
            node = byCategory.get(category);
        }
        if (node != null) {
            context.begin(event);
            node.process(stream.key(), event.value());
        }
        return node != null;
    }
}
