package io.varve.projections;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.query.RangeQuery;
import io.varve.projections.query.ReadOnlyIndex;
import io.varve.projections.query.ReadOnlyKeyValueStore;
import io.varve.projections.query.StoreIndex;
import io.varve.projections.testing.TopologyTestDriver;
import io.varve.store.StreamId;
import io.varve.store.errors.LimitExceededException;
import io.varve.store.errors.SerdeException;
import io.varve.store.serde.EventSerde;
import io.varve.store.serde.Serdes;
import io.varve.store.state.Checkpoint;
import io.varve.store.state.StateEnvironment;
import io.varve.store.state.StateView;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** The last text of each stream, found by its words and by its length. */
class StoreIndexTest {
    private static final EventSerde<String> TEXT =
            EventSerde.of(String.class).type("text", String.class, Serdes.utf8()).build();
    private static final StoreRef<String, String> TEXTS = StoreRef.of("texts");
    private static final StoreIndex<String, String, String> BY_WORD =
            StoreIndex.ofMany(
                    "by-word",
                    (key, text) -> text.isEmpty() ? Set.of() : List.of(text.split(" ")),
                    Serdes.utf8());
    private static final StoreIndex<String, String, Integer> BY_LENGTH =
            StoreIndex.of(
                    "by-length",
                    (key, text) -> text.isEmpty() ? null : text.length(),
                    Serdes.int32());

    private static Materialized<String, String> plain() {
        return Materialized.as(TEXTS, Serdes.utf8(), Serdes.utf8());
    }

    private static Materialized<String, String> indexed() {
        return plain().withIndex(BY_WORD).withIndex(BY_LENGTH);
    }

    private static Topology topology(Materialized<String, String> materialized) {
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream("notes", Consumed.with(TEXT))
                .groupByKey()
                .aggregate(
                        () -> "",
                        (key, text, last) -> text.equals("delete") ? null : text,
                        materialized);
        return builder.build();
    }

    private static TopologyTestDriver driver(String... keysAndTexts) {
        TopologyTestDriver driver = new TopologyTestDriver(topology(indexed()));
        for (int i = 0; i < keysAndTexts.length; i += 2) {
            driver.pipe("notes", keysAndTexts[i], keysAndTexts[i + 1]);
        }
        return driver;
    }

    private static ReadOnlyIndex<String, String, String> words(TopologyTestDriver driver) {
        return driver.store(TEXTS).index(BY_WORD);
    }

    @Test
    void shouldFindRowsByNoneOneAndSeveralIndexKeys() {
        try (TopologyTestDriver driver =
                driver("1", "big red", "2", "red", "3", "", "4", "red red")) {
            assertEquals(
                    List.of(
                            Map.entry("1", "big red"),
                            Map.entry("2", "red"),
                            Map.entry("4", "red red")),
                    words(driver).get("red"));
            assertEquals(List.of(Map.entry("1", "big red")), words(driver).get("big"));
            assertEquals(List.of(), words(driver).get("re"));
            assertEquals(List.of(), words(driver).get("redd"));
            assertEquals(List.of(), words(driver).get("x".repeat(600)));
            assertEquals(3, words(driver).count("red"));
            assertEquals(4, words(driver).count(RangeQuery.all()));
            assertEquals(3, driver.store(TEXTS).index(BY_LENGTH).count(RangeQuery.all()));
        }
    }

    @Test
    void shouldFollowOverwritesAndDeletes() {
        try (TopologyTestDriver driver = driver("1", "big red", "2", "red")) {
            driver.pipe("notes", "1", "small red");
            assertEquals(List.of(), words(driver).get("big"));
            assertEquals(2, words(driver).get("red").size());
            driver.pipe("notes", "2", "delete");
            assertEquals(List.of(Map.entry("1", "small red")), words(driver).get("red"));
            driver.pipe("notes", "1", "delete");
            assertEquals(0, words(driver).count(RangeQuery.all()));
            driver.pipe("notes", "2", "back");
            assertEquals(List.of(Map.entry("2", "back")), words(driver).get("back"));
            driver.assertRebuildMatches();
        }
    }

