package io.varve.projections;

import static io.varve.projections.TextStreams.TEXT;
import static io.varve.projections.TextStreams.kept;
import static io.varve.projections.TextStreams.pipe;
import static io.varve.projections.TextStreams.rowsAfterCrash;
import static io.varve.projections.TextStreams.seen;
import static io.varve.projections.TextStreams.take;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.testing.TopologyTestDriver;
import io.varve.store.StreamId;
import io.varve.store.state.Checkpoint;
import io.varve.store.state.StateEnvironment;
import io.varve.store.state.StateView;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Times are milliseconds; most windows are ten either way. */
class StreamJoinTest {
    private static final StoreRef<?, ?> REF = StoreRef.of("pairs");
    private static final JoinWindows TEN =
            JoinWindows.ofTimeDifferenceWithNoGrace(Duration.ofMillis(10));

    private final TextStreams texts = new TextStreams();
    private final EventStream<String, String> left = texts.stream("l");
    private final EventStream<String, String> right = texts.stream("r");

    private static StreamJoined<String, String, String> joined() {
        return StreamJoined.with(REF, TEXT, TEXT, TEXT);
    }

    private static String both(String a, String b) {
        return a + "+" + b;
    }

    @Test
    void shouldJoinAllPairsThatAreNearInTime() {
        List<String> seen = seen(left.join(right, StreamJoinTest::both, TEN, joined()));
        try (TopologyTestDriver driver = texts.driver()) {
            pipe(driver, "l", "k", "a", 0);
            pipe(driver, "l", "kk", "other", 0);
            pipe(driver, "r", "k", "1", 5);
            pipe(driver, "r", "k", "2", 10);
            assertEquals(List.of("k=a+1@5", "k=a+2@10"), take(seen));
            pipe(driver, "l", "k", "b", 10);
            assertEquals(List.of("k=b+1@10", "k=b+2@10"), take(seen));
            pipe(driver, "l", "k", "c", 10);
            assertEquals(List.of("k=c+1@10", "k=c+2@10"), take(seen));
            pipe(driver, "r", "k", "3", 10);
            assertEquals(List.of("k=a+3@10", "k=b+3@10", "k=c+3@10"), take(seen));
            pipe(driver, "r", "k", "4", 21);
            pipe(driver, "r", "k", null, 22);
            pipe(driver, "l", "k", null, 22);
            assertEquals(List.of(), take(seen));
            pipe(driver, "l", "k", "d", 31);
            assertEquals(List.of("k=d+4@31"), take(seen));
            // Late for the left side, which has gone on to 31 and kept nothing before 12.
            pipe(driver, "r", "k", "5", 11);
            assertEquals(List.of(), take(seen));
        }
    }

    @Test
    void shouldTellUnmatchedRecordsOfTheLeftWhenTheirWindowHasClosed() {
        List<String> seen =
                seen(
                        left.selectKey((key, value) -> key.equals("none") ? null : key)
                                .leftJoin(right, StreamJoinTest::both, TEN, joined()));
        try (TopologyTestDriver driver = texts.driver()) {
            pipe(driver, "l", "k", "a", 0);
            pipe(driver, "l", "j", "b", 0);
            pipe(driver, "r", "k", "1", 5);
            pipe(driver, "r", "x", "8", 10);
            assertEquals(List.of("k=a+1@5"), take(seen));
            pipe(driver, "r", "x", "9", 11);
            assertEquals(List.of("j=b+null@0"), take(seen));
            pipe(driver, "l", "k", "c", 1);
            assertEquals(List.of("k=c+1@5"), take(seen));
            pipe(driver, "l", "q", "d", 0);
            assertEquals(List.of("q=d+null@0"), take(seen));
            pipe(driver, "l", "none", "e", 12);
            pipe(driver, "l", "none", null, 12);
            assertEquals(List.of("null=e+null@12"), take(seen));
            pipe(driver, "r", "x", "10", 100);
            assertEquals(List.of(), take(seen));
        }
    }

    @Test
    void shouldTellUnmatchedRecordsOfBothInTheOrderOfTimeSideAndKey() {
        List<String> seen = seen(left.outerJoin(right, StreamJoinTest::both, TEN, joined()));
        try (TopologyTestDriver driver = texts.driver()) {
            pipe(driver, "l", "b", "x", 1);
            pipe(driver, "l", "a", "y", 1);
            pipe(driver, "l", "a", "z", 1);
            pipe(driver, "r", "c", "1", 1);
            pipe(driver, "r", "d", "2", 0);
            pipe(driver, "l", "e", "3", 45);
            assertEquals(
                    List.of("d=null+2@0", "c=null+1@1", "a=y+null@1", "a=z+null@1", "b=x+null@1"),
                    take(seen));
            pipe(driver, "r", "e", "4", 50);
            assertEquals(List.of("e=3+4@50"), take(seen));
            pipe(driver, "r", "f", "5", 100);
            assertEquals(List.of(), take(seen));
        }
    }

    @Test
    void shouldWaitForLateRecordsThroughTheGracePeriod() {
        JoinWindows windows =
                JoinWindows.ofTimeDifferenceAndGrace(Duration.ofMillis(10), Duration.ofMillis(5));
        List<String> seen = seen(left.leftJoin(right, StreamJoinTest::both, windows, joined()));
        try (TopologyTestDriver driver = texts.driver()) {
            pipe(driver, "l", "k", "a", 0);
            pipe(driver, "l", "j", "b", 0);
            pipe(driver, "r", "x", "1", 15);
            assertEquals(List.of(), take(seen));
            pipe(driver, "r", "k", "2", 10);
            assertEquals(List.of("k=a+2@10"), take(seen));
            pipe(driver, "r", "x", "3", 16);
            assertEquals(List.of("j=b+null@0"), take(seen));
        }
    }

