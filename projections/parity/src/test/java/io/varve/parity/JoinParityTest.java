package io.varve.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.varve.projections.EventStream;
import io.varve.projections.JoinWindows;
import io.varve.projections.Materialized;
import io.varve.projections.StoreRef;
import io.varve.projections.StreamJoined;
import io.varve.projections.StreamsBuilder;
import io.varve.projections.Table;
import io.varve.projections.testing.TopologyTestDriver;
import io.varve.store.serde.Serdes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.TreeMap;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.KTable;
import org.junit.jupiter.api.Test;

/** Joins of all kinds over random records, late ones and nulls among them, in both systems. */
class JoinParityTest {
    private static final int CASES = 40;
    private static final Serde<String> TEXT = org.apache.kafka.common.serialization.Serdes.String();

    private final long first = Long.getLong("varve.seed", 0);

    private record Piped(String category, String key, String text, long time) {}

    private static List<Piped> records(Random random) {
        List<Piped> records = new ArrayList<>();
        int count = random.nextInt(50);
        long time = 50;
        for (int i = 0; i < count; i++) {
            time += random.nextInt(4);
            String key = "k" + random.nextInt(3);
            String text =
                    random.nextInt(5) == 0
                            ? null
                            : "k" + random.nextInt(3) + ":" + random.nextInt(10);
            long late = random.nextInt(3) == 0 ? random.nextInt(30) : 0;
            records.add(new Piped(random.nextBoolean() ? "l" : "r", key, text, time - late));
        }
        return records;
    }

    private static String both(String a, String b) {
        return a + "+" + b;
    }

    private static Materialized<String, String> kept(String store) {
        return Materialized.as(StoreRef.of(store), Serdes.utf8(), Serdes.utf8());
    }

    private static org.apache.kafka.streams.kstream.Materialized<
                    String,
                    String,
                    org.apache.kafka.streams.state.KeyValueStore<
                            org.apache.kafka.common.utils.Bytes, byte[]>>
            theirs(String store) {
        return org.apache.kafka.streams.kstream.Materialized
                .<String, String,
                        org.apache.kafka.streams.state.KeyValueStore<
                                org.apache.kafka.common.utils.Bytes, byte[]>>
                        as(store)
                .withKeySerde(TEXT)
                .withValueSerde(TEXT);
    }

    /** What our topology says, with times, in order. */
    private static void ours(
            StreamsBuilder builder,
            EventStream<String, String> results,
            List<Piped> records,
            List<String> seen,
            Map<String, String> rows) {
        results.processValues(
                () -> one -> seen.add(one.key() + "=" + one.value() + "@" + one.timestamp()));
        try (TopologyTestDriver driver = new TopologyTestDriver(builder.build())) {
            for (Piped one : records) {
                driver.pipe(one.category(), one.key(), new VarveRun.Text(one.text()), one.time());
            }
            if (rows != null) {
                driver.store(StoreRef.<String, String>of("kept")).forEach(rows::put);
            }
        }
    }

    private static void theirs(
            org.apache.kafka.streams.StreamsBuilder builder,
            KStream<String, String> results,
            List<Piped> records,
            List<String> seen,
            Map<String, String> rows) {
        results.to("out", org.apache.kafka.streams.kstream.Produced.with(TEXT, TEXT));
        Properties config = KafkaConfig.quick();
        try (var driver =
                new org.apache.kafka.streams.TopologyTestDriver(builder.build(config), config)) {
            var out = driver.createOutputTopic("out", TEXT.deserializer(), TEXT.deserializer());
            for (Piped one : records) {
                driver.createInputTopic(one.category(), TEXT.serializer(), TEXT.serializer())
                        .pipeInput(one.key(), one.text(), one.time());
            }
            out.readRecordsToList()
                    .forEach(
                            one -> seen.add(one.key() + "=" + one.value() + "@" + one.timestamp()));
            if (rows != null) {
                try (var all = driver.<String, String>getKeyValueStore("kept").all()) {
                    all.forEachRemaining(row -> rows.put(row.key, row.value));
                }
            }
        }
    }

