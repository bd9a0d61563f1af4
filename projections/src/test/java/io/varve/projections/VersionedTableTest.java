package io.varve.projections;

import static io.varve.projections.TextStreams.TEXT;
import static io.varve.projections.TextStreams.kept;
import static io.varve.projections.TextStreams.pipe;
import static io.varve.projections.TextStreams.rows;
import static io.varve.projections.TextStreams.rowsAfterCrash;
import static io.varve.projections.TextStreams.seen;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.query.VersionedRecord;
import io.varve.projections.testing.TopologyTestDriver;
import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.serde.Serde;
import io.varve.store.serde.Serdes;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class VersionedTableTest {
    private static final StoreRef<String, String> ROWS = StoreRef.of("rows");
    private static final StoreRef<String, Long> COUNTS = StoreRef.of("counts");

    private final TextStreams texts = new TextStreams();

    private static Materialized<String, String> versioned(StoreRef<String, String> ref) {
        return Materialized.as(ref, TEXT, TEXT).versioned(Duration.ofMillis(100));
    }

    private Table<String, String> table() {
        return texts.stream("t").toTable(versioned(ROWS));
    }

    private static Instant at(long millis) {
        return Instant.ofEpochMilli(millis);
    }

    /** The value as of a time, or {@code -}. */
    private static String asOf(TopologyTestDriver driver, String key, long time) {
        return driver.versionedStore(ROWS)
                .get(key, at(time))
                .map(found -> found.value() + "@" + found.timestamp())
                .orElse("-");
    }

    /** All versions, as {@code value@from-to}. */
    private static <V> String versions(TopologyTestDriver driver, StoreRef<String, V> ref) {
        return text(driver.versionedStore(ref).versions("k"));
    }

    private static <V> String text(List<VersionedRecord<V>> versions) {
        return versions.stream()
                .map(
                        one ->
                                one.value()
                                        + "@"
                                        + one.timestamp()
                                        + "-"
                                        + (one.validTo().isPresent()
                                                ? one.validTo().getAsLong()
                                                : ""))
                .collect(Collectors.joining(" "));
    }

    @Test
    void shouldTellARowAsOfATime() {
        table();
        try (TopologyTestDriver driver = texts.driver()) {
            pipe(driver, "t", "k", "a", 10);
            pipe(driver, "t", "k", "b", 20);
            pipe(driver, "t", "k", null, 30);
            pipe(driver, "t", "k", "c", 40);
            assertEquals("-", asOf(driver, "k", 9));
            assertEquals("a@10", asOf(driver, "k", 10));
            assertEquals("a@10", asOf(driver, "k", 19));
            assertEquals("b@20", asOf(driver, "k", 20));
            assertEquals("-", asOf(driver, "k", 30));
            assertEquals("-", asOf(driver, "k", 39));
            assertEquals("c@40", asOf(driver, "k", 40));
            assertEquals("c@40", asOf(driver, "k", Long.MAX_VALUE));
            assertEquals("-", asOf(driver, "other", 40));
            assertEquals("a@10-20 b@20-30 c@40-", versions(driver, ROWS));
            assertEquals(List.of("k=c"), rowsAfterCrash(driver, ROWS));
            assertEquals("a@10-20 b@20-30 c@40-", versions(driver, ROWS));
        }
    }

    @Test
    void shouldPutLateVersionsInTheirPlace() {
        table();
        try (TopologyTestDriver driver = texts.driver()) {
            pipe(driver, "t", "k", "d", 40);
            pipe(driver, "t", "k", "a", 10);
            pipe(driver, "t", "k", null, 30);
            pipe(driver, "t", "k", "b", 20);
            assertEquals("a@10-20 b@20-30 d@40-", versions(driver, ROWS));
            pipe(driver, "t", "k", "B", 20);
            pipe(driver, "t", "k", "c", 30);
            pipe(driver, "t", "k", "D", 40);
            assertEquals("a@10-20 B@20-30 c@30-40 D@40-", versions(driver, ROWS));
            pipe(driver, "t", "k", null, 40);
            pipe(driver, "t", "k", "b2", 25);
            assertEquals("a@10-20 B@20-25 b2@25-30 c@30-40", versions(driver, ROWS));
            assertEquals(List.of(), rows(driver, ROWS));
            pipe(driver, "t", "k", "D2", 40);
            assertEquals(List.of("k=D2"), rowsAfterCrash(driver, ROWS));
            assertEquals("a@10-20 B@20-25 b2@25-30 c@30-40 D2@40-", versions(driver, ROWS));
        }
    }

    @Test
    void shouldFindTheVersionsBetweenTwoTimes() {
        table();
        try (TopologyTestDriver driver = texts.driver()) {
            for (long time = 10; time <= 50; time += 10) {
                pipe(driver, "t", "k", time == 30 ? null : "v", time);
            }
            var store = driver.versionedStore(ROWS);
            assertEquals("v@10-20 v@20-30", text(store.versions("k", at(15), at(20))));
            assertEquals("v@10-20", text(store.versions("k", at(15), at(19))));
            assertEquals("", text(store.versions("k", at(30), at(39))));
            assertEquals("v@40-50", text(store.versions("k", at(30), at(40))));
            assertEquals("v@50-", text(store.versions("k", at(60), at(70))));
            assertEquals("", text(store.versions("k", at(20), at(10))));
            assertEquals("", text(store.versions("other", Instant.MIN, Instant.MAX)));
            assertEquals(
                    new VersionedRecord<>("v", 20, OptionalLong.of(30)),
                    store.get("k", at(29)).orElseThrow());
            assertEquals(
                    new VersionedRecord<>("v", 40, OptionalLong.of(50)),
                    store.get("k", at(45)).orElseThrow());
        }
    }

    @Test
    void shouldLetGoOfWhatIsOverAndRefuseWhatIsTooLate() {
        List<String> told = seen(table().toStream());
        try (TopologyTestDriver driver = texts.driver().commitEvery(100)) {
            pipe(driver, "t", "k", "a", 10);
            pipe(driver, "t", "k", "b", 20);
            pipe(driver, "t", "gone", "x", 10);
            pipe(driver, "t", "gone", null, 20);
            pipe(driver, "t", "once", "y", 10);
            pipe(driver, "t", "other", "z", 119);
            assertEquals("a@10-20 b@20-", versions(driver, ROWS));
            pipe(driver, "t", "other", "z", 120);
            assertEquals("b@20-", versions(driver, ROWS));
            pipe(driver, "t", "k", "c", 121);
            assertEquals("b@20-121 c@121-", versions(driver, ROWS));
            told.clear();
            pipe(driver, "t", "k", "late", 20);
            assertEquals(List.of(), told);
            assertEquals("b@20-121 c@121-", versions(driver, ROWS));
            // The version of the edge is there, though it was made before; the latest always is.
            assertEquals("b@20", asOf(driver, "k", 21));
            assertEquals("-", asOf(driver, "k", 20));
            assertEquals("y@10", asOf(driver, "once", 10));
            pipe(driver, "t", "k", "edge", 21);
            assertEquals(List.of("k=edge@21"), told);
            assertEquals("edge@21-121 c@121-", versions(driver, ROWS));
            pipe(driver, "t", "gone", "again", 130);
            assertEquals(
                    List.of("gone=again", "k=c", "once=y", "other=z"),
                    rowsAfterCrash(driver, ROWS));
            assertEquals("edge@21-121 c@121-", versions(driver, ROWS));
        }
    }

    @Test
    void shouldKeepNothingBesideTheLatestWithoutRetention() {
        texts.stream("t").toTable(Materialized.as(ROWS, TEXT, TEXT).versioned(Duration.ZERO));
        try (TopologyTestDriver driver = texts.driver()) {
            pipe(driver, "t", "k", "a", 10);
            pipe(driver, "t", "k", "b", 20);
            assertEquals("b@20-", versions(driver, ROWS));
            pipe(driver, "t", "k", "late", 19);
            assertEquals("b@20-", versions(driver, ROWS));
            driver.assertRebuildMatches();
        }
    }

    @Test
    void shouldJoinRecordsWithTheRowAsOfTheirTime() {
        List<String> seen = seen(texts.stream("s").leftJoin(table(), (value, row) -> value + row));
        try (TopologyTestDriver driver = texts.driver()) {
            pipe(driver, "t", "k", "1", 10);
            pipe(driver, "t", "k", "2", 20);
            pipe(driver, "s", "k", "a", 15);
            pipe(driver, "s", "k", "b", 20);
            pipe(driver, "s", "k", "c", 5);
            pipe(driver, "t", "k", null, 17);
            driver.crash();
            pipe(driver, "s", "k", "d", 16);
            pipe(driver, "s", "k", "e", 17);
            pipe(driver, "s", "k", "f", 500);
            assertEquals(
                    List.of("k=a1@15", "k=b2@20", "k=cnull@5", "k=d1@16", "k=enull@17", "k=f2@500"),
                    seen);
        }
    }

    @Test
    void shouldJoinAsOfATimeThroughTablesThatAreNotKept() {
        List<String> seen =
                seen(
                        texts.stream("s")
                                .join(
                                        table().filter((key, row) -> !row.equals("no"))
                                                .mapValues(row -> "<" + row + ">"),
                                        (value, row) -> value + row));
        try (TopologyTestDriver driver = texts.driver()) {
            pipe(driver, "t", "k", "1", 10);
            pipe(driver, "t", "k", "no", 20);
            pipe(driver, "t", "k", "3", 30);
            pipe(driver, "s", "k", "a", 15);
            pipe(driver, "s", "k", "b", 25);
            pipe(driver, "s", "k", "c", 35);
            assertEquals(List.of("k=a<1>@15", "k=c<3>@35"), seen);
        }
    }

    @Test
    void shouldKeepVersionsOfATableThatIsMadeOfAnother() {
        table().filter((key, row) -> !row.equals("no"), versioned(StoreRef.of("some")));
        try (TopologyTestDriver driver = texts.driver()) {
            pipe(driver, "t", "k", "1", 10);
            pipe(driver, "t", "k", "3", 30);
            pipe(driver, "t", "k", "no", 20);
            assertEquals("1@10-20 3@30-", versions(driver, StoreRef.of("some")));
            driver.assertRebuildMatches();
        }
    }

    @Test
    void shouldJoinTablesByTheirLatestVersions() {
        List<String> seen =
                seen(
                        table().join(
                                        texts.stream("u").toTable(versioned(StoreRef.of("u"))),
                                        (a, b) -> a + b)
                                .toStream());
        try (TopologyTestDriver driver = texts.driver()) {
            pipe(driver, "t", "k", "1", 20);
            pipe(driver, "u", "k", "a", 10);
            pipe(driver, "t", "k", "late", 15);
            pipe(driver, "u", "k", "b", 30);
            pipe(driver, "u", "k", null, 25);
            pipe(driver, "t", "k", "2", 26);
            assertEquals(List.of("k=1a@20", "k=1b@30", "k=2b@30"), seen);
        }
    }

    @Test
    void shouldJoinByForeignKeyByTheLatestVersions() {
        StoreRef<String, String> joined = StoreRef.of("joined");
        table().join(
                        texts.stream("u").toTable(versioned(StoreRef.of("u"))),
                        row -> row,
                        (a, b) -> a + b,
                        versioned(joined));
        try (TopologyTestDriver driver = texts.driver()) {
            pipe(driver, "u", "x", "1", 10);
            pipe(driver, "t", "k", "x", 20);
            pipe(driver, "u", "x", "late", 5);
            pipe(driver, "t", "k", "y", 15);
            assertEquals(List.of("k=x1"), rows(driver, joined));
            pipe(driver, "u", "x", "2", 30);
            assertEquals(List.of("k=x2"), rowsAfterCrash(driver, joined));
            assertEquals("x1@20-30 x2@30-", versions(driver, joined));
        }
    }

    @Test
    void shouldGroupTablesByTheirLatestVersions() {
        table().groupBy((key, row) -> new KeyValue<>(row, row), Grouped.with(TEXT, TEXT))
                .count(Materialized.as(COUNTS, TEXT, Serdes.int64()));
        try (TopologyTestDriver driver = texts.driver()) {
            pipe(driver, "t", "k", "a", 20);
            pipe(driver, "t", "k", "late", 10);
            pipe(driver, "t", "j", "a", 10);
            assertEquals(List.of("a=2"), rowsAfterCrash(driver, COUNTS));
        }
    }

    @Test
    void shouldKeepVersionsOfAggregates() {
        texts.stream("s").groupByKey().count(counts());
        try (TopologyTestDriver driver = texts.driver().commitEvery(2)) {
            pipe(driver, "s", "k", "a", 10);
            pipe(driver, "s", "k", "b", 30);
            pipe(driver, "s", "k", "c", 20);
            pipe(driver, "s", "k", "d", 40);
            assertEquals("1@10-30 3@30-40 4@40-", versions(driver, COUNTS));
            assertEquals(List.of("k=4"), rowsAfterCrash(driver, COUNTS));
        }
    }

    private static Materialized<String, Long> counts() {
        return Materialized.as(COUNTS, TEXT, Serdes.int64()).versioned(Duration.ofMillis(100));
    }

    @Test
    void shouldKeepVersionsOfAggregatesOfTablesAndOfGroupsTogether() {
        texts.table("t")
                .groupBy((key, row) -> new KeyValue<>("k", row), Grouped.with(TEXT, TEXT))
                .count(counts());
        GroupedStream<String, String> left = texts.stream("l").groupByKey();
        GroupedStream<String, String> right = texts.stream("r").groupByKey();
        left.<String>cogroup((key, value, all) -> all + value)
                .cogroup(right, (key, value, all) -> all + value)
                .aggregate(() -> "", versioned(ROWS));
        try (TopologyTestDriver driver = texts.driver().crashAfterEachCommit()) {
            pipe(driver, "t", "a", "x", 10);
            pipe(driver, "t", "b", "x", 20);
            pipe(driver, "t", "a", null, 30);
            assertEquals("1@10-20 2@20-30 1@30-", versions(driver, COUNTS));
            pipe(driver, "l", "k", "1", 10);
            pipe(driver, "r", "k", "2", 20);
            pipe(driver, "l", "j", "3", 125);
            assertEquals("12@20-", versions(driver, ROWS));
            driver.assertRebuildMatches();
        }
    }

    @Test
    void shouldKeepVersionsOfAggregatesThatAreChangedInPlace() {
        StoreRef<String, StringBuilder> built = StoreRef.of("built");
        texts.stream("s")
                .groupByKey()
                .aggregate(
                        StringBuilder::new,
                        (key, value, all) -> all.append(value),
                        Materialized.as(built, TEXT, new BuilderSerde())
                                .versioned(Duration.ofMillis(100)));
        try (TopologyTestDriver driver = texts.driver().commitEvery(100)) {
            pipe(driver, "s", "k", "a", 10);
            pipe(driver, "s", "k", "b", 20);
            pipe(driver, "s", "k", "c", 15);
            assertEquals("a@10-20 abc@20-", versions(driver, built));
            driver.assertRebuildMatches();
        }
    }

    private static final class BuilderSerde implements Serde<StringBuilder> {
        @Override
        public void serialize(StringBuilder value, BytesWriter out) {
            TEXT.serialize(value.toString(), out);
        }

        @Override
        public StringBuilder deserialize(BytesView in) {
            return new StringBuilder(TEXT.deserialize(in));
        }

        @Override
        public String describe() {
            return "builder";
        }
    }

    @Test
    void shouldTellOfLateVersionsAsRecordsAndToTablesWithoutVersions() {
        Table<String, String> table = table();
        List<String> seen = seen(table.toStream());
        table.mapValues(row -> row + "!", kept("plain"));
        try (TopologyTestDriver driver = texts.driver()) {
            pipe(driver, "t", "k", "a", 20);
            pipe(driver, "t", "k", "b", 10);
            assertEquals(List.of("k=a@20", "k=b@10"), seen);
            // As in Kafka Streams: a table without versions has what was told of last.
            assertEquals(List.of("k=b!"), rows(driver, StoreRef.of("plain")));
            assertEquals(List.of("k=a"), rows(driver, ROWS));
        }
    }

    @Test
    void shouldSayItsRetentionInTheDescription() {
        table();
        String text = texts.builder.build().describe();
        assertTrue(
                text.contains(
                        "(stores: [rows, rows/history PT0.1S, rows/versions, rows/ended,"
                                + " rows/time])"),
                text);
        assertTrue(
                texts.builder.build().describeSerdes().contains("rows time and value="),
                () -> texts.builder.build().describeSerdes());
    }

    @Test
    void shouldRefuseWhatCannotHaveVersions() {
        Table<String, String> table = table();
        assertThrows(
                TopologyException.class,
                () ->
                        table.suppress(
                                Suppressed.untilTimeLimit(Duration.ofMillis(1), kept("held"))));
        assertThrows(
                TopologyException.class,
                () ->
                        texts.stream("w")
                                .groupByKey()
                                .windowedBy(TimeWindows.ofSizeWithNoGrace(Duration.ofMillis(1)))
                                .count(
                                        Materialized.windowed(
                                                        StoreRef.of("windows"),
                                                        TEXT,
                                                        Serdes.int64())
                                                .versioned(Duration.ofMillis(1))));
        assertThrows(
                IllegalArgumentException.class,
                () -> versioned(ROWS).withTtl(Duration.ofMillis(1)));
        assertThrows(
                IllegalArgumentException.class,
                () -> kept("rows").versioned(Duration.ofMillis(-1)));
        texts.table("plain");
        try (TopologyTestDriver driver = texts.driver()) {
            assertThrows(
                    TopologyException.class,
                    () -> driver.versionedStore(StoreRef.of("plain-rows")));
        }
    }
}
