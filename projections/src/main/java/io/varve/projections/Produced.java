package io.varve.projections;

import io.varve.store.serde.EventSerde;
import java.util.Objects;
import java.util.Optional;

/**
 * How records become events of a category. Keys are those of streams, and so texts.
 *
 * <pre>{@code
 * stream.to("alarms", Produced.with(ALARM_EVENTS).withName("alarms-sink"));
 * }</pre>
 *
 * @param serde for the events of the category
 * @param name of the sink node; empty for an automatic one
 * @param <K> keys
 * @param <V> what the events have in common
 */
public record Produced<K, V>(EventSerde<V> serde, Optional<Named> name) {
    /**
     * Refuses a missing serde.
     *
     * @param serde for the events of the category
     * @param name of the sink node; empty for an automatic one
     */
    public Produced {
        if (serde == null) {
            throw new IllegalArgumentException(
                    "Events cannot be emitted without a serde. Use Produced.with(serde).");
        }
        Objects.requireNonNull(name, "name");
    }

    /**
     * Writes with a serde.
     *
     * @param serde for the events of the category
     * @param <V> what the events have in common
     * @return how to write
     */
    public static <V> Produced<String, V> with(EventSerde<V> serde) {
        return new Produced<>(serde, Optional.empty());
    }

    /**
     * The same with a name for the sink node.
     *
     * @param newName of the node
     * @return a new value
     */
    public Produced<K, V> withName(String newName) {
        return new Produced<>(serde, Optional.of(Named.as(newName)));
    }
}