    @Test
    void shouldWalkInTheOrderOfIndexKeysThenOfKeys() {
        try (TopologyTestDriver driver =
                driver("2", "b a", "1", "ab b", "3", "a\0 a\0b", "4", "b")) {
            List<String> seen = new ArrayList<>();
            words(driver)
                    .scan(
                            RangeQuery.all(),
                            (word, key, text) -> seen.add(word.replace('\0', '0') + ":" + key));
            assertEquals(List.of("a:2", "a0:3", "a0b:3", "ab:1", "b:1", "b:2", "b:4"), seen);
            assertEquals(List.of("2", "3", "3"), keys(driver, RangeQuery.between("a", "ab")));
            assertEquals(List.of("3", "3"), keys(driver, RangeQuery.between("a\0", "ab")));
            assertEquals(List.of("3", "3"), keys(driver, RangeQuery.prefix("a\0")));
            assertEquals(List.of("4", "2"), keys(driver, RangeQuery.from("b").reverse().limit(2)));
            assertEquals(
                    List.of("1", "3", "3", "2"), keys(driver, RangeQuery.prefix("a").reverse()));
            List<String> range = new ArrayList<>();
            words(driver).range("ab", "b", (key, text) -> range.add(key));
            assertEquals(List.of("1"), range);
        }
    }

    private static List<String> keys(TopologyTestDriver driver, RangeQuery<String> query) {
        return words(driver).list(query).stream().map(Map.Entry::getKey).toList();
    }

    @Test
    void shouldLookUpOtherRowsFromWithinAWalk() {
        try (TopologyTestDriver driver = driver("1", "red", "2", "red big")) {
            List<Integer> counts = new ArrayList<>();
            words(driver)
                    .scan(
                            RangeQuery.prefix("red"),
                            (word, key, text) -> counts.add(words(driver).get("big").size()));
            assertEquals(List.of(1, 1), counts);
        }
    }

    @Test
    void shouldShowInTheDescriptionAndInTheTables() {
        Topology without = topology(plain());
        Topology with = topology(indexed());
        assertNotEquals(without.describe(), with.describe());
        assertTrue(
                with.describe()
                        .contains("(stores: [texts, texts/index/by-word, texts/index/by-length])"),
                with::describe);
        assertEquals(Set.of("texts"), with.stores());
        assertEquals(
                List.of("texts", "texts/index/by-word", "texts/index/by-length"),
                List.copyOf(with.tables()));
        assertEquals(Set.of("texts"), without.tables());
    }

    @Test
    void shouldRefuseIndexesThatWereNotDeclaredOrTwice() {
        try (TopologyTestDriver driver = driver()) {
            StoreIndex<String, String, String> other =
                    StoreIndex.of("other", (key, text) -> text, Serdes.utf8());
            TopologyException refused =
                    assertThrows(TopologyException.class, () -> driver.store(TEXTS).index(other));
            assertTrue(
                    refused.getMessage().contains("index=other known=[by-word, by-length]"),
                    refused::getMessage);
        }
        assertThrows(IllegalArgumentException.class, () -> indexed().withIndex(BY_WORD));
        assertThrows(
                IllegalArgumentException.class,
                () ->
                        StoreIndex.<String, String, String>of(
                                "..", (key, text) -> text, Serdes.utf8()));
    }

    @Test
    void shouldTakeKeysOf509BytesTogetherAndNoMore() {
        try (TopologyTestDriver driver = driver("1", "x".repeat(508))) {
            assertEquals(1, words(driver).count("x".repeat(508)));
            ProjectionException failed =
                    assertThrows(
                            ProjectionException.class,
                            () -> driver.pipe("notes", "1", "x".repeat(509)));
            LimitExceededException cause =
                    assertInstanceOf(LimitExceededException.class, failed.getCause());
            assertEquals(510, cause.actual());
            assertEquals(509, cause.limit());
        }
    }

    @Test
    void shouldSayWhichFunctionGivesNull() {
        StoreIndex<String, String, String> nulls =
                StoreIndex.ofMany("nulls", (key, text) -> null, Serdes.utf8());
        StoreIndex<String, String, String> holes =
                StoreIndex.ofMany("holes", (key, text) -> Arrays.asList(text, null), Serdes.utf8());
        for (StoreIndex<String, String, String> index : List.of(nulls, holes)) {
            try (TopologyTestDriver driver =
                    new TopologyTestDriver(topology(plain().withIndex(index)))) {
                ProjectionException failed =
                        assertThrows(
                                ProjectionException.class, () -> driver.pipe("notes", "1", "a"));
                assertTrue(
                        failed.getMessage()
                                .contains(
                                        "gives null, and not its keys: index="
                                                + index.name()
                                                + " store=texts"),
                        failed::getMessage);
            }
        }
    }

    @Test
    void shouldFailWhenTheFunctionGivesOtherKeysThanBefore() {
        AtomicInteger calls = new AtomicInteger();
        StoreIndex<String, String, Integer> impure =
                StoreIndex.of("impure", (key, text) -> calls.incrementAndGet(), Serdes.int32());
        try (TopologyTestDriver driver =
                new TopologyTestDriver(topology(plain().withIndex(impure)))) {
            driver.pipe("notes", "1", "a");
            driver.crash();
            SerdeException failed =
                    assertThrows(SerdeException.class, () -> driver.pipe("notes", "1", "b"));
            assertTrue(
                    failed.getMessage().contains("texts/index/impure indexKey=2 key=1"),
                    failed::getMessage);
        }
    }

