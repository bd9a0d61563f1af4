package io.varve.store.serde;

import io.varve.store.bytes.BytesView;
import io.varve.store.errors.SerdeException;

/** A type of event that is read only: how its bytes become the old shape, and that a newer one. */
record OldEventType<O, N>(
        String name,
        Class<O> from,
        Class<N> to,
        Serde<O> serde,
        Upcaster<? super O, ? extends N> upcaster) {
    Object read(BytesView payload) {
        return upcast(name, serde.deserialize(payload));
    }

    /** One step; {@code type} is the name in the log, where the chain began. */
    Object upcast(String type, Object old) {
        N newer;
        try {
            newer = upcaster.upcast(from.cast(old));
        } catch (RuntimeException e) {
            throw failed(type, "it threw " + e, e);
        }
        if (!to.isInstance(newer)) {
            // Null, or what an unchecked cast let through.
            throw failed(
                    type,
                    newer == null ? "it returned null" : "it returned " + newer.getClass(),
                    null);
        }
        return newer;
    }

    private SerdeException failed(String type, String cause, RuntimeException e) {
        return new SerdeException(
                "An old event could not be upcast: type="
                        + type
                        + " from="
                        + from.getName()
                        + " to="
                        + to.getName()
                        + " cause="
                        + cause,
                "Let the upcaster return a newer event for every old one that the log may hold.",
                e);
    }
}
