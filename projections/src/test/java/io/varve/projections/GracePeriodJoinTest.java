package io.varve.projections;

import static io.varve.projections.TextStreams.TEXT;
import static io.varve.projections.TextStreams.kept;
import static io.varve.projections.TextStreams.pipe;
import static io.varve.projections.TextStreams.rows;
import static io.varve.projections.TextStreams.take;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.testing.TopologyTestDriver;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Records of a stream that wait until the table has had time. */
class GracePeriodJoinTest {
    private static final StoreRef<String, String> SEEN = StoreRef.of("seen");

    private final TextStreams texts = new TextStreams();
    private final EventStream<String, String> stream = texts.stream("s");

    private static Duration millis(long millis) {
        return Duration.ofMillis(millis);
    }

    private static Joined<String, String> waiting(long millis) {
        return Joined.withGracePeriod(millis(millis), StoreRef.of("waiting"), TEXT, TEXT);
    }

    private Table<String, String> table() {
        return texts.stream("t").toTable(kept("rows").versioned(millis(100)));
    }

    private List<String> join() {
        return TextStreams.seen(stream.join(table(), (value, row) -> value + row, waiting(10)));
    }

    @Test
    void shouldJoinWithARowThatComesLaterAndIsOfAnEarlierTime() {
        List<String> seen = join();
        try (TopologyTestDriver driver = texts.driver()) {
            pipe(driver, "t", "k", "1", 10);
            pipe(driver, "s", "k", "a", 20);
            pipe(driver, "t", "k", "2", 15);
            pipe(driver, "t", "k", "3", 40);
            pipe(driver, "s", "k", "b", 29);
            assertEquals(List.of(), take(seen));
            pipe(driver, "s", "k", "c", 30);
            assertEquals(List.of("k=a2@20"), take(seen));
        }
    }

    @Test
    void shouldJoinWhatIsDueInTheOrderOfTimesAndKeys() {
        List<String> seen = join();
        try (TopologyTestDriver driver = texts.driver()) {
            List.of("k", "kk", "l").forEach(key -> pipe(driver, "t", key, "", 1));
            pipe(driver, "s", "l", "a", 25);
            pipe(driver, "s", "kk", "b", 25);
            pipe(driver, "s", "k", "c", 25);
            pipe(driver, "s", "k", "d", 25);
            pipe(driver, "s", "l", "e", 20);
            pipe(driver, "s", "l", "end", 35);
            assertEquals(List.of("l=e@20", "k=c@25", "k=d@25", "kk=b@25", "l=a@25"), take(seen));
        }
    }

    @Test
    void shouldJoinALateRecordAtOnceAndOneOfTheLastMomentInItsTurn() {
        List<String> seen = join();
        try (TopologyTestDriver driver = texts.driver()) {
            pipe(driver, "t", "k", "1", 1);
            pipe(driver, "s", "k", "a", 30);
            pipe(driver, "s", "k", "late", 19);
            assertEquals(List.of("k=late1@19"), take(seen));
            pipe(driver, "s", "k", "last", 20);
            assertEquals(List.of("k=last1@20"), take(seen));
            pipe(driver, "s", "k", null, 90);
            assertEquals(List.of(), take(seen), "what is passed over is no time that passes");
        }
    }

    @Test
    void shouldWaitForNobodyWithoutAKeyOrWithoutAGracePeriod() {
        List<String> left =
                TextStreams.seen(
                        stream.selectKey((key, value) -> key.equals("none") ? null : key)
                                .leftJoin(
                                        table(),
                                        (value, row) -> value + row,
                                        waiting(10).withName("left")));
        List<String> zero =
                TextStreams.seen(
                        stream.join(
                                texts.stream("u").toTable(kept("u").versioned(millis(0))),
                                (value, row) -> value + row,
                                Joined.withGracePeriod(millis(0), StoreRef.of("0"), TEXT, TEXT)));
        assertTrue(texts.builder.build().describe().contains("Processor: left "));
        try (TopologyTestDriver driver = texts.driver()) {
            pipe(driver, "u", "k", "1", 1);
            pipe(driver, "s", "none", "a", 30);
            assertEquals(List.of("null=anull@30"), take(left));
            pipe(driver, "s", "k", "b", 30);
            assertEquals(List.of(), take(left));
            assertEquals(List.of("k=b1@30"), take(zero));
            pipe(driver, "s", "k", "c", 40);
            assertEquals(List.of("k=bnull@30"), take(left));
        }
    }

    @Test
    void shouldKeepWhatWaitsOverACrash() {
        stream.join(table(), (value, row) -> value + row, waiting(10)).toTable(kept("seen"));
        try (TopologyTestDriver driver = texts.driver().crashAfterEachCommit()) {
            pipe(driver, "s", "k", "a", 20);
            pipe(driver, "s", "k", "b", 15);
            pipe(driver, "t", "k", "1", 12);
            pipe(driver, "t", "k", "2", 18);
            assertEquals(List.of(), rows(driver, SEEN));
            pipe(driver, "s", "k", "c", 25);
            assertEquals(List.of("k=b1"), rows(driver, SEEN));
            pipe(driver, "s", "k", "c", 30);
            assertEquals(List.of("k=a2"), rows(driver, SEEN));
            driver.assertRebuildMatches();
        }
    }

    @Test
    void shouldJoinTheLastRecordsOfAQuietStreamByTicks() {
        EventStream<String, String> quiet =
                texts.builder.stream("q", Consumed.with(TextStreams.SERDE).withTicks(Duration.ZERO))
                        .mapValues(TextStreams.Text::text);
        quiet.join(table(), (value, row) -> value + row, waiting(10)).toTable(kept("seen"));
        try (TopologyTestDriver driver = texts.driver()) {
            pipe(driver, "t", "k", "1", 1);
            pipe(driver, "q", "k", "a", 20);
            driver.advanceWallClockTime(millis(9));
            assertEquals(List.of(), rows(driver, SEEN));
            driver.advanceWallClockTime(millis(1));
            assertEquals(List.of("k=a1"), rows(driver, SEEN));
            driver.assertRebuildMatches();
        }
    }

    @Test
    void shouldRefuseATableThatHasNoRowOfTheirTimeThen() {
        Table<String, String> latest = texts.table("t");
        TopologyException refused =
                assertThrows(
                        TopologyException.class,
                        () -> stream.join(latest, (value, row) -> value, waiting(10)));
        assertTrue(refused.remedy().contains("versioned"), refused.remedy());
        Table<String, String> brief = texts.stream("b").toTable(kept("b").versioned(millis(9)));
        assertThrows(
                TopologyException.class,
                () -> stream.leftJoin(brief, (value, row) -> value, waiting(10)));
        assertThrows(IllegalArgumentException.class, () -> waiting(-1));
    }

    @Test
    void shouldRefuseAStoreThatHasAnotherTable() {
        stream.join(table(), (value, row) -> value, waiting(10));
        assertThrows(
                TopologyException.class,
                () ->
                        stream.join(
                                texts.stream("u").toTable(kept("u").versioned(millis(10))),
                                (value, row) -> value,
                                waiting(10)));
    }
}
