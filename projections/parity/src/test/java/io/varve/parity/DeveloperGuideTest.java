package io.varve.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.varve.projections.Grouped;
import io.varve.projections.Materialized;
import io.varve.projections.SessionWindows;
import io.varve.projections.StoreRef;
import io.varve.projections.StreamsBuilder;
import io.varve.projections.Suppressed;
import io.varve.projections.Table;
import io.varve.projections.TimeWindows;
import io.varve.projections.Windowed;
import io.varve.store.serde.Serdes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.kstream.KTable;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.SessionStore;
import org.apache.kafka.streams.state.WindowStore;
import org.junit.jupiter.api.Test;

/** The examples of the Kafka Streams developer guide in both systems, with the same results. */
class DeveloperGuideTest {
    private static final long MINUTE = 60_000;
    private static final Duration FIVE_MINUTES = Duration.ofMinutes(5);

    private static final StoreRef<String, Long> COUNTS = StoreRef.of("counts");
    private static final StoreRef<Windowed<String>, Long> WINDOWED = StoreRef.of("windowed");

    private static List<String> words(String line) {
        return Arrays.asList(line.toLowerCase().split("\\W+"));
    }

    @Test
    void shouldCountWords() {
        Map<String, Long> expected =
                Map.of("all", 2L, "streams", 2L, "lead", 1L, "to", 1L, "kafka", 1L, "hello", 1L);

        StreamsBuilder ours = new StreamsBuilder();
        VarveRun.texts(ours, "lines")
                .flatMapValues(DeveloperGuideTest::words)
                .groupBy((key, word) -> word)
                .count(Materialized.as(COUNTS, Serdes.utf8(), Serdes.int64()));
        try (VarveRun run = new VarveRun(ours)) {
            run.pipe("lines", "1", "all streams lead to kafka", 0)
                    .pipe("lines", "1", "Hello all streams", 1);
            assertEquals(expected, run.rows(COUNTS, Function.identity()));
        }

        var theirs = new org.apache.kafka.streams.StreamsBuilder();
        theirs.<String, String>stream("lines", texts())
                .flatMapValues(DeveloperGuideTest::words)
                .groupBy((key, word) -> word, byText())
                .count(as("counts"));
        try (KafkaRun run = new KafkaRun(theirs)) {
            run.pipe("lines", "1", "all streams lead to kafka", 0)
                    .pipe("lines", "1", "Hello all streams", 1);
            assertEquals(expected, run.rows("counts", Function.identity()));
        }
    }

    /** Windows of five minutes; what comes when a window is over by more than a minute is late. */
    @Test
    void shouldCountByWindowsWithGrace() {
        Map<String, Long> expected =
                Map.of("alice[0,300000]", 3L, "alice[300000,600000]", 2L, "bob[300000,600000]", 1L);

        StreamsBuilder ours = new StreamsBuilder();
        VarveRun.texts(ours, "views")
                .groupByKey(Grouped.with(Serdes.utf8(), Serdes.utf8()))
                .windowedBy(TimeWindows.ofSizeAndGrace(FIVE_MINUTES, Duration.ofMinutes(1)))
                .count(Materialized.windowed(WINDOWED, Serdes.utf8(), Serdes.int64()));
        try (VarveRun run = new VarveRun(ours)) {
            for (View view : VIEWS) {
                run.pipe("views", view.user, view.page, view.time);
            }
            assertEquals(expected, run.windows(WINDOWED));
        }

        var theirs = new org.apache.kafka.streams.StreamsBuilder();
        theirs.<String, String>stream("views", texts())
                .groupByKey(byText())
                .windowedBy(
                        org.apache.kafka.streams.kstream.TimeWindows.ofSizeAndGrace(
                                FIVE_MINUTES, Duration.ofMinutes(1)))
                .count(inWindows("windowed"));
        try (KafkaRun run = new KafkaRun(theirs)) {
            for (View view : VIEWS) {
                run.pipe("views", view.user, view.page, view.time);
            }
            assertEquals(expected, run.windows("windowed"));
        }
    }

    private record View(String user, String page, long time) {}

    private static final List<View> VIEWS =
            List.of(
                    new View("alice", "home", 0),
                    new View("alice", "shop", 4 * MINUTE),
                    new View("bob", "home", 5 * MINUTE + 30_000),
                    new View("alice", "cart", 2 * MINUTE), // in the grace period
                    new View("alice", "paid", 6 * MINUTE),
                    new View("bob", "shop", 3 * MINUTE), // late
                    new View("alice", "home", 9 * MINUTE));

