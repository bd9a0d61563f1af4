package io.varve.projections;

import static io.varve.projections.TextStreams.kept;
import static io.varve.projections.TextStreams.pipe;
import static io.varve.projections.TextStreams.rowsAfterCrash;
import static io.varve.projections.TextStreams.seen;
import static io.varve.projections.TextStreams.take;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.varve.projections.testing.TopologyTestDriver;
import java.util.List;
import org.junit.jupiter.api.Test;

class CogroupedStreamTest {
    private static final StoreRef<String, String> ALL = StoreRef.of("all");

    private final TextStreams texts = new TextStreams();
    private final EventStream<String, String> left = texts.stream("l");
    private final EventStream<String, String> right = texts.stream("r");

    @Test
    void shouldAddTheRecordsOfEachGroupInItsWay() {
        Table<String, String> table =
                left.groupByKey()
                        .<String>cogroup((key, value, all) -> all + value)
                        .cogroup(
                                right.groupBy((key, value) -> value),
                                (key, value, all) -> all.endsWith("!") ? null : all + "!")
                        .aggregate(() -> ">", kept("all"));
        List<String> seen = seen(table.toStream());
        try (TopologyTestDriver driver = texts.driver().commitEvery(2)) {
            pipe(driver, "l", "k", "a", 5);
            pipe(driver, "r", "x", "k", 3);
            pipe(driver, "r", "x", "j", 6);
            pipe(driver, "l", "k", null, 7);
            assertEquals(List.of("k=>a@5", "k=>a!@5", "j=>!@6"), take(seen));
            assertEquals(List.of("j=>!", "k=>a!"), rowsAfterCrash(driver, ALL));
            pipe(driver, "r", "x", "k", 8);
            pipe(driver, "l", "k", "b", 9);
            assertEquals(List.of("j=>!", "k=>b"), rowsAfterCrash(driver, ALL));
        }
    }

    @Test
    void shouldBePartitionedByItsKeys() {
        left.groupByKey()
                .<String>cogroup((key, value, all) -> value)
                .cogroup(right.groupByKey(), (key, value, all) -> value)
                .aggregate(() -> "", kept("all"));
        assertDoesNotThrow(() -> texts.builder.build().checkPartitionable());
    }

    @Test
    void shouldFeedWhatIsBehindItWithWhatRowsWere() {
        left.groupByKey()
                .<String>cogroup((key, value, all) -> value)
                .cogroup(right.groupByKey(), (key, value, all) -> value)
                .aggregate(() -> "", Named.as("last"), kept("all"))
                .groupBy(
                        (key, value) -> KeyValue.pair(value, key),
                        Grouped.with(TextStreams.TEXT, TextStreams.TEXT))
                .count(Materialized.as(StoreRef.of("counts")));
        try (TopologyTestDriver driver = texts.driver().commitEvery(2)) {
            pipe(driver, "l", "k", "a", 1);
            pipe(driver, "l", "j", "a", 1);
            pipe(driver, "r", "k", "b", 1);
            assertEquals(List.of("a=1", "b=1"), rowsAfterCrash(driver, StoreRef.of("counts")));
        }
    }

    @Test
    void shouldRefuseAGroupOfAnotherBuilder() {
        CogroupedStream<String, String> group =
                left.groupByKey().cogroup((key, value, all) -> value);
        GroupedStream<String, String> other = new TextStreams().stream("r").groupByKey();
        assertThrows(
                TopologyException.class, () -> group.cogroup(other, (key, value, all) -> value));
    }
}
