package io.varve.projections;

import static io.varve.projections.TextStreams.kept;
import static io.varve.projections.TextStreams.pipe;
import static io.varve.projections.TextStreams.rowsAfterCrash;
import static io.varve.projections.TextStreams.seen;
import static io.varve.projections.TextStreams.take;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.varve.projections.testing.TopologyTestDriver;
import io.varve.store.serde.Serdes;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Rows are texts such as {@code DE5}: the first two letters are the group, the rest its value. */
class GroupedTableTest {
    private static final StoreRef<String, Long> LONGS = StoreRef.of("longs");
    private static final StoreRef<String, String> TEXTS = StoreRef.of("texts");

    private final TextStreams texts = new TextStreams();
    private final GroupedTable<String, String> grouped =
            texts.table("rows")
                    .groupBy(
                            (key, value) ->
                                    value.length() < 2
                                            ? new KeyValue<String, String>(null, value)
                                            : KeyValue.pair(
                                                    value.substring(0, 2), value.substring(2)),
                            Grouped.with(TextStreams.TEXT, TextStreams.TEXT));

    @Test
    void shouldCountRowsInTheGroupsThatTheyAreIn() {
        List<String> seen = seen(grouped.count(Materialized.as(LONGS)).toStream());
        try (TopologyTestDriver driver = texts.driver().commitEvery(3)) {
            pipe(driver, "rows", "a", "DE1", 10);
            pipe(driver, "rows", "b", "DE1", 5);
            assertEquals(List.of("DE=1@10", "DE=2@10"), take(seen));
            pipe(driver, "rows", "a", "FR1", 11);
            assertEquals(List.of("DE=1@11", "FR=1@11"), take(seen));
            pipe(driver, "rows", "b", "DE2", 12);
            assertEquals(List.of("DE=1@12"), take(seen));
            pipe(driver, "rows", "b", null, 13);
            pipe(driver, "rows", "none", null, 14);
            pipe(driver, "rows", "c", "-", 15);
            assertEquals(List.of("DE=0@13"), take(seen));
            assertEquals(List.of("DE=0", "FR=1"), rowsAfterCrash(driver, LONGS));
        }
    }

    @Test
    void shouldReduceWithWhatIsTakenBackFirst() {
        grouped.reduce(
                (sum, value) -> sum + "+" + value,
                (sum, value) -> sum.equals(value) ? null : sum + "-" + value,
                kept("texts"));
        try (TopologyTestDriver driver = texts.driver().commitEvery(2)) {
            pipe(driver, "rows", "a", "DE1", 1);
            pipe(driver, "rows", "b", "DE2", 1);
            pipe(driver, "rows", "a", "DE3", 1);
            pipe(driver, "rows", "c", "FR4", 1);
            pipe(driver, "rows", "c", null, 1);
            pipe(driver, "rows", "d", "IT5", 1);
            pipe(driver, "rows", "d", "IT6", 1);
            assertEquals(List.of("DE=1+2-1+3", "IT=6"), rowsAfterCrash(driver, TEXTS));
        }
    }

    @Test
    void shouldAggregateAndBeginAnewAfterNull() {
        grouped.aggregate(
                () -> 100L,
                (key, value, sum) -> sum + Long.parseLong(value),
                (key, value, sum) -> {
                    long left = sum - Long.parseLong(value);
                    return left == 100 ? null : Long.valueOf(left);
                },
                Named.as("sums"),
                Materialized.as(LONGS, Serdes.utf8(), Serdes.int64()));
        try (TopologyTestDriver driver = texts.driver().commitEvery(2)) {
            pipe(driver, "rows", "a", "DE1", 1);
            pipe(driver, "rows", "b", "DE2", 1);
            assertEquals(List.of("DE=103"), rowsAfterCrash(driver, LONGS));
            pipe(driver, "rows", "a", "FR1", 1);
            pipe(driver, "rows", "b", "FR7", 1);
            assertEquals(List.of("FR=108"), rowsAfterCrash(driver, LONGS));
            pipe(driver, "rows", "b", "DE4", 1);
            assertEquals(List.of("DE=104", "FR=101"), rowsAfterCrash(driver, LONGS));
        }
    }

    @Test
    void shouldRegroupGroups() {
        grouped.count(Materialized.as(LONGS))
                .groupBy(
                        (group, count) -> KeyValue.pair("n" + count, group),
                        Grouped.with(TextStreams.TEXT, TextStreams.TEXT))
                .count(Materialized.as(StoreRef.of("how-many")));
        try (TopologyTestDriver driver = texts.driver().commitEvery(4)) {
            pipe(driver, "rows", "a", "DE", 1);
            pipe(driver, "rows", "b", "FR", 1);
            pipe(driver, "rows", "c", "DE", 1);
            pipe(driver, "rows", "b", "IT", 1);
            assertEquals(
                    List.of("n0=1", "n1=1", "n2=1"),
                    rowsAfterCrash(driver, StoreRef.of("how-many")));
        }
        assertThrows(TopologyException.class, () -> texts.builder.build().checkPartitionable());
    }

    @Test
    void shouldRefuseAPairThatIsNull() {
        texts.table("other")
                .<String, String>groupBy((key, value) -> null)
                .count(Materialized.as(LONGS, TextStreams.TEXT, Serdes.int64()));
        try (TopologyTestDriver driver = texts.driver()) {
            assertThrows(ProjectionException.class, () -> pipe(driver, "other", "a", "text", 1));
        }
    }
}
