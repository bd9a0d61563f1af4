package io.varve.projections;

import io.varve.store.serde.EventSerde;
import java.lang.reflect.Modifier;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What each class of event does to a state: computed on demand from events in hand, or as a
 * projection that keeps a row per stream or per key. Both give the same states. Over several
 * categories: {@link View}. Immutable, and thread-safe if its functions are.
 *
 * <pre>{@code
 * static final Fold<AccountEvent, Account> ACCOUNT =
 *         Fold.<AccountEvent, Account>startingWith(Account::empty)
 *                 .on(Deposited.class, (account, event) -> account.plus(event.cents()))
 *                 .on(Closed.class, (account, event) -> null)
 *                 .build();
 *
 * Optional<Account> now = ACCOUNT.load(accounts.read("account-7"));     // on demand, from the log
 *
 * Projection all = ACCOUNT.projection("accounts", 1, "accounts", ACCOUNT_EVENTS,
 *         Materialized.as(ACCOUNTS, Serdes.utf8(), Serdes.json(Account.class)));
 * }</pre>
 *
 * @param <E> what the events have in common
 * @param <S> states
 */
public final class Fold<E, S> {
    private final Supplier<? extends S> initial;
    private final Map<Class<?>, BiFunction<S, E, S>> functions;

    Fold(Supplier<? extends S> initial, Map<Class<?>, BiFunction<S, E, S>> functions) {
        this.initial = initial;
        this.functions = Map.copyOf(functions);
    }

    /**
     * Begins a fold without functions.
     *
     * @param initial makes the state to begin with, a new one for each call if it can be changed
     * @param <E> what the events have in common
     * @param <S> states
     * @return a builder
     */
    public static <E, S> Builder<E, S> startingWith(Supplier<? extends S> initial) {
        return new Builder<>(Objects.requireNonNull(initial, "initial"));
    }

    /**
     * Collects functions. One thread at a time.
     *
     * @param <E> what the events have in common
     * @param <S> states
     */
    public static final class Builder<E, S> {
        private final Supplier<? extends S> initial;
        private final Map<Class<?>, BiFunction<S, E, S>> functions = new HashMap<>();

        Builder(Supplier<? extends S> initial) {
            this.initial = initial;
        }

        /**
         * Says what an event does to a state. Classes without a function are ignored.
         *
         * @param event its class, exactly as the serde makes it: not an interface, and not for
         *     subclasses
         * @param function makes the next state; it may change and return the one it was given; null
         *     for none, and the next event begins anew
         * @param <T> the class
         * @return this
         * @throws IllegalArgumentException if the class has a function already, or can have no
         *     instances
         */
        public <T extends E> Builder<E, S> on(
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

        /** Whether there are none. */
        boolean isEmpty() {
            return functions.isEmpty();
        }

        /**
         * Ends the list of functions.
         *
         * @return the fold
         * @throws IllegalArgumentException if there are none
         */
        public Fold<E, S> build() {
            if (isEmpty()) {
                throw new IllegalArgumentException(
                        "A fold needs a class of event. Call on(EventType.class, (state, event) ->"
                                + " ...).");
            }
            return new Fold<>(initial, functions);
        }
    }

    /**
     * The state after some events, from the beginning.
     *
     * @param events in order: those of a stream, or any others
     * @return empty if no event had a function, or the last one left no state
     */
    public Optional<S> load(Iterable<? extends E> events) {
        S state = null;
        for (E event : Objects.requireNonNull(events, "events")) {
            state = next(state, event);
        }
        return Optional.ofNullable(state);
    }

    /**
     * The state after one more event.
     *
     * @param state before it; empty for none. It may be changed and returned
     * @param event not null
     * @return empty if it left no state
     */
    public Optional<S> apply(Optional<? extends S> state, E event) {
        return Optional.ofNullable(
                next(Objects.requireNonNull(state, "state").orElse(null), event));
    }

    private S next(S state, E event) {
        Class<?> type = Objects.requireNonNull(event, "event").getClass();
        BiFunction<S, E, S> function = functions.get(type);
        return function == null
                ? state
                : function.apply(state == null ? initial.get() : state, event);
    }

    /**
     * Keeps a row per stream.
     *
     * @param name 1 to 100 characters of letters, digits, {@code . _ -}
     * @param version of the definition, 1 or more
     * @param category of the streams
     * @param serde for their events
     * @param materialized where the rows are kept; its key serde may be left out, which means text
     * @return the projection
     */
    public Projection projection(
            String name,
            int version,
            String category,
            EventSerde<E> serde,
            Materialized<String, S> materialized) {
        return projection(name, version, category, serde, EventStream::groupByKey, materialized);
    }

    /**
     * Keeps a row per key that is found in the events.
     *
     * @param name 1 to 100 characters of letters, digits, {@code . _ -}
     * @param version of the definition, 1 or more
     * @param category of the streams
     * @param serde for their events
     * @param keyedBy finds the key of an event; events for which it is null are ignored
     * @param materialized where the rows are kept
     * @param <K> keys
     * @return the projection
     */
    public <K> Projection projectionBy(
            String name,
            int version,
            String category,
            EventSerde<E> serde,
            Function<? super E, ? extends K> keyedBy,
            Materialized<K, S> materialized) {
        Objects.requireNonNull(keyedBy, "keyedBy");
        return projection(
                name,
                version,
                category,
                serde,
                stream -> stream.groupBy((key, event) -> keyedBy.apply(event)),
                materialized);
    }

    <K> Projection projection(
            String name,
            int version,
            String category,
            EventSerde<E> serde,
            Function<EventStream<String, E>, GroupedStream<K, E>> grouping,
            Materialized<K, S> materialized) {
        StreamsBuilder builder = new StreamsBuilder();
        EventStream<String, E> known =
                builder.stream(category, Consumed.with(serde)).filter((key, event) -> takes(event));
        keep(grouping.apply(known), materialized, types(serde));
        return Projection.of(name, version, builder.build());
    }

    /** Whether it has a function for an event. */
    boolean takes(E event) {
        return functions.containsKey(event.getClass());
    }

    /** Keeps the states of events that it takes. */
    <K> void keep(GroupedStream<K, E> events, Materialized<K, S> materialized, List<String> types) {
        events.aggregate(
                initial::get,
                (key, event, state) -> functions.get(event.getClass()).apply(state, event),
                materialized,
                types);
    }

    /** Which events it takes, which is part of what it computes. */
    List<String> types(EventSerde<?> serde) {
        return functions.keySet().stream()
                .map(event -> serde.typeOfClass(event).orElseGet(event::getSimpleName))
                .sorted()
                .toList();
    }

    /**
     * The classes of events that it takes.
     *
     * @return at least one
     */
    public Set<Class<?>> events() {
        return functions.keySet();
    }
}
