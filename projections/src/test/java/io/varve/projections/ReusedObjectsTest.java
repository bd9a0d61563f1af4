package io.varve.projections;

import static io.varve.projections.StatefulPrograms.millis;
import static io.varve.projections.TextStreams.TEXT;
import static io.varve.projections.TextStreams.kept;
import static io.varve.projections.TextStreams.pipe;
import static io.varve.projections.TextStreams.rows;
import static io.varve.projections.TextStreams.rowsAfterCrash;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.varve.projections.ChangedInPlaceTest.Bag;
import io.varve.projections.testing.TopologyTestDriver;
import io.varve.store.serde.Serde;
import io.varve.store.serde.Serdes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One object that is filled for each record, and forwarded or returned again and again. */
class ReusedObjectsTest {
    private static final StoreRef<String, Bag> ROWS = StoreRef.of("rows");
    private static final StoreRef<Windowed<String>, Bag> WINDOWS = StoreRef.of("windows");
    private static final Serde<Bag> BAG = Serdes.json(Bag.class);

    /** Words of a, each in the one object, and words of b. */
    private static final Map<String, BiConsumer<EventStream<String, Bag>, TextStreams>> PROGRAMS =
            new LinkedHashMap<>();

    private static final Map<String, Function<GroupedStream<String, Bag>, ?>> WINDOWINGS =
            new LinkedHashMap<>();

    /** Tables of bags, each with the one word that the row has. */
    private static final Map<
                    String, BiFunction<Table<String, String>, TextStreams, Table<String, Bag>>>
            MAPPERS = new LinkedHashMap<>();

    private static final class Filling implements Processor<String, String, String, Bag> {
        private final Bag bag = new Bag();
        private ProcessorContext<String, Bag> context;

        @Override
        public void init(ProcessorContext<String, Bag> given) {
            context = given;
        }

        @Override
        public void process(Record<String, String> word) {
            bag.words.clear();
            context.forward(word.withValue(bag.add(word.value())));
        }
    }

    private static Materialized<String, Bag> in(String store) {
        return Materialized.as(StoreRef.of(store), TEXT, BAG);
    }

    private static void keep(EventStream<String, Bag> bags) {
        bags.mapValues(bag -> bag == null ? null : new Bag().addAll(bag)).toTable(in("rows"));
    }

    private static Materialized<Windowed<String>, Bag> windows() {
        return Materialized.windowed(WINDOWS, TEXT, BAG);
    }

    private static void joined(EventStream<String, Bag> bags, TextStreams texts, boolean outer) {
        ValueJoiner<Bag, String, Bag> joiner = (bag, word) -> new Bag().addAll(bag);
        JoinWindows windows = JoinWindows.ofTimeDifferenceAndGrace(millis(20), millis(1));
        StreamJoined<String, Bag, String> how =
                StreamJoined.with(StoreRef.of("j"), TEXT, BAG, TEXT);
        EventStream<String, String> words = texts.stream("b");
        keep(
                outer
                        ? bags.leftJoin(words.selectKey((k, v) -> "-"), joiner, windows, how)
                        : bags.join(words, joiner, windows, how));
    }

