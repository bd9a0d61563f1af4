package io.varve.projections;

import static io.varve.projections.TextStreams.TEXT;
import static io.varve.projections.TextStreams.pipe;
import static io.varve.projections.TextStreams.rows;
import static io.varve.projections.TextStreams.rowsAfterCrash;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.varve.projections.ChangedInPlaceTest.Bag;
import io.varve.projections.query.RangeQuery;
import io.varve.projections.testing.TopologyTestDriver;
import io.varve.store.serde.EventSerde;
import io.varve.store.serde.Serde;
import io.varve.store.serde.Serdes;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is changed in place while somebody else has the very object, without a commit between. */
class ObjectsThatOthersHoldTest {
    private static final StoreRef<String, Bag> BAGS = StoreRef.of("bags");
    private static final StoreRef<String, Bag> OTHERS = StoreRef.of("others");
    private static final StoreRef<Windowed<String>, Bag> WINDOWS = StoreRef.of("windows");
    private static final Serde<Bag> BAG = Serdes.json(Bag.class);
    private static final EventSerde<Bag> BAG_EVENTS =
            EventSerde.of(Bag.class).json("bag", Bag.class).build();

    private final TextStreams texts = new TextStreams();

    private static Materialized<String, Bag> in(StoreRef<String, Bag> store) {
        return Materialized.as(store, TEXT, BAG);
    }

    private EventStream<String, Bag> bags() {
        return texts.builder.stream("bags", Consumed.with(BAG_EVENTS));
    }

    private static void pipeBags(TopologyTestDriver driver, String... words) {
        for (String word : words) {
            driver.pipe("bags", "k", new Bag().add(word));
        }
    }

    private GroupedStream<String, String> words() {
        return texts.stream("words").groupByKey();
    }

    /** A table that keeps the events has the object that the reduction begins with. */
    @Test
    void shouldLeaveTheEventThatAReductionBeginsWith() {
        bags().groupByKey(Grouped.with(TEXT, BAG)).reduce(Bag::addAll, in(BAGS));
        bags().selectKey((key, bag) -> bag.toString()).toTable(in(OTHERS));
        try (TopologyTestDriver driver = texts.driver().commitEvery(100)) {
            pipeBags(driver, "w", "x", "y");
            assertEquals(List.of("k=wxy"), rowsAfterCrash(driver, BAGS));
            assertEquals(List.of("w=w", "x=x", "y=y"), rows(driver, OTHERS));
        }
    }

    @Test
    void shouldLeaveTheRowOfATableThatAGroupBeginsWith() {
        bags().selectKey((key, bag) -> bag.toString())
                .toTable(in(OTHERS))
                .groupBy((key, bag) -> KeyValue.pair("all", bag), Grouped.with(TEXT, BAG))
                .reduce(Bag::addAll, (all, less) -> all, in(BAGS));
        try (TopologyTestDriver driver = texts.driver().commitEvery(100)) {
            pipeBags(driver, "w", "x", "y");
            assertEquals(List.of("all=wxy"), rowsAfterCrash(driver, BAGS));
            assertEquals(List.of("w=w", "x=x", "y=y"), rows(driver, OTHERS));
        }
    }

    /** One that was read from the store is told from one that was just written. */
    @Test
    void shouldLeaveWhatWasJoinedAfterARestart() {
        Table<String, Bag> bags =
                words().aggregate(Bag::new, (key, word, bag) -> bag.add(word), in(BAGS));
        texts.stream("asked").join(bags, (asked, bag) -> bag).toTable(in(OTHERS));
        try (TopologyTestDriver driver = texts.driver().commitEvery(100)) {
            pipe(driver, "words", "k", "w", 1);
            driver.commit();
            driver.crash();
            pipe(driver, "asked", "k", "?", 2);
            pipe(driver, "words", "k", "x", 3);
            assertEquals(List.of("k=w"), rowsAfterCrash(driver, OTHERS));
            assertEquals(List.of("k=wx"), rows(driver, BAGS));
        }
    }

