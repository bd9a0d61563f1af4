package io.varve.store.bytes;

/**
 * Reads the fields of a value where its bytes lie, without an object for each value: one flyweight
 * is pointed at one value after the other.
 *
 * <pre>{@code
 * final class OrderView implements Flyweight {          // i64 order id, i64 cents
 *     private BytesView bytes;
 *
 *     public void wrap(BytesView value) { bytes = value; }
 *
 *     long cents() { return bytes.getLong(8); }
 * }
 * }</pre>
 *
 * <p>One thread at a time. What it is pointed at is lent: it may be read until the callback ends,
 * and answers with an {@link IndexOutOfBoundsException} after that.
 */
public interface Flyweight {
    /**
     * Points it at a value.
     *
     * @param value exactly the bytes of one value; may be kept, and is emptied when the callback
     *     ends
     * @throws io.varve.store.errors.SerdeException if they cannot be such a value
     */
    void wrap(BytesView value);
}