    static {
        PROGRAMS.put("toTable", (bags, texts) -> bags.toTable(in("rows")));
        PROGRAMS.put("toTable, told", (bags, texts) -> keep(bags.toTable(in("t")).toStream()));
        PROGRAMS.put(
                "toTable, mapped",
                (bags, texts) -> bags.toTable(in("t")).mapValues(bag -> bag, in("rows")));
        PROGRAMS.put("versioned", (bags, texts) -> bags.toTable(in("rows").versioned(millis(100))));
        PROGRAMS.put(
                "found",
                (bags, texts) ->
                        keep(texts.stream("b").join(bags.toTable(in("t")), (word, bag) -> bag)));
        PROGRAMS.put(
                "found in a reduction",
                (bags, texts) ->
                        keep(
                                texts.stream("b")
                                        .join(
                                                bags.groupByKey(Grouped.with(TEXT, BAG))
                                                        .reduce((one, two) -> two, in("t")),
                                                (word, bag) -> bag)));
        PROGRAMS.put(
                "found in a versioned reduction",
                (bags, texts) ->
                        keep(
                                texts.stream("b")
                                        .join(
                                                bags.groupByKey(Grouped.with(TEXT, BAG))
                                                        .reduce(
                                                                (one, two) -> two,
                                                                in("t").versioned(millis(100))),
                                                (word, bag) -> bag)));
        PROGRAMS.put(
                "inside an aggregate",
                (bags, texts) ->
                        bags.groupByKey(Grouped.with(TEXT, BAG))
                                .aggregate(
                                        Bag::new, (k, bag, all) -> all.holding(bag), in("rows")));
        PROGRAMS.put(
                "inside an aggregate, told",
                (bags, texts) ->
                        keep(
                                bags.groupByKey(Grouped.with(TEXT, BAG))
                                        .aggregate(
                                                Bag::new,
                                                (k, bag, all) -> all.holding(bag),
                                                in("t"))
                                        .toStream()));
        PROGRAMS.put(
                "inside an aggregate of a table",
                (bags, texts) ->
                        bags.toTable(in("t"))
                                .groupBy(KeyValue::pair, Grouped.with(TEXT, BAG))
                                .aggregate(
                                        Bag::new,
                                        (k, bag, all) -> all.holding(bag),
                                        (k, bag, all) -> all,
                                        in("rows")));
        PROGRAMS.put("stream join", (bags, texts) -> joined(bags, texts, false));
        PROGRAMS.put("outer stream join", (bags, texts) -> joined(bags, texts, true));
        PROGRAMS.put(
                "join that waits",
                (bags, texts) ->
                        keep(
                                bags.leftJoin(
                                        texts.stream("b").toTable(kept("t").versioned(millis(100))),
                                        (bag, word) -> new Bag().addAll(bag),
                                        Joined.withGracePeriod(
                                                millis(5), StoreRef.of("w"), TEXT, BAG))));
        PROGRAMS.put(
                "held back",
                (bags, texts) ->
                        keep(
                                bags.toTable(in("t"))
                                        .suppress(Suppressed.untilTimeLimit(millis(5), in("h")))
                                        .toStream()));
        PROGRAMS.put(
                "foreign keys",
                (bags, texts) ->
                        bags.toTable(in("t"))
                                .leftJoin(
                                        texts.table("c"),
                                        Bag::toString,
                                        (bag, word) -> bag,
                                        in("rows")));
    }

    /** Fills one object with what a row has, whichever it is asked for. */
    private static ValueMapper<String, Bag> filling() {
        Bag bag = new Bag();
        return word -> {
            bag.words.clear();
            return word == null ? null : bag.add(word);
        };
    }

    static {
        MAPPERS.put("mapValues", (words, texts) -> words.mapValues(filling()));
        MAPPERS.put(
                "mapValues twice",
                (words, texts) -> words.mapValues(filling()).mapValues(bag -> bag));
        MAPPERS.put(
                "filter", (words, texts) -> words.mapValues(filling()).filter((key, bag) -> true));
        MAPPERS.put(
                "join",
                (words, texts) -> {
                    ValueMapper<String, Bag> filling = filling();
                    return words.leftJoin(texts.table("b"), (word, other) -> filling.apply(word));
                });
    }

    static {
        WINDOWINGS.put(
                "time",
                bags ->
                        bags.windowedBy(TimeWindows.ofSizeWithNoGrace(millis(100)))
                                .aggregate(Bag::new, (k, bag, all) -> all.holding(bag), windows()));
        WINDOWINGS.put(
                "sliding",
                bags ->
                        bags.windowedBy(
                                        SlidingWindows.ofTimeDifferenceAndGrace(
                                                millis(40), millis(40)))
                                .aggregate(Bag::new, (k, bag, all) -> all.holding(bag), windows()));
        WINDOWINGS.put(
                "sessions",
                bags ->
                        bags.windowedBy(SessionWindows.ofInactivityGapWithNoGrace(millis(20)))
                                .aggregate(
                                        Bag::new,
                                        (k, bag, all) -> all.holding(bag),
                                        (k, one, two) -> two,
                                        windows()));
    }