    @Test
    void shouldJoinWhatIsBeforeAndAfterByDifferentTimes() {
        List<String> seen =
                seen(
                        left.outerJoin(
                                right,
                                StreamJoinTest::both,
                                TEN.before(Duration.ofMillis(-2)),
                                joined()));
        try (TopologyTestDriver driver = texts.driver()) {
            pipe(driver, "l", "k", "a", 10);
            pipe(driver, "r", "k", "1", 11);
            pipe(driver, "r", "k", "2", 12);
            // 1 needed a left record at 9 at the latest, so that it is over at 10.
            assertEquals(List.of("k=null+1@11", "k=a+2@12"), take(seen));
            pipe(driver, "r", "k", "3", 20);
            assertEquals(List.of("k=a+3@20"), take(seen));
            pipe(driver, "r", "k", "4", 21);
            assertEquals(List.of("k=null+4@21"), take(seen));
        }
    }

    @Test
    void shouldJoinAStreamWithItself() {
        List<String> seen = seen(left.join(left, StreamJoinTest::both, TEN, joined()));
        try (TopologyTestDriver driver = texts.driver()) {
            pipe(driver, "l", "k", "a", 0);
            pipe(driver, "l", "k", "b", 5);
            assertEquals(List.of("k=a+a@0", "k=b+a@5", "k=a+b@5", "k=b+b@5"), seen);
        }
    }

    @Test
    void shouldBeTheSameAfterACrashAndInARebuild() {
        left.outerJoin(
                        right.leftJoin(texts.table("t"), (key, value, row) -> key + value + row),
                        (key, a, b) -> a + key + b,
                        TEN,
                        StreamJoined.<String, String, String>as(REF)
                                .withValueSerde(TEXT)
                                .withOtherValueSerde(TEXT))
                .groupByKey(Grouped.with(TEXT, TEXT))
                .reduce((a, b) -> a + " " + b, kept("all"));
        StoreRef<String, String> all = StoreRef.of("all");
        try (TopologyTestDriver driver = texts.driver().commitEvery(3)) {
            pipe(driver, "l", "k", "a", 0);
            pipe(driver, "r", "k", "1", 3);
            pipe(driver, "t", "k", "T", 3);
            pipe(driver, "l", "j", "b", 4);
            assertEquals(List.of("k=akk1null"), rowsAfterCrash(driver, all));
            pipe(driver, "r", "k", "2", 9);
            pipe(driver, "r", "i", "3", 14);
            driver.crash();
            pipe(driver, "l", "x", "c", 30);
            assertEquals(
                    List.of("i=nullii3null", "j=bjnull", "k=akk1null akk2T"),
                    rowsAfterCrash(driver, all));
        }
    }

    @Test
    void shouldDropWhatIsOver() {
        left.outerJoin(right, StreamJoinTest::both, TEN, joined());
        Topology topology = texts.builder.build();
        try (StateEnvironment environment = StateEnvironment.inMemory(topology.tables());
                ProjectionTask task = new ProjectionTask(topology, environment)) {
            for (int i = 0; i < 1000; i++) {
                StreamId stream = StreamId.of(i % 3 == 0 ? "l" : "r", "k" + i % 7);
                task.process(
                        SourceEvent.of(i, stream, 0, "text", i, new TextStreams.Text("v" + i)));
                if (i % 10 == 9) {
                    task.commit(new Checkpoint(new UUID(0, 0), 0, i, 0));
                }
            }
            try (StateView view = environment.view()) {
                // Twenty milliseconds and one span of ten more, at a record a millisecond.
                assertTrue(view.table("pairs/left").count() <= 10);
                assertTrue(view.table("pairs/right").count() <= 20);
                assertTrue(view.table("pairs/unmatched").count() <= 11);
                assertTrue(view.table("pairs/left").count() > 5);
            }
        }
    }

    @Test
    void shouldRefuseWhatCannotBe() {
        assertThrows(IllegalArgumentException.class, () -> TEN.before(Duration.ofMillis(-11)));
        assertThrows(
                IllegalArgumentException.class,
                () -> JoinWindows.ofTimeDifferenceWithNoGrace(Duration.ofMillis(-1)));
        TopologyException noSerde =
                assertThrows(
                        TopologyException.class,
                        () -> left.join(right, StreamJoinTest::both, TEN, StreamJoined.as(REF)));
        assertEquals(
                "A join has no value serde: store=pairs."
                        + " Use StreamJoined.with(ref, keySerde, valueSerde, otherValueSerde).",
                noSerde.getMessage());
        left.join(right, StreamJoinTest::both, TEN, joined());
        assertThrows(
                TopologyException.class,
                () -> left.join(right, StreamJoinTest::both, TEN, joined()));
        assertThrows(TopologyException.class, () -> texts.builder.build().checkPartitionable());
        EventStream<String, String> other = new TextStreams().stream("r");
        assertThrows(
                TopologyException.class,
                () -> left.join(other, StreamJoinTest::both, TEN, joined()));
    }
}
