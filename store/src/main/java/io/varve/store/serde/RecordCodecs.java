package io.varve.store.serde;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Makes the codecs of a class and of all that is reachable from it. Used once. */
final class RecordCodecs {
    private final Map<Class<?>, String> names;
    private final Map<Class<?>, RecordEvolution> evolutions;

    /** Of records, sealed interfaces and enums: each is made once, and may refer to itself. */
    private final Map<Class<?>, Codec> made = new HashMap<>();

    RecordCodecs(Map<Class<?>, String> names, Map<Class<?>, RecordEvolution> evolutions) {
        this.names = names;
        this.evolutions = evolutions;
    }

    Codec of(Class<?> root) {
        if (!root.isRecord() && !isSealedInterface(root)) {
            throw new IllegalArgumentException(
                    "Neither a record nor a sealed interface; make it one, or use another serde:"
                            + " class="
                            + root.getName());
        }
        Codec codec = root.isRecord() ? record(root) : sealed(root);
        refuseUnused(names.keySet(), "type");
        refuseUnused(evolutions.keySet(), "alias, removed or defaultValue");
        return codec;
    }

    private void refuseUnused(Collection<Class<?>> classes, String method) {
        for (Class<?> type : classes) {
            if (!made.containsKey(type)) {
                throw new IllegalArgumentException(
                        "This class is not reached from the base; take away the call of "
                                + method
                                + ": class="
                                + type.getName());
            }
        }
    }

    private static boolean isSealedInterface(Class<?> type) {
        return type.isInterface() && type.isSealed();
    }

    private RecordCodec record(Class<?> type) {
        Codec known = made.get(type);
        if (known != null) {
            return (RecordCodec) known;
        }
        if (type.getTypeParameters().length > 0) {
            throw new IllegalArgumentException(
                    "A generic record does not tell the types of its components; use one without"
                            + " type parameters: class="
                            + type.getName());
        }
        RecordCodec codec = new RecordCodec(type);
        made.put(type, codec);
        List<Field> fields = new ArrayList<>();
        int primitives = 0;
        int references = 0;
        for (RecordComponent component : type.getRecordComponents()) {
            int tag = WireType.tag(component.getName());
            Primitive primitive = primitive(component.getType());
            if (primitive != null) {
                fields.add(new Field(component, tag, primitive, null, primitives++));
            } else {
                Codec value = codec(component.getGenericType(), component);
                fields.add(new Field(component, tag, null, value, references++));
            }
        }
        RecordEvolution evolution = evolutions.getOrDefault(type, new RecordEvolution());
        RecordFields all = new RecordFields(type, fields, evolution);
        codec.complete(all, all.defaults(new Frame(primitives, references)));
        return codec;
    }

    private static Primitive primitive(Class<?> type) {
        for (Primitive primitive : Primitive.values()) {
            if (primitive.type == type) {
                return primitive;
            }
        }
        return null;
    }

    private Codec sealed(Class<?> base) {
        Codec known = made.get(base);
        if (known != null) {
            return known;
        }
        List<Class<?>> records = new ArrayList<>();
        collect(base, base, records);
        TypeNames.checkComplete(base, names.keySet(), "Serdes.recordTypes(base).type(name, class)");
        NamedCodec codec = new NamedCodec(base);
        made.put(base, codec);
        for (Class<?> type : records) {
            codec.add(names.get(type), record(type));
        }
        return codec;
    }

    private static void collect(Class<?> base, Class<?> type, List<Class<?>> records) {
        for (Class<?> permitted : type.getPermittedSubclasses()) {
            if (isSealedInterface(permitted)) {
                collect(base, permitted, records);
            } else if (!permitted.isRecord()) {
                throw new IllegalArgumentException(
                        "A sealed interface permits what is no record; make it one, or use"
                                + " Serdes.jsonTypes: base="
                                + base.getName()
                                + " class="
                                + permitted.getName());
            } else if (!records.contains(permitted)) {
                records.add(permitted);
            }
        }
    }

    private Codec codec(Type type, RecordComponent where) {
        if (type instanceof ParameterizedType generic) {
            return generic(generic, where);
        }
        if (!(type instanceof Class<?> plain)) {
            throw unsupported(type, where);
        }
        Codec scalar = ScalarCodec.of(plain);
        if (scalar != null) {
            return scalar;
        }
        if (plain.isEnum()) {
            return made.computeIfAbsent(plain, EnumCodec::new);
        }
        if (plain.isRecord()) {
            return record(plain);
        }
        if (isSealedInterface(plain)) {
            return sealed(plain);
        }
        throw unsupported(type, where);
    }

    private Codec generic(ParameterizedType type, RecordComponent where) {
        Type[] arguments = type.getActualTypeArguments();
        Type raw = type.getRawType();
        if (raw == List.class) {
            return new ListCodec(codec(arguments[0], where));
        }
        if (raw == Set.class) {
            return new SetCodec(codec(arguments[0], where));
        }
        if (raw == Map.class) {
            return new MapCodec(codec(arguments[0], where), codec(arguments[1], where));
        }
        if (raw == Optional.class) {
            Codec value = codec(arguments[0], where);
            if (!(value instanceof OptionalCodec)) {
                return new OptionalCodec(value);
            }
        }
        throw unsupported(type, where);
    }

    private static IllegalArgumentException unsupported(Type type, RecordComponent where) {
        return new IllegalArgumentException(
                "A component's type has no form in the record format: class="
                        + where.getDeclaringRecord().getName()
                        + " component="
                        + where.getName()
                        + " type="
                        + type.getTypeName()
                        + ". Use a primitive or its box, String, byte[], an enum, UUID, Instant,"
                        + " LocalDate, LocalDateTime, Duration, BigInteger, BigDecimal, a record, a"
                        + " sealed interface of records, or Optional, List, Set or Map of these with"
                        + " their types; or another serde such as Serdes.json.");
    }
}
