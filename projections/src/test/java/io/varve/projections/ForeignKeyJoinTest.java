package io.varve.projections;

import static io.varve.projections.TextStreams.kept;
import static io.varve.projections.TextStreams.pipe;
import static io.varve.projections.TextStreams.rowsAfterCrash;
import static io.varve.projections.TextStreams.seen;
import static io.varve.projections.TextStreams.take;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.testing.TopologyTestDriver;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Rows of the left are texts such as {@code x:5}: what is before the colon is the foreign key. */
class ForeignKeyJoinTest {
    private static final StoreRef<String, String> JOINED = StoreRef.of("joined");

    private final TextStreams texts = new TextStreams();
    private final Table<String, String> left = texts.table("l");
    private final Table<String, String> right = texts.table("r");

    static String foreignKey(String value) {
        int colon = value.indexOf(':');
        return colon < 0 ? null : value.substring(0, colon);
    }

    private static String both(String a, String b) {
        return a + "+" + b;
    }

    private static void pipeAll(TopologyTestDriver driver) {
        pipe(driver, "l", "1", "x:a", 10);
        pipe(driver, "l", "2", "x:b", 5);
        pipe(driver, "l", "3", "y:c", 6);
        pipe(driver, "l", "4", "none", 6);
        pipe(driver, "r", "x", "X", 7);
        pipe(driver, "r", "xx", "other", 7);
        pipe(driver, "l", "2", "y:b", 8);
        pipe(driver, "r", "y", "Y", 9);
        pipe(driver, "r", "x", null, 11);
        pipe(driver, "l", "3", null, 12);
        pipe(driver, "l", "2", "none", 13);
        pipe(driver, "r", "y", "Z", 14);
    }

    @Test
    void shouldJoinEachRowWithTheOneOfItsForeignKey() {
        List<String> seen =
                seen(
                        left.join(
                                        right,
                                        ForeignKeyJoinTest::foreignKey,
                                        ForeignKeyJoinTest::both,
                                        kept("joined"))
                                .toStream());
        try (TopologyTestDriver driver = texts.driver().commitEvery(4)) {
            pipeAll(driver);
            assertEquals(
                    List.of(
                            "1=x:a+X@10",
                            "2=x:b+X@7",
                            "2=null@8",
                            "2=y:b+Y@9",
                            "3=y:c+Y@9",
                            "1=null@11",
                            "3=null@12",
                            "2=null@13"),
                    take(seen));
            assertEquals(List.of(), rowsAfterCrash(driver, JOINED));
            pipe(driver, "r", "x", "W", 1);
            assertEquals(List.of("1=x:a+W"), rowsAfterCrash(driver, JOINED));
        }
    }

    @Test
    void shouldJoinEachRowOfTheLeft() {
        List<String> seen =
                seen(
                        left.leftJoin(
                                        right,
                                        ForeignKeyJoinTest::foreignKey,
                                        ForeignKeyJoinTest::both,
                                        kept("joined"))
                                .toStream());
        try (TopologyTestDriver driver = texts.driver().commitEvery(4)) {
            pipeAll(driver);
            assertEquals(
                    List.of(
                            "1=x:a+null@10",
                            "2=x:b+null@5",
                            "3=y:c+null@6",
                            "4=none+null@6",
                            "1=x:a+X@10",
                            "2=x:b+X@7",
                            "2=y:b+null@8",
                            "2=y:b+Y@9",
                            "3=y:c+Y@9",
                            "1=x:a+null@11",
                            "3=null@12",
                            "2=none+null@13"),
                    take(seen));
            assertEquals(
                    List.of("1=x:a+null", "2=none+null", "4=none+null"),
                    rowsAfterCrash(driver, JOINED));
        }
    }

    @Test
    void shouldFollowATableThatIsJoinedWithItself() {
        // Each names the one above it.
        left.join(
                left.mapValues(value -> value.toUpperCase()),
                ForeignKeyJoinTest::foreignKey,
                ForeignKeyJoinTest::both,
                kept("joined"));
        try (TopologyTestDriver driver = texts.driver().commitEvery(2)) {
            pipe(driver, "l", "a", "b:1", 1);
            pipe(driver, "l", "b", "b:2", 1);
            assertEquals(List.of("a=b:1+B:2", "b=b:2+B:2"), rowsAfterCrash(driver, JOINED));
            pipe(driver, "l", "b", "a:3", 1);
            assertEquals(List.of("a=b:1+A:3", "b=a:3+B:1"), rowsAfterCrash(driver, JOINED));
            pipe(driver, "l", "a", null, 1);
            assertEquals(List.of(), rowsAfterCrash(driver, JOINED));
        }
    }

    @Test
    void shouldFeedWhatIsBehindItWithWhatRowsWere() {
        StoreRef<String, Long> counts = StoreRef.of("counts");
        left.mapValues(value -> value + "!")
                .join(
                        right.filterNot((key, value) -> value.equals("no")),
                        ForeignKeyJoinTest::foreignKey,
                        (a, b) -> b,
                        kept("joined"))
                .groupBy(
                        (key, value) -> KeyValue.pair(value, key),
                        Grouped.with(TextStreams.TEXT, TextStreams.TEXT))
                .count(Materialized.as(counts));
        try (TopologyTestDriver driver = texts.driver().commitEvery(3)) {
            pipe(driver, "r", "x", "X", 1);
            pipe(driver, "l", "1", "x:", 1);
            pipe(driver, "l", "2", "x:", 1);
            pipe(driver, "r", "y", "Y", 1);
            pipe(driver, "l", "2", "y:", 1);
            pipe(driver, "r", "x", "no", 1);
            assertEquals(List.of("X=0", "Y=1"), rowsAfterCrash(driver, counts));
            assertEquals(List.of("2=Y"), TextStreams.rows(driver, JOINED));
        }
        assertThrows(TopologyException.class, () -> texts.builder.build().checkPartitionable());
    }

    @Test
    void shouldKeepItsSubscriptionsBesideItsStore() {
        left.join(right, ForeignKeyJoinTest::foreignKey, ForeignKeyJoinTest::both, kept("joined"));
        Topology topology = texts.builder.build();
        assertTrue(topology.tables().contains("joined/subscriptions"), topology::toString);
        assertThrows(
                TopologyException.class,
                () ->
                        left.join(
                                right,
                                ForeignKeyJoinTest::foreignKey,
                                ForeignKeyJoinTest::both,
                                kept("joined")));
    }
}
