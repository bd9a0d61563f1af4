package io.varve.store.state;

import io.varve.store.errors.StoreCorruptedException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/** Remembers the first damage that was found in an environment. Thread-safe. */
final class StateDamage {
    private final AtomicReference<StoreCorruptedException> first = new AtomicReference<>();

    /** Notes it; returns it, to be thrown. */
    StoreCorruptedException found(StoreCorruptedException damage) {
        first.compareAndSet(null, damage);
        return damage;
    }

    Optional<StoreCorruptedException> first() {
        return Optional.ofNullable(first.get());
    }
}
