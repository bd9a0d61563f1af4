package io.varve.store.serde;

import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;

/**
 * Turns values into bytes and back. Thread-safe.
 *
 * <p>A serde for keys must be injective: equal keys, and only they, have equal bytes. Range queries
 * come in the order of the bytes (unsigned), so one that preserves the order of the values is to be
 * preferred.
 *
 * @param <T> the values
 */
public interface Serde<T> {
    /**
     * Writes a value behind what the writer holds already.
     *
     * @param value never null
     * @param out where to
     * @throws io.varve.store.errors.SerdeException if the value has no form in bytes
     */
    void serialize(T value, BytesWriter out);

    /**
     * Reads a value.
     *
     * @param in exactly the bytes that one call of {@link #serialize} wrote; lent for the time of
     *     the call
     * @return the value, which holds no reference to {@code in}
     * @throws io.varve.store.errors.SerdeException if the bytes are not such a value
     */
    T deserialize(BytesView in);
}
