package io.varve.projections;

import static io.varve.projections.TextStreams.TEXT;
import static io.varve.projections.TextStreams.pipe;
import static io.varve.projections.TextStreams.rows;
import static io.varve.projections.TextStreams.rowsAfterCrash;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.query.RangeQuery;
import io.varve.projections.query.StoreIndex;
import io.varve.projections.testing.TopologyTestDriver;
import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.serde.EventSerde;
import io.varve.store.serde.Serde;
import io.varve.store.serde.Serdes;
import java.lang.management.ManagementFactory;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Functions that change the object they were given, and return it. */
class ChangedInPlaceTest {
    /** A list that is changed in place. */
    static final class Bag {
        public List<String> words = new ArrayList<>();

        Bag add(String word) {
            words.add(word);
            return this;
        }

        Bag addAll(Bag other) {
            words.addAll(other.words);
            return this;
        }

        /** Has the very list of another one. */
        Bag holding(Bag other) {
            words = other.words;
            return this;
        }

        static Bag without(String key, Bag some, Bag all) {
            some.words.forEach(all.words::remove);
            return all;
        }

        @Override
        public String toString() {
            return String.join("", words);
        }
    }

    private static final StoreRef<String, Bag> BAGS = StoreRef.of("bags");
    private static final StoreRef<String, Bag> OTHERS = StoreRef.of("others");
    private static final StoreRef<String, Long> COUNTS = StoreRef.of("counts");
    private static final StoreRef<Windowed<String>, Bag> WINDOWS = StoreRef.of("windows");
    private static final Serde<Bag> BAG = Serdes.json(Bag.class);
    private static final EventSerde<Bag> BAG_EVENTS =
            EventSerde.of(Bag.class).json("bag", Bag.class).build();

    private final TextStreams texts = new TextStreams();
    private final EventStream<String, String> words = texts.stream("words");

    private static Materialized<String, Bag> in(StoreRef<String, Bag> store) {
        return Materialized.as(store, TEXT, BAG);
    }

    private Table<String, Bag> bags(Materialized<String, Bag> store) {
        return words.groupByKey().aggregate(Bag::new, (key, word, bag) -> bag.add(word), store);
    }

    /** How many rows have so many words. */
    private static <K> void countSizes(Table<K, Bag> table) {
        table.groupBy(
                        (key, bag) -> KeyValue.pair("n" + bag.words.size(), "one"),
                        Grouped.with(TEXT, TEXT))
                .count(Materialized.as(COUNTS, TEXT, Serdes.int64()));
    }

    private static void pipeAll(TopologyTestDriver driver, String... all) {
        for (int i = 0; i < all.length; i++) {
            pipe(driver, "words", "a", all[i], 100 + i);
        }
    }

    @Test
    void shouldTakeBackWhatARowWas() {
        countSizes(bags(in(BAGS)));
        try (TopologyTestDriver driver = texts.driver().commitEvery(3)) {
            pipeAll(driver, "w", "x", "y", "z");
            assertEquals(List.of("n1=0", "n2=0", "n3=0", "n4=1"), rowsAfterCrash(driver, COUNTS));
        }
    }

    @Test
    void shouldTakeBackWhatAVersionWas() {
        countSizes(bags(in(BAGS).versioned(Duration.ofMillis(50))));
        try (TopologyTestDriver driver = texts.driver().commitEvery(3)) {
            pipeAll(driver, "w", "x", "y", "z");
            assertEquals(List.of("n1=0", "n2=0", "n3=0", "n4=1"), rowsAfterCrash(driver, COUNTS));
        }
    }

    @Test
    void shouldTakeBackWhatAGroupWas() {
        Table<String, Bag> groups =
                words.toTable(TextStreams.kept("last"))
                        .groupBy((key, word) -> KeyValue.pair("g", word), Grouped.with(TEXT, TEXT))
                        .aggregate(
                                Bag::new,
                                (key, word, bag) -> bag.add(word),
                                (key, word, bag) -> {
                                    bag.words.remove(word);
                                    return bag;
                                },
                                in(BAGS));
        countSizes(groups);
        try (TopologyTestDriver driver = texts.driver().commitEvery(4)) {
            pipe(driver, "words", "a", "x", 1);
            pipe(driver, "words", "b", "y", 2);
            pipe(driver, "words", "a", "z", 3);
            assertEquals(List.of("n1=0", "n2=1"), rowsAfterCrash(driver, COUNTS));
            assertEquals(List.of("g=yz"), rows(driver, BAGS));
        }
    }

