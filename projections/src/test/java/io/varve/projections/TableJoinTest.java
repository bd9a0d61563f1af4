package io.varve.projections;

import static io.varve.projections.TextStreams.kept;
import static io.varve.projections.TextStreams.pipe;
import static io.varve.projections.TextStreams.rowsAfterCrash;
import static io.varve.projections.TextStreams.seen;
import static io.varve.projections.TextStreams.take;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.varve.projections.testing.TopologyTestDriver;
import java.util.List;
import org.junit.jupiter.api.Test;

class TableJoinTest {
    private static final StoreRef<String, String> JOINED = StoreRef.of("joined");

    private final TextStreams texts = new TextStreams();
    private final Table<String, String> left = texts.table("l");
    private final Table<String, String> right = texts.table("r");

    private static String both(String a, String b) {
        return a + "+" + b;
    }

    private static void pipeAll(TopologyTestDriver driver) {
        pipe(driver, "l", "k", "a", 10);
        pipe(driver, "r", "k", "1", 5);
        pipe(driver, "l", "k", "b", 7);
        pipe(driver, "r", "k", "2", 20);
        pipe(driver, "l", "k", null, 21);
        pipe(driver, "r", "k", null, 22);
        pipe(driver, "r", "k", "3", 23);
        pipe(driver, "l", "k", "c", 24);
        pipe(driver, "r", "q", "4", 25);
        pipe(driver, "l", "p", "d", 26);
        pipe(driver, "l", "none", null, 27);
    }

    @Test
    void shouldJoinWhereBothHaveARow() {
        List<String> seen = seen(left.join(right, TableJoinTest::both, kept("joined")).toStream());
        try (TopologyTestDriver driver = texts.driver().commitEvery(4)) {
            pipeAll(driver);
            assertEquals(
                    List.of("k=a+1@10", "k=b+1@7", "k=b+2@20", "k=null@21", "k=c+3@24"),
                    take(seen));
            assertEquals(List.of("k=c+3"), rowsAfterCrash(driver, JOINED));
        }
    }

    @Test
    void shouldJoinEachRowOfTheLeft() {
        List<String> seen =
                seen(left.leftJoin(right, TableJoinTest::both, kept("joined")).toStream());
        try (TopologyTestDriver driver = texts.driver().commitEvery(4)) {
            pipeAll(driver);
            assertEquals(
                    List.of(
                            "k=a+null@10",
                            "k=a+1@10",
                            "k=b+1@7",
                            "k=b+2@20",
                            "k=null@21",
                            "k=c+3@24",
                            "p=d+null@26"),
                    take(seen));
            assertEquals(List.of("k=c+3", "p=d+null"), rowsAfterCrash(driver, JOINED));
        }
    }

    @Test
    void shouldJoinEachRowOfBoth() {
        List<String> seen =
                seen(left.outerJoin(right, TableJoinTest::both, kept("joined")).toStream());
        try (TopologyTestDriver driver = texts.driver().commitEvery(4)) {
            pipeAll(driver);
            assertEquals(
                    List.of(
                            "k=a+null@10",
                            "k=a+1@10",
                            "k=b+1@7",
                            "k=b+2@20",
                            "k=null+2@21",
                            "k=null@22",
                            "k=null+3@23",
                            "k=c+3@24",
                            "q=null+4@25",
                            "p=d+null@26"),
                    take(seen));
            assertEquals(List.of("k=c+3", "p=d+null", "q=null+4"), rowsAfterCrash(driver, JOINED));
        }
    }

    @Test
    void shouldSayTheSameWithAndWithoutAStore() {
        List<String> seen = seen(left.outerJoin(right, TableJoinTest::both).toStream());
        List<String> keptOnes =
                seen(left.outerJoin(right, TableJoinTest::both, kept("joined")).toStream());
        try (TopologyTestDriver driver = texts.driver()) {
            pipeAll(driver);
            assertEquals(keptOnes, seen);
            assertEquals(10, seen.size());
        }
    }

    @Test
    void shouldJoinJoinsOfMappedTables() {
        Table<String, String> third = texts.table("x");
        Table<String, String> all =
                left.mapValues(value -> value + value)
                        .join(right, TableJoinTest::both)
                        .filter((key, value) -> !value.contains("no"))
                        .leftJoin(third, TableJoinTest::both);
        List<String> seen = seen(all.toStream());
        all.mapValues(value -> value, kept("joined"));
        try (TopologyTestDriver driver = texts.driver().commitEvery(2)) {
            pipe(driver, "l", "k", "a", 1);
            pipe(driver, "r", "k", "1", 2);
            pipe(driver, "x", "k", "!", 9);
            pipe(driver, "r", "k", "2", 3);
            assertEquals(List.of("k=aa+1+null@2", "k=aa+1+!@9", "k=aa+2+!@9"), take(seen));
            pipe(driver, "l", "k", "no", 4);
            assertEquals(List.of("k=null@9"), take(seen));
            pipe(driver, "x", "k", "?", 10);
            assertEquals(List.of(), take(seen));
            pipe(driver, "l", "k", "b", 5);
            assertEquals(List.of("k=bb+2+?@10"), take(seen));
            assertEquals(List.of("k=bb+2+?"), rowsAfterCrash(driver, JOINED));
        }
    }

