package io.varve.projections;

import static io.varve.projections.TextStreams.kept;
import static io.varve.projections.TextStreams.pipe;
import static io.varve.projections.TextStreams.rowsAfterCrash;
import static io.varve.projections.TextStreams.seen;
import static io.varve.projections.TextStreams.take;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.testing.TopologyTestDriver;
import io.varve.store.StreamId;
import io.varve.store.serde.Serdes;
import io.varve.store.state.StateEnvironment;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

class StreamTableJoinTest {
    private final TextStreams texts = new TextStreams();
    private final Table<String, String> table = texts.table("t");
    private final EventStream<String, String> stream = texts.stream("s");

    @Test
    void shouldPutTheRowAsItIsBesideEachRecord() {
        List<String> seen = seen(stream.join(table, (value, row) -> value + row));
        try (TopologyTestDriver driver = texts.driver()) {
            pipe(driver, "s", "k", "a", 1);
            pipe(driver, "t", "k", "1", 50);
            pipe(driver, "s", "k", "b", 2);
            pipe(driver, "s", "other", "c", 3);
            pipe(driver, "t", "k", "2", 4);
            pipe(driver, "s", "k", "d", 5);
            pipe(driver, "s", "k", null, 6);
            pipe(driver, "t", "k", null, 7);
            pipe(driver, "s", "k", "e", 8);
            // The time is the record's, though the row is of a later one.
            assertEquals(List.of("k=b1@2", "k=d2@5"), seen);
        }
    }

    @Test
    void shouldJoinWithNullWhereThereIsNoRowOrNoKey() {
        List<String> seen =
                seen(
                        stream.<String>selectKey((key, value) -> key.equals("none") ? null : key)
                                .leftJoin(table, (key, value, row) -> key + value + row));
        try (TopologyTestDriver driver = texts.driver()) {
            pipe(driver, "s", "k", "a", 1);
            pipe(driver, "s", "none", "b", 2);
            pipe(driver, "s", "none", null, 3);
            pipe(driver, "s", "k", null, 4);
            pipe(driver, "t", "k", "1", 5);
            pipe(driver, "s", "k", "c", 6);
            assertEquals(List.of("k=kanull@1", "null=nullbnull@2", "k=kc1@6"), seen);
        }
    }

    private static String key(String value) {
        return value.startsWith("-") ? null : value.substring(0, 1);
    }

    @Test
    void shouldFindTheRowOfAKeyInTheRecord() {
        List<String> seen =
                seen(stream.join(table, (key, value) -> key(value), (value, row) -> value + row));
        try (TopologyTestDriver driver = texts.driver()) {
            pipe(driver, "s", "k", "x1", 1);
            pipe(driver, "t", "x", "!", 50);
            pipe(driver, "s", "k", "x2", 2);
            pipe(driver, "s", "k", "y3", 3);
            pipe(driver, "s", "k", "-", 4);
            pipe(driver, "s", "k", null, 5);
            pipe(driver, "t", "x", null, 6);
            pipe(driver, "s", "k", "x4", 7);
            assertEquals(List.of("k=x2!@2"), seen);
            driver.assertRebuildMatches();
        }
    }

    @Test
    void shouldJoinWithNullWhereTheRecordHasNoKeyOfARow() {
        List<String> seen =
                seen(
                        stream.<String>selectKey((key, value) -> null)
                                .leftJoin(
                                        table,
                                        (key, value) -> key(value),
                                        (value, row) -> value + row,
                                        Named.as("looked-up")));
        Topology topology = texts.builder.build();
        assertTrue(topology.describe().contains("looked-up (stores: [t-rows])"));
        try (TopologyTestDriver driver = new TopologyTestDriver(topology)) {
            pipe(driver, "t", "x", "!", 1);
            pipe(driver, "s", "k", "x1", 2);
            pipe(driver, "s", "k", "y2", 3);
            pipe(driver, "s", "k", "-", 4);
            pipe(driver, "s", "k", null, 5);
            assertEquals(List.of("null=x1!@2", "null=y2null@3", "null=-null@4"), seen);
        }
    }

