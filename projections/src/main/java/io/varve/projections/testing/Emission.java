package io.varve.projections.testing;

import io.varve.projections.EmittedEvent;
import io.varve.projections.Projection;
import io.varve.projections.Sink;
import io.varve.store.bytes.BytesView;

/** An event in the log of a driver, and who has emitted it. */
record Emission(Projection projection, EmittedEvent event) {
    <E> EmittedRecord<E> as(Class<E> type) {
        Sink sink =
                projection.topology().sinks().stream()
                        .filter(one -> one.node().equals(event.node()))
                        .findFirst()
                        .orElseThrow();
        byte[] payload = event.event().payload();
        Object value = sink.serde().deserialize(event.event().type(), BytesView.of(payload));
        if (!type.isInstance(value)) {
            throw new IllegalArgumentException(
                    "An emitted event is of another type: category="
                            + sink.category()
                            + " type="
                            + type.getName()
                            + " event="
                            + value
                            + ". Ask for what all events of the category have in common.");
        }
        return new EmittedRecord<>(
                projection.name(),
                event.stream().key(),
                type.cast(value),
                event.event().eventTimeMillis().orElseThrow(),
                event.id(projection.name()),
                event.event().headers());
    }

    /** What to say of so many of one commit. */
    static IllegalStateException withoutEnd(int events) {
        return new IllegalStateException(
                "Emitted events lead to others without end: events="
                        + events
                        + ". Let the topology come to an end.");
    }
}