    static Stream<String> windowings() {
        return WINDOWINGS.keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("windowings")
    void shouldKeepInAWindowWhatItWasGiven(String name) {
        TextStreams texts = new TextStreams();
        WINDOWINGS
                .get(name)
                .apply(texts.stream("a").process(Filling::new).groupByKey(Grouped.with(TEXT, BAG)));
        try (TopologyTestDriver driver = texts.driver().commitEvery(100)) {
            pipe(driver, "a", "k", "w1", 1);
            pipe(driver, "a", "l", "w2", 1);
            pipe(driver, "a", "m", "w3", 1);
            assertEquals(
                    List.of("k=w1", "l=w2", "m=w3"),
                    driver.store(WINDOWS).all().stream()
                            .map(row -> row.getKey().key() + "=" + row.getValue())
                            .toList());
            driver.assertRebuildMatches();
        }
    }

    static Stream<String> mappers() {
        return MAPPERS.keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("mappers")
    void shouldTakeBackWhatAMapperMadeThoughItReturnsOneObject(String name) {
        TextStreams texts = new TextStreams();
        MAPPERS.get(name)
                .apply(texts.stream("a").toTable(kept("t")), texts)
                .groupBy((key, bag) -> KeyValue.pair("g", bag), Grouped.with(TEXT, BAG))
                .aggregate(Bag::new, (k, bag, all) -> all.addAll(bag), Bag::without, in("rows"));
        try (TopologyTestDriver driver = texts.driver().commitEvery(100)) {
            pipe(driver, "a", "k", "w1", 1);
            pipe(driver, "a", "l", "w2", 2);
            pipe(driver, "a", "k", "w3", 3);
            assertEquals(List.of("g=w2w3"), rowsAfterCrash(driver, ROWS));
        }
    }

    /** From group to group, and within one. */
    @ParameterizedTest
    @ValueSource(strings = {"of the word", "all"})
    void shouldTakeBackWhatAGroupingMadeThoughItReturnsOneObject(String group) {
        TextStreams texts = new TextStreams();
        ValueMapper<String, Bag> filling = filling();
        texts.stream("a")
                .toTable(kept("t"))
                .groupBy(
                        (key, word) ->
                                KeyValue.pair(
                                        group.equals("all") ? group : word, filling.apply(word)),
                        Grouped.with(TEXT, BAG))
                .aggregate(Bag::new, (k, bag, all) -> all.addAll(bag), Bag::without, in("rows"));
        try (TopologyTestDriver driver = texts.driver().commitEvery(100)) {
            pipe(driver, "a", "k", "w1", 1);
            pipe(driver, "a", "k", "w2", 2);
            List<String> expected =
                    group.equals("all") ? List.of("all=w2") : List.of("w1=", "w2=w2");
            assertEquals(expected, rowsAfterCrash(driver, ROWS));
        }
    }

    static Stream<String> programs() {
        return PROGRAMS.keySet().stream();
    }

    private static List<String> run(TopologyTestDriver driver, int commitEvery) {
        driver.commitEvery(commitEvery);
        List<String> keys = List.of("k", "l", "m", "k");
        for (int i = 0; i < keys.size(); i++) {
            pipe(driver, "a", keys.get(i), "w" + i, i);
        }
        for (int i = 1; i < keys.size(); i++) {
            pipe(driver, "b", keys.get(i), "?", 10 + i);
        }
        pipe(driver, "a", "z", "w9", 50);
        pipe(driver, "b", "z", "?", 50);
        pipe(driver, "a", "z", "w9", 90);
        return rows(driver, ROWS);
    }

    @ParameterizedTest
    @MethodSource("programs")
    void shouldKeepWhatWasForwardedWhateverTheProcessorDoesWithTheObject(String name) {
        List<String> expected = List.of("k=w3", "l=w1", "m=w2", "z=w9");
        for (int commitEvery : new int[] {1, 100}) {
            TextStreams texts = new TextStreams();
            texts.stream("b");
            PROGRAMS.get(name).accept(texts.stream("a").process(Filling::new), texts);
            try (TopologyTestDriver driver = texts.driver()) {
                assertEquals(expected, run(driver, commitEvery), "commitEvery=" + commitEvery);
                assertEquals(expected, rowsAfterCrash(driver, ROWS));
            }
        }
    }
}