    /** Each record in the part that has the row, those without a key in the first. */
    @Test
    void shouldFindRowsInPartsAsInTheWhole() {
        Set<String> seen = ConcurrentHashMap.newKeySet();
        stream.leftJoin(
                        table,
                        (key, value) -> key(value),
                        (value, row) -> {
                            assertTrue(seen.add(value), value);
                            return value + row;
                        })
                .foreach((key, value) -> {});
        Topology topology = texts.builder.build();
        topology.checkPartitionable();
        for (int number = 0; number < 3; number++) {
            try (StateEnvironment environment = StateEnvironment.inMemory(topology.tables());
                    ProjectionTask task =
                            new ProjectionTask(topology, environment, new Partition(number, 3))) {
                for (int i = 0; i < 30; i++) {
                    String text = i % 10 == 9 ? "-" + i : (char) ('a' + i % 7) + "" + i;
                    StreamId stream = StreamId.of("s", "k");
                    task.process(
                            SourceEvent.of(i, stream, i, "text", i, new TextStreams.Text(text)));
                }
            }
        }
        assertEquals(30, seen.size());
    }

    @Test
    void shouldDropRecordsWithoutKeyWhereARowIsNeeded() {
        List<String> seen =
                seen(
                        stream.<String>selectKey((key, value) -> null)
                                .join(table, (value, row) -> value + row));
        try (TopologyTestDriver driver = texts.driver()) {
            pipe(driver, "s", "k", "a", 1);
            assertEquals(List.of(), seen);
        }
    }

    @Test
    void shouldFindRowsOfTablesThatAreNotKept() {
        List<String> seen =
                seen(
                        stream.join(
                                table.filterNot((key, row) -> row.equals("no"))
                                        .mapValues(row -> "<" + row + ">"),
                                (value, row) -> value + row));
        try (TopologyTestDriver driver = texts.driver()) {
            pipe(driver, "t", "k", "1", 1);
            pipe(driver, "s", "k", "a", 2);
            pipe(driver, "t", "k", "no", 3);
            pipe(driver, "s", "k", "b", 4);
            assertEquals(List.of("k=a<1>@2"), seen);
        }
    }

    @Test
    void shouldSeeTheRowThatTheSameEventMade() {
        EventStream<String, String> both = texts.stream("b");
        Table<String, String> rows = both.toTable(kept("rows"));
        List<String> seen = seen(both.join(rows, (value, row) -> value + row));
        try (TopologyTestDriver driver = texts.driver()) {
            pipe(driver, "b", "k", "a", 1);
            pipe(driver, "b", "k", "b", 2);
            assertEquals(List.of("k=aa@1", "k=bb@2"), take(seen));
        }
    }

    @Test
    void shouldFeedAStoreThatIsTheSameAfterARebuild() {
        StoreRef<String, Long> counts = StoreRef.of("counts");
        stream.leftJoin(table, (value, row) -> row)
                .groupBy((key, row) -> row)
                .count(Materialized.as(counts, Serdes.utf8(), Serdes.int64()));
        try (TopologyTestDriver driver = texts.driver().commitEvery(3)) {
            pipe(driver, "s", "k", "a", 1);
            pipe(driver, "t", "k", "x", 2);
            pipe(driver, "s", "k", "b", 3);
            pipe(driver, "s", "k", "c", 4);
            pipe(driver, "t", "k", "y", 5);
            pipe(driver, "s", "k", "d", 6);
            pipe(driver, "s", "k", "e", 7);
            assertEquals(List.of("x=2", "y=2"), rowsAfterCrash(driver, counts));
        }
        assertThrows(TopologyException.class, () -> texts.builder.build().checkPartitionable());
    }

    @Test
    void shouldNameItselfAndItsTableInTheDescription() {
        stream.join(table, (value, row) -> value + row);
        String text = texts.builder.build().describe();
        assertTrue(text.contains("KSTREAM-JOIN-0000000005 (stores: [t-rows])"), text);
        assertDoesNotThrow(() -> texts.builder.build().checkPartitionable());
    }

    @Test
    void shouldRefuseATableOfAnotherBuilder() {
        Table<String, String> other = new TextStreams().table("t");
        assertThrows(
                TopologyException.class, () -> stream.join(other, (value, row) -> value + row));
    }
}
