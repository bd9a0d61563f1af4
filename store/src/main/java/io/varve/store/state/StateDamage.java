package io.varve.store.state;

import io.varve.store.errors.StoreCorruptedException;
import java.util.Optional;
import java.util.function.Consumer;

/** Remembers the first damage that was found in an environment, and tells of it. Thread-safe. */
final class StateDamage {
    private volatile Optional<StoreCorruptedException> first = Optional.empty();
    private Consumer<StoreCorruptedException> listener = damage -> {};

    /** Notes it; returns it, to be thrown. */
    synchronized StoreCorruptedException found(StoreCorruptedException damage) {
        if (first.isEmpty()) {
            first = Optional.of(damage);
            listener.accept(damage);
        }
        return damage;
    }

    synchronized void listen(Consumer<StoreCorruptedException> told) {
        listener = told;
        first.ifPresent(told);
    }

    Optional<StoreCorruptedException> first() {
        return first;
    }
}