    @Test
    void shouldNotMixSlidingWindows() {
        words().windowedBy(SlidingWindows.ofTimeDifferenceWithNoGrace(Duration.ofMillis(10)))
                .aggregate(
                        Bag::new,
                        (key, word, bag) -> bag.add(word),
                        Materialized.windowed(WINDOWS, TEXT, BAG));
        try (TopologyTestDriver driver = texts.driver().commitEvery(100)) {
            pipe(driver, "words", "k", "w", 100);
            pipe(driver, "words", "k", "x", 104);
            pipe(driver, "words", "k", "y", 108);
            assertEquals(List.of("w", "wx", "wxy", "xy", "y"), values(driver));
            driver.assertRebuildMatches();
        }
    }

    private static List<String> values(TopologyTestDriver driver) {
        return driver.store(WINDOWS).all().stream()
                .map(row -> row.getValue().toString())
                .sorted()
                .toList();
    }

    /** A record that comes just when a session closes begins another: what was told is final. */
    @Test
    void shouldLeaveWhatWasToldOfASessionThatIsClosed() {
        words().windowedBy(SessionWindows.ofInactivityGapWithNoGrace(Duration.ofMillis(5)))
                .emitStrategy(EmitStrategy.onWindowClose())
                .aggregate(
                        Bag::new,
                        (key, word, bag) -> bag.add(word),
                        (key, one, two) -> one.words.isEmpty() ? two : one.addAll(two),
                        Materialized.windowed(WINDOWS, TEXT, BAG))
                .toStream()
                .filter((session, bag) -> bag != null)
                .selectKey((session, bag) -> session.key() + session.window().endMillis())
                .toTable(in(OTHERS));
        try (TopologyTestDriver driver = texts.driver().commitEvery(100)) {
            pipe(driver, "words", "k", "w", 100);
            pipe(driver, "words", "j", "-", 106);
            assertEquals(List.of("k100=w"), rows(driver, OTHERS));
            pipe(driver, "words", "k", "x", 105);
            pipe(driver, "words", "j", "-", 120);
            assertEquals(List.of("j106=-", "k100=w", "k105=x"), rowsAfterCrash(driver, OTHERS));
        }
    }

    /** Changes what it walks over, and adds to what it finds. */
    private static final class Walking implements Processor<String, String, String, Bag> {
        private KeyValueStore<String, Bag> bags;

        @Override
        public void init(ProcessorContext<String, Bag> context) {
            bags = context.store(BAGS);
        }

        @Override
        public void process(Record<String, String> word) {
            bags.scan(RangeQuery.all(), (key, bag) -> !bag.add("!").words.isEmpty());
            bags.put(word.key(), bags.get(word.key()).orElseGet(Bag::new).add(word.value()));
        }
    }

    @Test
    void shouldKeepWhatAProcessorWalksOver() {
        texts.builder.addStateStore(in(BAGS));
        texts.stream("words").process(Walking::new, BAGS);
        try (TopologyTestDriver driver = texts.driver()) {
            pipe(driver, "words", "k", "w", 1);
            driver.crash();
            pipe(driver, "words", "k", "x", 2);
            assertEquals(List.of("k=wx"), rowsAfterCrash(driver, BAGS));
        }
    }

    /** Changes what it has put as a version. */
    private static final class Versioning implements Processor<String, String, String, Bag> {
        private VersionedStore<String, Bag> bags;

        @Override
        public void init(ProcessorContext<String, Bag> context) {
            bags = context.versionedStore(BAGS);
        }

        @Override
        public void process(Record<String, String> word) {
            Bag bag = bags.get(word.key()).map(found -> found.value()).orElseGet(Bag::new);
            bags.put(word.key(), bag.add(word.value()), word.timestamp());
            bag.add("?");
            bags.get(word.key()).ifPresent(found -> found.value().add("!"));
        }
    }

    @Test
    void shouldKeepTheVersionThatAProcessorHasPut() {
        texts.builder.addStateStore(in(BAGS).versioned(Duration.ofMillis(50)));
        texts.stream("words").process(Versioning::new, BAGS);
        try (TopologyTestDriver driver = texts.driver().commitEvery(100)) {
            pipe(driver, "words", "k", "w", 1);
            pipe(driver, "words", "k", "x", 2);
            pipe(driver, "words", "k", "y", 3);
            assertEquals(List.of("k=wxy"), rows(driver, BAGS));
            assertEquals(
                    List.of("w", "wx", "wxy"),
                    driver.versionedStore(BAGS).versions("k").stream()
                            .map(version -> version.value().toString())
                            .toList());
            driver.assertRebuildMatches();
        }
    }
}
