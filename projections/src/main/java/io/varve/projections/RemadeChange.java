package io.varve.projections;

import java.util.function.Supplier;

/**
 * A change whose values a function has made, by filling one and the same object twice. So each is
 * made again whenever somebody asks for it, and is good until the other one is asked for.
 */
final class RemadeChange<V> extends Change<V> {
    private final Supplier<? extends V> oldValue;
    private final Supplier<? extends V> newValue;

    RemadeChange(Supplier<? extends V> oldValue, Supplier<? extends V> newValue, boolean isLatest) {
        super(null, null, isLatest);
        this.oldValue = oldValue;
        this.newValue = newValue;
    }

    /** Whether two values of a change are one object that may have been filled twice. */
    static boolean isNeeded(Object oldValue, Object newValue) {
        return oldValue == newValue && oldValue != null && !ImmutableValues.isImmutable(oldValue);
    }

    @Override
    V oldValue() {
        return oldValue.get();
    }

    @Override
    V newValue() {
        return newValue.get();
    }
}