    @Test
    void shouldNotComputeIndexKeysAgainForThoseWhoWatch() {
        AtomicInteger calls = new AtomicInteger();
        StoreIndex<String, String, Integer> counting =
                StoreIndex.of(
                        "counting",
                        (key, text) -> {
                            calls.incrementAndGet();
                            return text.length();
                        },
                        Serdes.int32());
        Topology topology = topology(plain().withIndex(counting));
        RowSelection<String, String> all = topology.select(TEXTS, RangeQuery.all());
        List<String> told = new ArrayList<>();
        try (StateEnvironment environment = StateEnvironment.inMemory(topology.tables());
                ProjectionTask task = new ProjectionTask(topology, environment)) {
            task.onCommit(
                    checkpoint ->
                            task.changes(
                                    all,
                                    (key, text) -> told.add(text.map(all::value).orElse("-"))));
            task.process(SourceEvent.of(0, StreamId.of("notes", "a"), 0, "text", 100, "one two"));
            task.commit(new Checkpoint(new UUID(0, 0), 0, 0, 0));
        }
        assertEquals(List.of("one two"), told);
        assertEquals(1, calls.get());
    }

    @Test
    void shouldEndWalksAndCountsWhereAnEngineSaysSo() {
        Topology topology = topology(indexed());
        RowSelection<String, String> some = topology.select(TEXTS, RangeQuery.from("a"));
        try (StateEnvironment environment = StateEnvironment.inMemory(topology.tables());
                ProjectionTask task = new ProjectionTask(topology, environment)) {
            for (int i = 0; i < 3; i++) {
                task.process(
                        SourceEvent.of(i, StreamId.of("notes", "a" + i), 0, "text", 100, "red"));
            }
            task.commit(new Checkpoint(new UUID(0, 0), 0, 2, 0));
            try (StateView view = environment.view()) {
                AtomicInteger rows = new AtomicInteger();
                Runnable enough =
                        () -> {
                            if (rows.incrementAndGet() == 2) {
                                throw new IllegalStateException("enough");
                            }
                        };
                ReadOnlyKeyValueStore<String, String> store = topology.store(TEXTS, view, enough);
                ReadOnlyIndex<String, String, String> index = store.index(BY_WORD);
                List<Executable> walks =
                        List.of(
                                () -> store.list(RangeQuery.all()),
                                () -> store.count(RangeQuery.from("a")),
                                () -> index.get("red"),
                                () -> index.count("red"),
                                () -> index.count(RangeQuery.from("a")),
                                () -> some.rows(view, enough));
                for (Executable walk : walks) {
                    rows.set(0);
                    assertThrows(IllegalStateException.class, walk);
                }
            }
        }
    }

    @Test
    void shouldRefuseAnIndexOfAnotherSerdeThanIsDeclared() {
        StoreIndex<String, String, Long> other =
                StoreIndex.of("by-length", (key, text) -> (long) text.length(), Serdes.int64());
        StoreIndex<String, String, Integer> same =
                StoreIndex.of("by-length", (key, text) -> text.length(), Serdes.int32());
        try (TopologyTestDriver driver = driver("1", "red")) {
            TopologyException refused =
                    assertThrows(TopologyException.class, () -> driver.store(TEXTS).index(other));
            assertTrue(refused.getMessage().contains("by-length"), refused.getMessage());
            assertTrue(
                    refused.getMessage().contains("declared=" + Serdes.int32().describe()),
                    refused.getMessage());
            assertEquals(1, driver.store(TEXTS).index(same).count(3));
        }
    }

    @Test
    void shouldRefuseKeysOfAnotherTypeThanIsDeclared() {
        StoreRef<Long, String> other = StoreRef.of(TEXTS.name());
        try (TopologyTestDriver driver = driver("1", "red")) {
            for (Executable asked :
                    List.<Executable>of(
                            () -> driver.store(other).get(1L),
                            () -> driver.store(other).count(RangeQuery.only(1L)),
                            () -> topology(indexed()).select(other, RangeQuery.only(1L)))) {
                TopologyException refused = assertThrows(TopologyException.class, asked);
                assertTrue(
                        refused.getMessage().contains("class=java.lang.Long"),
                        refused.getMessage());
                assertTrue(refused.remedy().contains("StoreRef"), refused.remedy());
            }
        }
    }

    @Test
    void shouldRefuseANameThatNoIndexCanHave() {
        for (String name : List.of("a b", "a/b", "", "x".repeat(101))) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> StoreIndex.of(name, (String key, String text) -> text, Serdes.utf8()),
                    name);
        }
    }
}