    @Test
    void shouldLeaveWhatIsKeptBehindATableAsItWas() {
        bags(in(BAGS))
                .toStream()
                .filter((key, bag) -> bag.words.size() % 2 == 1)
                .toTable(in(OTHERS));
        try (TopologyTestDriver driver = texts.driver().commitEvery(100)) {
            pipeAll(driver, "w", "x", "y", "z");
            assertEquals(List.of("a=wxy"), rowsAfterCrash(driver, OTHERS));
            assertEquals(List.of("a=wxyz"), rows(driver, BAGS));
        }
    }

    @Test
    void shouldLeaveWhatWasJoinedAsItWas() {
        Table<String, Bag> bags = bags(in(BAGS));
        texts.stream("asked").join(bags, (asked, bag) -> bag).toTable(in(OTHERS));
        try (TopologyTestDriver driver = texts.driver().commitEvery(100)) {
            pipeAll(driver, "w", "x");
            pipe(driver, "asked", "a", "?", 200);
            pipeAll(driver, "y");
            assertEquals(List.of("a=wx"), rowsAfterCrash(driver, OTHERS));
            assertEquals(List.of("a=wxy"), rows(driver, BAGS));
        }
    }

    @Test
    void shouldTakeBackWhatWasJoinedWithAnotherTable() {
        Table<String, Bag> joined = bags(in(BAGS)).join(texts.table("others"), (bag, other) -> bag);
        countSizes(joined);
        try (TopologyTestDriver driver = texts.driver().commitEvery(3)) {
            pipe(driver, "others", "a", "there", 1);
            pipeAll(driver, "w", "x");
            pipe(driver, "others", "a", "still there", 1);
            pipeAll(driver, "y");
            pipe(driver, "others", "a", null, 1);
            assertEquals(List.of("n1=0", "n2=0", "n3=0"), rowsAfterCrash(driver, COUNTS));
        }
    }

    @Test
    void shouldLeaveTheSubscriptionOfWhatItWasBehind() {
        bags(in(BAGS))
                .join(
                        texts.table("others"),
                        bag -> bag.words.get(bag.words.size() - 1),
                        (bag, other) -> bag + other,
                        TextStreams.kept("joined"));
        try (TopologyTestDriver driver = texts.driver().commitEvery(100)) {
            pipe(driver, "others", "w", "1", 1);
            pipeAll(driver, "w", "x");
            assertEquals(List.of(), rows(driver, StoreRef.of("joined")));
            pipe(driver, "others", "x", "2", 2);
            pipe(driver, "others", "w", "3", 3);
            assertEquals(List.of("a=wx2"), rowsAfterCrash(driver, StoreRef.of("joined")));
        }
    }

    @Test
    void shouldLeaveTheEventAsItWasThatARowBeganWith() {
        texts.builder.stream("bags", Consumed.with(BAG_EVENTS))
                .groupByKey(Grouped.with(TEXT, BAG))
                .reduce(Bag::addAll, in(BAGS));
        Bag first = new Bag().add("w");
        try (TopologyTestDriver driver = texts.driver().commitEvery(2)) {
            driver.pipe("bags", "a", first);
            driver.pipe("bags", "a", new Bag().add("x"));
            driver.pipe("bags", "a", new Bag().add("y"));
            assertEquals(List.of("a=wxy"), rowsAfterCrash(driver, BAGS));
            assertEquals(List.of("w"), first.words);
        }
    }

    @Test
    void shouldNotMixWindowsThatBeginWithTheSameEvent() {
        texts.builder.stream("bags", Consumed.with(BAG_EVENTS))
                .groupByKey(Grouped.with(TEXT, BAG))
                .windowedBy(
                        TimeWindows.ofSizeWithNoGrace(Duration.ofMillis(10))
                                .advanceBy(Duration.ofMillis(5)))
                .reduce(Bag::addAll, Materialized.windowed(WINDOWS, TEXT, BAG));
        try (TopologyTestDriver driver = texts.driver().commitEvery(100)) {
            driver.pipe("bags", "a", new Bag().add("w"), 106);
            driver.pipe("bags", "a", new Bag().add("x"), 111);
            driver.pipe("bags", "a", new Bag().add("y"), 112);
            assertEquals(
                    List.of("100w", "105wxy", "110xy"),
                    driver.store(WINDOWS).all().stream()
                            .map(row -> row.getKey().window().startMillis() + "" + row.getValue())
                            .toList());
            driver.assertRebuildMatches();
        }
    }

