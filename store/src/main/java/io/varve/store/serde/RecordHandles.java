package io.varve.store.serde;

import io.varve.store.bytes.BytesWriter;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;
import java.util.List;

/**
 * Puts a record's accessors and constructor together into one method handle each way, without
 * boxing. The JDK compiles such a handle, after some calls, as if its parts were constants.
 */
final class RecordHandles {
    private static final Lookup OWN = MethodHandles.lookup();
    private static final MethodHandle WRITE =
            find(Field.class, "write", void.class, Object.class, BytesWriter.class, int.class);
    private static final MethodHandle WRITE_PRIMITIVE =
            find(Primitive.class, "write", void.class, int.class, long.class, BytesWriter.class);
    private static final MethodHandle READ =
            find(Field.class, "readInOrder", void.class, RecordReader.class, Frame.class);
    private static final MethodHandle READ_WHOLE =
            find(Field.class, "readWholeInOrder", void.class, RecordReader.class, Frame.class);
    private static final MethodHandle READ_REST =
            find(RecordCodec.class, "readRest", void.class, RecordReader.class, Frame.class);
    private static final MethodHandle BITS =
            findStatic(Frame.class, "bits", long.class, int.class, Frame.class);
    private static final MethodHandle REFERENCE =
            findStatic(Frame.class, "reference", Object.class, int.class, Frame.class);
    private static final MethodHandle FLOAT_TO_BITS =
            findStatic(Float.class, "floatToIntBits", int.class, float.class);
    private static final MethodHandle FLOAT_OF_BITS =
            findStatic(Float.class, "intBitsToFloat", float.class, int.class);
    private static final MethodHandle DOUBLE_TO_BITS =
            findStatic(Double.class, "doubleToLongBits", long.class, double.class);
    private static final MethodHandle DOUBLE_OF_BITS =
            findStatic(Double.class, "longBitsToDouble", double.class, long.class);

    private RecordHandles() {}

    /** (Object record, BytesWriter out, int depth)void: writes all fields in order. */
    static MethodHandle writer(Class<?> type, List<Field> fields) throws IllegalAccessException {
        Lookup lookup = MethodHandles.privateLookupIn(type, OWN);
        MethodHandle chain =
                MethodHandles.empty(
                        MethodType.methodType(void.class, type, BytesWriter.class, int.class));
        for (int i = fields.size() - 1; i >= 0; i--) {
            Field field = fields.get(i);
            MethodHandle accessor = lookup.unreflect(field.component().getAccessor());
            chain = MethodHandles.foldArguments(chain, writer(field, accessor));
        }
        return chain.asType(chain.type().changeParameterType(0, Object.class));
    }

    private static MethodHandle writer(Field field, MethodHandle accessor) {
        if (field.primitive() == null) {
            MethodHandle write = WRITE.bindTo(field);
            return MethodHandles.filterArguments(
                    write, 0, accessor.asType(accessor.type().changeReturnType(Object.class)));
        }
        MethodHandle write =
                MethodHandles.insertArguments(WRITE_PRIMITIVE, 0, field.primitive(), field.tag());
        return MethodHandles.dropArguments(
                MethodHandles.filterArguments(write, 0, toBits(field.primitive(), accessor)),
                2,
                int.class);
    }

    private static MethodHandle toBits(Primitive primitive, MethodHandle accessor) {
        MethodHandle bits =
                switch (primitive) {
                    case FLOAT -> MethodHandles.filterReturnValue(accessor, FLOAT_TO_BITS);
                    case DOUBLE -> MethodHandles.filterReturnValue(accessor, DOUBLE_TO_BITS);
                    default -> accessor;
                };
        return MethodHandles.explicitCastArguments(bits, bits.type().changeReturnType(long.class));
    }

    /** (RecordReader in, Frame empty)Object: reads all fields and calls the constructor. */
    static MethodHandle reader(Class<?> type, List<Field> fields, RecordCodec codec)
            throws IllegalAccessException, NoSuchMethodException {
        MethodHandle chain =
                MethodHandles.dropArguments(constructor(type, fields), 0, RecordReader.class);
        chain = MethodHandles.foldArguments(chain, READ_REST.bindTo(codec));
        for (int i = fields.size() - 1; i >= 0; i--) {
            Field field = fields.get(i);
            boolean whole = field.primitive() != null && field.primitive().isWhole();
            MethodHandle read = whole ? READ_WHOLE : READ;
            chain = MethodHandles.foldArguments(chain, read.bindTo(field));
        }
        return chain;
    }

    /** (Frame)Object: calls the canonical constructor. */
    private static MethodHandle constructor(Class<?> type, List<Field> fields)
            throws IllegalAccessException, NoSuchMethodException {
        MethodHandle constructor =
                MethodHandles.privateLookupIn(type, OWN)
                        .findConstructor(
                                type,
                                MethodType.methodType(
                                        void.class,
                                        fields.stream()
                                                .<Class<?>>map(field -> field.component().getType())
                                                .toList()));
        // Each argument comes from its slot, in whatever order they are evaluated.
        MethodHandle[] arguments =
                fields.stream().map(RecordHandles::argument).toArray(MethodHandle[]::new);
        MethodHandle filtered = MethodHandles.filterArguments(constructor, 0, arguments);
        MethodType ofFrame = MethodType.methodType(type, Frame.class);
        return MethodHandles.permuteArguments(filtered, ofFrame, new int[arguments.length])
                .asType(MethodType.methodType(Object.class, Frame.class));
    }

    private static MethodHandle argument(Field field) {
        Class<?> type = field.component().getType();
        if (field.primitive() == null) {
            MethodHandle get = MethodHandles.insertArguments(REFERENCE, 0, field.slot());
            return get.asType(get.type().changeReturnType(type));
        }
        MethodHandle get = MethodHandles.insertArguments(BITS, 0, field.slot());
        return switch (field.primitive()) {
            case FLOAT -> MethodHandles.filterReturnValue(cast(get, int.class), FLOAT_OF_BITS);
            case DOUBLE -> MethodHandles.filterReturnValue(get, DOUBLE_OF_BITS);
            default -> cast(get, type);
        };
    }

    private static MethodHandle cast(MethodHandle handle, Class<?> result) {
        return MethodHandles.explicitCastArguments(handle, handle.type().changeReturnType(result));
    }

    private static MethodHandle find(
            Class<?> owner, String name, Class<?> result, Class<?>... parameters) {
        try {
            return OWN.findVirtual(owner, name, MethodType.methodType(result, parameters));
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private static MethodHandle findStatic(
            Class<?> owner, String name, Class<?> result, Class<?>... parameters) {
        try {
            return OWN.findStatic(owner, name, MethodType.methodType(result, parameters));
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }
}