    @Test
    void shouldJoinATableWithItselfAndTakeBackWhatItWas() {
        StoreRef<String, String> groups = StoreRef.of("groups");
        left.join(left.mapValues(value -> value + "'"), TableJoinTest::both, kept("joined"))
                .groupBy(
                        (key, value) -> KeyValue.pair("all", value),
                        Grouped.with(TextStreams.TEXT, TextStreams.TEXT))
                .aggregate(
                        () -> "",
                        (key, value, sum) -> sum + value + " ",
                        (key, value, sum) -> sum.replace(value + " ", ""),
                        kept("groups"));
        try (TopologyTestDriver driver = texts.driver().commitEvery(2)) {
            pipe(driver, "l", "first", "-", 1);
            pipe(driver, "l", "k", "a", 1);
            pipe(driver, "l", "k", "b", 2);
            pipe(driver, "l", "j", "c", 2);
            assertEquals(List.of("first=-+-'", "j=c+c'", "k=b+b'"), rowsAfterCrash(driver, JOINED));
            assertEquals(List.of("all=-+-' b+b' c+c' "), TextStreams.rows(driver, groups));
            pipe(driver, "l", "k", null, 3);
            assertEquals(List.of("first=-+-'", "j=c+c'"), rowsAfterCrash(driver, JOINED));
            assertEquals(List.of("all=-+-' c+c' "), TextStreams.rows(driver, groups));
        }
    }

    @Test
    void shouldJoinTwoTablesOfTheSameEvents() {
        EventStream<String, String> events = texts.stream("e");
        Table<String, String> last = events.toTable(kept("last"));
        Table<String, String> all =
                events.groupByKey(Grouped.with(TextStreams.TEXT, TextStreams.TEXT))
                        .reduce((a, b) -> a + b, kept("all"));
        List<String> seen = seen(last.join(all, TableJoinTest::both).toStream());
        try (TopologyTestDriver driver = texts.driver()) {
            pipe(driver, "e", "k", "a", 1);
            pipe(driver, "e", "k", "b", 2);
            assertEquals(List.of("k=a+a@1", "k=b+a@2", "k=b+ab@2"), seen);
        }
    }

    @Test
    void shouldRefuseToJoinTablesOfTheSameRowsWithoutAStore() {
        TopologyException refused =
                assertThrows(
                        TopologyException.class,
                        () -> left.outerJoin(left.filter((k, v) -> true), TableJoinTest::both));
        assertEquals(
                "Two tables of the same rows are joined, which needs a store:"
                        + " left=KSTREAM-TOTABLE-0000000002 right=KTABLE-FILTER-0000000006."
                        + " Give the join a Materialized.",
                refused.getMessage());
    }

    @Test
    void shouldRefuseATableOfAnotherBuilder() {
        Table<String, String> other = new TextStreams().table("r");
        assertThrows(TopologyException.class, () -> left.join(other, TableJoinTest::both));
    }

    @Test
    void shouldKeepMappedAndFilteredRowsUnderTheirNames() {
        left.mapValues((key, value) -> key + value, Named.as("mapped"), kept("joined"))
                .filterNot((key, value) -> value.endsWith("x"), Named.as("no-x"), kept("no-x"));
        try (TopologyTestDriver driver = texts.driver().commitEvery(3)) {
            pipe(driver, "l", "a", "1", 1);
            pipe(driver, "l", "b", "2", 1);
            pipe(driver, "l", "b", "x", 1);
            assertEquals(List.of("a=a1", "b=bx"), rowsAfterCrash(driver, JOINED));
            assertEquals(List.of("a=a1"), TextStreams.rows(driver, StoreRef.of("no-x")));
        }
    }

    @Test
    void shouldGiveChangesKeysOfTheirOwn() {
        List<String> seen = seen(left.toStream((key, value) -> value + "/" + key));
        try (TopologyTestDriver driver = texts.driver()) {
            pipe(driver, "l", "k", "a", 1);
            pipe(driver, "l", "k", null, 2);
            assertEquals(List.of("a/k=a@1", "null/k=null@2"), seen);
        }
    }
}
