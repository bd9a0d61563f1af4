package io.varve.projections;

import java.time.Duration;
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
 * @param history how long older versions of rows are kept; empty where none are
 */
record StoreKind<K>(
        boolean timed,
        boolean ordered,
        Optional<ToLongFunction<? super K>> agesFrom,
        boolean divisible,
        Optional<Duration> history) {
    /** Without versions. */
    StoreKind(
            boolean timed,
            boolean ordered,
            Optional<ToLongFunction<? super K>> agesFrom,
            boolean divisible) {
        this(timed, ordered, agesFrom, divisible, Optional.empty());
    }

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
        return new StoreKind<>(true, ordered, agesFrom, divisible, history);
    }

    /** The same with versions. */
    StoreKind<K> withHistory(Duration retention) {
        return new StoreKind<>(true, ordered, agesFrom, divisible, Optional.of(retention));
    }
}
