package io.varve.store;

import io.varve.store.bytes.Flyweight;
import io.varve.store.serde.EventSerde;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.function.Predicate;

/**
 * Streams of like things, with typed events. Thread-safe.
 *
 * <p>An append fails in all the ways of {@link EventStore#append(EventBatch)}, and with a {@link
 * io.varve.store.errors.SerdeException} if the serde cannot write an event; then nothing was
 * appended.
 *
 * @param <E> what the events have in common
 */
public final class Category<E> {
    private final EventStore store;
    private final String name;
    private final EventSerde<E> serde;

    Category(EventStore store, String name, EventSerde<E> serde) {
        StreamId.checkCategory(name);
        this.store = store;
        this.name = name;
        this.serde = Objects.requireNonNull(serde, "serde");
    }

    /**
     * Its name.
     *
     * @return as in the streams' ids
     */
    public String name() {
        return name;
    }

    /**
     * Where its streams are.
     *
     * @return the store
     */
    public EventStore store() {
        return store;
    }

    /**
     * What turns its events into bytes and back.
     *
     * @return the serde
     */
    public EventSerde<E> serde() {
        return serde;
    }

    /**
     * The id of a stream of this category.
     *
     * @param key of the stream
     * @return its id
     */
    public StreamId id(String key) {
        return new StreamId(name, key);
    }

    /**
     * The version of a stream's last event. For an optimistic lock, ask for it before reading the
     * stream: then an append with {@link ExpectedVersion#of} fails if anything came after what was
     * read.
     *
     * @param key of the stream
     * @return empty where it has none
     */
    public OptionalLong version(String key) {
        return store.version(id(key));
    }

    /**
     * Appends events to a stream.
     *
     * @param key of the stream
     * @param expected of the stream's version
     * @param events one or more
     * @return where they went; they have survived what {@link StoreConfig#durability()} says
     * @throws io.varve.store.errors.WrongExpectedVersionException if the stream is at another
     *     version
     */
    public AppendResult append(String key, ExpectedVersion expected, List<? extends E> events) {
        return store.append(batch(key, expected, events));
    }

    /**
     * Appends events to a stream, or says why they were not appended; see {@link
     * EventStore#tryAppend}.
     *
     * @param key of the stream
     * @param expected of the stream's version
     * @param events one or more
     * @return where they went, or what stood against it
     */
    public AppendOutcome tryAppend(String key, ExpectedVersion expected, List<? extends E> events) {
        return store.tryAppend(batch(key, expected, events));
    }

    /**
     * Appends an event to a stream, or says why it was not appended; see {@link
     * EventStore#tryAppend}.
     *
     * @param key of the stream
     * @param expected of the stream's version
     * @param event the event
     * @return where it went, or what stood against it
     */
    public AppendOutcome tryAppend(String key, ExpectedVersion expected, E event) {
        return tryAppend(key, expected, List.of(Objects.requireNonNull(event, "event")));
    }

    /**
     * Appends an event to a stream, with all that is known of it.
     *
     * @param key of the stream
     * @param expected of the stream's version
     * @param event the event
     * @param eventTimeMillis when it happened, in milliseconds since 1970-01-01T00:00Z; empty for
     *     the time of the append
     * @param headers what else is known
     * @return where it went; it has survived what {@link StoreConfig#durability()} says
     * @throws io.varve.store.errors.WrongExpectedVersionException if the stream is at another
     *     version
     */
    public AppendResult append(
            String key,
            ExpectedVersion expected,
            E event,
            OptionalLong eventTimeMillis,
            EventHeaders headers) {
        StreamId stream = id(key);
        Objects.requireNonNull(event, "event");
        return store.append(
                new EventBatch()
                        .expect(stream, expected)
                        .add(stream, serde, event, eventTimeMillis, headers));
    }

    private EventBatch batch(String key, ExpectedVersion expected, List<? extends E> events) {
        Objects.requireNonNull(events, "events");
        EventBatch batch = new EventBatch();
        StreamId stream = id(key);
        batch.expect(stream, expected);
        for (E event : events) {
            batch.add(stream, serde, Objects.requireNonNull(event, "event"));
        }
        return batch;
    }

    /**
     * Appends an event to a stream.
     *
     * @param key of the stream
     * @param expected of the stream's version
     * @param event the event
     * @return where it went; it has survived what {@link StoreConfig#durability()} says
     * @throws io.varve.store.errors.WrongExpectedVersionException if the stream is at another
     *     version
     */
    public AppendResult append(String key, ExpectedVersion expected, E event) {
        return append(key, expected, List.of(Objects.requireNonNull(event, "event")));
    }

