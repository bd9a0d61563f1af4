package io.varve.store.serde;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Collects the names of classes that are written as JSON or CBOR under their names. One thread at a
 * time.
 *
 * <p>A value is written as an object with one property, whose name tells the class:
 *
 * <pre>
 *   Serdes.jsonTypes(Shape.class)
 *           .type("circle", Circle.class)          {"circle":{"radius":2}}
 *           .type("square", Square.class)          {"square":{"side":1}}
 *           .build();
 * </pre>
 *
 * <p>So are values of the base inside each other. The names of classes are never written.
 *
 * @param <B> what the values have in common
 */
public final class JsonSerdeBuilder<B> {
    private final Class<B> base;
    private final JsonForm form;
    private final Map<String, Class<?>> byName = new LinkedHashMap<>();

    JsonSerdeBuilder(Class<B> base, JsonForm form) {
        this.form = form;
        this.base = Objects.requireNonNull(base, "base");
    }

    /**
     * Names a class of values.
     *
     * @param name stable as long as the values live, 1 to 200 bytes of UTF-8
     * @param type a record or another class that is not abstract
     * @return this
     */
    public JsonSerdeBuilder<B> type(String name, Class<? extends B> type) {
        TypeNames.check(name, type);
        if (byName.containsValue(type)) {
            throw new IllegalArgumentException(
                    "Two names for one class; give it one: class=" + type.getName());
        }
        if (byName.putIfAbsent(name, type) != null) {
            throw new IllegalArgumentException(
                    "Two classes of one name; give each its own: type=" + name);
        }
        return this;
    }

    /**
     * Ends the list of classes.
     *
     * @return the serde
     * @throws IllegalArgumentException if no class was named, if the base is sealed and one of the
     *     classes it permits was not, or if Jackson has no way to read one of them
     * @throws io.varve.store.errors.LibraryMissingException if it needs a library that is missing
     */
    public Serde<B> build() {
        TypeNames.checkComplete(base, byName.values(), "type(name, class)");
        JsonTypeNames names = new JsonTypeNames(base, byName);
        JacksonVersion.check();
        var mapper = form.mapper(names);
        byName.values().forEach(type -> new JsonSerde<>(type, Map.of(), form, mapper));
        return new JsonSerde<>(base, byName, form, mapper);
    }
}
