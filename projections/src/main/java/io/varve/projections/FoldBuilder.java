package io.varve.projections;

import io.varve.store.serde.EventSerde;
import java.lang.reflect.Modifier;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Collects what each class of event does to a state; begun by {@link Projection#fold}. Classes
 * without a function are ignored. One thread at a time.
 *
 * @param <E> what the events have in common
 * @param <K> keys of the rows
 * @param <S> states
 */
public final class FoldBuilder<E, K, S> {
    private final Function<Topology, Projection> projection;
    private final String category;
    private final EventSerde<E> serde;
    private final Function<EventStream<String, E>, GroupedStream<K, E>> grouping;
    private final Materialized<K, S> materialized;
    private final Supplier<? extends S> initial;
    private final Map<Class<?>, BiFunction<S, E, S>> functions = new HashMap<>();

    FoldBuilder(
            Function<Topology, Projection> projection,
            String category,
            EventSerde<E> serde,
            Function<EventStream<String, E>, GroupedStream<K, E>> grouping,
            Materialized<K, S> materialized,
            Supplier<? extends S> initial) {
        this.projection = projection;
        this.category = Objects.requireNonNull(category, "category");
        this.serde = Objects.requireNonNull(serde, "serde");
        this.grouping = grouping;
        this.materialized = Objects.requireNonNull(materialized, "materialized");
        this.initial = Objects.requireNonNull(initial, "initial");
    }

    /**
     * Says what an event does to a state.
     *
     * @param event its class, exactly as the serde makes it: not an interface, and not for
     *     subclasses
     * @param function makes the next state; it may change and return the one it was given; null
     *     deletes the row
     * @param <T> the class
     * @return this
     * @throws IllegalArgumentException if the class has a function already, or can have no
     *     instances
     */
    public <T extends E> FoldBuilder<E, K, S> on(
            Class<T> event, BiFunction<? super S, ? super T, ? extends S> function) {
        Objects.requireNonNull(function, "function");
        if (Modifier.isAbstract(event.getModifiers())) {
            throw new IllegalArgumentException(
                    "No event is exactly of this class: class="
                            + event.getName()
                            + ". Call on() for each class that the serde makes.");
        }
        BiFunction<S, E, S> cast = (state, value) -> function.apply(state, event.cast(value));
        if (functions.putIfAbsent(event, cast) != null) {
            throw new IllegalArgumentException(
                    "Two functions for one class of event: class="
                            + event.getName()
                            + ". Call on() once for each class.");
        }
        return this;
    }

    /**
     * Ends the list of functions.
     *
     * @return the projection
     * @throws IllegalArgumentException if there are none
     */
    public Projection build() {
        if (functions.isEmpty()) {
            throw new IllegalArgumentException(
                    "A fold needs a class of event: category="
                            + category
                            + ". Call on(EventType.class, (state, event) -> ...).");
        }
        Map<Class<?>, BiFunction<S, E, S>> byClass = Map.copyOf(functions);
        StreamsBuilder builder = new StreamsBuilder();
        EventStream<String, E> known =
                builder.stream(category, Consumed.with(serde))
                        .filter((key, event) -> byClass.containsKey(event.getClass()));
        grouping.apply(known)
                .aggregate(
                        initial::get,
                        (key, event, state) -> byClass.get(event.getClass()).apply(state, event),
                        materialized,
                        types());
        return projection.apply(builder.build());
    }

    /** Which events it takes, which is part of what it computes. */
    private List<String> types() {
        return functions.keySet().stream()
                .map(event -> serde.typeOfClass(event).orElseGet(event::getSimpleName))
                .sorted()
                .toList();
    }
}
