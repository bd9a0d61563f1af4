package io.varve.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Optional;
import org.apache.kafka.streams.errors.StreamsException;
import org.junit.jupiter.api.Test;

/** What parity.md lists as different is different, so that the list is neither short nor long. */
class ListedDifferencesTest {
    private static final Step SOURCE = new Step.Source("in0");
    private static final List<Input> ONE = List.of(new Input("in0", "a", 7L, 100));

    @Test
    void shouldTakeAStreamMergedWithItselfTwice() {
        Case merged = new Case(List.of(SOURCE, new Step.Merge(0, 0)), ONE);

        assertEquals(List.of("a=7 @100", "a=7 @100"), ours(merged));
        assertEquals(List.of("a=7 @100"), theirs(merged));
    }

    @Test
    void shouldNotTakeTheFirstValueOfAnAggregationForARow() {
        Case filtered =
                new Case(
                        List.of(
                                SOURCE,
                                new Step.Aggregate(
                                        0, Optional.empty(), Folding.AGGREGATE_NULL_IF_EVEN),
                                new Step.Filter(1, Kind.TABLE, Check.EVEN, true),
                                new Step.ToStream(2)),
                        ONE);

        assertEquals(List.of(), ours(filtered));
        assertEquals(List.of("a=null @100"), theirs(filtered));
    }

    private static Step sessions(boolean onClose) {
        return new Step.AggregateWindows(
                0,
                Optional.empty(),
                Folding.COUNT,
                new Windowing(Windowing.Shape.SESSION, 10, 1, 0, onClose));
    }

    @Test
    void shouldTellOfASessionOnceAlsoWhereARecordComesJustWhenItCloses() {
        List<Input> atTheEnd =
                List.of(
                        new Input("in0", "a", 1L, 100),
                        new Input("in0", "b", 1L, 110),
                        new Input("in0", "a", 1L, 100),
                        new Input("in0", "b", 1L, 200));
        Case suppressed =
                new Case(
                        List.of(
                                SOURCE,
                                sessions(false),
                                new Step.Suppress(1, Kind.WINDOWED_TABLE, Optional.empty()),
                                new Step.WindowsToStream(2)),
                        atTheEnd);

        assertEquals(List.of("a[100,100]=2 @100", "b[110,110]=1 @110"), ours(suppressed));
        assertEquals(
                List.of("a[100,100]=1 @100", "a[100,100]=2 @100", "b[110,110]=1 @110"),
                theirs(suppressed));
        Case onClose =
                new Case(List.of(SOURCE, sessions(true), new Step.WindowsToStream(1)), atTheEnd);
        assertEquals(ours(suppressed), ours(onClose));
        assertEquals(ours(suppressed), theirs(onClose), "as it does itself, without suppress");
    }

    @Test
    void shouldKnowTheOldValueOfASessionOfOneInstant() {
        Case filtered =
                new Case(
                        List.of(
                                SOURCE,
                                sessions(false),
                                new Step.Filter(1, Kind.WINDOWED_TABLE, Check.EVEN, true),
                                new Step.WindowsToStream(2)),
                        List.of(new Input("in0", "a", 1L, 100), new Input("in0", "a", 1L, 100)));

        assertEquals(List.of("a[100,100]=1 @100", "a[100,100]=null @100"), ours(filtered));
        assertEquals(List.of("a[100,100]=1 @100"), theirs(filtered));
    }

    private static Case foreignRows(Joining joining, List<Input> inputs) {
        return new Case(
                List.of(
                        SOURCE,
                        new Step.Source("in1"),
                        new Step.ToTable(0),
                        new Step.ToTable(1),
                        new Step.JoinForeign(2, 3, KeyChange.BY_VALUE, joining),
                        new Step.ToStream(4)),
                inputs);
    }

    /** The later time of both rows, as in joins by key; changes of nothing are not told of. */
    @Test
    void shouldTellOfForeignRowsAsOfTheLaterTime() {
        Case joined =
                foreignRows(
                        Joining.INNER,
                        List.of(
                                new Input("in0", "bb", 1L, 100),
                                new Input("in0", "bb", 0L, 104),
                                new Input("in1", "a", 8L, 88)));

        assertEquals(List.of("bb=8 @104"), ours(joined));
        assertEquals(List.of("bb=null @104", "bb=8 @88"), theirs(joined));
    }

