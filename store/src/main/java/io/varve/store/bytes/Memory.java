package io.varve.store.bytes;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Locale;

/**
 * Raw access to memory outside the heap, by address. Not API: nothing here checks bounds, and a
 * wrong address ends the process. {@link BytesView} and the LMDB package are the only callers.
 *
 * <p>All values are little-endian, as is every machine LMDB's native library is shipped for.
 *
 * <p>Thread-safe in the way that memory is: plain reads and writes, no ordering.
 */
public final class Memory {
    /*
     * One source, compiled for 17, must serve 17 to 25 without a JVM flag and without a warning about
     * sun.misc.Unsafe. Up to 21 there is nothing but Unsafe; from 22 on there is the foreign-memory
     * API, and from 24 on Unsafe warns. So both are reached by name, once, and become constant method
     * handles of identical type, which the JIT inlines down to the plain load or store.
     */
    private static final MethodType TO_ARRAY_TYPE =
            MethodType.methodType(void.class, long.class, byte[].class, int.class, int.class);

    private static final MethodType FROM_ARRAY_TYPE =
            MethodType.methodType(void.class, byte[].class, int.class, long.class, int.class);
    private static final MethodType ADDRESS_OF_TYPE =
            MethodType.methodType(long.class, ByteBuffer.class);
    private static final MethodHandle GET_BYTE;
    private static final MethodHandle GET_SHORT;
    private static final MethodHandle GET_INT;
    private static final MethodHandle GET_LONG;
    private static final MethodHandle PUT_INT;
    private static final MethodHandle PUT_LONG;
    private static final MethodHandle TO_ARRAY;
    private static final MethodHandle FROM_ARRAY;
    private static final MethodHandle ADDRESS_OF;

