package io.varve.store;

import io.varve.store.bytes.BytesWriter;
import io.varve.store.serde.EventSerde;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Events to be appended together, to one stream or to several, all or nothing. Events are encoded
 * as they are added. A batch keeps them when it was appended: {@link #clear() clear} it to use it
 * again for others, which saves garbage. One thread at a time.
 *
 * <pre>{@code
 * store.append(new EventBatch()
 *         .expect(orders.id("order-9"), ExpectedVersion.noStream())
 *         .expect(stock.id("bicycle"), ExpectedVersion.exactly(41))
 *         .add(orders.id("order-9"), orders.serde(), new OrderPlaced("eve", 99))
 *         .add(stock.id("bicycle"), stock.serde(), new Reserved("order-9", 1)));
 * }</pre>
 */
public final class EventBatch {
    /** Stands for the time of the append. */
    static final long NOW = Long.MIN_VALUE;

    /** The widest event time, in milliseconds either side of 1970: 48 bits. */
    static final long MAX_TIME = NewEvent.MAX_EVENT_TIME_MILLIS;

    private static final int FIRST_ROOM = 16;

    private final BytesWriter bytes = new BytesWriter();
    private final BatchStreams streams = new BatchStreams();
    private final EventRuns runs = new EventRuns();
    private final BatchTypes types = new BatchTypes();
    private final Map<StreamId, ExpectedVersion> expectations = new LinkedHashMap<>();
    private int[] end = new int[FIRST_ROOM];
    private Optional<String> key = Optional.empty();
    private Optional<ProducerMark> mark = Optional.empty();
    private Set<StreamId> tombstones = Set.of();
    private int count;
    private int largestPayload;
    private int largestHeaders;

    /** A batch without events. */
    public EventBatch() {}

    /**
     * Says what a stream's version must be before this batch, for the batch to be appended.
     *
     * @param stream which; the batch need have no event of it: then it guards a decision that was
     *     made on it, and the stream stays as it is
     * @param expected what; replaces an earlier expectation of the same stream
     * @return this
     */
    public EventBatch expect(StreamId stream, ExpectedVersion expected) {
        Objects.requireNonNull(stream, "stream");
        Objects.requireNonNull(expected, "expected");
        if (expected == ExpectedVersion.any()) {
            expectations.remove(stream);
        } else {
            expectations.put(stream, expected);
        }
        return this;
    }

    /**
     * Gives the batch a key, so that it can be appended again after an error that leaves open
     * whether it was: where the log has an append of this key and of the same content, that one's
     * result is the answer and nothing is appended. Content is, in order, each event's stream,
     * type, given time, headers and payload, and the producer mark; not what is expected of
     * streams.
     *
     * <p>A key is known as long as the log has the events that came with it.
     *
     * @param newKey 1 to 255 bytes of UTF-8; of one name space in all of the store
     * @return this
     */
    public EventBatch idempotencyKey(String newKey) {
        AppendKey.check(newKey);
        key = Optional.of(newKey);
        return this;
    }

    /**
     * Says up to where of the log a producer has reacted with these events. A mark moves with
     * events only; a producer whose reading leads to none need not move it, and reads that part
     * again after a restart.
     *
     * @param newMark compared and set with the append; replaces an earlier one
     * @return this
     */
    public EventBatch producerMark(ProducerMark newMark) {
        mark = Optional.of(newMark);
        return this;
    }

    /**
     * Ends a stream with a tombstone: an event of type {@link SystemEvents#TOMBSTONE} that nothing
     * of the stream can follow, in this batch or later.
     *
     * @param stream which; it may be new
     * @return this
     */
    public EventBatch tombstone(StreamId stream) {
        BatchLimits.checkNotLent(bytes);
        BatchLimits.checkAlive(stream, tombstones);
        finish(stream, SystemEvents.TOMBSTONE, OptionalLong.empty(), bytes.size());
        tombstones = tombstones.isEmpty() ? new HashSet<>() : tombstones;
        tombstones.add(stream);
        return this;
    }

    /**
     * Adds an event.
     *
     * @param stream it belongs to
     * @param event the event; its payload is copied
     * @return this
     */
    public EventBatch add(StreamId stream, NewEvent event) {
        Objects.requireNonNull(event, "event");
        check(stream, event.type(), event.eventTimeMillis());
        int start = bytes.size();
        try {
            HeadersCodec.write(event.headers(), bytes);
            int payload = bytes.size();
            bytes.putBytes(event.payload());
            finish(stream, event.type(), event.eventTimeMillis(), payload);
        } catch (RuntimeException | Error e) {
            bytes.truncate(start); // or the next event would have them
            throw e;
        }
        return this;
    }

    /**
     * Adds a typed event of now, without headers.
     *
     * @param stream it belongs to
     * @param serde turns it into bytes
     * @param event the event
     * @param <E> what the events have in common
     * @return this
     * @throws io.varve.store.errors.SerdeException if the serde cannot write it; the batch is as it
     *     was before
     */
    public <E> EventBatch add(StreamId stream, EventSerde<E> serde, E event) {
        return add(stream, serde, event, OptionalLong.empty());
    }

    /**
     * Adds a typed event without headers.
     *
     * @param stream it belongs to
     * @param serde turns it into bytes
     * @param event the event
     * @param eventTimeMillis when it happened, in milliseconds since 1970-01-01T00:00Z
     * @param <E> what the events have in common
     * @return this
     * @throws io.varve.store.errors.SerdeException if the serde cannot write it; the batch is as it
     *     was before
     */
    public <E> EventBatch add(
            StreamId stream, EventSerde<E> serde, E event, OptionalLong eventTimeMillis) {
        return add(stream, serde, event, eventTimeMillis, EventHeaders.NONE);
    }

    /**
     * Adds a typed event.
     *
     * @param stream it belongs to
     * @param serde turns it into bytes
     * @param event the event
     * @param eventTimeMillis when it happened, in milliseconds since 1970-01-01T00:00Z; empty for
     *     the time of the append
     * @param headers what else is known
     * @param <E> what the events have in common
     * @return this
     * @throws io.varve.store.errors.SerdeException if the serde cannot write it; the batch is as it
     *     was before
     */
    public <E> EventBatch add(
            StreamId stream,
            EventSerde<E> serde,
            E event,
            OptionalLong eventTimeMillis,
            EventHeaders headers) {
        String type = serde.typeOf(event);
        check(stream, type, eventTimeMillis);
        int start = bytes.size();
        try {
            HeadersCodec.write(headers, bytes);
            int payload = bytes.size();
            write(serde, event);
            finish(stream, type, eventTimeMillis, payload);
        } catch (RuntimeException | Error e) {
            bytes.truncate(start); // or the next event would have them
            throw e;
        }
        return this;
    }

    /** What other events have written is not within the serde's reach. */
    private <E> void write(EventSerde<E> serde, E event) {
        bytes.lend();
        try {
            serde.serialize(event, bytes);
        } finally {
            bytes.takeBack();
        }
    }

    /**
     * How many events were added.
     *
     * @return 0 or more
     */
    public int size() {
        return count;
    }

    /**
     * Forgets events, expectations, idempotency key and producer mark, and keeps the room.
     *
     * @return this
     */
    public EventBatch clear() {
        BatchLimits.checkNotLent(bytes);
        bytes.reset();
        streams.clear();
        runs.clear();
        types.clear();
        expectations.clear();
        key = Optional.empty();
        mark = Optional.empty();
        tombstones = Set.of();
        count = 0;
        largestPayload = 0;
        largestHeaders = 0;
        return this;
    }

    /**
     * Refuses what cannot be added before anything is changed, so that a refused event leaves no
     * trace.
     */
    private void check(StreamId stream, String type, OptionalLong time) {
        BatchLimits.checkNotLent(bytes);
        BatchLimits.checkAlive(stream, tombstones);
        if (!isLastType(type)) {
            NewEvent.checkType(type);
        }
        BatchLimits.checkTime(time);
    }

    /** Keeps the event whose headers and payload are the last bytes written. */
    private void finish(StreamId stream, String type, OptionalLong time, int payload) {
        if (count == end.length) {
            end = Arrays.copyOf(end, count * 2);
        }
        if (streams.isFull()) {
            runs.number(streams);
        }
        int headers = payload - start(count);
        runs.add(streams.mention(stream), indexOf(type), headers, time.orElse(NOW));
        end[count++] = bytes.size();
        largestPayload = Math.max(largestPayload, bytes.size() - payload);
        largestHeaders = Math.max(largestHeaders, headers);
    }

    private boolean isLastType(String type) {
        return runs.lastType() >= 0 && types.type(runs.lastType()).equals(type);
    }

    private int indexOf(String type) {
        return isLastType(type) ? runs.lastType() : types.numberOf(type);
    }

    Optional<String> key() {
        return key;
    }

    Optional<ProducerMark> mark() {
        return mark;
    }

    /** Whether a run is the tombstone of its stream. */
    boolean isTombstone(int run) {
        return !tombstones.isEmpty() && types.type(runs.type(run)).equals(SystemEvents.TOMBSTONE);
    }

    Map<StreamId, ExpectedVersion> expectations() {
        return expectations;
    }

    int streamCount() {
        runs.number(streams);
        return streams.count();
    }

    int typeCount() {
        return types.count();
    }

    /** A stream by its index within the batch, 0 to {@link #streamCount()} - 1. */
    StreamId stream(int index) {
        return streams.id(index);
    }

    /** The hash code of a stream by its index. */
    int streamHash(int index) {
        return streams.hash(index);
    }

    /** A type by its index within the batch, 0 to {@link #typeCount()} - 1. */
    String type(int index) {
        return types.type(index);
    }

    /** Its events by what they have in common. */
    EventRuns runs() {
        runs.number(streams);
        return runs;
    }

    int streamOf(int event) {
        runs.number(streams);
        return runs.stream(runs.of(event));
    }

    int typeOf(int event) {
        return runs.type(runs.of(event));
    }

    /** Milliseconds since 1970, or {@link #NOW}. */
    long time(int event) {
        return runs.time(runs.of(event));
    }

    /** Where an event's headers begin in {@link #bytes()}; its payload follows them. */
    int start(int event) {
        return event == 0 ? 0 : end[event - 1];
    }

    /**
     * Tells where events begin.
     *
     * @param from the first of them
     * @param to behind the last of them
     * @param target gets what {@link #start} says, with {@code plus} added, from {@code at} on
     */
    void starts(int from, int to, int[] target, int at, int plus) {
        target[at] = start(from) + plus;
        for (int i = from + 1; i < to; i++) {
            target[at + i - from] = end[i - 1] + plus;
        }
    }

    int headersLength(int event) {
        return runs.headersLength(runs.of(event));
    }

    /** Headers and payload together. */
    int bodyLength(int event) {
        return end[event] - start(event);
    }

    /** Headers and payloads of events {@code from} to {@code to}, excluded. */
    int bodyLength(int from, int to) {
        return start(to) - start(from);
    }

    int largestPayload() {
        return largestPayload;
    }

    int largestHeaders() {
        return largestHeaders;
    }

    byte[] bytes() {
        return bytes.array();
    }

    /** Headers and payloads of all events together. */
    int totalBytes() {
        return bytes.size();
    }
}