    @Test
    void shouldJoinStreamsAlike() {
        for (long seed = first; seed < first + CASES; seed++) {
            Random random = new Random(seed);
            int kind = random.nextInt(3);
            Duration size = Duration.ofMillis(1 + random.nextInt(12));
            Duration grace = Duration.ofMillis(random.nextInt(8));
            List<Piped> records = records(random);
            // Nulls are joined with nothing; stores in memory take them for time that passes.
            records.removeIf(one -> one.text() == null);
            // What still waits is told of with these.
            records.add(new Piped("l", "end", "end", 10_000));
            records.add(new Piped("r", "end", "end", 10_000));
            List<String> ours = new ArrayList<>();
            List<String> theirs = new ArrayList<>();

            StreamsBuilder builder = new StreamsBuilder();
            EventStream<String, String> left = VarveRun.texts(builder, "l");
            EventStream<String, String> right = VarveRun.texts(builder, "r");
            JoinWindows windows = JoinWindows.ofTimeDifferenceAndGrace(size, grace);
            StreamJoined<String, String, String> joined =
                    StreamJoined.with(
                            StoreRef.of("pairs"), Serdes.utf8(), Serdes.utf8(), Serdes.utf8());
            ours(
                    builder,
                    switch (kind) {
                        case 0 -> left.join(right, JoinParityTest::both, windows, joined);
                        case 1 -> left.leftJoin(right, JoinParityTest::both, windows, joined);
                        default -> left.outerJoin(right, JoinParityTest::both, windows, joined);
                    },
                    records,
                    ours,
                    null);

            var kafka = new org.apache.kafka.streams.StreamsBuilder();
            KStream<String, String> first = kafka.stream("l", Consumed.with(TEXT, TEXT));
            KStream<String, String> second = kafka.stream("r", Consumed.with(TEXT, TEXT));
            var theirWindows =
                    org.apache.kafka.streams.kstream.JoinWindows.ofTimeDifferenceAndGrace(
                            size, grace);
            var with = org.apache.kafka.streams.kstream.StreamJoined.with(TEXT, TEXT, TEXT);
            theirs(
                    kafka,
                    switch (kind) {
                        case 0 -> first.join(second, JoinParityTest::both, theirWindows, with);
                        case 1 -> first.leftJoin(second, JoinParityTest::both, theirWindows, with);
                        default ->
                                first.outerJoin(second, JoinParityTest::both, theirWindows, with);
                    },
                    records,
                    theirs,
                    null);
            String at = "seed=" + seed + " kind=" + kind + " " + windows + " " + records;
            assertEquals(pairs(theirs), pairs(ours), at);
            // Those that have no match may be told of later there, and not if one comes meanwhile.
            List<String> missing = new ArrayList<>(theirs);
            ours.forEach(missing::remove);
            assertEquals(List.of(), missing, at);
        }
    }

    private static List<String> pairs(List<String> results) {
        return results.stream().filter(one -> !one.contains("null")).toList();
    }

    @Test
    void shouldJoinTablesAndStreamsWithTablesAlike() {
        for (long seed = first; seed < first + CASES; seed++) {
            Random random = new Random(seed);
            int kind = random.nextInt(5);
            List<Piped> records = records(random);
            List<String> ours = new ArrayList<>();
            List<String> theirs = new ArrayList<>();

            StreamsBuilder builder = new StreamsBuilder();
            EventStream<String, String> stream = VarveRun.texts(builder, "l");
            Table<String, String> right = VarveRun.texts(builder, "r").toTable(kept("r-rows"));
            ours(
                    builder,
                    switch (kind) {
                        case 0 -> stream.join(right, JoinParityTest::both);
                        case 1 -> stream.leftJoin(right, JoinParityTest::both);
                        case 2 ->
                                stream.toTable(kept("l-rows"))
                                        .join(right, JoinParityTest::both)
                                        .toStream();
                        case 3 ->
                                stream.toTable(kept("l-rows"))
                                        .leftJoin(right, JoinParityTest::both)
                                        .toStream();
                        default ->
                                stream.toTable(kept("l-rows"))
                                        .outerJoin(right, JoinParityTest::both)
                                        .toStream();
                    },
                    records,
                    ours,
                    null);

            var kafka = new org.apache.kafka.streams.StreamsBuilder();
            KStream<String, String> first = kafka.stream("l", Consumed.with(TEXT, TEXT));
            KTable<String, String> second =
                    kafka.<String, String>stream("r", Consumed.with(TEXT, TEXT))
                            .toTable(theirs("r-rows"));
            theirs(
                    kafka,
                    switch (kind) {
                        case 0 -> first.join(second, JoinParityTest::both);
                        case 1 -> first.leftJoin(second, JoinParityTest::both);
                        case 2 ->
                                first.toTable(theirs("l-rows"))
                                        .join(second, JoinParityTest::both)
                                        .toStream();
                        case 3 ->
                                first.toTable(theirs("l-rows"))
                                        .leftJoin(second, JoinParityTest::both)
                                        .toStream();
                        default ->
                                first.toTable(theirs("l-rows"))
                                        .outerJoin(second, JoinParityTest::both)
                                        .toStream();
                    },
                    records,
                    theirs,
                    null);
            assertEquals(theirs, ours, "seed=" + seed + " kind=" + kind + " " + records);
        }
    }

