package io.varve.store.serde;

import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import java.util.Optional;
import java.util.Set;

/**
 * Turns the events of a category into bytes and back. Thread-safe.
 *
 * <p>Each type of event has a name that is written to the log once and lives as long as the log
 * does: it is chosen by hand and never derived from a class name, so that classes can be renamed.
 *
 * @param <E> what the events have in common, often a sealed interface
 */
public interface EventSerde<E> {
    /**
     * All names of types this serde reads, those of old types included: what a query by type must
     * name to miss nothing.
     *
     * @return at least one
     */
    Set<String> types();

    /**
     * The names of the types this serde writes.
     *
     * @return all of {@link #types()} but those of old types
     */
    default Set<String> currentTypes() {
        return types();
    }

    /**
     * The name of an event's type.
     *
     * @param event never null
     * @return one of {@link #currentTypes()}
     * @throws io.varve.store.errors.SerdeException if the event's class has no name here
     */
    String typeOf(E event);

    /**
     * The name of the type of all events of a class, where the class alone decides it: what says of
     * a fold which events it takes, however classes are renamed.
     *
     * @param event exactly the class of events
     * @return one of {@link #currentTypes()}; empty if the class has no name here, or its events
     *     have different ones
     */
    default Optional<String> typeOfClass(Class<?> event) {
        return Optional.empty();
    }

    /**
     * Writes an event behind what the writer holds already.
     *
     * @param event never null
     * @param out where to; what it holds already is another's, and may be neither forgotten nor
     *     overwritten
     * @throws io.varve.store.errors.SerdeException if the event has no form in bytes
     */
    void serialize(E event, BytesWriter out);

    /**
     * Reads an event; one of an old type as the newest event it became.
     *
     * @param type the name of its type, one of {@link #types()}
     * @param payload exactly the bytes that {@link #serialize} wrote; lent for the time of the call
     * @return the event, which holds no reference to {@code payload}
     * @throws io.varve.store.errors.SerdeException if the type is unknown, the bytes are not such
     *     an event, or an upcaster fails
     */
    E deserialize(String type, BytesView payload);

    /**
     * Says in one line what bytes this serde makes of which events, as {@link Serde#describe} does
     * of values. A projection that emits with it is not gone on with where the line has changed.
     *
     * @return one line, not empty
     */
    default String describe() {
        return "custom " + currentTypes().stream().sorted().toList();
    }

    /**
     * Begins a serde for the events of a category.
     *
     * @param base what the events have in common
     * @param <E> the same
     * @return a builder without types
     */
    static <E> EventSerdeBuilder<E> of(Class<E> base) {
        return new EventSerdeBuilder<>(base);
    }
}
