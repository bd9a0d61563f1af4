package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.Branched;
import io.varve.projections.Consumed;
import io.varve.projections.EmitStrategy;
import io.varve.projections.EventStream;
import io.varve.projections.Grouped;
import io.varve.projections.GroupedStream;
import io.varve.projections.KeyValue;
import io.varve.projections.Materialized;
import io.varve.projections.Named;
import io.varve.projections.Projection;
import io.varve.projections.StoreRef;
import io.varve.projections.StreamsBuilder;
import io.varve.projections.Tick;
import io.varve.projections.TimeWindows;
import io.varve.projections.Windowed;
import io.varve.projections.query.RangeQuery;
import io.varve.projections.query.ReadOnlyVersionedStore;
import io.varve.projections.query.StoreIndex;
import io.varve.runtime.LanguageScenario.Hit;
import io.varve.runtime.LanguageScenario.Miss;
import io.varve.runtime.LanguageScenario.Shot;
import io.varve.store.EventBatch;
import io.varve.store.EventStore;
import io.varve.store.StreamId;
import io.varve.store.serde.Serde;
import io.varve.store.serde.Serdes;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Every operator that can be divided leaves, in several partitions, the rows it leaves in one. */
class DividedLanguageTest extends RuntimeTestBase {
    private static final int EVENTS = 300;
    private static final Serde<String> TEXT = Serdes.utf8();
    private static final Serde<Long> NUMBER = Serdes.int64();
    private static final Duration GRACE = Duration.ofMillis(20);
    private static final StoreIndex<String, Long, Long> BY_COUNT =
            StoreIndex.of("by-count", (key, count) -> count, NUMBER);

    private static final StoreRef<String, Long> INDEXED = StoreRef.of("indexed");
    private static final StoreRef<String, Long> VERSIONS = StoreRef.of("versions");
    private static final List<StoreRef<String, Long>> PLAIN =
            List.of(
                    INDEXED,
                    StoreRef.of("reduced"),
                    StoreRef.of("aggregated"),
                    StoreRef.of("table"),
                    StoreRef.of("cogrouped"),
                    StoreRef.of("expiring"),
                    StoreRef.of("branch"),
                    VERSIONS);
    private static final List<StoreRef<Windowed<String>, Long>> WINDOWED =
            List.of(
                    StoreRef.of("hopping"),
                    StoreRef.of("tumbling"),
                    StoreRef.of("closed"),
                    StoreRef.of("cogrouped-windows"));

    private final Random random = new Random(Long.getLong("varve.seed", 7));

    private static Materialized<String, Long> in(int store) {
        return Materialized.as(PLAIN.get(store), TEXT, NUMBER);
    }

    private static Materialized<Windowed<String>, Long> windows(int store) {
        return Materialized.windowed(WINDOWED.get(store), TEXT, NUMBER);
    }

    private static String player(Shot shot) {
        return shot instanceof Hit hit ? hit.player() : ((Miss) shot).player();
    }

    private static Projection everything(String name) {
        StreamsBuilder builder = new StreamsBuilder();
        EventStream<String, Shot> shots =
                builder.stream(
                        LanguageScenario.CATEGORY,
                        Consumed.with(LanguageScenario.SHOTS).withTicks(Duration.ofMillis(15)));
        EventStream<String, Long> points =
                shots.map(
                        (key, shot) ->
                                KeyValue.pair(
                                        player(shot),
                                        shot instanceof Hit h ? (long) h.points() : null));
        GroupedStream<String, Shot> players = shots.groupBy((key, shot) -> player(shot));
        groups(players, points);
        windows(players, points);
        points.toTable(in(3));
        points.toTable(in(7).versioned(Duration.ofMillis(200)));
        shots.groupByKey().count(in(5).withTtl(Duration.ofMillis(50)));
        shots.split(Named.as("kind-"))
                .branch((key, shot) -> shot instanceof Miss, Branched.as("miss"))
                .defaultBranch(Branched.as("hit"))
                .get("kind-miss")
                .flatMapValues(shot -> List.of(shot, shot))
                .selectKey((key, shot) -> key + player(shot))
                .groupByKey(Grouped.keySerde(TEXT))
                .count(in(6).withCachingDisabled());
        return Projection.of(name, 1, builder.build());
    }

    private static void groups(
            GroupedStream<String, Shot> players, EventStream<String, Long> points) {
        players.count(in(0).withIndex(BY_COUNT));
        points.groupByKey(Grouped.with(TEXT, NUMBER))
                .reduce((sum, more) -> sum + more > 300 ? null : Long.valueOf(sum + more), in(1));
        points.merge(points.mapValues(value -> 1L))
                .filterNot((key, value) -> key.endsWith("9"))
                .groupByKey(Grouped.with(TEXT, NUMBER))
                .aggregate(() -> 7L, (key, value, sum) -> sum * 31 + value, in(2));
        points.filter((key, value) -> value != null)
                .groupByKey(Grouped.with(TEXT, NUMBER))
                .<Long>cogroup((key, value, sum) -> sum + value)
                .cogroup(players, (key, shot, sum) -> sum * 3)
                .aggregate(() -> 1L, in(4));
    }

