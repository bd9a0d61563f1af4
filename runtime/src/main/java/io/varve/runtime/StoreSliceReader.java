package io.varve.runtime;

import io.varve.store.EventHeaders;
import io.varve.store.EventStore;
import io.varve.store.EventView;
import io.varve.store.EventVisitor;
import io.varve.store.StreamId;
import io.varve.store.SystemEvents;
import io.varve.store.bytes.BytesView;
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

    /** As many as the last slice had: the next is likely to have as many. */
    private int lastEntries;

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
    public EventSlice read(long from, long last) {
        return read(from, (int) Math.min(nextBoundary(from) - from, last - from + 1));
    }

    private EventSlice read(long from, int limit) {
        Collector collector = new Collector(from, decoders.get());
        store.readSlice(from, limit, collector);
        if (collector.next == from) {
            throw new SeamBrokenException("log, nothing below its head", from, store.head());
        }
        lastEntries = collector.entries.size();
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
        private final List<EventSlice.Entry> entries = new ArrayList<>(lastEntries);
        private final Sources.Decoders decoders;
        private final Map<String, List<Sources.Numbered>> serdes;
        private long next;
        private long commitTimeMillis = EventSlice.UNKNOWN;
        private long bytes;

        /** The category that was met last, and what decodes it. */
        private String category = "";

        private List<Sources.Numbered> readers = List.of();

        private boolean readsHeaders;

        private Collector(long from, Sources.Decoders decoders) {
            this.decoders = decoders;
            this.serdes = decoders.byCategory();
            next = from;
        }

        @Override
        public boolean event(EventView event) {
            long position = event.position();
            if (position != next) {
                throw gap(position);
            }
            if (commitTimeMillis == EventSlice.UNKNOWN) {
                commitTimeMillis = event.commitTimeMillis();
            }
            next++;
            StreamId stream = event.stream();
            if (!stream.category().equals(category)) {
                category = stream.category();
                readers = serdes.getOrDefault(category, List.of());
                readsHeaders = decoders.headers().contains(category);
            }
            if (!readers.isEmpty()) {
                decode(event, position, stream, event.type());
            }
            return bytes < maxBytes;
        }

        private RuntimeException gap(long position) {
            long first = store.retention().firstPosition();
            return next < first
                    ? new EventsTruncatedException("position=" + next, first)
                    : new SeamBrokenException("log", next, position);
        }

        private void decode(EventView event, long position, StreamId stream, String type) {
            if (SystemEvents.isSystem(type)) {
                return; // typed sources know nothing of the store's own events
            }
            BytesView payload = event.payload();
            bytes += payload.length();
            long version = event.version();
            long time = event.eventTimeMillis();
            EventHeaders headers = readsHeaders ? event.headers() : EventHeaders.NONE;
            for (int i = 0; i < readers.size(); i++) {
                int number = readers.get(i).number();
                try {
                    Object value = readers.get(i).serde().deserialize(type, payload);
                    Objects.requireNonNull(value, "a serde returned null");
                    entries.add(
                            new EventSlice.Decoded(
                                    number, position, stream, version, type, time, value, headers));
                } catch (Throwable e) {
                    LackOfMemory.throwIfCauseOf(e); // this thread's of now
                    // Kept, not thrown: it concerns those that read this category, and them alone.
                    entries.add(new EventSlice.Poison(number, position, stream, type, e));
                }
            }
        }
    }
}
