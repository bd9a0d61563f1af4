package io.varve.store.serde;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Collects the types of a category's events. One thread at a time.
 *
 * <p>An event is written under the name of its class, once and for ever. Where a type changes more
 * than its serde can bridge, the new shape gets a new name, and the old name an upcaster:
 *
 * <pre>{@code
 * EventSerde.of(OrderEvent.class)
 *         .record("OrderPlaced.v3", OrderPlaced.class)
 *         .upcastRecord("OrderPlaced.v2", PlacedV2.class, OrderPlaced.class,
 *                 old -> new OrderPlaced(old.id(), old.cents(), "EUR"))
 *         .upcastJson("OrderPlaced", PlacedV1.class, PlacedV2.class,
 *                 old -> new PlacedV2(old.id(), old.euros() * 100))
 *         .build();
 * }</pre>
 *
 * <p>Old names are read and never written. Upcasters form chains: each leads to the next shape, one
 * old event to one new event. So a further version needs one more upcaster, and no change to those
 * there are.
 *
 * @param <E> what the events have in common
 */
public final class EventSerdeBuilder<E> {
    private final Class<E> base;
    private final Map<Class<?>, EventType<? extends E>> byClass = new LinkedHashMap<>();
    private final Map<String, OldEventType<?, ?>> old = new LinkedHashMap<>();
    private final Map<String, Class<?>> aliases = new LinkedHashMap<>();
    private final Set<String> names = new LinkedHashSet<>();

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
        EventType<T> entry = new EventType<>(name, type, Objects.requireNonNull(serde, "serde"));
        if (byClass.containsKey(type)) {
            throw new IllegalArgumentException(
                    "Two names for one class; give it one, and for an old name call alias(name,"
                            + " class): class="
                            + type.getName());
        }
        takeName(name);
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
     * Says how events of an old type are read. They are never written any more.
     *
     * @param oldName as it stands in the log
     * @param from the old shape; it need not be an event of the base any more
     * @param to the next newer shape: a class that is written, the {@code from} of another
     *     upcaster, or, where one old type became several, a supertype of those
     * @param serde for the old shape, as it was written
     * @param upcaster turns the old shape into the newer
     * @param <O> the old shape
     * @param <N> the newer shape
     * @return this
     */
    public <O, N> EventSerdeBuilder<E> upcast(
            String oldName,
            Class<O> from,
            Class<N> to,
            Serde<O> serde,
            Upcaster<? super O, ? extends N> upcaster) {
        TypeNames.check(oldName);
        Objects.requireNonNull(from, "from");
        Objects.requireNonNull(to, "to");
        Objects.requireNonNull(serde, "serde");
        Objects.requireNonNull(upcaster, "upcaster");
        takeName(oldName);
        old.put(oldName, new OldEventType<>(oldName, from, to, serde, upcaster));
        return this;
    }

    /**
     * Says how events of an old type that was written as JSON are read; see {@link #upcast}.
     *
     * @param oldName as it stands in the log
     * @param from the old shape
     * @param to the next newer shape
     * @param upcaster turns the old shape into the newer
     * @param <O> the old shape
     * @param <N> the newer shape
     * @return this
     */
    public <O, N> EventSerdeBuilder<E> upcastJson(
            String oldName, Class<O> from, Class<N> to, Upcaster<? super O, ? extends N> upcaster) {
        return upcast(oldName, from, to, Serdes.json(from), upcaster);
    }

    /**
     * Says how events of an old type that was written in the record format are read; see {@link
     * #upcast}.
     *
     * @param oldName as it stands in the log
     * @param from the old shape, a record
     * @param to the next newer shape
     * @param upcaster turns the old shape into the newer
     * @param <O> the old shape
     * @param <N> the newer shape
     * @return this
     */
    public <O, N> EventSerdeBuilder<E> upcastRecord(
            String oldName, Class<O> from, Class<N> to, Upcaster<? super O, ? extends N> upcaster) {
        return upcast(oldName, from, to, Serdes.record(from), upcaster);
    }

    /**
     * Tells that a type had another name once, and the same bytes. It is read under both, and
     * written under the new one.
     *
     * @param oldName as it stands in the log
     * @param type a class that is written, or the {@code from} of an upcaster
     * @return this
     */
    public EventSerdeBuilder<E> alias(String oldName, Class<?> type) {
        TypeNames.check(oldName);
        Objects.requireNonNull(type, "type");
        takeName(oldName);
        aliases.put(oldName, type);
        return this;
    }

    private void takeName(String name) {
        if (!names.add(name)) {
            throw new IllegalArgumentException(
                    "Two types of one name; give each its own: type=" + name);
        }
    }

    /**
     * Ends the list of types.
     *
     * @return the serde
     * @throws IllegalArgumentException if no type was named, if the base is sealed and one of the
     *     classes it permits was not, for which old types do not count, or if upcasters lead to a
     *     class that is not written
     */
    public EventSerde<E> build() {
        TypeNames.checkComplete(
                base,
                byClass.keySet(),
                "record(name, class), json(name, class) or type(name, class, serde)");
        EventReaders readers = new EventReaders(base, byClass, old.values());
        return new TypedEventSerde<>(base, byClass, readers.byName(aliases));
    }
}
