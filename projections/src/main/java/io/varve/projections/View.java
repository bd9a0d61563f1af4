package io.varve.projections;

import io.varve.store.RecordedEvent;
import io.varve.store.serde.EventSerde;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A {@link Fold} over the events of several categories, with one state for each key that is found
 * in them: kept as rows, by a projection, or computed on demand from the log. Both give the same
 * states. Immutable; each step returns another. Thread-safe if its functions are.
 *
 * <pre>{@code
 * static final View<Object, String, Customer> CUSTOMERS =
 *         View.of(CUSTOMER, Materialized.as(REF, Serdes.utf8(), Serdes.json(Customer.class)))
 *                 .over("customers", CUSTOMER_EVENTS, (customer, event) -> customer)
 *                 .over("orders", ORDER_EVENTS, (order, event) ->
 *                         event instanceof OrderPlaced placed ? placed.customer() : null);
 *
 * Projection customers = CUSTOMERS.projection("customers", 1);
 *
 * Optional<Customer> ada = CUSTOMERS.load("ada", store.cursor(EventQuery.all()));
 * }</pre>
 *
 * <p>Events come in the order of the log, of all categories together. Of one stream, or of the
 * streams of one category, a {@link Fold} makes a projection by itself.
 *
 * @param <E> what the events of all categories have in common, {@code Object} if nothing
 * @param <K> keys
 * @param <S> states
 */
public final class View<E, K, S> {
    private final Fold<E, S> fold;
    private final Materialized<K, S> materialized;
    private final List<Part<E, ?, K>> parts;

    /** The events of one category. */
    private record Part<E, T extends E, K>(
            String category,
            EventSerde<T> serde,
            KeyValueMapper<? super String, ? super T, ? extends K> keyedBy) {
        Part {
            Objects.requireNonNull(category, "category");
            Objects.requireNonNull(serde, "serde");
            Objects.requireNonNull(keyedBy, "keyedBy");
        }

        EventStream<K, E> stream(StreamsBuilder builder, Fold<E, ?> fold) {
            return builder.stream(category, Consumed.with(serde))
                    .filter((stream, event) -> fold.takes(event))
                    .map((stream, event) -> KeyValue.pair(keyedBy.apply(stream, event), event));
        }

        /** Which of its events the fold takes. */
        List<String> types(Fold<E, ?> fold) {
            List<String> known =
                    fold.events().stream()
                            .flatMap(type -> serde.typeOfClass(type).stream())
                            .toList();
            return (known.isEmpty() ? fold.types(serde) : known)
                    .stream().map(type -> category + "/" + type).toList();
        }

        /** The event, if it is one that counts for a key. */
        Optional<E> of(K key, RecordedEvent event, Fold<E, ?> fold) {
            T value = event.decode(serde);
            return fold.takes(value) && key.equals(keyedBy.apply(event.stream().key(), value))
                    ? Optional.of(value)
                    : Optional.empty();
        }
    }

    private View(Fold<E, S> fold, Materialized<K, S> materialized, List<Part<E, ?, K>> parts) {
        this.fold = Objects.requireNonNull(fold, "fold");
        this.materialized = Objects.requireNonNull(materialized, "materialized");
        this.parts = List.copyOf(parts);
    }

    /**
     * Begins without categories.
     *
     * @param fold what each event does to a state
     * @param materialized where a projection keeps the rows
     * @param <E> what the events of all categories have in common
     * @param <K> keys
     * @param <S> states
     * @return the view
     */
    public static <E, K, S> View<E, K, S> of(Fold<E, S> fold, Materialized<K, S> materialized) {
        return new View<>(fold, materialized, List.of());
    }

    /**
     * The same over the events of one category more.
     *
     * @param category of streams
     * @param serde for their events
     * @param keyedBy finds the key of an event, from that of its stream and the event; events for
     *     which it is null are ignored. It is asked for events that the fold has a function for
     * @param <T> what these events have in common
     * @return another view
     * @throws IllegalArgumentException if the category is among them already
     */
    public <T extends E> View<E, K, S> over(
            String category,
            EventSerde<T> serde,
            KeyValueMapper<? super String, ? super T, ? extends K> keyedBy) {
        if (part(category).isPresent()) {
            throw new IllegalArgumentException(
                    "The category is read already: category="
                            + category
                            + ". Call over() once for each, with a function that tells its events"
                            + " apart.");
        }
        List<Part<E, ?, K>> more = new ArrayList<>(parts);
        more.add(new Part<E, T, K>(category, serde, keyedBy));
        return new View<>(fold, materialized, more);
    }

    private Optional<Part<E, ?, K>> part(String category) {
        return parts.stream().filter(part -> part.category().equals(category)).findFirst();
    }

    /**
     * Keeps a row per key.
     *
     * @param name 1 to 100 characters of letters, digits, {@code . _ -}
     * @param version of the definition, 1 or more
     * @return the projection
     * @throws TopologyException if there is no category, or a serde is missing
     */
    public Projection projection(String name, int version) {
        StreamsBuilder builder = new StreamsBuilder();
        parts.stream()
                .map(part -> part.stream(builder, fold))
                .reduce(EventStream::merge)
                .ifPresent(events -> fold.keep(events.groupByKey(), materialized, types()));
        return Projection.of(name, version, builder.build());
    }

    private List<String> types() {
        return parts.stream().flatMap(part -> part.types(fold).stream()).sorted().toList();
    }

    /**
     * The state of a key after some events, from the beginning.
     *
     * @param key which
     * @param events in the order of the log: of {@code EventQuery.all()}, or of a query that leaves
     *     out none that count for the key. Those of other categories are passed over
     * @return what a projection has in its row by then; empty if there is none
     * @throws io.varve.store.errors.SerdeException if an event of one of the categories cannot be
     *     read
     */
    public Optional<S> load(K key, Iterator<RecordedEvent> events) {
        Objects.requireNonNull(key, "key");
        Optional<S> state = Optional.empty();
        while (events.hasNext()) {
            RecordedEvent event = events.next();
            Optional<E> counts =
                    event.isTombstone()
                            ? Optional.empty()
                            : part(event.stream().category())
                                    .flatMap(part -> part.of(key, event, fold));
            if (counts.isPresent()) {
                state = fold.apply(state, counts.get());
            }
        }
        return state;
    }

    /**
     * The same of events in a list.
     *
     * @param key which
     * @param events in the order of the log, as above
     * @return likewise
     */
    public Optional<S> load(K key, Iterable<RecordedEvent> events) {
        return load(key, events.iterator());
    }

    /** The categories, in the order in which they were given. */
    @Override
    public String toString() {
        return parts.stream().map(Part::category).collect(Collectors.joining(", ", "View[", "]"));
    }
}