    /**
     * Appends an event to a stream at whatever version it is.
     *
     * @param key of the stream
     * @param event the event
     * @return where it went; it has survived what {@link StoreConfig#durability()} says
     * @throws io.varve.store.errors.StreamTombstonedException if the stream has ended
     */
    public AppendResult append(String key, E event) {
        return append(key, ExpectedVersion.any(), event);
    }

    /**
     * Reads a stream from its first event. A tombstone is passed over.
     *
     * @param key of the stream
     * @return its events, all of them; none if there is no such stream
     * @throws io.varve.store.errors.EventsTruncatedException if its beginning is no longer in the
     *     log; what is left is read by {@link EventStore#readList}
     */
    public List<E> read(String key) {
        List<E> events = new ArrayList<>();
        forEach(key, events::add);
        return events;
    }

    /**
     * Reads the events of one type of a stream where they lie: nothing is copied, and nothing
     * allocated per event.
     *
     * @param key of the stream
     * @param type its name, in whose bytes the flyweight reads
     * @param fields is pointed at the payload of each event
     * @param visitor is lent each event, and the flyweight, until it returns false
     * @param <F> the flyweight
     * @throws io.varve.store.errors.EventsTruncatedException if the beginning of the stream is no
     *     longer in the log
     */
    public <F extends Flyweight> void read(
            String key, String type, F fields, FlyweightVisitor<? super F> visitor) {
        StreamId stream = id(key);
        store.checkWhole(stream);
        store.read(EventQuery.stream(stream).type(type), FlyweightVisitor.of(fields, visitor));
        store.checkWhole(stream); // it may have been cut off before the first of these was read
    }

    /**
     * Reads the events of a stream one by one, from its first event. A tombstone is passed over.
     *
     * @param key of the stream
     * @param visitor is given each event, decoded, until it returns false
     * @throws io.varve.store.errors.EventsTruncatedException if the beginning of the stream is no
     *     longer in the log
     */
    public void forEach(String key, Predicate<? super E> visitor) {
        StreamId stream = id(key);
        store.checkWhole(stream);
        long[] next = {0};
        store.read(
                EventQuery.stream(stream),
                event -> {
                    if (event.version() != next[0]++) {
                        store.checkWhole(stream);
                    }
                    return SystemEvents.isSystem(event.type()) || visitor.test(event.decode(serde));
                });
        if (next[0] == 0) {
            store.checkWhole(stream);
        }
    }

    /**
     * Asks for all events of the category, to be narrowed further.
     *
     * @return forward, from the beginning of the log
     */
    public EventQuery query() {
        return EventQuery.category(name);
    }

    /**
     * Asks for the events of one stream, to be narrowed further.
     *
     * @param key of the stream
     * @return forward, from the first event that is left
     */
    public EventQuery query(String key) {
        return EventQuery.stream(id(key));
    }

    /**
     * Reads what a query finds, decoded. Tombstones are passed over, though a limit counts them.
     *
     * <pre>{@code
     * orders.read(orders.query().backward().limit(10), (event, order) -> {
     *     System.out.println(event.stream().key() + " " + event.eventTimeMillis() + " " + order);
     *     return true;
     * });
     * }</pre>
     *
     * @param query one of {@link #query()} or {@link #query(String)}, narrowed
     * @param visitor is given each event until it returns false
     * @throws IllegalArgumentException if the query asks for events of other categories
     */
    public void read(EventQuery query, TypedVisitor<? super E> visitor) {
        store.read(checked(query), TypedVisitor.of(serde, visitor));
    }

    /**
     * Reads what a query finds, decoded, and then what is appended, as it comes; see {@link
     * EventStore#follow}. Tombstones are passed over.
     *
     * @param query one of {@link #query()} or {@link #query(String)}, narrowed; forward
     * @param visitor is given each event until it returns false
     * @throws IllegalArgumentException if the query asks for events of other categories
     * @throws InterruptedException if the thread is interrupted meanwhile
     */
    public void follow(EventQuery query, TypedVisitor<? super E> visitor)
            throws InterruptedException {
        store.follow(checked(query), TypedVisitor.of(serde, visitor));
    }

    private EventQuery checked(EventQuery query) {
        String asked =
                query.source() instanceof EventQuery.Source.OfStream of
                        ? of.id().category()
                        : query.source() instanceof EventQuery.Source.OfCategory all
                                ? all.name()
                                : "";
        if (!asked.equals(name)) {
            throw new IllegalArgumentException(
                    "The query finds events of other categories, which this one's serde cannot"
                            + " read; begin with query(): category="
                            + name
                            + " query="
                            + query);
        }
        return query;
    }
}