    static {
        if (ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
            throw new ExceptionInInitializerError(
                    "This machine is big-endian, which Varve's file format and LMDB's native library"
                            + " do not support; use an x86-64 or AArch64 machine.");
        }
        try {
            Handles handles = Runtime.version().feature() >= 22 ? foreign() : unsafe();
            GET_BYTE = handles.getByte;
            GET_SHORT = handles.getShort;
            GET_INT = handles.getInt;
            GET_LONG = handles.getLong;
            PUT_INT = handles.putInt;
            PUT_LONG = handles.putLong;
            TO_ARRAY = handles.toArray;
            FROM_ARRAY = handles.fromArray;
            ADDRESS_OF = handles.addressOf;
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private Memory() {}

    /**
     * Reads one byte.
     *
     * @param address where
     * @return the byte
     */
    public static byte getByte(long address) {
        try {
            return (byte) GET_BYTE.invokeExact(address);
        } catch (Throwable e) {
            throw unreachable(e);
        }
    }

    /**
     * Reads two bytes.
     *
     * @param address where; need not be aligned
     * @return the value
     */
    public static short getShort(long address) {
        try {
            return (short) GET_SHORT.invokeExact(address);
        } catch (Throwable e) {
            throw unreachable(e);
        }
    }

    /**
     * Reads four bytes.
     *
     * @param address where; need not be aligned
     * @return the value
     */
    public static int getInt(long address) {
        try {
            return (int) GET_INT.invokeExact(address);
        } catch (Throwable e) {
            throw unreachable(e);
        }
    }

    /**
     * Reads eight bytes.
     *
     * @param address where; need not be aligned
     * @return the value
     */
    public static long getLong(long address) {
        try {
            return (long) GET_LONG.invokeExact(address);
        } catch (Throwable e) {
            throw unreachable(e);
        }
    }

    /**
     * Writes four bytes.
     *
     * @param address where; need not be aligned
     * @param value what
     */
    public static void putInt(long address, int value) {
        try {
            PUT_INT.invokeExact(address, value);
        } catch (Throwable e) {
            throw unreachable(e);
        }
    }

    /**
     * Writes eight bytes.
     *
     * @param address where; need not be aligned
     * @param value what
     */
    public static void putLong(long address, long value) {
        try {
            PUT_LONG.invokeExact(address, value);
        } catch (Throwable e) {
            throw unreachable(e);
        }
    }

    /**
     * Copies memory into an array.
     *
     * @param address where the bytes are
     * @param target where they go
     * @param offset index of the first byte written
     * @param length how many
     */
    public static void copy(long address, byte[] target, int offset, int length) {
        try {
            TO_ARRAY.invokeExact(address, target, offset, length);
        } catch (Throwable e) {
            throw unreachable(e);
        }
    }

    /**
     * Copies an array into memory.
     *
     * @param source where the bytes are
     * @param offset index of the first byte read
     * @param address where they go
     * @param length how many
     */
    public static void copy(byte[] source, int offset, long address, int length) {
        try {
            FROM_ARRAY.invokeExact(source, offset, address, length);
        } catch (Throwable e) {
            throw unreachable(e);
        }
    }

    /**
     * Where a direct buffer's memory begins. The address is good as long as the buffer is
     * reachable.
     *
     * @param direct a direct buffer
     * @return the address of its first byte
     */
    public static long addressOf(ByteBuffer direct) {
        try {
            return (long) ADDRESS_OF.invokeExact(direct);
        } catch (Throwable e) {
            throw unreachable(e);
        }
    }

    private static RuntimeException unreachable(Throwable e) {
        if (e instanceof Error error) {
            throw error;
        }
        return e instanceof RuntimeException runtime ? runtime : new IllegalStateException(e);
    }

    private record Handles(
            MethodHandle getByte,
            MethodHandle getShort,
            MethodHandle getInt,
            MethodHandle getLong,
            MethodHandle putInt,
            MethodHandle putLong,
            MethodHandle toArray,
            MethodHandle fromArray,
            MethodHandle addressOf) {}

    private static Handles unsafe() throws ReflectiveOperationException {
        Class<?> type = Class.forName("sun.misc.Unsafe");
        Field field = type.getDeclaredField("theUnsafe");
        field.setAccessible(true);
        Object unsafe = field.get(null);
        MethodHandle copy =
                bound(
                        unsafe,
                        type,
                        "copyMemory",
                        void.class,
                        Object.class,
                        long.class,
                        Object.class,
                        long.class,
                        long.class);
        long base = (int) type.getField("ARRAY_BYTE_BASE_OFFSET").get(null);
        MethodHandle at =
                MethodHandles.insertArguments(
                        MethodHandles.lookup()
                                .findStatic(
                                        Math.class,
                                        "addExact",
                                        MethodType.methodType(long.class, long.class, long.class)),
                        0,
                        base);
        MethodHandle index = at.asType(MethodType.methodType(long.class, int.class));
        MethodHandle toArray = MethodHandles.insertArguments(copy, 0, (Object) null);
        MethodHandle fromArray = MethodHandles.insertArguments(copy, 2, (Object) null);
        long addressField =
                (long)
                        type.getMethod("objectFieldOffset", Field.class)
                                .invoke(unsafe, Buffer.class.getDeclaredField("address"));
        MethodHandle addressOf =
                MethodHandles.insertArguments(
                        bound(unsafe, type, "getLong", long.class, Object.class, long.class),
                        1,
                        addressField);
        return new Handles(
                bound(unsafe, type, "getByte", byte.class, long.class),
                bound(unsafe, type, "getShort", short.class, long.class),
                bound(unsafe, type, "getInt", int.class, long.class),
                bound(unsafe, type, "getLong", long.class, long.class),
                bound(unsafe, type, "putInt", void.class, long.class, int.class),
                bound(unsafe, type, "putLong", void.class, long.class, long.class),
                MethodHandles.filterArguments(toArray, 2, index).asType(TO_ARRAY_TYPE),
                MethodHandles.filterArguments(fromArray, 1, index).asType(FROM_ARRAY_TYPE),
                addressOf.asType(ADDRESS_OF_TYPE));
    }

    private static Handles foreign() throws ReflectiveOperationException {
        Class<?> segment = Class.forName("java.lang.foreign.MemorySegment");
        Class<?> layout = Class.forName("java.lang.foreign.ValueLayout");
        Object all = everything(segment);
        MethodHandles.Lookup lookup = MethodHandles.lookup();
        Object bytes = layout.getField("JAVA_BYTE").get(null);
        MethodHandle toArray =
                lookup.findStatic(
                        segment,
                        "copy",
                        MethodType.methodType(
                                void.class,
                                segment,
                                layout,
                                long.class,
                                Object.class,
                                int.class,
                                int.class));
        MethodHandle fromArray =
                lookup.findStatic(
                        segment,
                        "copy",
                        MethodType.methodType(
                                void.class,
                                Object.class,
                                int.class,
                                segment,
                                layout,
                                long.class,
                                int.class));
        MethodHandle ofBuffer =
                lookup.findStatic(
                        segment, "ofBuffer", MethodType.methodType(segment, Buffer.class));
        // A segment of a buffer begins at the buffer's position, and it is its first byte that is
        // wanted.
        MethodHandle whole =
                lookup.findStatic(
                        Memory.class,
                        "whole",
                        MethodType.methodType(Buffer.class, ByteBuffer.class));
        MethodHandle address =
                lookup.findVirtual(segment, "address", MethodType.methodType(long.class));
        return new Handles(
                accessor(all, segment, layout, "get", "JAVA_BYTE", byte.class),
                accessor(all, segment, layout, "get", "JAVA_SHORT_UNALIGNED", short.class),
                accessor(all, segment, layout, "get", "JAVA_INT_UNALIGNED", int.class),
                accessor(all, segment, layout, "get", "JAVA_LONG_UNALIGNED", long.class),
                accessor(all, segment, layout, "set", "JAVA_INT_UNALIGNED", int.class),
                accessor(all, segment, layout, "set", "JAVA_LONG_UNALIGNED", long.class),
                MethodHandles.insertArguments(toArray, 0, all, bytes).asType(TO_ARRAY_TYPE),
                MethodHandles.insertArguments(fromArray, 2, all, bytes).asType(FROM_ARRAY_TYPE),
                MethodHandles.filterReturnValue(
                                MethodHandles.filterArguments(ofBuffer, 0, whole), address)
                        .asType(ADDRESS_OF_TYPE));
    }

    private static Buffer whole(ByteBuffer buffer) {
        return buffer.duplicate().clear();
    }

    /** The segment from address 0 to the end of the address space. */
    private static Object everything(Class<?> segment) throws ReflectiveOperationException {
        Object nothing = segment.getField("NULL").get(null);
        MethodHandle reinterpret =
                MethodHandles.lookup()
                        .findVirtual(
                                segment, "reinterpret", MethodType.methodType(segment, long.class));
        try {
            return reinterpret.invoke(nothing, Long.MAX_VALUE);
        } catch (Throwable e) {
            throw unreachable(e);
        }
    }

    private static MethodHandle accessor(
            Object all, Class<?> segment, Class<?> layout, String verb, String name, Class<?> value)
            throws ReflectiveOperationException {
        boolean get = verb.equals("get");
        Object constant = layout.getField(name).get(null);
        String simple = value.getName().substring(0, 1).toUpperCase(Locale.ROOT);
        Class<?> of =
                Class.forName(layout.getName() + "$Of" + simple + value.getName().substring(1));
        MethodType type =
                get
                        ? MethodType.methodType(value, of, long.class)
                        : MethodType.methodType(void.class, of, long.class, value);
        MethodHandle access = MethodHandles.lookup().findVirtual(segment, verb, type);
        return MethodHandles.insertArguments(access, 0, all, constant);
    }

    private static MethodHandle bound(
            Object receiver, Class<?> type, String name, Class<?> result, Class<?>... parameters)
            throws ReflectiveOperationException {
        return MethodHandles.lookup()
                .findVirtual(type, name, MethodType.methodType(result, parameters))
                .bindTo(receiver);
    }
}
