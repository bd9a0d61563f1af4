package io.varve.store.serde;

import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.errors.SerdeException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Collects the types of a category's events. One thread at a time.
 *
 * @param <E> what the events have in common
 */
public final class EventSerdeBuilder<E> {
    private final Class<E> base;
    private final Map<String, Type<? extends E>> byName = new LinkedHashMap<>();
    private final Map<Class<?>, Type<? extends E>> byClass = new HashMap<>();

    EventSerdeBuilder(Class<E> base) {
        this.base = Objects.requireNonNull(base, "base");
    }

    /**
     * Names a type of event and says how it becomes bytes.
     *
     * @param name stable for ever, 1 to 200 bytes of UTF-8: it is written to the log
     * @param type the class of such events, exactly: not abstract, and not a subclass of it
     * @param serde for them
     * @param <T> the class
     * @return this
     */
    public <T extends E> EventSerdeBuilder<E> type(String name, Class<T> type, Serde<T> serde) {
        TypeNames.check(name, type);
        Type<T> entry = new Type<>(name, type, Objects.requireNonNull(serde, "serde"));
        if (byClass.containsKey(type)) {
            throw new IllegalArgumentException(
                    "Two names for one class; give it one: class=" + type.getName());
        }
        if (byName.putIfAbsent(name, entry) != null) {
            throw new IllegalArgumentException(
                    "Two types of one name; give each its own: type=" + name);
        }
        byClass.put(type, entry);
        return this;
    }

    /**
     * Names a type of event that is written as JSON.
     *
     * @param name stable for ever, 1 to 200 bytes of UTF-8: it is written to the log
     * @param type a record, or another class that Jackson can read and write
     * @param <T> the class
     * @return this
     */
    public <T extends E> EventSerdeBuilder<E> json(String name, Class<T> type) {
        return type(name, type, Serdes.json(type));
    }

    /**
     * Names a type of event that is written in the record format: smaller and faster than JSON.
     *
     * @param name stable for ever, 1 to 200 bytes of UTF-8: it is written to the log
     * @param type a record; see {@link Serdes#record} for what its components may be
     * @param <T> the class
     * @return this
     */
    public <T extends E> EventSerdeBuilder<E> record(String name, Class<T> type) {
        return type(name, type, Serdes.record(type));
    }

    /**
     * Ends the list of types.
     *
     * @return the serde
     * @throws IllegalArgumentException if no type was named, or if the base is sealed and one of
     *     the classes it permits was not
     */
    public EventSerde<E> build() {
        TypeNames.checkComplete(base, byClass.keySet());
        return new TypedEventSerde<>(base, Map.copyOf(byName), Map.copyOf(byClass));
    }

    private record Type<T>(String name, Class<T> type, Serde<T> serde) {
        void serialize(Object event, BytesWriter out) {
            serde.serialize(type.cast(event), out);
        }
    }

    private record TypedEventSerde<E>(
            Class<E> base,
            Map<String, Type<? extends E>> byName,
            Map<Class<?>, Type<? extends E>> byClass)
            implements EventSerde<E> {
        @Override
        public Set<String> types() {
            return byName.keySet();
        }

        @Override
        public String typeOf(E event) {
            return find(event).name();
        }

        @Override
        public void serialize(E event, BytesWriter out) {
            find(event).serialize(event, out);
        }

        @Override
        public E deserialize(String type, BytesView payload) {
            Type<? extends E> entry = byName.get(type);
            if (entry == null) {
                throw new SerdeException(
                        "No such type of event: type=" + type + " known=" + byName.keySet(),
                        "Add it to the serde of the category.",
                        null);
            }
            return entry.serde().deserialize(payload);
        }

        private Type<? extends E> find(E event) {
            Type<? extends E> entry = byClass.get(event.getClass());
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
}
