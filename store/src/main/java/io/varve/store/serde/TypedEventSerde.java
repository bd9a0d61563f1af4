package io.varve.store.serde;

import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.errors.SerdeException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Finds the serde of an event by its class when it is written, by its name when it is read. */
final class TypedEventSerde<E> implements EventSerde<E> {
    private final Class<E> base;
    private final Set<String> currentTypes;
    private final Map<Class<?>, EventType<? extends E>> byClass;
    private final Map<String, EventReader> readers;

    TypedEventSerde(
            Class<E> base,
            Map<Class<?>, EventType<? extends E>> byClass,
            Map<String, EventReader> readers) {
        this.base = base;
        this.currentTypes =
                byClass.values().stream()
                        .map(EventType::name)
                        .collect(Collectors.toUnmodifiableSet());
        this.byClass = Map.copyOf(byClass);
        this.readers = Map.copyOf(readers);
    }

    @Override
    public Set<String> types() {
        return readers.keySet();
    }

    @Override
    public Set<String> currentTypes() {
        return currentTypes;
    }

    @Override
    public String typeOf(E event) {
        return find(event).name();
    }

    @Override
    public Optional<String> typeOfClass(Class<?> event) {
        return Optional.ofNullable(byClass.get(event)).map(EventType::name);
    }

    @Override
    public String describe() {
        return byClass.values().stream()
                .map(type -> type.name() + "=" + type.serde().describe())
                .sorted()
                .collect(Collectors.joining(", ", "[", "]"));
    }

    @Override
    public void serialize(E event, BytesWriter out) {
        find(event).serialize(event, out);
    }

    @Override
    public E deserialize(String type, BytesView payload) {
        EventReader reader = readers.get(type);
        if (reader == null) {
            throw new SerdeException(
                    "No such type of event: type=" + type + " known=" + new TreeSet<>(types()),
                    type.startsWith("$")
                            ? "Events of such types are the store's own: pass over them, see"
                                    + " SystemEvents.isSystem."
                            : "Add it to the serde of the category; if it is not written any more,"
                                    + " with upcast(...).",
                    null);
        }
        return base.cast(reader.read(payload));
    }

    private EventType<? extends E> find(E event) {
        EventType<? extends E> entry = byClass.get(event.getClass());
        if (entry == null && event instanceof Enum<?> constant) {
            // A constant with a body has a class of its own.
            entry = byClass.get(constant.getDeclaringClass());
        }
        if (entry == null) {
            throw new SerdeException(
                    "This class of event has no name: class=" + event.getClass().getName(),
                    "Give it one with type(name, class, serde), record(name, class) or"
                            + " json(name, class).",
                    null);
        }
        return entry;
    }
}
