package io.varve.projections;

import java.util.Optional;
import java.util.function.ToLongFunction;

/**
 * What a store keeps of its rows beside their values.
 *
 * @param timed whether each row keeps the time of its last change, which nodes behind it need
 * @param ordered whether rows can be walked in key order, those not yet committed too
 * @param agesFrom from which time a row with a time to live ages, by its key; empty: from its last
 *     change
 * @param divisible whether partitions can have rows each for themselves
 */
record StoreKind<K>(
        boolean timed,
        boolean ordered,
        Optional<ToLongFunction<? super K>> agesFrom,
        boolean divisible) {
    /** Such as partitions can have rows of. */
    StoreKind(boolean timed, boolean ordered, Optional<ToLongFunction<? super K>> agesFrom) {
        this(timed, ordered, agesFrom, true);
    }

    /** Values only. */
    static <K> StoreKind<K> plain() {
        return new StoreKind<>(false, false, Optional.empty());
    }

    /** Walked in key order. */
    static <K> StoreKind<K> inOrder() {
        return new StoreKind<>(true, true, Optional.empty());
    }

    /** Walked in key order, and of no times. */
    static <K> StoreKind<K> walked() {
        return new StoreKind<>(false, true, Optional.empty());
    }

    /** The same with times. */
    StoreKind<K> withTimes() {
        return new StoreKind<>(true, ordered, agesFrom, divisible);
    }
}
