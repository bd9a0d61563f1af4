package io.varve.runtime;

import io.varve.projections.SourceEvent;
import io.varve.store.EventHeaders;
import io.varve.store.StreamId;
import java.util.List;

/**
 * A run of the log, decoded: what a slot of the ring holds. Immutable, and says itself which
 * positions it stands for, so that it may be read at any time, from anywhere.
 *
 * @param first position it stands for
 * @param last position it stands for; {@code first - 1} where there was nothing
 * @param commitTimeMillis when the first of them was committed, as the log has it; -1 if not known
 * @param decoders which sources it was decoded for; it says nothing of others
 * @param entries in order of position: the events some projection reads, once per source that
 *     decodes them
 * @param bytes of their payloads
 */
record EventSlice(
        long first,
        long last,
        long commitTimeMillis,
        Sources.Decoders decoders,
        List<Entry> entries,
        long bytes) {
    static final long UNKNOWN = -1;

    EventSlice(
            long first,
            long last,
            long commitTimeMillis,
            Sources.Decoders decoders,
            List<Entry> entries) {
        this(first, last, commitTimeMillis, decoders, entries, 0);
    }

    /** An event as one source sees it. */
    sealed interface Entry {
        /** The number of the source among {@link Sources}. */
        int source();

        long position();

        StreamId stream();

        String type();
    }

    /** An event that was decoded: one object, as there are many. */
    record Decoded(
            int source,
            long position,
            StreamId stream,
            long version,
            String type,
            long eventTimeMillis,
            Object value,
            EventHeaders headers)
            implements Entry, SourceEvent {}

    /** What stands in the place of an event that could not be decoded. */
    record Poison(int source, long position, StreamId stream, String type, Throwable cause)
            implements Entry {}

    /** Whether it stands for a position. */
    boolean has(long position) {
        return first <= position && position <= last;
    }

    boolean isEmpty() {
        return last < first;
    }
}