    private static void windows(
            GroupedStream<String, Shot> players, EventStream<String, Long> points) {
        TimeWindows sixty = TimeWindows.ofSizeAndGrace(Duration.ofMillis(60), GRACE);
        TimeWindows thirty = TimeWindows.ofSizeAndGrace(Duration.ofMillis(30), GRACE);
        players.windowedBy(sixty.advanceBy(Duration.ofMillis(20))).count(windows(0));
        points.filter((key, value) -> value != null)
                .groupByKey(Grouped.with(TEXT, NUMBER))
                .windowedBy(sixty)
                .reduce((sum, more) -> sum * 31 + more, windows(1));
        players.windowedBy(thirty).emitStrategy(EmitStrategy.onWindowClose()).count(windows(2));
        points.filter((key, value) -> value != null)
                .groupByKey(Grouped.with(TEXT, NUMBER))
                .<Long>cogroup((key, value, sum) -> sum * 31 + value)
                .cogroup(players, (key, shot, sum) -> sum + 1)
                .windowedBy(thirty)
                .aggregate(() -> 1L, windows(3));
    }

    /** Without a listener, as there are several, one after the other. */
    private ProjectionRuntime begun() {
        ProjectionRuntime runtime =
                closing(
                        ProjectionRuntime.builder(store, folder.resolve("models"))
                                .config(
                                        RuntimeConfig.defaults()
                                                .withCatchUpBatchEvents(1 + random.nextInt(50))
                                                .withTickInterval(Duration.ofDays(1)))
                                .add(everything("one"), FAILING)
                                .add(everything("many"), FAILING.withPartitions(3))
                                .build());
        runtime.start();
        return runtime;
    }

    private void append(EventStore to, int n) {
        String player = "p" + random.nextInt(40);
        Shot shot =
                random.nextInt(3) == 0 ? new Miss(player) : new Hit(player, random.nextInt(100));
        StreamId stream = StreamId.of(LanguageScenario.CATEGORY, "g" + random.nextInt(9));
        long time = 1_000 + n * 3L + random.nextInt(60) - 30; // out of order
        to.append(
                new EventBatch().add(stream, LanguageScenario.SHOTS, shot, OptionalLong.of(time)));
        if (random.nextInt(25) == 0) {
            to.append(new EventBatch().add(Tick.STREAM, Tick.event().at(time)));
        }
    }

    @Test
    void shouldLeaveTheRowsOfOnePartition() throws Exception {
        store.close();
        store = openedWithoutWaiting();
        ProjectionRuntime runtime = begun();
        for (int n = 0; n < EVENTS; n++) {
            append(store, n);
            if (n == EVENTS / 2) {
                awaitHead(runtime); // as what is dropped is counted since the start
                runtime.close();
                append(store, n);
                runtime = begun();
            }
        }
        PositionBound head = PositionBound.at(store.head());
        try (ReadView one = runtime.readView("one", head, Notes.LONG);
                ReadView many = runtime.readView("many", head, Notes.LONG)) {
            PLAIN.forEach(ref -> assertSame(ref, one, many));
            WINDOWED.forEach(ref -> assertSame(ref, one, many));
            assertSameIndex(one, many);
            assertSameVersions(one, many);
        }
        assertEquals(
                runtime.metrics("one").droppedRecordsTotal(),
                runtime.metrics("many").droppedRecordsTotal());
        assertTrue(runtime.metrics("one").droppedRecordsTotal() > 0);
        assertEquals(
                runtime.metrics("one").droppedRecords(), runtime.metrics("many").droppedRecords());
        assertTrue(runtime.timeTravel("many").verify().isSound());
    }

    private void awaitHead(ProjectionRuntime runtime) throws InterruptedException {
        assertTrue(runtime.awaitPosition("one", store.head(), Notes.LONG));
        assertTrue(runtime.awaitPosition("many", store.head(), Notes.LONG));
    }

    private static <K> void assertSame(StoreRef<K, Long> ref, ReadView one, ReadView many) {
        Map<K, Long> rows = rows(ref, one);
        assertFalse(rows.isEmpty(), ref.name());
        // Each row is in one partition: those that were in several would be counted so often.
        assertEquals(rows.size(), many.store(ref).count(), ref.name());
        assertEquals(List.copyOf(rows.entrySet()), List.copyOf(rows(ref, many).entrySet()));
        rows.forEach(
                (key, value) ->
                        assertEquals(value, many.store(ref).get(key).orElseThrow(), ref.name()));
    }

    private static <K> Map<K, Long> rows(StoreRef<K, Long> ref, ReadView view) {
        Map<K, Long> rows = new LinkedHashMap<>();
        view.store(ref).forEach(rows::put);
        return rows;
    }

    private static void assertSameIndex(ReadView one, ReadView many) {
        RangeQuery<Long> all = RangeQuery.<Long>all().reverse();
        assertEquals(
                one.store(INDEXED).index(BY_COUNT).list(all),
                many.store(INDEXED).index(BY_COUNT).list(all));
    }

    private static void assertSameVersions(ReadView one, ReadView many) {
        ReadOnlyVersionedStore<String, Long> expected = one.versionedStore(VERSIONS);
        ReadOnlyVersionedStore<String, Long> found = many.versionedStore(VERSIONS);
        int versions = 0;
        for (int i = 0; i < 40; i++) {
            assertEquals(expected.versions("p" + i), found.versions("p" + i));
            versions += expected.versions("p" + i).size();
            Instant then = Instant.ofEpochMilli(1_000 + EVENTS * 3L - 5 * i);
            assertEquals(expected.get("p" + i, then), found.get("p" + i, then));
        }
        assertTrue(versions > 40, "versions=" + versions);
    }
}
