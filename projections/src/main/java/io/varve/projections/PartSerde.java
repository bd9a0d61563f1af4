package io.varve.projections;

import io.varve.store.serde.Serde;

/**
 * Writes keys of users with something beside them, which takes part of the bytes that keys have.
 */
interface PartSerde<K> extends Serde<K> {
    /** How many bytes it writes beside the key of the user, or of all of them. */
    int bytesBesideKey();

    /** What a serde writes beside keys of the user. */
    static int bytesBesideKey(Serde<?> serde) {
        return serde instanceof PartSerde<?> part ? part.bytesBesideKey() : 0;
    }
}