    @Test
    void shouldEndWithTheSameRowsByForeignKey() {
        for (long seed = first; seed < first + CASES; seed++) {
            Random random = new Random(seed);
            boolean outer = random.nextBoolean();
            List<Piped> records = records(random);
            Map<String, String> ours = new TreeMap<>();
            Map<String, String> theirs = new TreeMap<>();

            StreamsBuilder builder = new StreamsBuilder();
            Table<String, String> left = VarveRun.texts(builder, "l").toTable(kept("l-rows"));
            Table<String, String> right = VarveRun.texts(builder, "r").toTable(kept("r-rows"));
            ours(
                    builder,
                    (outer
                                    ? left.leftJoin(
                                            right,
                                            JoinParityTest::foreignKey,
                                            JoinParityTest::both,
                                            kept("kept"))
                                    : left.join(
                                            right,
                                            JoinParityTest::foreignKey,
                                            JoinParityTest::both,
                                            kept("kept")))
                            .toStream(),
                    records,
                    new ArrayList<>(),
                    ours);

            var kafka = new org.apache.kafka.streams.StreamsBuilder();
            KTable<String, String> first = kafka.table("l", Consumed.with(TEXT, TEXT));
            KTable<String, String> second = kafka.table("r", Consumed.with(TEXT, TEXT));
            java.util.function.Function<String, String> foreignKey = JoinParityTest::foreignKey;
            theirs(
                    kafka,
                    (outer
                                    ? first.leftJoin(
                                            second,
                                            foreignKey,
                                            JoinParityTest::both,
                                            theirs("kept"))
                                    : first.join(
                                            second,
                                            foreignKey,
                                            JoinParityTest::both,
                                            theirs("kept")))
                            .toStream(),
                    records,
                    new ArrayList<>(),
                    theirs);
            assertEquals(theirs, ours, "seed=" + seed + " outer=" + outer + " " + records);
        }
    }

    @Test
    void shouldRemoveTheResultOfARowThatIsJoinedWithItself() {
        List<Piped> records = List.of(new Piped("l", "k", "a", 1), new Piped("l", "k", null, 2));
        Map<String, String> ours = new TreeMap<>();
        Map<String, String> theirs = new TreeMap<>();

        StreamsBuilder builder = new StreamsBuilder();
        Table<String, String> table = VarveRun.texts(builder, "l").toTable(kept("l-rows"));
        Table<String, String> joined = table.join(table, JoinParityTest::both, kept("kept"));
        ours(builder, joined.toStream(), records, new ArrayList<>(), ours);

        var kafka = new org.apache.kafka.streams.StreamsBuilder();
        KTable<String, String> theirTable =
                kafka.table("l", Consumed.with(TEXT, TEXT), theirs("l-rows"));
        theirs(
                kafka,
                theirTable.join(theirTable, JoinParityTest::both, theirs("kept")).toStream(),
                records,
                new ArrayList<>(),
                theirs);
        assertEquals(Map.of(), ours);
        assertEquals(Map.of("k", "a+a"), theirs);
    }

    private static String foreignKey(String value) {
        return value.substring(0, 2);
    }
}