    @Test
    void shouldNotTellAgainOfAForeignRowThatWasNotThere() {
        Case joined =
                foreignRows(
                        Joining.LEFT,
                        List.of(new Input("in0", "c", 0L, 83), new Input("in1", "a", null, 123)));

        assertEquals(List.of("c=7 @83"), ours(joined));
        assertEquals(List.of("c=7 @83", "c=7 @123"), theirs(joined));
    }

    @Test
    void shouldLeaveNoRowWhereBothSidesOfAJoinAreGoneAtOnce() {
        Case joined =
                new Case(
                        List.of(
                                SOURCE,
                                new Step.ToTable(0),
                                new Step.MapValues(1, Kind.TABLE, Change.PLUS_ONE),
                                new Step.JoinTables(1, 2, Joining.INNER, true)),
                        List.of(new Input("in0", "c", 5L, 128), new Input("in0", "c", null, 170)));

        assertEquals(List.of(), VarveSystem.run(joined).stores().get("s3"));
        assertEquals(List.of("c=506"), KafkaSystem.asItIs(joined).stores().get("s3"));
    }

    /** One event makes a row of foreign key bb none, and then one without a foreign key. */
    @Test
    void shouldRemoveTheForeignRowOfALeftRowThatAnEventChangesTwice() {
        Case joined =
                new Case(
                        List.of(
                                SOURCE,
                                new Step.Source("in1"),
                                new Step.ToTable(1),
                                new Step.Cogroup(
                                        0,
                                        0,
                                        Optional.empty(),
                                        Folding.AGGREGATE_NULL_IF_EVEN,
                                        Folding.REDUCE_LATEST,
                                        Optional.empty()),
                                new Step.JoinForeign(3, 2, KeyChange.BY_VALUE, Joining.INNER)),
                        List.of(
                                new Input("in0", "bb", 1L, 104),
                                new Input("in1", "bb", 7L, 77),
                                new Input("in0", "bb", 7L, 118)));

        assertEquals(List.of("bb=7"), VarveSystem.run(joined).stores().get("s3"));
        assertEquals(List.of(), VarveSystem.run(joined).stores().get("s4"));
        assertEquals(List.of("bb=107"), KafkaSystem.run(joined).stores().get("s4"));
    }

    /** The late row of in0 makes a result that is late, and not what nodes behind the join know. */
    @Test
    void shouldTakeBackOfAJoinWithVersionsWhatItHasTold() {
        Case joined =
                new Case(
                        List.of(
                                SOURCE,
                                new Step.Source("in1"),
                                new Step.ToTable(0),
                                new Step.ToTable(1, Optional.of(85L)),
                                new Step.JoinTables(3, 2, Joining.LEFT, true, Optional.of(13L)),
                                new Step.GroupTable(
                                        4, KeyChange.ONE, TableFolding.COUNT, Optional.empty())),
                        List.of(
                                new Input("in1", "a", 0L, 142),
                                new Input("in0", "a", 9L, 149),
                                new Input("in0", "a", 7L, 145),
                                new Input("in1", "a", 8L, 175)));

        assertEquals(List.of("one=1"), VarveSystem.run(joined).stores().get("s5"));
        assertEquals(List.of("one=0"), KafkaSystem.run(joined).stores().get("s5"));
    }

    private static Case joinedStreams(Joining joining, Span span, List<Input> inputs) {
        return new Case(
                List.of(SOURCE, new Step.Source("in1"), new Step.JoinStreams(0, 1, joining, span)),
                inputs);
    }

    @Test
    void shouldJoinStreamsOfTheSameMillisecond() {
        Case joined =
                joinedStreams(
                        Joining.INNER,
                        new Span(0, 0, 0),
                        List.of(new Input("in0", "a", 1L, 100), new Input("in1", "a", 2L, 100)));

        assertEquals(List.of("a=102 @100"), ours(joined));
        assertEquals(List.of(), theirs(joined));
    }

    /** The other record would have to be later. */
    @Test
    void shouldNotJoinRecordsOfTimeZeroWithThoseThatAreNotInTheirWindow() {
        Case joined =
                joinedStreams(
                        Joining.INNER,
                        new Span(-1, 5, 0),
                        List.of(new Input("in0", "a", 1L, 0), new Input("in1", "a", 2L, 0)));

        assertEquals(List.of(), ours(joined));
        assertEquals(List.of("a=102 @0"), theirs(joined));
    }

