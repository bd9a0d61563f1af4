package io.varve.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;

/** Events, streams and folders for tests, and what must be true of every store. */
final class TestEvents {
    private TestEvents() {}

    static StreamId stream(String key) {
        return StreamId.of("things", key);
    }

    static NewEvent event(String text) {
        return NewEvent.of("Said", text.getBytes(StandardCharsets.UTF_8));
    }

    /** Appends events at once. */
    static void appendMany(EventStore store, StreamId stream, int count) {
        EventBatch batch = new EventBatch();
        for (int i = 0; i < count; i++) {
            batch.add(stream, event("event " + i));
        }
        store.append(batch);
    }

    static NewEvent event(long seed, int length) {
        return NewEvent.of("Filled", payload(seed, length));
    }

    static byte[] payload(long seed, int length) {
        byte[] bytes = new byte[length];
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) random.nextInt();
        }
        return bytes;
    }

    static String text(RecordedEvent event) {
        return new String(event.payload(), StandardCharsets.UTF_8);
    }

    static List<RecordedEvent> all(EventStore store) {
        return store.readList(EventQuery.all());
    }

    static List<RecordedEvent> of(EventStore store, StreamId stream) {
        return store.readList(EventQuery.stream(stream));
    }

    /** A map that must grow soon and an index that is merged all the time. */
    static StoreConfig restless(Path folder) {
        return StoreConfig.at(folder).withInitialMapBytes(1 << 20).withMergeEvents(7);
    }

    /**
     * Reads everything, and checks that positions and versions have no gaps and that each stream
     * reads as its part of the log.
     *
     * @return everything
     */
    static List<RecordedEvent> assertSound(EventStore store) {
        List<RecordedEvent> events = all(store);
        assertEquals(events.size() - 1, store.head());
        Map<StreamId, List<RecordedEvent>> streams = new LinkedHashMap<>();
        for (int i = 0; i < events.size(); i++) {
            RecordedEvent event = events.get(i);
            assertEquals(i, event.position());
            List<RecordedEvent> stream =
                    streams.computeIfAbsent(event.stream(), id -> new ArrayList<>());
            assertEquals(stream.size(), event.version(), event::toString);
            stream.add(event);
        }
        streams.forEach(
                (id, expected) -> {
                    assertEquals(expected, of(store, id));
                    assertEquals(expected.size() - 1, store.version(id).orElseThrow());
                });
        return events;
    }

    /** A clock that stands until it is set. */
    static Clock clock(AtomicLong millis) {
        return new Clock() {
            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }

            @Override
            public Instant instant() {
                return Instant.ofEpochMilli(millis.get());
            }
        };
    }

    /** Copies a store's folder, but not who has it open: as a crash would leave it. */
    static void copy(Path from, Path to) throws IOException {
        for (String part : List.of("log", "index")) {
            Files.createDirectories(to.resolve(part));
            Path file = from.resolve(part).resolve("data.mdb");
            if (Files.exists(file)) {
                Files.copy(file, to.resolve(part).resolve("data.mdb"));
            }
        }
    }

    static void deleteIndex(Path folder) throws IOException {
        Files.delete(folder.resolve("index").resolve("data.mdb"));
        Files.deleteIfExists(folder.resolve("index").resolve("lock.mdb"));
    }
}
