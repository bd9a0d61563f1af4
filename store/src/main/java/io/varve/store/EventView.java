package io.varve.store;

import io.varve.store.bytes.BytesView;
import io.varve.store.serde.EventSerde;

/**
 * An event of the log, seen where it lies: nothing is copied. Lent for the time of a callback and
 * emptied after it, when all it answers is an {@link IndexOutOfBoundsException}; keep what you need
 * with {@link #toRecordedEvent()}. For the thread that it is lent to alone: on another, to decode
 * or copy it is an {@link IllegalStateException}, and its fields may be those of any event.
 */
public final class EventView {
    private static final int NOT_LENT = -1;

    private final BlockView block;
    private final BlockFields fields;
    private final BytesView payload = new BytesView();

    /** Whoever else looked would see memory that is used again or gone, and end the process. */
    private Thread owner = Thread.currentThread();

    private Names names;
    private int index;

    EventView(BlockView block) {
        this.block = block;
        this.fields = block.fields();
    }

    /** From now on it is lent to this thread. */
    void begin(Names newNames) {
        names = newNames;
        owner = Thread.currentThread();
    }

    /** Turns stream and type numbers into names. */
    interface Names {
        StreamId stream(int number);

        String type(int number);
    }

    /** Shows event {@code i} of the block. */
    void show(int i) {
        index = i;
        fields.payload(i, payload);
    }

    /**
     * Where its fields are. Not asked for whether it is lent, which would cost a scan one part in
     * twenty: what is lent no longer has no bytes, and reading them fails.
     */
    private int place() {
        return fields.place(index);
    }

    /** Its place in the block, as long as it is lent. */
    private int lent() {
        if (index == NOT_LENT) {
            throw new IndexOutOfBoundsException(
                    "The event is lent no longer; keep what you need with toRecordedEvent()");
        }
        return index;
    }

    /** Asked where an answer takes longer than asking. */
    private void checkOwner() {
        if (Thread.currentThread() != owner) {
            throw new IllegalStateException(
                    "The event is lent to another thread; hand on what toRecordedEvent() copies"
                            + " there: lentTo="
                            + owner.getName());
        }
    }

    void release() {
        payload.release();
        index = NOT_LENT;
    }

    /**
     * Its place in the log.
     *
     * @return from 0
     */
    public long position() {
        return block.firstPosition() + lent();
    }

    /**
     * The stream it belongs to.
     *
     * @return its id; mostly the same object for the same stream
     */
    public StreamId stream() {
        return names.stream(fields.stream(place()));
    }

    /**
     * Its place in the stream.
     *
     * @return from 0
     */
    public long version() {
        return fields.version(index, place());
    }

    /**
     * The stable name of its type.
     *
     * @return the same object for the same type
     */
    public String type() {
        return names.type(fields.type(place()));
    }

    /**
     * Whether it is the tombstone that ends its stream.
     *
     * @return true if so
     */
    public boolean isTombstone() {
        return type().equals(SystemEvents.TOMBSTONE);
    }

    /**
     * When it happened.
     *
     * @return milliseconds since 1970-01-01T00:00Z
     */
    public long eventTimeMillis() {
        return fields.timeMillis(place());
    }

    /**
     * When it was committed.
     *
     * @return milliseconds since 1970-01-01T00:00Z
     */
    public long commitTimeMillis() {
        lent();
        return block.commitTimeMillis();
    }

    /**
     * What else is known.
     *
     * @return decoded anew at each call
     */
    public EventHeaders headers() {
        checkOwner();
        int length = fields.headersLength(place());
        return HeadersCodec.read(new BytesView().wrap(block.bytes(), fields.body(index), length));
    }

    /**
     * Its bytes.
     *
     * @return always the same view, lent as long as the event
     */
    public BytesView payload() {
        return payload;
    }

    /**
     * Decodes its payload.
     *
     * @param serde of its category
     * @param <E> what the category's events have in common
     * @return the event, to be kept at will
     * @throws io.varve.store.errors.SerdeException if the serde cannot read it; says which event it
     *     is
     */
    public <E> E decode(EventSerde<E> serde) {
        checkOwner();
        try {
            return serde.deserialize(type(), payload);
        } catch (RuntimeException e) {
            throw Undecodable.told(e, position(), stream(), version(), type());
        }
    }

    /**
     * A copy that may be kept.
     *
     * @return on the heap
     */
    public RecordedEvent toRecordedEvent() {
        checkOwner();
        return new RecordedEvent(
                position(),
                stream(),
                version(),
                type(),
                eventTimeMillis(),
                commitTimeMillis(),
                headers(),
                payload.toByteArray());
    }
}
