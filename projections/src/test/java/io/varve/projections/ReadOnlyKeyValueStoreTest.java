package io.varve.projections;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.OrderEvent.Shipped;
import io.varve.projections.query.RangeQuery;
import io.varve.projections.query.ReadOnlyKeyValueStore;
import io.varve.projections.testing.TopologyTestDriver;
import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.errors.SerdeException;
import io.varve.store.serde.Serde;
import io.varve.store.serde.Serdes;
import io.varve.store.state.StateEnvironment;
import io.varve.store.state.StateView;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class ReadOnlyKeyValueStoreTest {
    private static final StoreRef<String, Long> COUNTS = StoreRef.of("counts");
    private static final StoreRef<String, String> COUNTRIES = StoreRef.of("countries");

    private static Topology topology() {
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream("orders", Consumed.with(OrderEvent.SERDE))
                .groupByKey()
                .count(Materialized.as(COUNTS, Serdes.utf8(), Serdes.int64()));
        return builder.build();
    }

    private static TopologyTestDriver driver(String... keys) {
        TopologyTestDriver driver = new TopologyTestDriver(topology());
        for (String key : keys) {
            driver.pipe("orders", key, new Shipped("DE"));
        }
        return driver;
    }

    private static List<String> range(
            ReadOnlyKeyValueStore<String, Long> store, String from, String to) {
        List<String> keys = new ArrayList<>();
        store.range(from, to, (key, value) -> keys.add(key));
        return keys;
    }

    /** Reads nulls from when it is told to. */
    private static final class ForgetfulSerde implements Serde<String> {
        private boolean forgets;

        @Override
        public void serialize(String value, BytesWriter out) {
            Serdes.utf8().serialize(value, out);
        }

        @Override
        public String deserialize(BytesView in) {
            return forgets ? null : Serdes.utf8().deserialize(in);
        }

        @Override
        public String describe() {
            return "forgetful";
        }
    }

    private static Topology countries(Serde<String> keys, Serde<String> values) {
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream("orders", Consumed.with(OrderEvent.SERDE))
                .groupByKey(Grouped.keySerde(keys))
                .aggregate(
                        () -> "",
                        (key, event, all) -> all + ((Shipped) event).country(),
                        Materialized.as(COUNTRIES, keys, values));
        return builder.build();
    }

    private static void assertTold(String what, Executable reading) {
        SerdeException told = assertThrows(SerdeException.class, reading);
        assertTold(what, told);
    }

    private static void assertTold(String what, Throwable told) {
        assertEquals(
                "A "
                        + what
                        + " cannot be read, as its serde gives null: store=countries serde=forgetful."
                        + " Mend its deserialize: it gives what serialize was given, or throws.",
                told.getMessage());
    }

    @Test
    void shouldTellOfASerdeThatReadsAValueAsNull() {
        ForgetfulSerde forgetful = new ForgetfulSerde();
        Topology topology = countries(Serdes.utf8(), forgetful);
        try (TopologyTestDriver driver = new TopologyTestDriver(topology)) {
            driver.pipe("orders", "a", new Shipped("DE"));
            forgetful.forgets = true;
            ReadOnlyKeyValueStore<String, String> store = driver.store(COUNTRIES);
            assertTold("value", () -> store.get("a"));
            assertTold("value", store::all);
            RowSelection<String, String> rows = topology.select(COUNTRIES, RangeQuery.all());
            assertTold("value", () -> rows.value(new byte[] {'x'}));
            driver.crash(); // the row is not in memory any more
            ProjectionException failed =
                    assertThrows(
                            ProjectionException.class,
                            () -> driver.pipe("orders", "a", new Shipped("FR")));
            assertTold("value", failed.getCause());
            forgetful.forgets = false;
            driver.pipe("orders", "a", new Shipped("FR"));
            assertEquals(Optional.of("DEFR"), store.get("a"));
        }
    }

    @Test
    void shouldTellOfASerdeThatReadsAKeyAsNull() {
        ForgetfulSerde forgetful = new ForgetfulSerde();
        Topology topology = countries(forgetful, Serdes.utf8());
        try (TopologyTestDriver driver = new TopologyTestDriver(topology)) {
            driver.pipe("orders", "a", new Shipped("DE"));
            forgetful.forgets = true;
            assertTold("key", driver.store(COUNTRIES)::all);
            RowSelection<String, String> rows = topology.select(COUNTRIES, RangeQuery.all());
            assertTold("key", () -> rows.key(new byte[] {'x'}));
            assertEquals(Optional.of("DE"), driver.store(COUNTRIES).get("a"));
        }
    }

    @Test
    void shouldTakeBackTheBytesThatASerdeWasLent() {
        List<BytesView> kept = new ArrayList<>();
        Serde<Long> keeping =
                new Serde<>() {
                    @Override
                    public void serialize(Long value, BytesWriter out) {
                        out.putLong(value);
                    }

                    @Override
                    public Long deserialize(BytesView in) {
                        kept.add(in);
                        return in.getLong(0);
                    }
                };
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream("orders", Consumed.with(OrderEvent.SERDE))
                .groupByKey()
                .count(Materialized.as(COUNTS, Serdes.utf8(), keeping));
        try (TopologyTestDriver driver = new TopologyTestDriver(builder.build())) {
            driver.pipe("orders", "a", new Shipped("DE"));
            assertEquals(Optional.of(1L), driver.store(COUNTS).get("a"));
            assertEquals(1, driver.store(COUNTS).all().size());
            assertTrue(kept.size() >= 2);
            for (BytesView view : kept) {
                assertThrows(IndexOutOfBoundsException.class, () -> view.getLong(0));
            }
        }
    }

    @Test
    void shouldWalkARangeInByteOrder() {
        try (TopologyTestDriver driver = driver("b", "aa", "\u00e4", "c", "a", "b")) {
            ReadOnlyKeyValueStore<String, Long> store = driver.store(COUNTS);
            assertEquals(List.of("aa", "b"), range(store, "aa", "c"));
            assertEquals(List.of("a", "aa"), range(store, "", "b"));
            assertEquals(List.of(), range(store, "b", "b"));
            assertEquals(List.of(), range(store, "c", "a"));
            assertEquals(List.of(), range(store, "a", ""));
            assertEquals(5, store.count());
            assertEquals("\u00e4", store.all().get(4).getKey());
        }
    }

    @Test
    void shouldWalkAgainstByteOrder() {
        try (TopologyTestDriver driver = driver("b", "aa", "c", "a")) {
            ReadOnlyKeyValueStore<String, Long> store = driver.store(COUNTS);
            List<String> keys = new ArrayList<>();
            store.reverseAll((key, value) -> keys.add(key));
            assertEquals(List.of("c", "b", "aa", "a"), keys);
            keys.clear();
            store.reverseRange("aa", "c", (key, value) -> keys.add(key));
            assertEquals(List.of("b", "aa"), keys);
        }
    }

    @Test
    void shouldFindTheKeysThatBeginWithAPrefix() {
        String last = new String(Character.toChars(0x10ffff));
        try (TopologyTestDriver driver = driver("a", "ab", "abc", "b", last, last + "x")) {
            ReadOnlyKeyValueStore<String, Long> store = driver.store(COUNTS);
            assertEquals(List.of("ab", "abc"), keys(store, RangeQuery.prefix("ab")));
            assertEquals(List.of("abc", "ab"), keys(store, RangeQuery.prefix("ab").reverse()));
            assertEquals(List.of("a", "ab", "abc"), keys(store, RangeQuery.prefix("a")));
            assertEquals(List.of(last, last + "x"), keys(store, RangeQuery.prefix(last)));
            assertEquals(List.of(), keys(store, RangeQuery.prefix("abcd")));
            assertEquals(List.of(), keys(store, RangeQuery.prefix("a".repeat(600))));
            assertEquals(6, keys(store, RangeQuery.prefix("")).size());
            List<String> walked = new ArrayList<>();
            store.prefix("ab", (key, value) -> walked.add(key));
            assertEquals(List.of("ab", "abc"), walked);
        }
    }

    @Test
    void shouldFindKeysByAPrefixOfAnotherType() {
        byte[] first = "a".getBytes(StandardCharsets.UTF_8);
        try (TopologyTestDriver driver = driver("a", "ab", "b")) {
            ReadOnlyKeyValueStore<String, Long> store = driver.store(COUNTS);
            assertEquals(List.of("a", "ab"), keys(store, RangeQuery.prefix(first, Serdes.bytes())));
            byte[] highest = {-1, -1};
            assertEquals(List.of(), keys(store, RangeQuery.prefix(highest, Serdes.bytes())));
        }
    }

    @Test
    void shouldStopAtTheLimitOrWhenTheVisitorHasEnough() {
        try (TopologyTestDriver driver = driver("a", "b", "c", "d")) {
            ReadOnlyKeyValueStore<String, Long> store = driver.store(COUNTS);
            assertEquals(List.of("b", "c"), keys(store, RangeQuery.from("b").limit(2)));
            assertEquals(List.of("c", "b"), keys(store, RangeQuery.before("d").reverse().limit(2)));
            assertEquals(List.of(), keys(store, RangeQuery.<String>all().limit(0)));
            assertThrows(IllegalArgumentException.class, () -> RangeQuery.all().limit(-1));
            List<String> seen = new ArrayList<>();
            store.scan(
                    RangeQuery.all(),
                    (key, value) -> {
                        seen.add(key);
                        return !key.equals("c");
                    });
            assertEquals(List.of("a", "b", "c"), seen);
        }
    }

    @Test
    void shouldCountARange() {
        try (TopologyTestDriver driver = driver("a", "b", "c", "d")) {
            ReadOnlyKeyValueStore<String, Long> store = driver.store(COUNTS);
            assertEquals(2, store.count(RangeQuery.between("b", "d")));
            assertEquals(0, store.count(RangeQuery.between("d", "b")));
            assertEquals(0, store.count(RangeQuery.before("")));
            assertEquals(4, store.count(RangeQuery.all()));
            assertEquals(3, store.count(RangeQuery.<String>all().limit(3)));
        }
    }

    @Test
    void shouldGetSeveralRowsAtOnce() {
        try (TopologyTestDriver driver = driver("a", "b", "b")) {
            assertEquals(
                    "{b=2, a=1}", driver.store(COUNTS).multiGet(List.of("b", "x", "a")).toString());
        }
    }

    private static List<String> keys(
            ReadOnlyKeyValueStore<String, Long> store, RangeQuery<String> query) {
        return store.list(query).stream().map(Map.Entry::getKey).toList();
    }

    @Test
    void shouldFindNoRowForAKeyThatNoRowCanHave() {
        try (TopologyTestDriver driver = driver("a")) {
            assertEquals(Optional.empty(), driver.store(COUNTS).get(""));
            assertEquals(Optional.empty(), driver.store(COUNTS).get("a".repeat(512)));
            assertEquals(Optional.of(1L), driver.store(COUNTS).get("a"));
        }
    }

    @Test
    void shouldNameTheKnownStoresWhenAskedForAnother() {
        try (StateEnvironment environment = StateEnvironment.inMemory(topology().stores());
                StateView view = environment.view()) {
            TopologyException refused =
                    assertThrows(
                            TopologyException.class,
                            () -> topology().store(StoreRef.of("count"), view));
            assertTrue(
                    refused.getMessage().contains("store=count known=[counts]"),
                    refused::getMessage);
        }
    }
}
