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
     * @param out where to; what it holds already is another's, and may be neither forgotten nor
     *     overwritten
     * @throws io.varve.store.errors.SerdeException if the value has no form in bytes
     */
    void serialize(T value, BytesWriter out);

    /**
     * Reads a value.
     *
     * @param in exactly the bytes that one call of {@link #serialize} wrote; lent for the time of
     *     the call
     * @return the value, not null, which holds no reference to {@code in}
     * @throws io.varve.store.errors.SerdeException if the bytes are not such a value
     */
    T deserialize(BytesView in);

    /**
     * Says in one line what bytes this serde makes of what values: the same in every process, and
     * another line when the bytes mean something else. A read model is not gone on with where the
     * line of one of its serdes has changed.
     *
     * <p>Serdes of {@link Serdes} name their kind and, for records and JSON, all classes that are
     * reached, with names and types of their components. Any other has the name of its class; one
     * whose class has no stable name (anonymous, local, a lambda) is only {@code custom}, by which
     * no change is noticed. Give such a serde a name with {@link Serdes#named}, or override this,
     * and change the name whenever the bytes change.
     *
     * @return one line, not empty
     */
    default String describe() {
        Class<?> type = getClass();
        boolean nameless = type.isAnonymousClass() || type.isLocalClass() || type.isHidden();
        return nameless ? "custom" : "custom " + type.getName();
    }
}
