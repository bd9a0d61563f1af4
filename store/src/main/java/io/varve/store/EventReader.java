package io.varve.store;

import io.varve.store.errors.StoreClosedException;
import io.varve.store.errors.StoreCorruptedException;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;

/**
 * Reads the events of a log, and waits for those to come: what a program needs that only reads.
 *
 * <p>Thread-safe. A reader that is alive on a thread does not keep it from appending, nor from
 * other reading.
 */
public sealed interface EventReader permits EventStore {
    /**
     * The position of the last event; of a store that was closed, as of then.
     *
     * @return -1 where there is none; never less than at an earlier call
     */
    long head();

    /**
     * The version of a stream's last event.
     *
     * @param stream which
     * @return empty where it has none
     */
    OptionalLong version(StreamId stream);

    /**
     * Reads events in the order the query says, up to the last one there is when the call begins.
     *
     * <p>The visitor may append, read and wait; it should not take long, because what it holds up
     * is kept mapped.
     *
     * @param query which
     * @param visitor is lent each event until it returns false
     * @throws StoreCorruptedException when it comes to bytes that are not what was written; all
     *     before were visited, and reading on from behind them works
     * @throws io.varve.store.errors.IncompatibleStoreException when it comes to events in a format
     *     of a newer version; all before were visited
     * @throws io.varve.store.errors.EventsTruncatedException if what comes next, forward, is
     *     removed meanwhile; see {@link Retention}
     * @throws io.varve.store.errors.LimitExceededException if 1,024 reads are in their visitors
     *     just now: let them end; appends go on
     * @throws StoreClosedException if the store is closed before the last event was read
     */
    void read(EventQuery query, EventVisitor visitor);

    /**
     * Reads events in the order the query says, up to the last one there is when the call begins.
     *
     * @param query which; limit it, for all of them are held at once
     * @return the events, on the heap
     */
    List<RecordedEvent> readList(EventQuery query);

    /**
     * Reads events one by one, in the order the query says, up to the last one there is when the
     * call begins.
     *
     * <pre>{@code
     * try (EventCursor events = store.cursor(EventQuery.category("orders").backward())) {
     *     return events.stream().filter(event -> isLarge(event)).findFirst();
     * }
     * }</pre>
     *
     * @param query which
     * @return before the first event; close it
     */
    EventCursor cursor(EventQuery query);

    /**
     * Waits until the log has an event at a position. Nothing is polled.
     *
     * @param position of the event; -1, the {@link #head} of an empty log, is always there
     * @param timeout how long at most; 0 only looks
     * @return whether it has; false when the time is up
     * @throws InterruptedException if the thread is interrupted meanwhile
     * @throws StoreClosedException if the store is closed meanwhile
     */
    boolean awaitPosition(long position, Duration timeout) throws InterruptedException;

    /**
     * Tells when the log has an event at a position. Nothing is polled, and no thread waits for it.
     *
     * <p>What was added to the future runs on a daemon thread of the store, or on the thread that
     * adds it where the future is complete already; never on the thread that commits. It may block:
     * up to 64 that do hold up nobody else. Cancelling the future, or any other way to complete it,
     * takes it off the list.
     *
     * @param position of the event; -1, the {@link #head} of an empty log, is always there
     * @return completes with the head as of then, which is {@code position} or more; completes with
     *     a {@link StoreClosedException} if the store is closed before, or was closed already
     */
    CompletableFuture<Long> whenCommitted(long position);

    /**
     * Reads events in order, waits for more, and reads those: each event exactly once, whether it
     * was appended before or after the call. Nothing is polled, and waiting passes no event over.
     *
     * <p>Returns when the visitor returns false, or the query's limit is reached. While it reads,
     * the rules of {@link #read} hold; while it waits it holds nothing open. Each follower reads
     * the log by himself: a slow one delays no append and no other follower.
     *
     * @param query which, forward
     * @param visitor is lent each event until it returns false
     * @throws InterruptedException if the thread is interrupted while it waits, or between two
     *     transactions; all events before were visited
     * @throws StoreClosedException if the store is closed meanwhile
     * @throws StoreCorruptedException when it comes to bytes that are not what was written; all
     *     before were visited
     * @throws io.varve.store.errors.IncompatibleStoreException when it comes to events in a format
     *     of a newer version; all before were visited
     * @throws io.varve.store.errors.EventsTruncatedException when {@link Retention} has removed
     *     what comes next
     * @throws IllegalArgumentException if the query is backward
     */
    void follow(EventQuery query, EventVisitor visitor) throws InterruptedException;

    /**
     * Publishes events in order: those there are, then those to come, each exactly once to each
     * subscriber.
     *
     * <p>Each subscriber begins at the start of the query, has a daemon thread of its own, on which
     * it gets all signals, and reads the log at the pace of its demand. So a slow subscriber delays
     * no append and no other subscriber, and may block. It gets:
     *
     * <ul>
     *   <li>{@code onComplete} when the query's limit is reached;
     *   <li>{@code onError} with a {@link StoreClosedException} when the store is closed, with a
     *       {@link StoreCorruptedException} when it comes to damage, with an {@link
     *       io.varve.store.errors.IncompatibleStoreException} when it comes to events of a newer
     *       version, with an {@link io.varve.store.errors.EventsTruncatedException} when {@link
     *       Retention} has removed what comes next, with an {@link IllegalArgumentException} when
     *       it requests 0 events or less;
     *   <li>nothing more when it cancels, or throws, which is logged.
     * </ul>
     *
     * @param query which, forward
     * @return for any number of subscribers, until the store is closed
     * @throws IllegalArgumentException if the query is backward
     */
    Flow.Publisher<RecordedEvent> publisher(EventQuery query);

    /**
     * The hash that links the block of an event with all blocks before it, for a checkpoint.
     *
     * @param position of the event, 0 to {@link #head()}; of a truncated log at least the one
     *     before the first
     * @return the hash
     * @throws io.varve.store.errors.EventsTruncatedException if it was truncated
     */
    long chainHash(long position);

    /**
     * When an event was committed.
     *
     * @param position of the event, 0 to {@link #head()}; of a truncated log at least the one
     *     before the first
     * @return milliseconds since 1970-01-01T00:00Z
     * @throws io.varve.store.errors.EventsTruncatedException if it was truncated
     */
    long commitTimeMillis(long position);
}
