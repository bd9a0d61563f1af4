package io.varve.store.bytes;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * A read-only window on bytes that belong to somebody else: part of an array, or mapped memory lent
 * for the time of a callback. Offsets count from the window's first byte; numbers are
 * little-endian.
 *
 * <p>A view that was lent is taken back by emptying it: reading it later fails with an {@link
 * IndexOutOfBoundsException} instead of reading memory that is no longer there. What was made of a
 * view of memory with {@link #wrap(BytesView, int, int)} is taken back with it, also when that view
 * is pointed at something else. Keep what you need with {@link #toByteArray()}.
 *
 * <p>Not thread-safe: one thread at a time.
 */
public final class BytesView {
    private static final VarHandle SHORT =
            MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final byte[] NOTHING = {};

    /** Null while the window is on memory outside the heap. */
    private byte[] array = NOTHING;

    /** Index in the array, or address, of the window's first byte. */
    private long base;

    private int length;

    /** What this is a part of, if that is memory. */
    private BytesView parent;

    /** What was made of this; null as long as there was nothing, as in most views. */
    private List<BytesView> parts;

    /** An empty view, to be pointed at something. */
    public BytesView() {}

    /**
     * A view of a whole array.
     *
     * @param array whose bytes; not copied
     * @return a new view
     */
    public static BytesView of(byte[] array) {
        return new BytesView().wrap(array, 0, array.length);
    }

    /**
     * Points this view at part of an array.
     *
     * @param array whose bytes; not copied
     * @param offset index of the first byte
     * @param length how many
     * @return this
     */
    public BytesView wrap(byte[] array, int offset, int length) {
        if ((offset | length) < 0 || offset > array.length - length) {
            throw outOfBounds(offset, length, array.length);
        }
        return point(array, offset, length, null);
    }

    /**
     * Points this view at memory outside the heap. Not API: the caller vouches for the address.
     *
     * @param address of the first byte
     * @param length how many
     * @return this
     */
    public BytesView wrapMemory(long address, int length) {
        return point(null, address, length, null);
    }

    /**
     * Points this view at part of another. Where that is memory, this view is emptied when the
     * other is, or is pointed at something else.
     *
     * @param other whose bytes; not copied; may be this view
     * @param offset of the first byte within {@code other}
     * @param length how many
     * @return this
     */
    public BytesView wrap(BytesView other, int offset, int length) {
        other.check(offset, length);
        if (other == this || parts != null && other.isPartOf(this)) {
            array = other.array;
            base = other.base + offset;
            this.length = length;
            return this;
        }
        return point(other.array, other.base + offset, length, other.array == null ? other : null);
    }

    /**
     * Points this view at what another shows, and leaves it there when the other moves on. Not API:
     * the caller vouches that the bytes stay where they are.
     *
     * @param other whose bytes; not copied
     * @return this
     */
    public BytesView wrapLasting(BytesView other) {
        return point(other.array, other.base, other.length, null);
    }

    private BytesView point(byte[] newArray, long newBase, int newLength, BytesView whole) {
        if (parts != null) {
            takeBackParts();
        }
        if (whole != parent) {
            comeFrom(whole);
        }
        array = newArray;
        base = newBase;
        length = newLength;
        return this;
    }

    private void comeFrom(BytesView whole) {
        parent = whole;
        if (whole != null) {
            if (whole.parts == null) {
                whole.parts = new ArrayList<>(1);
            }
            whole.parts.add(this);
        }
    }

    private boolean isPartOf(BytesView whole) {
        BytesView next = parent;
        while (next != null && next != whole) {
            next = next.parent;
        }
        return next != null;
    }

    /** Parts of parts too, in a loop: who reads a list may have made each of the one before. */
    private void takeBackParts() {
        for (int i = 0; i < parts.size(); i++) {
            BytesView part = parts.get(i);
            if (part.parent == this) {
                part.parent = null;
                part.empty();
                if (part.parts != null) {
                    for (BytesView inner : part.parts) {
                        if (inner.parent == part) {
                            inner.parent = this;
                            parts.add(inner);
                        }
                    }
                    part.parts.clear();
                }
            }
        }
        parts.clear();
    }

    /** Empties the view and its parts, so that nothing can be read through them any more. */
    public void release() {
        empty();
        if (parts != null) {
            takeBackParts();
        }
    }

    private void empty() {
        length = 0;
        if (array != null) {
            array = NOTHING;
            base = 0;
        }
        // The address stays: a thread that reads here at this very moment, against the rules, reads
        // what
        // is mapped still instead of ending the process.
    }

    /**
     * How many bytes the window shows.
     *
     * @return 0 or more
     */
    public int length() {
        return length;
    }

    /**
     * Reads one byte.
     *
     * @param offset from the window's first byte
     * @return the byte
     */
    public byte getByte(int offset) {
        checkByte(offset);
        return array == null ? Memory.getByte(base + offset) : array[(int) base + offset];
    }

    /**
     * Reads two bytes.
     *
     * @param offset from the window's first byte
     * @return the value
     */
    public short getShort(int offset) {
        check(offset, Short.BYTES);
        return array == null
                ? Memory.getShort(base + offset)
                : (short) SHORT.get(array, (int) base + offset);
    }

    /**
     * Reads four bytes.
     *
     * @param offset from the window's first byte
     * @return the value
     */
    public int getInt(int offset) {
        check(offset, Integer.BYTES);
        return array == null
                ? Memory.getInt(base + offset)
                : (int) INT.get(array, (int) base + offset);
    }

    /**
     * Reads eight bytes.
     *
     * @param offset from the window's first byte
     * @return the value
     */
    public long getLong(int offset) {
        check(offset, Long.BYTES);
        return array == null
                ? Memory.getLong(base + offset)
                : (long) LONG.get(array, (int) base + offset);
    }

    /**
     * Reads a double.
     *
     * @param offset from the window's first byte
     * @return the value
     */
    public double getDouble(int offset) {
        return Double.longBitsToDouble(getLong(offset));
    }

    /**
     * Reads text.
     *
     * @param offset of its first byte
     * @param length of its UTF-8 form, in bytes
     * @return the text; bytes that are not UTF-8 become U+FFFD
     */
    public String getUtf8(int offset, int length) {
        check(offset, length);
        if (array != null) {
            return new String(array, (int) base + offset, length, StandardCharsets.UTF_8);
        }
        byte[] copy = new byte[length];
        Memory.copy(base + offset, copy, 0, length);
        return new String(copy, StandardCharsets.UTF_8);
    }

    /**
     * Copies bytes out.
     *
     * @param offset of the first byte
     * @param target where they go
     * @param targetOffset index of the first byte written
     * @param length how many
     */
    public void copyTo(int offset, byte[] target, int targetOffset, int length) {
        check(offset, length);
        if ((targetOffset | length) < 0 || targetOffset > target.length - length) {
            throw outOfBounds(targetOffset, length, target.length);
        }
        if (array != null) {
            System.arraycopy(array, (int) base + offset, target, targetOffset, length);
        } else {
            Memory.copy(base + offset, target, targetOffset, length);
        }
    }

    /**
     * Copies all bytes into memory. Not API: the caller vouches for the address.
     *
     * @param address where they go
     */
    public void copyToMemory(long address) {
        if (array != null) {
            Memory.copy(array, (int) base, address, length);
        } else {
            byte[] copy = toByteArray();
            Memory.copy(copy, 0, address, copy.length);
        }
    }

    /**
     * A copy that may be kept.
     *
     * @return a new array
     */
    public byte[] toByteArray() {
        byte[] copy = new byte[length];
        copyTo(0, copy, 0, length);
        return copy;
    }

    /**
     * Compares as LMDB does: byte by byte, unsigned, a prefix before what it is a prefix of.
     *
     * @param other what to compare with
     * @return negative, zero or positive
     */
    public int compareTo(BytesView other) {
        int common = Math.min(length, other.length);
        for (int i = 0; i < common; i++) {
            int difference = (getByte(i) & 0xff) - (other.getByte(i) & 0xff);
            if (difference != 0) {
                return difference;
            }
        }
        return length - other.length;
    }

    /**
     * Whether this begins with those bytes.
     *
     * @param prefix the bytes
     * @return true if it does
     */
    public boolean startsWith(BytesView prefix) {
        if (prefix.length > length) {
            return false;
        }
        for (int i = 0; i < prefix.length; i++) {
            if (getByte(i) != prefix.getByte(i)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof BytesView view && view.length == length && view.startsWith(this);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(toByteArray());
    }

    @Override
    public String toString() {
        return "BytesView[length=" + length + "]";
    }

    /**
     * The JIT knows this check and takes it out of loops over bytes, which it does with no other.
     */
    private void checkByte(int offset) {
        try {
            Objects.checkIndex(offset, length);
        } catch (IndexOutOfBoundsException e) {
            throw outOfBounds(offset, 1, length);
        }
    }

    private void check(int offset, int count) {
        if ((offset | count) < 0 || offset > length - count) {
            throw outOfBounds(offset, count, length);
        }
    }

    private static IndexOutOfBoundsException outOfBounds(int offset, int count, int length) {
        return new IndexOutOfBoundsException(
                "offset="
                        + offset
                        + " count="
                        + count
                        + " length="
                        + length
                        + (length == 0
                                ? " (a lent view is empty once its callback has ended)"
                                : ""));
    }
}