    /** With the record of 115 Kafka Streams takes 111 for the earliest that waits, and not 109. */
    @Test
    void shouldTellOfARecordWithoutAMatchWithTheFirstOneBehindItsWindow() {
        Case joined =
                joinedStreams(
                        Joining.OUTER,
                        new Span(5, 5, 3),
                        List.of(
                                new Input("in0", "c", 1L, 104),
                                new Input("in1", "a", 1L, 109),
                                new Input("in0", "c", 1L, 111),
                                new Input("in1", "c", 1L, 115),
                                new Input("in0", "c", 1L, 118)));
        String early = Outcome.record("c", Joining.ofRecords(1L, null), 104);
        String waiting = Outcome.record("a", Joining.ofRecords(null, 1L), 109);

        assertEquals(List.of(early, "c=101 @115", waiting, "c=101 @118"), ours(joined));
        assertEquals(List.of(early, "c=101 @115", "c=101 @118"), theirs(joined));
    }

    private static Input withHeader(String key, long value, long time, String header) {
        return new Input("in0", key, value, time, header);
    }

    private static Case told(Step step, Step told) {
        return new Case(
                List.of(SOURCE, step, told),
                List.of(withHeader("a", 1, 100, "one"), withHeader("b", 2, 200, "two")));
    }

    @Test
    void shouldGiveTheHeadersOfARecordToWhatSessionsTell() {
        Case sessions = told(sessions(false), new Step.WindowsToStream(1));

        assertEquals(List.of("a[100,100]=1 @100 one", "b[200,200]=1 @200 two"), ours(sessions));
        assertEquals(List.of("a[100,100]=1 @100", "b[200,200]=1 @200"), theirs(sessions));
    }

    /** At the very time of the only version that there was. */
    @Test
    void shouldRememberThatARowWasRemovedWhenAVersionComesLate() {
        Case versions =
                new Case(
                        List.of(SOURCE, new Step.ToTable(0, Optional.of(90L))),
                        List.of(
                                new Input("in0", "a", 1L, 111),
                                new Input("in0", "a", null, 111),
                                new Input("in0", "a", 8L, 69)));

        assertEquals(
                List.of("a from 69 8@69", "a from 111 "),
                VarveSystem.run(versions).stores().get("s1"));
        assertEquals(List.of("a from 69 8@69"), KafkaSystem.asItIs(versions).stores().get("s1"));
        assertEquals(VarveSystem.run(versions).stores(), KafkaSystem.run(versions).stores());
    }

    private static Case waiting(Joining joining, KeyChange key) {
        return new Case(
                List.of(
                        SOURCE,
                        new Step.Source("in1"),
                        new Step.ToTable(1, Optional.of(50L)),
                        new Step.SelectKey(0, key),
                        new Step.JoinTable(3, 2, joining, Optional.of(10L))),
                List.of(
                        new Input("in1", "one", 4L, 50),
                        withHeader("a", 1, 100, "one"),
                        withHeader("a", 2, 110, "two")));
    }

    @Test
    void shouldFailThereWithARecordThatHasNoKeyToWaitWith() {
        Case joined = waiting(Joining.LEFT, KeyChange.NULL_FOR_SMALL);

        assertThrows(StreamsException.class, () -> KafkaSystem.asItIs(joined));
    }

    /** The record at 165, whose own window is gone as both that it had were the same. */
    @Test
    void shouldMakeTheWindowBehindTheLatestRecordWhoseOwnIsGone() {
        Case sliding =
                new Case(
                        List.of(
                                SOURCE,
                                new Step.AggregateWindows(
                                        0,
                                        Optional.empty(),
                                        Folding.REDUCE_NULL_IF_SAME,
                                        new Windowing(Windowing.Shape.SLIDING, 5, 1, 21, false))),
                        List.of(
                                new Input("in0", "a", 9L, 161),
                                new Input("in0", "a", 9L, 165),
                                new Input("in0", "a", 5L, 157),
                                new Input("in0", "a", 5L, 167)));
        List<String> ours = VarveSystem.run(sliding).stores().get("s1");
        List<String> theirs = KafkaSystem.asItIs(sliding).stores().get("s1");

        assertEquals("a[166,171]=5", ours.get(ours.size() - 1));
        assertEquals(ours.subList(0, ours.size() - 1), theirs);
        assertEquals(ours, KafkaSystem.run(sliding).stores().get("s1"));
    }

    private static List<String> ours(Case given) {
        return VarveSystem.run(given).outputs().values().iterator().next();
    }

    private static List<String> theirs(Case given) {
        return KafkaSystem.asItIs(given).outputs().values().iterator().next();
    }
}
