package io.varve.projections;

import io.varve.store.EventHeaders;
import io.varve.store.NewEvent;
import io.varve.store.StreamId;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.serde.EventSerde;
import java.util.Optional;
import java.util.UUID;

/** Emits each record as an event, of the record's time, with its headers. */
final class SinkOperator<V> implements Operator<String, V> {
    private final String node;
    private final String category;
    private final EventSerde<? super V> serde;
    private final TaskContext context;
    private final BytesWriter writer = new BytesWriter();

    /**
     * For one task.
     *
     * @param node the sink as ids of its events know it
     */
    SinkOperator(String node, String category, EventSerde<? super V> serde, TaskContext context) {
        this.node = node;
        this.category = category;
        this.serde = serde;
        this.context = context;
    }

    @Override
    public void process(String key, V value, ProcessorNode out) {
        if (key == null || value == null) {
            throw new IllegalArgumentException(
                    "An event that is emitted needs a key, which is its stream's, and a value: category="
                            + category
                            + " key="
                            + key
                            + " value="
                            + value
                            + ". Filter such records out before to().");
        }
        long time = NewEvent.checkEventTime(context.timestamp());
        StreamId stream = StreamId.of(category, key);
        String type = serde.typeOf(value);
        serde.serialize(value, writer.reset());
        NewEvent event = NewEvent.of(type, writer.toByteArray()).at(time).with(headers());
        context.outbox().emit(context.position(), node, stream, event);
    }

    /** Those of the record go along; the id is another, and the event is the cause. */
    private EventHeaders headers() {
        EventHeaders headers = context.headers();
        if (headers.isEmpty() || context.hasOwnHeaders()) {
            return headers;
        }
        Optional<String> causation = headers.eventId().map(UUID::toString);
        return new EventHeaders(Optional.empty(), headers.correlation(), causation, headers.user());
    }
}
