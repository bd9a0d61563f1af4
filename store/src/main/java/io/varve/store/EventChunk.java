package io.varve.store;

import io.varve.store.errors.IncompatibleStoreException;
import io.varve.store.errors.StoreCorruptedException;
import java.util.ArrayDeque;

/**
 * Events copied to the heap in one go, so that nothing is open while they are used. One thread at a
 * time.
 */
final class EventChunk {
    /** Events of a chunk. */
    static final int MOST_EVENTS = 256;

    /** Payload of a chunk; one event alone may have more. */
    private static final int MOST_BYTES = 1 << 20;

    private final ArrayDeque<RecordedEvent> events = new ArrayDeque<>();
    private final EventVisitor keep = this::keep;
    private long most;
    private long bytes;

    boolean isEmpty() {
        return events.isEmpty();
    }

    RecordedEvent next() {
        return events.remove();
    }

    /**
     * Reads on until there are events, if any are left. Where it cannot read on, what lies before
     * comes first: the scan stands there and fails again.
     *
     * @param count of events at most, 1 or more
     */
    void fill(EventScan scan, long count) {
        most = Math.min(count, MOST_EVENTS);
        bytes = 0;
        try {
            while (events.isEmpty() && !scan.isDone()) {
                scan.read(keep);
            }
        } catch (StoreCorruptedException | IncompatibleStoreException e) {
            if (events.isEmpty()) {
                throw e;
            }
        }
    }

    private boolean keep(EventView event) {
        bytes += event.payload().length();
        events.add(event.toRecordedEvent());
        return events.size() < most && bytes < MOST_BYTES;
    }
}
