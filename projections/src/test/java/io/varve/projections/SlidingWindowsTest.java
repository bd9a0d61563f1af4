package io.varve.projections;

import static io.varve.projections.Told.key;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.varve.projections.testing.TopologyTestDriver;
import io.varve.store.serde.Serdes;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SlidingWindowsTest {
    private static final StoreRef<Windowed<String>, String> TEXTS = StoreRef.of("texts");
    private static final SlidingWindows TEN =
            SlidingWindows.ofTimeDifferenceAndGrace(Duration.ofMillis(10), Duration.ofMillis(30));

    private final StreamsBuilder builder = new StreamsBuilder();
    private final GroupedStream<String, String> words = Told.words(builder);

    private TopologyTestDriver driver() {
        return new TopologyTestDriver(builder.build());
    }

    @Test
    void shouldHaveAWindowUpToEachRecordAndOneBehindEach() {
        Told.follow(
                words.windowedBy(TEN).reduce((old, next) -> old + next, Materialized.as(TEXTS)));
        try (TopologyTestDriver driver = driver()) {
            driver.pipe("words", "a", "x", 100);
            driver.pipe("words", "a", "y", 105);
            driver.crash();
            driver.pipe("words", "a", "z", 111);
            assertEquals(
                    List.of(
                            Map.entry(key("a", 90, 100), "x"),
                            Map.entry(key("a", 95, 105), "xy"),
                            Map.entry(key("a", 101, 111), "yz"),
                            Map.entry(key("a", 106, 116), "z")),
                    driver.store(TEXTS).all());
            assertEquals(
                    List.of(
                            "a@90-100=x",
                            "a@101-111=y",
                            "a@95-105=xy",
                            "a@101-111=yz",
                            "a@106-116=z"),
                    Told.all(driver));
            assertEquals(List.of("a@101-111=yz", "a@106-116=z"), Told.at(driver, 111));
            driver.assertRebuildMatches();
        }
    }

    @Test
    void shouldPutALateRecordIntoTheWindowsThatSpanIt() {
        words.windowedBy(TEN).reduce((old, next) -> old + next, Materialized.as(TEXTS));
        try (TopologyTestDriver driver = driver()) {
            driver.pipe("words", "a", "x", 100);
            driver.pipe("words", "a", "z", 120);
            driver.pipe("words", "a", "y", 108);
            assertEquals(
                    List.of(
                            Map.entry(key("a", 90, 100), "x"),
                            Map.entry(key("a", 98, 108), "xy"),
                            Map.entry(key("a", 101, 111), "y"),
                            Map.entry(key("a", 110, 120), "z")),
                    driver.store(TEXTS).all(),
                    "[109, 119] has nothing in it");
            driver.assertRebuildMatches();
        }
    }

    @Test
    void shouldBeginNoWindowBefore1970() {
        words.windowedBy(TEN).reduce((old, next) -> old + next, Materialized.as(TEXTS));
        try (TopologyTestDriver driver = driver()) {
            driver.pipe("words", "a", "x", 3);
            driver.pipe("words", "a", "y", 8);
            assertEquals(
                    List.of(Map.entry(key("a", 0, 10), "xy"), Map.entry(key("a", 4, 14), "y")),
                    driver.store(TEXTS).all());
            driver.assertRebuildMatches();
        }
    }

    @Test
    void shouldDropWhatIsTooLate() {
        words.windowedBy(TEN).reduce((old, next) -> old + next, Materialized.as(TEXTS));
        try (TopologyTestDriver driver = driver()) {
            driver.pipe("words", "b", "time", 150);
            driver.pipe("words", "a", "late", 109);
            driver.pipe("words", "a", "x", 120);
            driver.crash();
            driver.pipe("words", "a", "y", 119);
            assertEquals(
                    List.of(
                            Map.entry(key("a", 110, 120), "xy"),
                            Map.entry(key("a", 120, 130), "x"),
                            Map.entry(key("b", 140, 150), "time")),
                    driver.store(TEXTS).all(),
                    "too late for [109, 119], which is closed behind 149");
            driver.assertRebuildMatches();
        }
    }

    /** A list that is changed in place. */
    static final class Words {
        public String text = "";
    }

    @Test
    void shouldNotMixWindowsWhoseAggregatesAreChangedInPlace() {
        StoreRef<Windowed<String>, Words> lists = StoreRef.of("lists");
        words.windowedBy(TEN)
                .aggregate(
                        Words::new,
                        (key, word, list) -> {
                            list.text += word;
                            return list;
                        },
                        Materialized.as(lists).withValueSerde(Serdes.json(Words.class)));
        try (TopologyTestDriver driver = driver().commitEvery(100)) {
            driver.pipe("words", "a", "x", 100);
            driver.pipe("words", "a", "y", 105);
            driver.pipe("words", "a", "z", 103);
            assertEquals(
                    List.of("90x", "93xz", "95xyz", "101yz", "104y"),
                    driver.store(lists).all().stream()
                            .map(row -> row.getKey().window().startMillis() + row.getValue().text)
                            .toList());
            driver.assertRebuildMatches();
        }
    }

    @Test
    void shouldTellOfWindowsOnceTheyAreClosed() {
        Told.follow(
                words.windowedBy(SlidingWindows.ofTimeDifferenceWithNoGrace(Duration.ofMillis(10)))
                        .emitStrategy(EmitStrategy.onWindowClose())
                        .reduce((old, next) -> old + next, Materialized.as(TEXTS)));
        try (TopologyTestDriver driver = driver()) {
            driver.pipe("words", "a", "x", 100);
            driver.pipe("words", "a", "y", 105);
            assertEquals(List.of("a@90-100=x"), Told.all(driver));
            driver.crash();
            driver.pipe("words", "b", "z", 111);
            assertEquals(List.of("a@90-100=x", "a@95-105=xy"), Told.all(driver));
            driver.pipe("words", "b", "z", 112);
            assertEquals(
                    List.of("a@90-100=x", "a@95-105=xy", "a@101-111=y", "b@101-111=z"),
                    Told.all(driver),
                    "its end belongs to a window");
            driver.assertRebuildMatches();
        }
    }

    @Test
    void shouldRefuseToBePartitioned() {
        words.windowedBy(TEN).reduce((old, next) -> old, Materialized.as(TEXTS));
        assertThrows(TopologyException.class, () -> builder.build().checkPartitionable());
    }

    /** An older window that late records did not get into knows of none of them. */
    @Test
    void shouldMakeTheWindowBehindTheLatestRecordWhateverOlderWindowsThereAre() {
        StreamsBuilder late = new StreamsBuilder();
        StoreRef<Windowed<String>, Long> counts = StoreRef.of("late");
        Told.words(late)
                .windowedBy(
                        SlidingWindows.ofTimeDifferenceAndGrace(
                                Duration.ofMillis(10), Duration.ofMillis(2)))
                .count(Materialized.as(counts));
        try (TopologyTestDriver driver = new TopologyTestDriver(late.build())) {
            driver.pipe("words", "k", "x", 58);
            driver.pipe("words", "j", "x", 70);
            for (long time : new long[] {76, 60, 75}) {
                driver.pipe("words", "k", "x", time);
            }
            driver.pipe("words", "j", "x", 87);
            for (long time : new long[] {82, 95, 86}) {
                driver.pipe("words", "k", "x", time);
            }
            assertEquals(1L, driver.store(counts).get(Told.key("k", 83, 93)).orElse(0L));
        }
    }
}
