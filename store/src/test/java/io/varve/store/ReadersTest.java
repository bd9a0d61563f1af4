package io.varve.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every source, direction, start, set of types and limit, against a plain list. */
class ReadersTest {
    private static final String NO_TYPE = "NeverAppended";

    @TempDir Path folder;

    @Test
    void shouldAnswerEveryQueryAsAListWould() throws IOException {
        run(folder, 1, 14);
    }

    @Test
    @Tag("long")
    void shouldAnswerEveryQueryAsAListWouldOfLargeLogs() throws IOException {
        for (int i = 0; i < 4; i++) {
            run(folder.resolve("run" + i), System.nanoTime(), 1_000);
        }
    }

    private static void run(Path folder, long seed, int appends) throws IOException {
        RandomLog log = new RandomLog(seed);
        try {
            try (EventStore store = EventStore.open(log.config(folder))) {
                checkAll(store, log);
            }
            for (int round = 0; round < 3; round++) {
                try (EventStore store = EventStore.open(log.config(folder))) {
                    for (int i = 0; i < appends; i++) {
                        log.append(store);
                    }
                    checkAll(store, log);
                }
                if (round == 1) {
                    TestEvents.deleteIndex(folder);
                }
            }
            try (EventStore store = EventStore.open(log.config(folder))) {
                checkAll(store, log);
            }
        } catch (RuntimeException | Error e) {
            throw new AssertionError("seed=" + seed, e);
        }
    }

    private static void checkAll(EventStore store, RandomLog log) {
        for (EventQuery source : sources(log)) {
            for (EventQuery typed : types(source)) {
                for (EventQuery started : starts(typed, log)) {
                    for (EventQuery directed : List.of(started, started.backward())) {
                        check(store, log, directed);
                        check(store, log, directed.limit(log.random.nextInt(1, 8)));
                        check(store, log, directed.limit(log.random.nextInt(2_000)));
                    }
                }
            }
        }
    }

    private static List<EventQuery> sources(RandomLog log) {
        return List.of(
                EventQuery.all(),
                EventQuery.category("c" + log.random.nextInt(3)),
                EventQuery.category("rare"),
                EventQuery.category("none"),
                EventQuery.stream(StreamId.of("c0", "k1")),
                EventQuery.stream(log.anyStream()),
                EventQuery.stream(StreamId.of("c0", "none")));
    }

    private static List<EventQuery> types(EventQuery query) {
        return List.of(
                query, query.type("T0"), query.type("T3", "T4", NO_TYPE), query.type(NO_TYPE));
    }

    private static List<EventQuery> starts(EventQuery query, RandomLog log) {
        List<RecordedEvent> events = log.expected(query);
        long time = 0;
        long number = log.random.nextInt(log.events.size() + 3);
        if (!events.isEmpty()) {
            RecordedEvent some = events.get(log.random.nextInt(events.size()));
            time = some.commitTimeMillis();
            boolean stream = query.source() instanceof EventQuery.Source.OfStream;
            number = stream ? some.version() : some.position();
        }
        Instant instant = Instant.ofEpochMilli(time);
        return List.of(
                query,
                query.from(0),
                query.from(number),
                query.from(log.events.size()),
                query.from(Long.MAX_VALUE),
                query.fromTime(instant),
                query.fromTime(instant.plusNanos(1)),
                query.fromTime(instant.minusNanos(1)),
                query.fromTime(Instant.ofEpochMilli(log.lastCommitTime() + 1)),
                query.fromTime(Instant.MIN),
                query.fromTime(Instant.MAX));
    }

    private static void check(EventStore store, RandomLog log, EventQuery query) {
        List<RecordedEvent> expected = log.expected(query);
        assertEquals(expected, store.readList(query), query::toString);
        try (EventCursor cursor = store.cursor(query)) {
            assertEquals(expected, cursor.stream().toList(), query::toString);
        }
        int stop = log.random.nextInt(5);
        List<RecordedEvent> some = new ArrayList<>();
        store.read(
                query,
                event -> {
                    some.add(event.toRecordedEvent());
                    return some.size() <= stop;
                });
        assertEquals(
                expected.subList(0, Math.min(expected.size(), stop + 1)), some, query::toString);
        assertTrue(some.size() <= query.limit());
    }
}
