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
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** One object that a processor fills for each record, and forwards again and again. */
class ReusedObjectsTest {
    private static final StoreRef<String, Bag> ROWS = StoreRef.of("rows");
    private static final Serde<Bag> BAG = Serdes.json(Bag.class);

    /** Words of a, each in the one object, and words of b. */
    private static final Map<String, BiConsumer<EventStream<String, Bag>, TextStreams>> PROGRAMS =
            new LinkedHashMap<>();

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
