package io.varve.store;

import io.varve.store.errors.StoreClosedException;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Events of a query one by one, on the heap, up to the last one there was when the cursor was
 * opened.
 *
 * <p>It reads 256 events or 1 MiB at a time and holds neither a transaction nor mapped memory
 * between calls. So its user may take as long as he likes, append, and open other cursors
 * meanwhile; and a cursor that is not closed costs nothing but its own memory. Closing it says that
 * it is not to be used any more.
 *
 * <p>One thread at a time. Whatever goes wrong with reading is thrown by {@link #hasNext()} and
 * {@link #next()}: see {@link EventStore#read}.
 */
public final class EventCursor implements Iterator<RecordedEvent>, AutoCloseable {
    private final EventScan scan;
    private final EventChunk chunk = new EventChunk();
    private boolean closed;

    EventCursor(EventScan scan) {
        this.scan = scan;
    }

    /**
     * Whether there is another event.
     *
     * @return false behind the last
     * @throws StoreClosedException if the cursor or the store is closed
     * @throws io.varve.store.errors.StoreCorruptedException if the next event is damaged
     */
    @Override
    public boolean hasNext() {
        if (closed) {
            throw new StoreClosedException("event cursor");
        }
        if (chunk.isEmpty()) {
            chunk.fill(scan, EventChunk.MOST_EVENTS);
        }
        return !chunk.isEmpty();
    }

    /**
     * The next event.
     *
     * @return on the heap
     * @throws NoSuchElementException behind the last
     * @throws StoreClosedException if the cursor or the store is closed
     * @throws io.varve.store.errors.StoreCorruptedException if the event is damaged
     */
    @Override
    public RecordedEvent next() {
        if (!hasNext()) {
            throw new NoSuchElementException("There is no event behind the last one");
        }
        return chunk.next();
    }

    /**
     * The events that are left, as a stream of Java; closing it closes the cursor. Use either the
     * stream or the cursor.
     *
     * @return sequential and ordered
     */
    public Stream<RecordedEvent> stream() {
        int kind = Spliterator.ORDERED | Spliterator.NONNULL | Spliterator.IMMUTABLE;
        return StreamSupport.stream(Spliterators.spliteratorUnknownSize(this, kind), false)
                .onClose(this::close);
    }

    /** Ends the use of the cursor. Closing twice does nothing. */
    @Override
    public void close() {
        closed = true;
    }
}