    /** How often pages were viewed in each region, in the last ten minutes, every five. */
    @Test
    void shouldCountPageViewsByRegion() {
        Map<String, Long> expected =
                Map.of(
                        "europe[0,600000]", 1L,
                        "asia[0,600000]", 3L,
                        "UNKNOWN[0,600000]", 1L,
                        "asia[300000,900000]", 1L,
                        "UNKNOWN[300000,900000]", 1L);
        Duration ten = Duration.ofMinutes(10);

        StreamsBuilder ours = new StreamsBuilder();
        Table<String, String> users = VarveRun.texts(ours, "users").toTable(textsIn("users"));
        VarveRun.texts(ours, "views")
                .leftJoin(users, (page, region) -> region == null ? "UNKNOWN" : region)
                .groupBy((user, region) -> region, Grouped.with(Serdes.utf8(), Serdes.utf8()))
                .windowedBy(TimeWindows.ofSizeWithNoGrace(ten).advanceBy(FIVE_MINUTES))
                .count(Materialized.windowed(WINDOWED, Serdes.utf8(), Serdes.int64()));
        try (VarveRun run = new VarveRun(ours)) {
            REGIONS.forEach(event -> run.pipe(event.topic, event.user, event.text, event.time));
            assertEquals(expected, run.windows(WINDOWED));
        }

        var theirs = new org.apache.kafka.streams.StreamsBuilder();
        KTable<String, String> regions = theirs.table("users", texts());
        theirs.<String, String>stream("views", texts())
                .leftJoin(regions, (page, region) -> region == null ? "UNKNOWN" : region)
                .groupBy((user, region) -> region, byText())
                .windowedBy(
                        org.apache.kafka.streams.kstream.TimeWindows.ofSizeWithNoGrace(ten)
                                .advanceBy(FIVE_MINUTES))
                .count(inWindows("windowed"));
        try (KafkaRun run = new KafkaRun(theirs)) {
            REGIONS.forEach(event -> run.pipe(event.topic, event.user, event.text, event.time));
            assertEquals(expected, run.windows("windowed"));
        }
    }

    private record Event(String topic, String user, String text, long time) {}

    private static final List<Event> REGIONS =
            List.of(
                    new Event("users", "alice", "europe", 0),
                    new Event("users", "bob", "asia", 0),
                    new Event("views", "alice", "home", MINUTE),
                    new Event("views", "bob", "home", 2 * MINUTE),
                    new Event("users", "alice", "asia", 3 * MINUTE),
                    new Event("views", "alice", "shop", 4 * MINUTE),
                    new Event("views", "carol", "home", 6 * MINUTE),
                    new Event("views", "bob", "cart", 7 * MINUTE));

    /** Two sessions of green become one by a record that comes late. */
    @Test
    void shouldMergeSessions() {
        Map<String, Long> expected =
                Map.of("green[0,360000]", 3L, "blue[120000,300000]", 2L, "blue[660000,660000]", 1L);
        Duration grace = Duration.ofMinutes(10);

        StreamsBuilder ours = new StreamsBuilder();
        VarveRun.texts(ours, "records")
                .groupByKey(Grouped.with(Serdes.utf8(), Serdes.utf8()))
                .windowedBy(SessionWindows.ofInactivityGapAndGrace(FIVE_MINUTES, grace))
                .count(Materialized.windowed(WINDOWED, Serdes.utf8(), Serdes.int64()));
        try (VarveRun run = new VarveRun(ours)) {
            SESSIONS.forEach(event -> run.pipe("records", event.user, event.text, event.time));
            assertEquals(expected, run.windows(WINDOWED));
        }

        var theirs = new org.apache.kafka.streams.StreamsBuilder();
        theirs.<String, String>stream("records", texts())
                .groupByKey(byText())
                .windowedBy(
                        org.apache.kafka.streams.kstream.SessionWindows.ofInactivityGapAndGrace(
                                FIVE_MINUTES, grace))
                .count(
                        org.apache.kafka.streams.kstream.Materialized
                                .<String, Long, SessionStore<Bytes, byte[]>>as("sessions"));
        try (KafkaRun run = new KafkaRun(theirs)) {
            SESSIONS.forEach(event -> run.pipe("records", event.user, event.text, event.time));
            assertEquals(expected, run.sessions("sessions"));
        }
    }

