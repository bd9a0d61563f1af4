package io.varve.store.serde;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Collects what the record format cannot see in a class: the names of records below sealed
 * interfaces, and what a record was before. One thread at a time.
 *
 * <pre>
 *   Serdes.recordTypes(Order.class)                    record Order(long id, Payment payment) {}
 *           .type("card", Card.class)                  sealed interface Payment {}
 *           .type("cash", Cash.class)                  record Card(String number) implements Payment {}
 *           .alias(Card.class, "pan", "number")        record Cash() implements Payment {}
 *           .build();
 * </pre>
 *
 * <p>All that is named must be reached from the base, through components, their type arguments and
 * permitted records.
 *
 * @param <B> the values
 */
public final class RecordSerdeBuilder<B> {
    private final Class<B> base;
    private final Map<Class<?>, String> names = new LinkedHashMap<>();
    private final Map<Class<?>, RecordEvolution> evolutions = new HashMap<>();

    RecordSerdeBuilder(Class<B> base) {
        this.base = Objects.requireNonNull(base, "base");
    }

    /**
     * Names a record that a sealed interface permits. Its bytes hold a number made from the name.
     *
     * @param name stable as long as the values live, 1 to 200 bytes of UTF-8
     * @param type the record
     * @return this
     */
    public RecordSerdeBuilder<B> type(String name, Class<? extends Record> type) {
        TypeNames.check(name, type);
        if (names.containsValue(name)) {
            throw new IllegalArgumentException(
                    "Two classes of one name; give each its own: type=" + name);
        }
        if (names.putIfAbsent(type, name) != null) {
            throw new IllegalArgumentException(
                    "Two names for one class; give it one: class=" + type.getName());
        }
        return this;
    }

    /**
     * Tells that a component had another name once. It is read under both, and written under the
     * new one.
     *
     * @param type the record
     * @param oldName which no component has
     * @param component its name now
     * @return this
     */
    public RecordSerdeBuilder<B> alias(
            Class<? extends Record> type, String oldName, String component) {
        Objects.requireNonNull(component, "component");
        Map<String, String> aliases = evolution(type).aliases;
        if (aliases.putIfAbsent(Objects.requireNonNull(oldName, "oldName"), component) != null) {
            throw new IllegalArgumentException(
                    "Two components of one old name; give it to one: class="
                            + type.getName()
                            + " oldName="
                            + oldName);
        }
        return this;
    }

    /**
     * Tells that a record had a component once. Old values are read without this call as well; but
     * with it the name, and any that would be mistaken for it, is refused for a new component.
     *
     * @param type the record
     * @param oldName which no component has
     * @return this
     */
    public RecordSerdeBuilder<B> removed(Class<? extends Record> type, String oldName) {
        evolution(type).removed.add(Objects.requireNonNull(oldName, "oldName"));
        return this;
    }

    /**
     * Says what a component is in values that were written before it was added. Without this call
     * that is 0, false, an empty {@code Optional}, {@code List}, {@code Set} or {@code Map}, or
     * null.
     *
     * @param type the record
     * @param component which
     * @param value of the component's type; shared by all values that are read
     * @return this
     */
    public RecordSerdeBuilder<B> defaultValue(
            Class<? extends Record> type, String component, Object value) {
        evolution(type)
                .defaults
                .put(
                        Objects.requireNonNull(component, "component"),
                        Objects.requireNonNull(value, "value"));
        return this;
    }

    private RecordEvolution evolution(Class<?> type) {
        return evolutions.computeIfAbsent(
                Objects.requireNonNull(type, "type"), key -> new RecordEvolution());
    }

    /**
     * Looks at the classes, once.
     *
     * @return the serde
     * @throws IllegalArgumentException if a class or component has no form in the record format, if
     *     a sealed interface permits a record without a name, or if what was told does not fit the
     *     classes
     */
    public Serde<B> build() {
        Map<String, Class<?>> named = new HashMap<>();
        names.forEach((type, name) -> named.put(name, type));
        return new RecordSerde<>(base, named, new RecordCodecs(names, evolutions).of(base));
    }
}
