package io.varve.projections;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.varve.projections.testing.TopologyTestDriver;
import io.varve.store.serde.EventSerde;
import io.varve.store.serde.Serdes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Windows of every kind over random records out of order, with random commits and crashes, against
 * plain maps that work by the definition of the windows. Values are the texts of the records that
 * fell into a window, in the order in which they came.
 */
class WindowModelTest {
    private static final long RUNS = Long.getLong("varve.runs", 60);
    private static final long SEED = Long.getLong("varve.seed", 0);
    private static final EventSerde<String> TEXT =
            EventSerde.of(String.class).type("text", String.class, Serdes.utf8()).build();
    private static final StoreRef<Windowed<String>, String> WINDOWS = StoreRef.of("windows");
    private static final StoreRef<Windowed<String>, String> PENDING = StoreRef.of("pending");
    private static final StoreRef<String, String> TOLD = StoreRef.of("told");
    private static final long SIZE = 10;
    private static final long HOP = 4;

    /** What is told of. */
    enum Telling {
        UPDATES,
        CLOSE,
        SUPPRESSED
    }

    /** Which windows. */
    enum Kind {
        TUMBLING,
        HOPPING,
        SLIDING,
        SESSION
    }

    private record Case(Kind kind, Telling telling, long grace) {
        Topology topology() {
            StreamsBuilder builder = new StreamsBuilder();
            GroupedStream<String, String> grouped =
                    builder.stream("words", Consumed.with(TEXT))
                            .groupByKey(Grouped.with(Serdes.utf8(), Serdes.utf8()));
            Table<Windowed<String>, String> table =
                    kind == Kind.SESSION ? sessions(grouped) : windows(grouped);
            if (telling == Telling.SUPPRESSED) {
                table = table.suppress(Suppressed.untilWindowCloses(Materialized.as(PENDING)));
            }
            table.toStream()
                    .map((key, value) -> new KeyValue<>("all", text(key) + "=" + value))
                    .groupByKey(Grouped.with(Serdes.utf8(), Serdes.utf8()))
                    .reduce((old, next) -> old + "\n" + next, Materialized.as(TOLD));
            return builder.build();
        }

        private EmitStrategy strategy() {
            return telling == Telling.CLOSE
                    ? EmitStrategy.onWindowClose()
                    : EmitStrategy.onWindowUpdate();
        }

        private Table<Windowed<String>, String> sessions(GroupedStream<String, String> grouped) {
            return grouped.windowedBy(
                            SessionWindows.ofInactivityGapAndGrace(
                                    Duration.ofMillis(SIZE), Duration.ofMillis(grace)))
                    .emitStrategy(strategy())
                    .aggregate(
                            () -> "",
                            (key, word, old) -> old + word,
                            (key, first, second) -> first + second,
                            Materialized.as(WINDOWS).withValueSerde(Serdes.utf8()));
        }

        private Table<Windowed<String>, String> windows(GroupedStream<String, String> grouped) {
            Duration size = Duration.ofMillis(SIZE);
            Duration late = Duration.ofMillis(grace);
            TimeWindows tumbling = TimeWindows.ofSizeAndGrace(size, late);
            TimeWindowedStream<String, String> windowed =
                    switch (kind) {
                        case TUMBLING -> grouped.windowedBy(tumbling);
                        case HOPPING ->
                                grouped.windowedBy(tumbling.advanceBy(Duration.ofMillis(HOP)));
                        default ->
                                grouped.windowedBy(
                                        SlidingWindows.ofTimeDifferenceAndGrace(size, late));
                    };
            return windowed.emitStrategy(strategy())
                    .reduce((old, next) -> old + next, Materialized.as(WINDOWS));
        }

        WindowOracle oracle() {
            boolean byKey = telling == Telling.SUPPRESSED;
            return switch (kind) {
                case TUMBLING -> new WindowOracle.Hopping(SIZE, SIZE, grace, byKey);
                case HOPPING -> new WindowOracle.Hopping(SIZE, HOP, grace, byKey);
                case SLIDING -> new WindowOracle.Sliding(SIZE, grace, byKey);
                case SESSION -> new WindowOracle.Sessions(SIZE, grace, byKey);
            };
        }
    }

    private static String text(Windowed<String> key) {
        return key.key() + "@" + key.window().startMillis() + "-" + key.window().endMillis();
    }

    /**
     * What a sliding window holds that is made of another is what that took, so that it is by the
     * definition only if nothing was too late for that.
     */
    private static boolean isByDefinition(Case one, long seed) {
        return one.kind() != Kind.SLIDING || one.grace() >= 1_000 || seed % 2 == 0;
    }

    private static void run(Case one, long seed) {
        Random random = new Random(seed);
        WindowOracle oracle = one.oracle();
        try (TopologyTestDriver driver = new TopologyTestDriver(one.topology())) {
            driver.commitEvery(1 + random.nextInt(12));
            boolean inOrder =
                    one.kind() == Kind.SLIDING && one.grace() < 1_000 && isByDefinition(one, seed);
            long time = random.nextInt(3) == 0 ? 0 : 1_000;
            for (int i = random.nextInt(60); i >= 0; i--) {
                time += random.nextInt(8) == 0 ? random.nextInt(40) : random.nextInt(4);
                long late = inOrder || random.nextInt(3) > 0 ? 0 : random.nextInt(30);
                long at = Math.max(0, time - late);
                String key = "k" + random.nextInt(2);
                String word = String.valueOf((char) ('a' + random.nextInt(26)));
                oracle.record(key, word, at);
                driver.pipe("words", key, word, at);
                if (random.nextInt(10) == 0) {
                    driver.crash();
                }
            }
            driver.assertRebuildMatches();
            if (!isByDefinition(one, seed)) {
                return;
            }
            Map<String, String> rows = new TreeMap<>();
            driver.store(WINDOWS).forEach((key, value) -> rows.put(text(key), value));
            assertEquals(oracle.rows(), rows);
            checkTold(one, oracle, driver);
        }
    }

    private static void checkTold(Case one, WindowOracle oracle, TopologyTestDriver driver) {
        List<String> told =
                driver.store(TOLD).get("all").map(s -> s.lines().toList()).orElse(List.of());
        if (one.telling() == Telling.UPDATES) {
            Map<String, String> last = new TreeMap<>();
            for (String line : told) {
                String[] parts = line.split("=", 2);
                last.put(parts[0], parts[1]);
            }
            last.values().removeIf(value -> value.equals("null"));
            assertEquals(oracle.rows(), last);
        } else {
            List<String> expected = new ArrayList<>(oracle.closed());
            assertEquals(expected, told);
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void shouldHoldAndTellWhatTheDefinitionSays(Kind kind) {
        for (Telling telling : Telling.values()) {
            for (long grace : new long[] {0, 7, 1_000}) {
                Case one = new Case(kind, telling, grace);
                for (long seed = SEED; seed < SEED + RUNS / 10; seed++) {
                    try {
                        run(one, seed);
                    } catch (AssertionError | RuntimeException e) {
                        throw new AssertionError(one + " seed=" + seed, e);
                    }
                }
            }
        }
    }
}
