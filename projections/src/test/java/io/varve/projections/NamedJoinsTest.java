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

/** Nodes of joins have names of one's own. */
class NamedJoinsTest {
    private final TextStreams texts = new TextStreams();
    private final Table<String, String> table = texts.table("t");
    private final Table<String, String> other = texts.table("o");

    private void assertNodes(String... names) {
        String text = texts.builder.build().describe();
        for (String name : names) {
            assertTrue(text.contains("Processor: " + name + " "), () -> name + " in " + text);
        }
    }

    @Test
    void shouldNameJoinsOfStreamsWithTables() {
        EventStream<String, String> stream = texts.stream("s");
        List<String> seen =
                seen(
                        stream.join(table, (one, row) -> one + row, Joined.as("a"))
                                .merge(
                                        stream.join(
                                                table,
                                                (key, one, row) -> key + one + row,
                                                Joined.as("b"))));
        stream.leftJoin(table, (one, row) -> one + row, Joined.as("c"));
        stream.leftJoin(table, (key, one, row) -> key + one + row, Joined.as("d"));
        assertNodes("a", "b", "c", "d");
        try (TopologyTestDriver driver = texts.driver()) {
            pipe(driver, "t", "k", "x", 1);
            pipe(driver, "s", "k", "y", 2);
            assertEquals(List.of("k=yx@2", "k=kyx@2"), take(seen));
        }
    }

    @Test
    void shouldNameJoinsOfTables() {
        table.join(other, (one, two) -> one + two, Named.as("a"));
        table.leftJoin(other, (one, two) -> one + two, Named.as("b"));
        table.outerJoin(other, (one, two) -> one + two, Named.as("c"));
        table.join(other, (one, two) -> one + two, Named.as("d"), kept("d"));
        table.leftJoin(other, (one, two) -> one + two, Named.as("e"), kept("e"));
        table.outerJoin(other, (one, two) -> one + two, Named.as("f"), kept("f"));
        assertNodes("a", "a-join-this", "a-join-other", "b", "c", "d", "e", "f");
        try (TopologyTestDriver driver = texts.driver()) {
            pipe(driver, "t", "k", "x", 1);
            pipe(driver, "o", "j", "y", 2);
            assertEquals(List.of(), rowsAfterCrash(driver, StoreRef.of("d")));
            assertEquals(List.of("k=xnull"), rowsAfterCrash(driver, StoreRef.of("e")));
            assertEquals(List.of("j=nully", "k=xnull"), rowsAfterCrash(driver, StoreRef.of("f")));
        }
    }

    @Test
    void shouldNameJoinsByForeignKey() {
        table.join(other, one -> one, (one, two) -> one + two, TableJoined.as("a"), kept("a"));
        table.leftJoin(other, one -> one, (one, two) -> one + two, TableJoined.as("b"), kept("b"));
        assertNodes("a", "a-subscription-registration", "a-subscription-processor", "b");
        try (TopologyTestDriver driver = texts.driver()) {
            pipe(driver, "t", "k", "x", 1);
            pipe(driver, "t", "j", "z", 1);
            pipe(driver, "o", "x", "y", 2);
            assertEquals(List.of("k=xy"), rowsAfterCrash(driver, StoreRef.of("a")));
            assertEquals(List.of("j=znull", "k=xy"), rowsAfterCrash(driver, StoreRef.of("b")));
        }
    }

    @Test
    void shouldRefuseANameThatIsTaken() {
        table.join(other, (one, two) -> one + two, Named.as("a"));
        assertThrows(
                TopologyException.class,
                () -> texts.stream("s").join(table, (one, row) -> one, Joined.as("a-join-this")));
    }
}