    private static final List<Event> SESSIONS =
            List.of(
                    new Event("records", "green", "1", 0),
                    new Event("records", "blue", "1", 2 * MINUTE),
                    new Event("records", "green", "2", 6 * MINUTE),
                    new Event("records", "blue", "2", 5 * MINUTE),
                    new Event("records", "green", "3", 4 * MINUTE),
                    new Event("records", "blue", "3", 11 * MINUTE));

    /** The rows of the guide's table, after each of its records; the value is the foreign key. */
    @Test
    void shouldJoinByForeignKey() {
        List<Event> events =
                List.of(
                        new Event("left", "k", "A", 0),
                        new Event("left", "k", "B", 1),
                        new Event("right", "A", "foo", 2),
                        new Event("right", "B", "bar", 3),
                        new Event("left", "k", "A", 4),
                        new Event("left", "k", "C", 5),
                        new Event("left", "k", "A", 6),
                        new Event("right", "A", null, 7),
                        new Event("left", "k", null, 8));
        List<String> expected =
                Arrays.asList(null, null, null, "B-bar", "A-foo", null, "A-foo", null, null);
        List<String> found = new ArrayList<>();

        StreamsBuilder ours = new StreamsBuilder();
        Table<String, String> left = VarveRun.texts(ours, "left").toTable(textsIn("left"));
        Table<String, String> right = VarveRun.texts(ours, "right").toTable(textsIn("right"));
        left.join(
                right,
                Function.identity(),
                (value, other) -> value + "-" + other,
                textsIn("joined"));
        try (VarveRun run = new VarveRun(ours)) {
            for (Event event : events) {
                run.pipe(event.topic, event.user, event.text, event.time);
                StoreRef<String, String> joined = StoreRef.of("joined");
                found.add(run.rows(joined, Function.identity()).get("k"));
            }
            assertEquals(expected, found);
        }

        found.clear();
        var theirs = new org.apache.kafka.streams.StreamsBuilder();
        KTable<String, String> first = theirs.table("left", texts());
        KTable<String, String> second = theirs.table("right", texts());
        Function<String, String> foreignKey = Function.identity();
        first.join(
                second,
                foreignKey,
                (value, other) -> value + "-" + other,
                org.apache.kafka.streams.kstream.Materialized
                        .<String, String, KeyValueStore<Bytes, byte[]>>as("joined")
                        .withKeySerde(text())
                        .withValueSerde(text()));
        try (KafkaRun run = new KafkaRun(theirs)) {
            for (Event event : events) {
                run.pipe(event.topic, event.user, event.text, event.time);
                found.add(run.<String, String>rows("joined", Function.identity()).get("k"));
            }
            assertEquals(expected, found);
        }
    }

    @Test
    void shouldMakeOneRowOfSeveralGroups() {
        List<Event> events =
                List.of(
                        new Event("carts", "alice", "book", 0),
                        new Event("wishes", "alice", "lamp", 1),
                        new Event("carts", "bob", "pen", 2),
                        new Event("carts", "alice", "pen", 3));
        Map<String, String> expected = Map.of("alice", " book (lamp) pen", "bob", " pen");

        StreamsBuilder ours = new StreamsBuilder();
        Grouped<String, String> grouped = Grouped.with(Serdes.utf8(), Serdes.utf8());
        VarveRun.texts(ours, "carts")
                .groupByKey(grouped)
                .<String>cogroup((user, item, all) -> all + " " + item)
                .cogroup(
                        VarveRun.texts(ours, "wishes").groupByKey(grouped),
                        (user, item, all) -> all + " (" + item + ")")
                .aggregate(() -> "", textsIn("customers"));
        try (VarveRun run = new VarveRun(ours)) {
            events.forEach(event -> run.pipe(event.topic, event.user, event.text, event.time));
            StoreRef<String, String> customers = StoreRef.of("customers");
            assertEquals(expected, run.rows(customers, Function.identity()));
        }

        var theirs = new org.apache.kafka.streams.StreamsBuilder();
        theirs.<String, String>stream("carts", texts())
                .groupByKey(byText())
                .<String>cogroup((user, item, all) -> all + " " + item)
                .cogroup(
                        theirs.<String, String>stream("wishes", texts()).groupByKey(byText()),
                        (user, item, all) -> all + " (" + item + ")")
                .aggregate(
                        () -> "",
                        org.apache.kafka.streams.kstream.Materialized
                                .<String, String, KeyValueStore<Bytes, byte[]>>as("customers")
                                .withKeySerde(text())
                                .withValueSerde(text()));
        try (KafkaRun run = new KafkaRun(theirs)) {
            events.forEach(event -> run.pipe(event.topic, event.user, event.text, event.time));
            assertEquals(expected, run.<String, String>rows("customers", Function.identity()));
        }
    }

