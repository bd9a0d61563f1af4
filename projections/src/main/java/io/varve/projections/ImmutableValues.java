package io.varve.projections;

import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.HashSet;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;

/**
 * Tells the classes whose objects nobody can change: boxes, texts, numbers, enums, those of {@code
 * java.time}, and records and sealed types of nothing else. What it does not know counts as
 * changeable: a list, also as a component of a record, and classes that are no records.
 */
final class ImmutableValues {
    private static final Set<Class<?>> KNOWN =
            Set.of(
                    Boolean.class,
                    Byte.class,
                    Character.class,
                    Short.class,
                    Integer.class,
                    Long.class,
                    Float.class,
                    Double.class,
                    String.class,
                    BigInteger.class,
                    BigDecimal.class,
                    UUID.class,
                    ZoneId.class,
                    OptionalInt.class,
                    OptionalLong.class,
                    OptionalDouble.class);

    /** Looked at once for each class. */
    private static final ClassValue<Boolean> IMMUTABLE =
            new ClassValue<>() {
                @Override
                protected Boolean computeValue(Class<?> type) {
                    return isImmutable(type, new HashSet<>());
                }
            };

    /** Looked at once for each class. */
    private static final ClassValue<Boolean> HOLDS_NOTHING =
            new ClassValue<>() {
                @Override
                protected Boolean computeValue(Class<?> type) {
                    return !type.isArray() && (isImmutable(type, new HashSet<>()) || isFlat(type));
                }
            };

    private ImmutableValues() {}

    static boolean isImmutable(Object value) {
        return IMMUTABLE.get(value.getClass());
    }

    /**
     * Whether objects of a class may hold a part of another one, so that they change when that is
     * changed.
     */
    static boolean mayHold(Class<?> type) {
        return !HOLDS_NOTHING.get(type);
    }

    /** Whether it has fields only that hold what nobody can change. */
    private static boolean isFlat(Class<?> type) {
        for (Class<?> one = type; one != null; one = one.getSuperclass()) {
            if (!Arrays.stream(one.getDeclaredFields())
                    .filter(field -> !Modifier.isStatic(field.getModifiers()))
                    .allMatch(field -> isImmutable(field.getType(), new HashSet<>()))) {
                return false;
            }
        }
        return true;
    }

    /**
     * Looks at a class, and at what it is made of.
     *
     * @param seen classes that are being looked at: one that contains itself is what the rest of it
     *     is
     */
    private static boolean isImmutable(Class<?> type, Set<Class<?>> seen) {
        if (type.isPrimitive() || KNOWN.contains(type) || isEnum(type) || isTime(type)) {
            return true;
        }
        if (!type.isRecord() && !type.isSealed()) {
            return false;
        }
        if (!seen.add(type)) {
            return true;
        }
        return type.isRecord()
                ? Arrays.stream(type.getRecordComponents())
                        .map(RecordComponent::getType)
                        .allMatch(component -> isImmutable(component, seen))
                : Modifier.isAbstract(type.getModifiers())
                        && Arrays.stream(type.getPermittedSubclasses())
                                .allMatch(subclass -> isImmutable(subclass, seen));
    }

    /** Also the class of a constant that has a body. */
    private static boolean isEnum(Class<?> type) {
        return Enum.class.isAssignableFrom(type) && type != Enum.class;
    }

    private static boolean isTime(Class<?> type) {
        return type.getPackageName().equals("java.time") && Modifier.isFinal(type.getModifiers());
    }
}
