package io.varve.store.serde;

import java.lang.reflect.Field;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What values of a class consist of, as one line: names and types of components, of all classes
 * that are reached, by their simple names. Bytes depend on nothing else of a class, so moving it,
 * or putting its components in another order, leaves the line as it is.
 *
 * <pre>
 *   Order{id:long, lines:List&lt;Line>} Line{article:String, count:int}
 * </pre>
 */
final class TypeShape {
    private final Map<String, String> shapes = new TreeMap<>();

    private TypeShape() {}

    /** Describes classes, each under a name, which may be empty, and what is reached from them. */
    static String of(Class<?> base, Map<String, Class<?>> named) {
        TypeShape shape = new TypeShape();
        String first = shape.name(base);
        String names =
                new TreeMap<>(named)
                        .entrySet().stream()
                                .map(one -> one.getKey() + "=" + shape.name(one.getValue()))
                                .collect(Collectors.joining(", ", "[", "]"));
        String rest = shape.shapes.values().stream().sorted().collect(Collectors.joining(" "));
        return first + (named.isEmpty() ? "" : names) + (rest.isEmpty() ? "" : " " + rest);
    }

    private String name(Type type) {
        if (type instanceof Class<?> plain) {
            return ofClass(plain);
        }
        if (type instanceof ParameterizedType generic) {
            return Arrays.stream(generic.getActualTypeArguments())
                    .map(this::name)
                    .collect(Collectors.joining(",", name(generic.getRawType()) + "<", ">"));
        }
        if (type instanceof GenericArrayType array) {
            return name(array.getGenericComponentType()) + "[]";
        }
        if (type instanceof WildcardType wildcard) {
            return name(wildcard.getUpperBounds()[0]);
        }
        return ((TypeVariable<?>) type).getName();
    }

    private String ofClass(Class<?> type) {
        if (type.isArray()) {
            return name(type.getComponentType()) + "[]";
        }
        String name = type.getSimpleName();
        boolean known = type.isPrimitive() || type.isEnum() || type.getName().startsWith("java");
        if (!known && shapes.putIfAbsent(type.getName(), "") == null) {
            String inside = String.join(", ", components(type).values());
            shapes.put(type.getName(), name + "{" + inside + "}");
        }
        return name;
    }

    private Map<String, String> components(Class<?> type) {
        Map<String, String> components = new TreeMap<>();
        if (type.isRecord()) {
            for (RecordComponent one : type.getRecordComponents()) {
                components.put(one.getName(), one.getName() + ":" + name(one.getGenericType()));
            }
        } else if (type.isSealed()) {
            for (Class<?> permitted : type.getPermittedSubclasses()) {
                components.put(permitted.getSimpleName(), name(permitted));
            }
        } else {
            for (Class<?> of = type; of != null && of != Object.class; of = of.getSuperclass()) {
                addFields(of, components);
            }
        }
        return components;
    }

    private void addFields(Class<?> type, Map<String, String> components) {
        for (Field field : type.getDeclaredFields()) {
            int ignored = Modifier.STATIC | Modifier.TRANSIENT;
            if ((field.getModifiers() & ignored) == 0 && !field.isSynthetic()) {
                components.putIfAbsent(
                        field.getName(), field.getName() + ":" + name(field.getGenericType()));
            }
        }
    }
}