    private Table<Windowed<String>, Bag> sessions() {
        return words.groupByKey()
                .windowedBy(
                        SessionWindows.ofInactivityGapAndGrace(
                                Duration.ofMillis(5), Duration.ofMillis(100)))
                .aggregate(
                        Bag::new,
                        (key, word, bag) -> bag.add(word),
                        (key, one, two) -> one.words.isEmpty() ? two : one.addAll(two),
                        Materialized.windowed(WINDOWS, TEXT, BAG));
    }

    @Test
    void shouldTakeBackWhatSessionsWereThatAreMerged() {
        countSizes(sessions());
        try (TopologyTestDriver driver = texts.driver().commitEvery(100)) {
            pipe(driver, "words", "a", "w", 100);
            pipe(driver, "words", "a", "x", 108);
            assertEquals(List.of("n1=2"), rows(driver, COUNTS));
            pipe(driver, "words", "a", "y", 104);
            assertEquals(List.of("n1=0", "n3=1"), rowsAfterCrash(driver, COUNTS));
        }
    }

    @Test
    void shouldHoldBackWhatARowWas() {
        bags(in(BAGS))
                .filter((key, bag) -> bag.words.size() < 3)
                .suppress(
                        Suppressed.untilTimeLimit(
                                Duration.ofMillis(50), BufferConfig.unbounded(), in(OTHERS)))
                .toStream()
                .groupBy((key, bag) -> "n" + (bag == null ? 0 : bag.words.size()))
                .count(Materialized.as(COUNTS, TEXT, Serdes.int64()));
        try (TopologyTestDriver driver = texts.driver().commitEvery(100)) {
            pipe(driver, "words", "a", "w", 100);
            pipe(driver, "words", "a", "x", 101);
            pipe(driver, "words", "b", "y", 200);
            assertEquals(List.of("n2=1"), rowsAfterCrash(driver, COUNTS));
        }
    }

    /** Changes what it has found, and what it has put. */
    private static final class Careless implements Processor<String, String, String, Bag> {
        private KeyValueStore<String, Bag> bags;

        @Override
        public void init(ProcessorContext<String, Bag> context) {
            bags = context.store(BAGS);
        }

        @Override
        public void process(Record<String, String> word) {
            if (word.value().equals("look")) {
                bags.get(word.key()).ifPresent(bag -> bag.add("!"));
                bags.scan(RangeQuery.all(), (key, bag) -> !bag.add("!").words.isEmpty());
            } else {
                Bag bag = bags.get(word.key()).orElseGet(Bag::new).add(word.value());
                bags.put(word.key(), bag);
                bag.add("?");
            }
        }
    }

    @Test
    void shouldKeepInTheStoreOfAProcessorWhatWasPut() {
        texts.builder.addStateStore(in(BAGS));
        words.process(Careless::new, BAGS);
        try (TopologyTestDriver driver = texts.driver().commitEvery(3)) {
            pipeAll(driver, "w", "look", "x", "look", "y", "look");
            assertEquals(List.of("a=wxy"), rowsAfterCrash(driver, BAGS));
        }
    }

    @Test
    void shouldIndexWhatWasPutIntoTheStoreOfAProcessor() {
        StoreIndex<String, Bag, String> byWords =
                StoreIndex.of("by-words", (word, bag) -> bag.toString(), TEXT);
        texts.builder.addStateStore(in(BAGS).withIndex(byWords));
        words.process(Careless::new, BAGS);
        try (TopologyTestDriver driver = texts.driver().commitEvery(2)) {
            pipeAll(driver, "w", "look", "x", "look", "y");
            assertEquals(0, driver.store(BAGS).index(byWords).count("wxy?"));
            assertEquals(1, driver.store(BAGS).index(byWords).count("wxy"));
            driver.assertRebuildMatches();
        }
    }

    /** Counts how often it reads. */
    private static final class Reads<T> implements Serde<T> {
        private final Serde<T> serde;
        private int reads;

        private Reads(Serde<T> serde) {
            this.serde = serde;
        }

        @Override
        public void serialize(T value, BytesWriter out) {
            serde.serialize(value, out);
        }

        @Override
        public T deserialize(BytesView in) {
            reads++;
            return serde.deserialize(in);
        }

        @Override
        public String describe() {
            return serde.describe();
        }
    }

    /** Values that nobody can change. */
    record Sum(long sum, Letter letter) {}

    enum Letter {
        A
    }

