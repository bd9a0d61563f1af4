package io.varve.store;

import io.varve.store.bytes.BytesView;
import io.varve.store.serde.EventSerde;

/**
 * An event of the log, seen where it lies: nothing is copied. Lent for the time of a callback; keep
 * what you need with {@link #toRecordedEvent()}.
 *
 * <p>For the thread that it is lent to alone: on another, all it answers is an {@link
 * IllegalStateException}. After the read it was lent in, all it answers is an {@link
 * IndexOutOfBoundsException}, as its payload does; before that, it shows the event of the callback
 * that is going on.
 */
public final class EventView {
    private final BlockView block;
    private final BlockFields fields;
    private final Names names;
    private final BytesView payload = new BytesView();
    private final Thread borrower = Thread.currentThread();

    /**
     * Whoever else looked would see memory that is used again or gone, and end the process. Null
     * from the end of the lend on, so that one look tells both.
     */
    private Thread owner = borrower;

    private int index;

    /** Lent to this thread. Not lent again: who keeps it must not see what others are shown. */
    EventView(BlockView block, Names names) {
        this.block = block;
        this.fields = block.fields();
        this.names = names;
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

    /** Asked by each answer. */
    private void checkLent() {
        if (Thread.currentThread() != owner) {
            throw refused();
        }
    }

    private RuntimeException refused() {
        return Thread.currentThread() == borrower
                ? new IndexOutOfBoundsException(
                        "The event is lent no longer; keep what you need with toRecordedEvent()")
                : new IllegalStateException(
                        "The event is lent to another thread; hand on what toRecordedEvent() copies"
                                + " there: lentTo="
                                + borrower.getName());
    }

    /** Where its fields are. */
    private int place() {
        checkLent();
        return fields.place(index);
    }

    /** Ends the lend. */
    void release() {
        owner = null;
        payload.release();
    }

    /**
     * Its place in the log.
     *
     * @return from 0
     */
    public long position() {
        checkLent();
        return block.firstPosition() + index;
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
        checkLent();
        return block.commitTimeMillis();
    }

    /**
     * What else is known.
     *
     * @return decoded anew at each call
     */
    public EventHeaders headers() {
        int length = fields.headersLength(place());
        return HeadersCodec.read(new BytesView().wrap(block.bytes(), fields.body(index), length));
    }

    /**
     * Its bytes.
     *
     * @return lent as long as the event, and for the same thread
     */
    public BytesView payload() {
        checkLent();
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
        checkLent();
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
        checkLent();
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
