package io.varve.store;

import io.varve.store.errors.StoreCorruptedException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Streams and types by name and by number. Streams whose newest events are not in the index are
 * always in memory; others come and go.
 *
 * <p>Reading is thread-safe. What adds, drops or reserves is called under the append lock.
 */
final class StreamDirectory implements EventView.Names {
    /** Streams kept in memory although the index has them. */
    private static final int MOST_AT_REST = 1 << 18;

    /** Names that reading remembers, each in the slot of its number; a power of two. */
    private static final int RECENT = 1 << 16;

    private final Map<StreamId, StreamEntry> byId = new ConcurrentHashMap<>();
    private final Map<Integer, StreamEntry> byNumber = new ConcurrentHashMap<>();

    /** The same as by id; append lock only. */
    private final KnownStreams known = new KnownStreams();

    private final Map<String, Integer> typeNumbers = new HashMap<>();
    private final AtomicReferenceArray<Named> recentNames = new AtomicReferenceArray<>(RECENT);
    private final LogIndex index;
    private volatile String[] types = {};

    /** Only appenders change it, one at a time. */
    private volatile int streamCount;

    StreamDirectory(LogIndex index) {
        this.index = index;
    }

    /** Begins where the index ends. */
    void begin(int streams, String[] typeNames) {
        streamCount = streams;
        types = typeNames;
        for (int number = 0; number < typeNames.length; number++) {
            typeNumbers.put(typeNames[number], number);
        }
    }

    int streamCount() {
        return streamCount;
    }

    String[] types() {
        return types;
    }

    /** The number of a type, or -1. */
    int typeNumber(String name) {
        return typeNumbers.getOrDefault(name, -1);
    }

    @Override
    public String type(int number) {
        String[] known = types;
        if (number >= known.length) {
            throw new StoreCorruptedException(
                    "no block names a type that an event has: number=" + number, Log.REMEDY);
        }
        return known[number];
    }

    @Override
    public StreamId stream(int number) {
        int slot = number & RECENT - 1;
        Named recent = recentNames.get(slot);
        if (recent == null || recent.number() != number) {
            recent = new Named(number, name(number));
            recentNames.set(slot, recent);
        }
        return recent.id();
    }

    private StreamId name(int number) {
        StreamEntry entry = byNumber.get(number);
        return entry != null ? entry.id() : index.name(number).orElseThrow(() -> unknown(number));
    }

    /** A name that was asked for not long ago. Names never change, so it needs no care. */
    private record Named(int number, StreamId id) {}

    private StoreCorruptedException unknown(int number) {
        return IndexDamage.met(
                index.folder(), "neither log nor index name a stream: number=" + number);
    }

    /** A stream, if it exists. For readers: what the index knows is not kept. */
    Optional<StreamEntry> find(StreamId id) {
        StreamEntry entry = byId.get(id);
        return entry != null ? Optional.of(entry) : index.find(id);
    }

    /** A stream that exists. For readers. */
    StreamEntry get(int number) {
        StreamEntry entry = byNumber.get(number);
        return entry != null ? entry : index.find(number).orElseThrow(() -> unknown(number));
    }

    /** The streams of which the index has nothing yet, and maybe some that it has. */
    List<StreamEntry> unmerged() {
        List<StreamEntry> found = new ArrayList<>();
        for (StreamEntry entry : byNumber.values()) {
            if (entry.tail().base() == 0) {
                found.add(entry);
            }
        }
        return found;
    }

    /** Finds the streams of a batch that are in memory, to be changed; null for each other. */
    void findKnown(EventBatch batch, StreamEntry[] target) {
        known.find(batch, target);
    }

    /** A stream, if it exists, to be changed. */
    Optional<StreamEntry> load(StreamId id) {
        StreamEntry entry = byId.get(id);
        if (entry != null) {
            return Optional.of(entry);
        }
        Optional<StreamEntry> found = index.find(id);
        found.ifPresent(this::keep);
        return found;
    }

    /** A stream that exists, to be changed. */
    StreamEntry load(int number) {
        StreamEntry entry = byNumber.get(number);
        if (entry == null) {
            entry = index.find(number).orElseThrow(() -> unknown(number));
            keep(entry);
        }
        return entry;
    }

    private void keep(StreamEntry entry) {
        byId.put(entry.id(), entry);
        byNumber.put(entry.number(), entry);
        known.add(entry);
    }

    /** Adds a stream that has the next number. */
    void add(StreamEntry entry) {
        if (entry.number() != streamCount) {
            throw new IllegalStateException(
                    "number=" + entry.number() + " streamCount=" + streamCount);
        }
        streamCount = entry.number() + 1;
        keep(entry);
    }

    /** Adds a type that has the next number. */
    void addType(int number, String name) {
        if (number != types.length) {
            throw new IllegalStateException("number=" + number + " types=" + types.length);
        }
        String[] more = Arrays.copyOf(types, number + 1);
        more[number] = name;
        types = more;
        typeNumbers.put(name, number);
    }

    /** Lets go of streams that the index has, when there are many. */
    void dropAtRest() {
        if (byId.size() > MOST_AT_REST) {
            byId.values().removeIf(entry -> !entry.hasTail());
            byNumber.values().removeIf(entry -> !entry.hasTail());
            known.retain(byId.values());
        }
    }
}
