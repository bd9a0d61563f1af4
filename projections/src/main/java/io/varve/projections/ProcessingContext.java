package io.varve.projections;

import io.varve.store.EventHeaders;
import io.varve.store.StreamId;
import java.time.Duration;

/**
 * What code of one's own in a topology can ask for. Belongs to the thread of its task.
 *
 * <p>What is asked of the event is that which is being applied, or that which has let time pass.
 */
public interface ProcessingContext {
    /**
     * A store that the node was connected with. To be asked for in {@code init}.
     *
     * @param ref of the store
     * @param <K> keys
     * @param <V> values
     * @return the store, good as long as the processor
     * @throws TopologyException if the node was not connected with it, or it is versioned
     */
    <K, V> KeyValueStore<K, V> store(StoreRef<K, V> ref);

    /**
     * A versioned store that the node was connected with. To be asked for in {@code init}.
     *
     * @param ref of the store
     * @param <K> keys
     * @param <V> values
     * @return the store, good as long as the processor
     * @throws TopologyException if the node was not connected with it, or it was declared without
     *     {@link Materialized#versioned}
     */
    <K, V> VersionedStore<K, V> versionedStore(StoreRef<K, V> ref);

    /**
     * Lets something be done from time to time; only in {@code init}, each time in the same order.
     * When it is to be done next is kept in the read model. It is done behind an event, as soon as
     * time has reached a multiple of the interval, once however many were passed; for the first
     * time behind the first event. By the clock it is done with a tick, for the first time an
     * interval after the first tick.
     *
     * @param interval a millisecond to a thousand years
     * @param type whose time
     * @param punctuator what is done
     * @return ends it
     * @throws IllegalStateException if it is called later
     * @throws TopologyException if the node has no name of its own, or it is to go by the clock and
     *     the topology reads no ticks
     */
    Cancellable schedule(Duration interval, PunctuationType type, Punctuator punctuator);

    /**
     * The latest time of all events that the topology was given, that in hand included.
     *
     * @return milliseconds since 1970; the smallest long before the first event
     */
    long streamTime();

    /**
     * The clock, as the latest tick has told it.
     *
     * @return milliseconds since 1970; the smallest long before the first tick, and where the
     *     topology reads none
     */
    long wallClockTime();

    /**
     * The event's place in the log.
     *
     * @return 0 or more
     * @throws IllegalStateException in {@code init}
     */
    long position();

    /**
     * The event's stream.
     *
     * @return its id
     * @throws IllegalStateException in {@code init}
     */
    StreamId stream();

    /**
     * The event's place in its stream.
     *
     * @return 0 or more
     * @throws IllegalStateException in {@code init}
     */
    long version();

    /**
     * The name of the event's type.
     *
     * @return as in the log
     * @throws IllegalStateException in {@code init}
     */
    String type();

    /**
     * The event's headers; those of the record may be others, if a processor before has set them,
     * or if it was held back.
     *
     * @return as in the log
     * @throws IllegalStateException in {@code init}
     */
    EventHeaders headers();
}
