package io.varve.runtime;

import io.varve.projections.SourceEvent;
import io.varve.store.EventStore;
import io.varve.store.EventView;
import io.varve.store.EventVisitor;
import io.varve.store.SystemEvents;
import io.varve.store.errors.EventsTruncatedException;
import io.varve.store.errors.LackOfMemory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * Reads slices from a store, and decodes the events of chosen sources on the way; which, is asked
 * for anew with each slice.
 */
final class StoreSliceReader implements SliceReader {
    private final EventStore store;
    private final Supplier<Sources.Decoders> decoders;
    private final int maxEvents;
    private final int maxBytes;

    StoreSliceReader(EventStore store, Supplier<Sources.Decoders> decoders, RuntimeConfig config) {
        this.store = store;
        this.decoders = decoders;
        this.maxEvents = config.slotEvents();
        this.maxBytes = config.slotBytes();
    }

    @Override
    public long head() {
        return store.head();
    }

    @Override
    public EventSlice read(long from) {
        return read(from, (int) (nextBoundary(from) - from));
    }

    /** Where slices end, for those who begin apart to come to the same ones. */
    long nextBoundary(long from) {
        return from - from % maxEvents + maxEvents;
    }

    @Override
    public EventSlice readOne(long position) {
        return read(position, 1);
    }

    private EventSlice read(long from, int limit) {
        Collector collector = new Collector(from, decoders.get());
        store.readSlice(from, limit, collector);
        if (collector.next == from) {
            throw new SeamBrokenException("log, nothing below its head", from, store.head());
        }
        return new EventSlice(
                from,
                collector.next - 1,
                collector.commitTimeMillis,
                collector.decoders,
                collector.entries,
                collector.bytes);
    }

    /** Copies events to the heap: what processes them must not hold a read transaction. */
    private final class Collector implements EventVisitor {
        private final List<EventSlice.Entry> entries = new ArrayList<>();
        private final Sources.Decoders decoders;
        private final Map<String, List<Sources.Numbered>> serdes;
        private long next;
        private long commitTimeMillis = EventSlice.UNKNOWN;
        private long bytes;

        private Collector(long from, Sources.Decoders decoders) {
            this.decoders = decoders;
            this.serdes = decoders.byCategory();
            next = from;
        }

        @Override
        public boolean event(EventView event) {
            if (event.position() != next) {
                long first = store.retention().firstPosition();
                if (next < first) {
                    throw new EventsTruncatedException("position=" + next, first);
                }
                throw new SeamBrokenException("log", next, event.position());
            }
            if (commitTimeMillis == EventSlice.UNKNOWN) {
                commitTimeMillis = event.commitTimeMillis();
            }
            next++;
            List<Sources.Numbered> readers = serdes.get(event.stream().category());
            // Typed sources know nothing of the store's own events.
            if (readers != null && !SystemEvents.isSystem(event.type())) {
                for (Sources.Numbered reader : readers) {
                    entries.add(decode(reader, event));
                }
                bytes += event.payload().length();
            }
            return bytes < maxBytes;
        }
    }

    private static EventSlice.Entry decode(Sources.Numbered reader, EventView event) {
        try {
            Object value = reader.serde().deserialize(event.type(), event.payload());
            return new EventSlice.Decoded(
                    reader.number(),
                    new SourceEvent(
                            event.position(),
                            event.stream(),
                            event.version(),
                            event.type(),
                            event.eventTimeMillis(),
                            Objects.requireNonNull(value, "a serde returned null")));
        } catch (Throwable e) {
            LackOfMemory.throwIfCauseOf(e); // this thread's of now: the bytes may be right
            // Kept, not thrown: it concerns the projections that read this category, and them
            // alone.
            return new EventSlice.Poison(
                    reader.number(), event.position(), event.stream(), event.type(), e);
        }
    }
}