    private static <A> int reads(
            Serde<A> serde,
            Initializer<A> initializer,
            Aggregator<String, String, A> aggregator,
            Function<Table<String, A>, ?> behind) {
        TextStreams texts = new TextStreams();
        Reads<A> reads = new Reads<>(serde);
        GroupedStream<String, String> words = texts.stream("words").groupByKey();
        Table<String, A> table =
                words.cogroup(aggregator)
                        .aggregate(initializer, Materialized.as(StoreRef.of("t"), TEXT, reads));
        behind.apply(table);
        try (TopologyTestDriver driver = texts.driver().commitEvery(2)) {
            pipeAll(driver, "w", "x", "y", "z");
        }
        return reads.reads;
    }

    @Test
    void shouldCopyOnlyWhatCanBeChangedAndIsSeen() {
        Serde<Sum> sums = Serdes.json(Sum.class);
        Initializer<Sum> none = () -> new Sum(0, Letter.A);
        Aggregator<String, String, Sum> more = (k, word, sum) -> new Sum(sum.sum + 1, Letter.A);
        Aggregator<String, String, Bag> add = (key, word, bag) -> bag.add(word);
        assertEquals(0, reads(sums, none, more, Table::toStream));
        assertEquals(0, reads(BAG, Bag::new, add, table -> ""), "nobody sees it");
        assertEquals(3, reads(BAG, Bag::new, add, Table::toStream), "all but the first");
    }

    @Test
    void shouldMakeNoObjectForWhatCannotBeChanged() {
        StoreDefinition<String, Sum> store =
                StoreDefinition.of(
                        Materialized.as(StoreRef.of("sums"), TEXT, Serdes.json(Sum.class)),
                        Optional.empty(),
                        Optional.empty(),
                        List.of(),
                        StoreKind.plain());
        RowValues<String, Sum> values = new RowValues<>(store, "node");
        Row<String, Sum> row = new Row<>("a", new byte[1], new Sum(1, Letter.A), new byte[0][][]);
        assertFalse(values.seal(row, true));
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().getId();
        long before = threads.getThreadAllocatedBytes(thread);
        for (int i = 0; i < 100_000; i++) {
            assertSame(row.value(), values.own(row, true));
            assertFalse(values.seal(row, true));
        }
        long bytes = threads.getThreadAllocatedBytes(thread) - before;
        assertTrue(bytes < 100_000, () -> "bytes=" + bytes);
    }

    /** Of what can be changed. */
    private record Listing(List<String> all) {}

    private sealed interface Shape {}

    private record Dot(Shape next, double at) implements Shape {}

    private record Line(Instant from, BigDecimal to) implements Shape {}

    @Test
    void shouldKnowWhatCannotBeChanged() {
        for (Object value :
                List.of(
                        1L,
                        "text",
                        Letter.A,
                        new Sum(1, Letter.A),
                        new Dot(new Dot(null, 1), 2),
                        new Line(Instant.EPOCH, BigDecimal.ONE),
                        LocalDate.EPOCH,
                        new UUID(1, 2))) {
            assertTrue(ImmutableValues.isImmutable(value), () -> value.getClass().getName());
        }
        for (Object value : List.of(new Bag(), List.of(), new Listing(List.of()), new byte[1])) {
            assertFalse(ImmutableValues.isImmutable(value), () -> value.getClass().getName());
        }
    }

    /** Can be changed, and has nothing in it that can. */
    private static class Total {
        long sum;
        Letter letter;
    }

    private static final class Longer extends Total {
        private List<String> all;
    }

    private static RowValues<String, Object> values() {
        return new RowValues<>(
                StoreDefinition.of(
                        Materialized.as(
                                StoreRef.<String, Object>of("any"),
                                TEXT,
                                Serdes.json(Object.class)),
                        Optional.empty(),
                        Optional.empty(),
                        List.of(),
                        StoreKind.plain()),
                "node");
    }

    @Test
    void shouldKnowWhatCannotHoldAPartOfAnother() {
        Bag bag = new Bag();
        RowValues<String, Object> values = values();
        for (Object whole : List.of(1L, "text", new Sum(1, Letter.A), new Total(), new Total())) {
            assertFalse(values.mayHold(whole, bag), () -> whole.getClass().getName());
        }
        for (Object whole :
                List.of(bag, List.of(), new Listing(null), new Longer(), new byte[1], new Bag[1])) {
            assertTrue(values.mayHold(whole, bag), () -> whole.getClass().getName());
            assertFalse(values.mayHold(whole, "text"), "nobody changes it");
        }
        Total total = new Total();
        assertTrue(values.mayHold(total, total), "it is the very object");
        assertTrue(values.mayHold(total, total), "also of a class that is known");
        assertFalse(values.mayHold("text", "text"));
        assertFalse(values.mayHold(null, bag));
        assertFalse(values.mayHold(bag, null));
    }
}
