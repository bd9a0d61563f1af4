package io.varve.projections;

import static io.varve.projections.TextStreams.pipe;
import static io.varve.projections.TextStreams.seen;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.varve.projections.testing.TopologyTestDriver;
import io.varve.store.serde.Serdes;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Rows of windows expire when no record can come for them, whatever other events come. */
class WindowTimeToLiveTest {
    private static final Duration SIZE = Duration.ofMillis(10);
    private static final int GRACE = 6;
    private static final StoreRef<Windowed<String>, Long> ROWS = StoreRef.of("rows");
    private static final StoreRef<String, Long> SUMS = StoreRef.of("sums");

    /** A table of windows of the stream w, in a cogroup also of the stream v. */
    private interface Windows {
        Table<Windowed<String>, Long> count(
                TextStreams texts, Materialized<Windowed<String>, Long> in);
    }

    private static GroupedStream<String, String> words(TextStreams texts, String category) {
        return texts.stream(category).groupByKey(Grouped.with(TextStreams.TEXT, TextStreams.TEXT));
    }

    private static Windows time(EmitStrategy strategy, long hop) {
        TimeWindows windows =
                TimeWindows.ofSizeAndGrace(SIZE, Duration.ofMillis(GRACE))
                        .advanceBy(Duration.ofMillis(hop));
        return (texts, in) ->
                words(texts, "w").windowedBy(windows).emitStrategy(strategy).count(in);
    }

    private static Windows sliding(EmitStrategy strategy) {
        SlidingWindows windows =
                SlidingWindows.ofTimeDifferenceAndGrace(SIZE, Duration.ofMillis(GRACE));
        return (texts, in) ->
                words(texts, "w").windowedBy(windows).emitStrategy(strategy).count(in);
    }

    private static Windows sessions(EmitStrategy strategy) {
        SessionWindows windows =
                SessionWindows.ofInactivityGapAndGrace(SIZE, Duration.ofMillis(GRACE));
        return (texts, in) ->
                words(texts, "w").windowedBy(windows).emitStrategy(strategy).count(in);
    }

    private static final Windows COGROUP =
            (texts, in) ->
                    words(texts, "w")
                            .<Long>cogroup((key, word, sum) -> sum + 1)
                            .cogroup(words(texts, "v"), (key, word, sum) -> sum + 1)
                            .windowedBy(TimeWindows.ofSizeAndGrace(SIZE, Duration.ofMillis(GRACE)))
                            .aggregate(() -> 0L, in);

    private static List<Windows> kinds() {
        EmitStrategy update = EmitStrategy.onWindowUpdate();
        EmitStrategy close = EmitStrategy.onWindowClose();
        return List.of(
                time(update, 10),
                time(close, 10),
                time(update, 3),
                time(close, 3),
                sliding(update),
                sliding(close),
                sessions(update),
                sessions(close),
                COGROUP);
    }

    private static Materialized<Windowed<String>, Long> rows() {
        return Materialized.windowed(ROWS, TextStreams.TEXT, Serdes.int64());
    }

    /** Of windows that live as briefly as is allowed: sliding ones 26 ms, others 16. */
    private static Materialized<Windowed<String>, Long> shortLived(int kind) {
        return rows().withTtl(Duration.ofMillis(kind == 4 || kind == 5 ? 26 : 16));
    }

    /** What is told of windows, and what is made of that. */
    private static List<String> outcome(
            Windows kind, Materialized<Windowed<String>, Long> in, long seed) {
        TextStreams texts = new TextStreams();
        Table<Windowed<String>, Long> table = kind.count(texts, in);
        List<String> told = seen(table.toStream());
        table.groupBy(
                        (key, n) -> KeyValue.pair(key.key(), n),
                        Grouped.with(TextStreams.TEXT, Serdes.int64()))
                .reduce(
                        Long::sum,
                        (sum, n) -> sum - n,
                        Materialized.as(SUMS, TextStreams.TEXT, Serdes.int64()));
        words(texts, "o").count(Materialized.as(StoreRef.of("others")));
        try (TopologyTestDriver driver = texts.driver()) {
            play(driver, new Random(seed), kind == COGROUP);
            long[] old = {0};
            driver.store(ROWS)
                    .forEach((key, n) -> old[0] += key.window().endMillis() < 19_000 ? 1 : 0);
            assertEquals(in.ttl().isEmpty(), old[0] > 0, "rows expire");
            told.addAll(TextStreams.rowsAfterCrash(driver, SUMS));
            return told;
        }
    }

    /** Records of w, and of v in a cogroup, and others that are far ahead. */
    private static void play(TopologyTestDriver driver, Random random, boolean both) {
        driver.commitEvery(1 + random.nextInt(5));
        List<String> categories = both ? List.of("w", "v") : List.of("w");
        long time = random.nextInt(4) == 0 ? -30 : 1_000;
        for (int i = random.nextInt(40); i >= 0; i--) {
            time += random.nextInt(6) == 0 ? random.nextInt(60) : random.nextInt(4);
            long late = random.nextInt(3) == 0 ? random.nextInt(GRACE + 1) : 0;
            String category = categories.get(random.nextInt(categories.size()));
            pipe(driver, category, "k" + random.nextInt(2), "x", time - late);
            if (random.nextInt(2) == 0) {
                pipe(driver, "o", "other", "x", time + random.nextInt(1_000));
            }
        }
        for (long last : new long[] {10_000, 20_000}) {
            categories.forEach(category -> pipe(driver, category, "last", "x", last));
        }
    }

    @Test
    void shouldMakeTheWindowBehindARecordThatIsInNoOpenOne() {
        TextStreams texts = new TextStreams();
        sliding(EmitStrategy.onWindowUpdate()).count(texts, shortLived(4));
        try (TopologyTestDriver driver = texts.driver()) {
            pipe(driver, "w", "k", "x", 100);
            pipe(driver, "w", "other", "x", 117);
            pipe(driver, "w", "k", "x", 105);
            assertEquals(Optional.of(1L), driver.store(ROWS).get(Told.key("k", 101, 111)));
            driver.assertRebuildMatches();
        }
    }

    @Test
    void shouldExpireByTicks() {
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream("w", Consumed.with(TextStreams.SERDE).withTicks(Duration.ofMillis(3)))
                .groupByKey(Grouped.keySerde(TextStreams.TEXT))
                .windowedBy(TimeWindows.ofSizeAndGrace(SIZE, Duration.ofMillis(GRACE)))
                .count(shortLived(0));
        try (TopologyTestDriver driver = new TopologyTestDriver(builder.build())) {
            pipe(driver, "w", "k", "x", 1_005);
            driver.advanceWallClockTime(Duration.ofMillis(14)); // 1019, so 1016 for w
            assertEquals(1, driver.store(ROWS).count());
            driver.advanceWallClockTime(Duration.ofMillis(1));
            assertEquals(0, driver.store(ROWS).count());
            driver.assertRebuildMatches();
        }
    }

    @Test
    void shouldChangeNothingThatIsToldOfOpenWindows() {
        for (int kind = 0; kind < kinds().size(); kind++) {
            for (long seed = 0; seed < 60; seed++) {
                Windows windows = kinds().get(kind);
                assertEquals(
                        outcome(windows, rows(), seed),
                        outcome(windows, shortLived(kind), seed),
                        "kind=" + kind + " seed=" + seed);
            }
        }
    }
}
