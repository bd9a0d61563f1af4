package io.varve.store.serde;

import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;

/** What the builders check alike of names and of the classes they stand for. */
final class TypeNames {
    private static final int MAX_BYTES = 200;

    private TypeNames() {}

    static void check(String name, Class<?> type) {
        Objects.requireNonNull(type, "type");
        check(name);
        checkConcrete(name, type);
    }

    static void check(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        if (bytes.length == 0
                || bytes.length > MAX_BYTES
                || !new String(bytes, StandardCharsets.UTF_8).equals(name)) {
            throw new IllegalArgumentException(
                    "The name of a type has 1 to "
                            + MAX_BYTES
                            + " bytes of UTF-8 and no lone surrogate: type="
                            + name);
        }
    }

    private static void checkConcrete(String name, Class<?> type) {
        if (!isConcrete(type)) {
            throw new IllegalArgumentException(
                    "No value has exactly this class, it is abstract; name the classes below it: type="
                            + name
                            + " class="
                            + type.getName());
        }
    }

    /**
     * Refuses a sealed base if one of the classes below it has no name.
     *
     * @param call how the caller's user gives a name, as it is to be written
     */
    static void checkComplete(Class<?> base, Collection<? extends Class<?>> named, String call) {
        if (named.isEmpty()) {
            throw new IllegalArgumentException(
                    "No type was named; name one at least, with "
                            + call
                            + ": base="
                            + base.getName());
        }
        List<String> missing = new ArrayList<>();
        if (base.isSealed()) {
            collect(base, named, missing);
        }
        if (!missing.isEmpty()) {
            throw new IllegalArgumentException(
                    "A sealed type permits classes without a name; name each, with "
                            + call
                            + ": base="
                            + base.getName()
                            + " missing="
                            + missing);
        }
    }

    private static void collect(
            Class<?> type, Collection<? extends Class<?>> named, List<String> missing) {
        // The open end of a hierarchy may be abstract and below it anything; values then tell.
        if (isConcrete(type) && !named.contains(type) && !missing.contains(type.getName())) {
            missing.add(type.getName());
        }
        // An enum whose constants have bodies is sealed as well, but its constants are of one type.
        if (type.isSealed() && !type.isEnum()) {
            for (Class<?> permitted : type.getPermittedSubclasses()) {
                collect(permitted, named, missing);
            }
        }
    }

    static boolean isConcrete(Class<?> type) {
        return type.isEnum() || !Modifier.isAbstract(type.getModifiers());
    }
}