    /** Users with less than three events in an hour, once that hour can take no more of them. */
    @Test
    void shouldTellOfFinalResultsOnly() {
        List<String> expected = List.of("bob[0,3600000]=2");
        Duration hour = Duration.ofHours(1);
        Duration grace = Duration.ofMinutes(10);

        StreamsBuilder ours = new StreamsBuilder();
        List<String> told =
                VarveRun.told(
                        VarveRun.texts(ours, "events")
                                .groupByKey(Grouped.with(Serdes.utf8(), Serdes.utf8()))
                                .windowedBy(TimeWindows.ofSizeAndGrace(hour, grace))
                                .count(
                                        Materialized.windowed(
                                                WINDOWED, Serdes.utf8(), Serdes.int64()))
                                .suppress(
                                        Suppressed.untilWindowCloses(
                                                Materialized.windowed(
                                                        StoreRef.of("held"),
                                                        Serdes.utf8(),
                                                        Serdes.int64())))
                                .toStream()
                                .filter((user, count) -> count < 3),
                        (user, count) -> VarveWindows.text(user) + "=" + count);
        try (VarveRun run = new VarveRun(ours)) {
            HOUR.forEach(event -> run.pipe("events", event.user, event.text, event.time));
            assertEquals(expected, told);
        }

        var theirs = new org.apache.kafka.streams.StreamsBuilder();
        theirs.<String, String>stream("events", texts())
                .groupByKey(byText())
                .windowedBy(
                        org.apache.kafka.streams.kstream.TimeWindows.ofSizeAndGrace(hour, grace))
                .count(inWindows("windowed"))
                .suppress(
                        org.apache.kafka.streams.kstream.Suppressed.untilWindowCloses(
                                org.apache.kafka.streams.kstream.Suppressed.BufferConfig
                                        .unbounded()))
                .toStream()
                .filter((user, count) -> count < 3)
                .map((user, count) -> KeyValue.pair("", KafkaWindows.text(user) + "=" + count))
                .to("alerts", org.apache.kafka.streams.kstream.Produced.with(text(), text()));
        try (KafkaRun run = new KafkaRun(theirs)) {
            HOUR.forEach(event -> run.pipe("events", event.user, event.text, event.time));
            assertEquals(expected, run.told("alerts"));
        }
    }

    private static final List<Event> HOUR =
            List.of(
                    new Event("events", "alice", "1", 10 * MINUTE),
                    new Event("events", "alice", "2", 20 * MINUTE),
                    new Event("events", "bob", "1", 30 * MINUTE),
                    new Event("events", "alice", "3", 50 * MINUTE),
                    new Event("events", "carol", "1", 65 * MINUTE),
                    new Event("events", "bob", "2", 55 * MINUTE), // in the grace period
                    new Event("events", "carol", "2", 71 * MINUTE), // closes the first hour
                    new Event("events", "bob", "3", 56 * MINUTE)); // late

    private static Materialized<String, String> textsIn(String store) {
        return Materialized.as(StoreRef.of(store), Serdes.utf8(), Serdes.utf8());
    }

    private static org.apache.kafka.streams.kstream.Consumed<String, String> texts() {
        return org.apache.kafka.streams.kstream.Consumed.with(text(), text());
    }

    private static org.apache.kafka.streams.kstream.Grouped<String, String> byText() {
        return org.apache.kafka.streams.kstream.Grouped.with(text(), text());
    }

    private static org.apache.kafka.common.serialization.Serde<String> text() {
        return org.apache.kafka.common.serialization.Serdes.String();
    }

    private static org.apache.kafka.streams.kstream.Materialized<
                    String, Long, KeyValueStore<Bytes, byte[]>>
            as(String store) {
        return org.apache.kafka.streams.kstream.Materialized.as(store);
    }

    private static org.apache.kafka.streams.kstream.Materialized<
                    String, Long, WindowStore<Bytes, byte[]>>
            inWindows(String store) {
        return org.apache.kafka.streams.kstream.Materialized.as(store);
    }
}
