package io.varve.store.bytes;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes bytes, one after the other, into an array that grows and is used again after {@link
 * #reset()}. Numbers are little-endian, or big-endian where the method says {@code Ordered}.
 *
 * <p>Not thread-safe: one thread at a time.
 */
public final class BytesWriter {
    private static final VarHandle SHORT =
            MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    /** The largest array every JVM grants. */
    private static final int MOST = Integer.MAX_VALUE - 8;

    private static final int NOT_LENT = -1;

    private final BytesView view = new BytesView();
    private byte[] array;
    private int size;

    /** What was written before it was lent; nothing of that can change. */
    private int kept = NOT_LENT;

    /** A writer that begins with 256 bytes of room. */
    public BytesWriter() {
        this(256);
    }

    /**
     * A writer with room to begin with.
     *
     * @param capacity in bytes, 0 or more
     */
    public BytesWriter(int capacity) {
        array = new byte[capacity];
    }

    /**
     * How many bytes were written since the last reset.
     *
     * @return 0 or more
     */
    public int size() {
        return size;
    }

    /**
     * Lends the writer to somebody, a serde for instance, who is to write behind what it holds:
     * until {@link #takeBack} what it holds now can be neither forgotten nor overwritten.
     *
     * @return this
     * @throws IllegalStateException if it is lent already
     */
    public BytesWriter lend() {
        if (isLent()) {
            throw new IllegalStateException("The writer is lent already: size=" + size);
        }
        kept = size;
        return this;
    }

    /** Ends {@link #lend}; does nothing where it is not lent. */
    public void takeBack() {
        kept = NOT_LENT;
    }

    /**
     * Whether somebody writes behind what is to stay.
     *
     * @return from {@link #lend} to {@link #takeBack}
     */
    public boolean isLent() {
        return kept != NOT_LENT;
    }

    /**
     * Forgets what was written and keeps the room.
     *
     * @return this
     * @throws IllegalStateException if it is lent, and held something before: that is another's
     */
    public BytesWriter reset() {
        if (kept > 0) {
            throw new IllegalStateException(
                    "Write behind what the writer holds, it is not yours alone: size=" + kept);
        }
        size = 0;
        return this;
    }

    /**
     * Forgets what was written behind a point.
     *
     * @param newSize between 0, or what it held when it was lent, and {@link #size()}
     */
    public void truncate(int newSize) {
        if (newSize < Math.max(0, kept) || newSize > size) {
            throw new IndexOutOfBoundsException(
                    "newSize=" + newSize + " size=" + size + keptText());
        }
        size = newSize;
    }

    /**
     * Makes room, so that what is written next up to there moves nothing.
     *
     * @param more bytes that are about to be written
     */
    public void ensure(int more) {
        if (more > array.length - size) {
            grow(more);
        }
    }

    /**
     * Leaves room for bytes that are set later; until then they are what they happen to be.
     *
     * @param length how many
     * @return this
     */
    public BytesWriter skip(int length) {
        ensure(length);
        size += length;
        return this;
    }

    private void grow(int more) {
        if (more > MOST - size) {
            throw new IllegalArgumentException(
                    "A value of more than 2 GiB cannot be written: size=" + size + " more=" + more);
        }
        array = Arrays.copyOf(array, (int) Math.min(MOST, Math.max(size + more, size * 2L + 64)));
    }

    /**
     * Writes one byte.
     *
     * @param value of which the low 8 bits are written
     * @return this
     */
    public BytesWriter putByte(int value) {
        ensure(1);
        array[size++] = (byte) value;
        return this;
    }

    /**
     * Writes two bytes.
     *
     * @param value of which the low 16 bits are written
     * @return this
     */
    public BytesWriter putShort(int value) {
        ensure(Short.BYTES);
        SHORT.set(array, size, (short) value);
        size += Short.BYTES;
        return this;
    }

    /**
     * Writes four bytes.
     *
     * @param value what
     * @return this
     */
    public BytesWriter putInt(int value) {
        ensure(Integer.BYTES);
        INT.set(array, size, value);
        size += Integer.BYTES;
        return this;
    }

    /**
     * Writes eight bytes.
     *
     * @param value what
     * @return this
     */
    public BytesWriter putLong(long value) {
        ensure(Long.BYTES);
        LONG.set(array, size, value);
        size += Long.BYTES;
        return this;
    }

    /**
     * Writes a double.
     *
     * @param value what
     * @return this
     */
    public BytesWriter putDouble(double value) {
        return putLong(Double.doubleToRawLongBits(value));
    }

    /**
     * Writes four bytes so that their byte order is their numeric order.
     *
     * @param value what
     * @return this
     */
    public BytesWriter putOrderedInt(int value) {
        return putInt(Integer.reverseBytes(value ^ Integer.MIN_VALUE));
    }

    /**
     * Writes eight bytes so that their byte order is their numeric order.
     *
     * @param value what
     * @return this
     */
    public BytesWriter putOrderedLong(long value) {
        return putLong(Long.reverseBytes(value ^ Long.MIN_VALUE));
    }

    /**
     * Writes all bytes of an array.
     *
     * @param source what
     * @return this
     */
    public BytesWriter putBytes(byte[] source) {
        return putBytes(source, 0, source.length);
    }

    /**
     * Writes part of an array.
     *
     * @param source what
     * @param offset index of the first byte
     * @param length how many
     * @return this
     */
    public BytesWriter putBytes(byte[] source, int offset, int length) {
        ensure(length);
        System.arraycopy(source, offset, array, size, length);
        size += length;
        return this;
    }

    /**
     * Writes all bytes of a view.
     *
     * @param source what
     * @return this
     */
    public BytesWriter putBytes(BytesView source) {
        int length = source.length();
        ensure(length);
        source.copyTo(0, array, size, length);
        size += length;
        return this;
    }

    /**
     * Writes text as UTF-8, without its length.
     *
     * @param text what; a lone surrogate becomes a question mark
     * @return this
     */
    public BytesWriter putUtf8(String text) {
        return putBytes(text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Overwrites two bytes.
     *
     * @param offset of the first, already written, and since it was lent if it is
     * @param value of which the low 16 bits are written
     */
    public void setShort(int offset, int value) {
        check(offset, Short.BYTES);
        SHORT.set(array, offset, (short) value);
    }

    /**
     * Overwrites four bytes.
     *
     * @param offset of the first, already written, and since it was lent if it is
     * @param value what
     */
    public void setInt(int offset, int value) {
        check(offset, Integer.BYTES);
        INT.set(array, offset, value);
    }

    /**
     * Overwrites eight bytes.
     *
     * @param offset of the first, already written, and since it was lent if it is
     * @param value what
     */
    public void setLong(int offset, long value) {
        check(offset, Long.BYTES);
        LONG.set(array, offset, value);
    }

    /**
     * The array behind the writer, for reading. It changes when the writer grows.
     *
     * @return its first {@link #size()} bytes are what was written
     */
    public byte[] array() {
        return array;
    }

    /**
     * What was written, lent until the next call of any method.
     *
     * @return always the same view, pointed anew
     */
    public BytesView view() {
        return view.wrap(array, 0, size);
    }

    /**
     * A copy of what was written.
     *
     * @return a new array
     */
    public byte[] toByteArray() {
        return Arrays.copyOf(array, size);
    }

    private void check(int offset, int count) {
        if (offset < Math.max(0, kept) || offset > size - count) {
            throw new IndexOutOfBoundsException(
                    "offset=" + offset + " count=" + count + " size=" + size + keptText());
        }
    }

    private String keptText() {
        return kept > 0 ? " (the first " + kept + " bytes are not yours: count from size())" : "";
    }
}
