package io.varve.projections;

import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Collects what each class of event does to a state; begun by {@link Projection#fold}. Classes
 * without a function are ignored. One thread at a time. See {@link Fold} for one that can be
 * computed on demand as well.
 *
 * @param <E> what the events have in common
 * @param <K> keys of the rows
 * @param <S> states
 */
public final class FoldBuilder<E, K, S> {
    private final Function<Fold<E, S>, Projection> projection;
    private final String category;
    private final Fold.Builder<E, S> fold;

    FoldBuilder(
            Function<Fold<E, S>, Projection> projection,
            String category,
            Supplier<? extends S> initial) {
        this.projection = projection;
        this.category = Objects.requireNonNull(category, "category");
        this.fold = Fold.startingWith(initial);
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
        fold.on(event, function);
        return this;
    }

    /**
     * Ends the list of functions.
     *
     * @return the projection
     * @throws IllegalArgumentException if there are none
     */
    public Projection build() {
        if (fold.isEmpty()) {
            throw new IllegalArgumentException(
                    "A fold needs a class of event: category="
                            + category
                            + ". Call on(EventType.class, (state, event) -> ...).");
        }
        return projection.apply(fold.build());
    }
}
