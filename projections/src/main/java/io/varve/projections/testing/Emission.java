package io.varve.projections.testing;

import io.varve.projections.EmittedEvent;
import io.varve.projections.Projection;
import io.varve.projections.Sink;
import io.varve.store.bytes.BytesView;
import io.varve.store.errors.VarveException;
import java.util.List;

/** An event in the log of a driver, and who has emitted it. */
record Emission(Projection projection, EmittedEvent event) {
    <E> EmittedRecord<E> as(Class<E> type) {
        List<Sink> sinks =
                projection.topology().sinks().stream()
                        .filter(one -> one.id().equals(event.node()))
                        .toList();
        Object value = value(sinks);
        if (!type.isInstance(value)) {
            throw new IllegalArgumentException(
                    "An emitted event is of another type: category="
                            + event.stream().category()
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

    /** Sinks of one category that have no names are told apart by what they can read. */
    private Object value(List<Sink> sinks) {
        BytesView payload = BytesView.of(event.event().payload());
        for (Sink sink : sinks.subList(0, sinks.size() - 1)) {
            try {
                return sink.serde().deserialize(event.event().type(), payload);
            } catch (VarveException e) {
                continue; // that of another one
            }
        }
        Sink last = sinks.get(sinks.size() - 1);
        return last.serde().deserialize(event.event().type(), payload);
    }
}
