package io.varve.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.varve.projections.EventStream;
import io.varve.projections.JoinWindows;
import io.varve.projections.Materialized;
import io.varve.projections.StoreRef;
import io.varve.projections.StreamJoined;
import io.varve.projections.StreamsBuilder;
import io.varve.projections.Table;
import io.varve.store.serde.Serdes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.KTable;
import org.junit.jupiter.api.Test;

/**
 * The tables of the developer guide that say what joins make of records: fifteen of one key, of the
 * left and the right side in turn.
 */
class DeveloperGuideJoinsTest {
    private static final Serde<String> TEXT = org.apache.kafka.common.serialization.Serdes.String();
    private static final Duration LONG = Duration.ofSeconds(15);

    /** A record, and what is told with it. */
    private record Line(String side, String value, List<String> told) {}

    private static Line left(String value, String... told) {
        return new Line("left", value, List.of(told));
    }

    private static Line right(String value, String... told) {
        return new Line("right", value, List.of(told));
    }

    private static String both(String left, String right) {
        return left + "-" + right;
    }

    /** All of them have a match before their window is over, so that all three joins are alike. */
    private static final List<Line> STREAMS =
            List.of(
                    left(null),
                    right(null),
                    left("A"),
                    right("a", "A-a"),
                    left("B", "B-a"),
                    right("b", "A-b", "B-b"),
                    left(null),
                    right(null),
                    left("C", "C-a", "C-b"),
                    right("c", "A-c", "B-c", "C-c"),
                    right(null),
                    left(null),
                    right(null),
                    right("d", "A-d", "B-d", "C-d"),
                    left("D", "D-a", "D-b", "D-c", "D-d"));

    @Test
    void shouldJoinStreams() {
        assertTold(
                STREAMS,
                (left, right) -> left.join(right, DeveloperGuideJoinsTest::both, ours(), joined()),
                (left, right) ->
                        left.join(right, DeveloperGuideJoinsTest::both, theirs(), theirsJoined()));
    }

    @Test
    void shouldLeftJoinStreams() {
        assertTold(
                STREAMS,
                (left, right) ->
                        left.leftJoin(right, DeveloperGuideJoinsTest::both, ours(), joined()),
                (left, right) ->
                        left.leftJoin(
                                right, DeveloperGuideJoinsTest::both, theirs(), theirsJoined()));
    }

    @Test
    void shouldOuterJoinStreams() {
        assertTold(
                STREAMS,
                (left, right) ->
                        left.outerJoin(right, DeveloperGuideJoinsTest::both, ours(), joined()),
                (left, right) ->
                        left.outerJoin(
                                right, DeveloperGuideJoinsTest::both, theirs(), theirsJoined()));
    }

    @Test
    void shouldJoinTables() {
        assertTold(
                List.of(
                        left(null),
                        right(null),
                        left("A"),
                        right("a", "A-a"),
                        left("B", "B-a"),
                        right("b", "B-b"),
                        left(null, "null"),
                        right(null),
                        left("C"),
                        right("c", "C-c"),
                        right(null, "null"),
                        left(null),
                        right(null),
                        right("d"),
                        left("D", "D-d")),
                (left, right) ->
                        table("l", left)
                                .join(table("r", right), DeveloperGuideJoinsTest::both)
                                .toStream(),
                (left, right) ->
                        theirTable("l", left)
                                .join(theirTable("r", right), DeveloperGuideJoinsTest::both)
                                .toStream());
    }

    @Test
    void shouldLeftJoinTables() {
        assertTold(
                List.of(
                        left(null),
                        right(null),
                        left("A", "A-null"),
                        right("a", "A-a"),
                        left("B", "B-a"),
                        right("b", "B-b"),
                        left(null, "null"),
                        right(null),
                        left("C", "C-null"),
                        right("c", "C-c"),
                        right(null, "C-null"),
                        left(null, "null"),
                        right(null),
                        right("d"),
                        left("D", "D-d")),
                (left, right) ->
                        table("l", left)
                                .leftJoin(table("r", right), DeveloperGuideJoinsTest::both)
                                .toStream(),
                (left, right) ->
                        theirTable("l", left)
                                .leftJoin(theirTable("r", right), DeveloperGuideJoinsTest::both)
                                .toStream());
    }

    @Test
    void shouldOuterJoinTables() {
        assertTold(
                List.of(
                        left(null),
                        right(null),
                        left("A", "A-null"),
                        right("a", "A-a"),
                        left("B", "B-a"),
                        right("b", "B-b"),
                        left(null, "null-b"),
                        right(null, "null"),
                        left("C", "C-null"),
                        right("c", "C-c"),
                        right(null, "C-null"),
                        left(null, "null"),
                        right(null),
                        right("d", "null-d"),
                        left("D", "D-d")),
                (left, right) ->
                        table("l", left)
                                .outerJoin(table("r", right), DeveloperGuideJoinsTest::both)
                                .toStream(),
                (left, right) ->
                        theirTable("l", left)
                                .outerJoin(theirTable("r", right), DeveloperGuideJoinsTest::both)
                                .toStream());
    }

    @Test
    void shouldJoinAStreamWithATable() {
        assertTold(
                List.of(
                        left(null),
                        right(null),
                        left("A"),
                        right("a"),
                        left("B", "B-a"),
                        right("b"),
                        left(null),
                        right(null),
                        left("C"),
                        right("c"),
                        right(null),
                        left(null),
                        right(null),
                        right("d"),
                        left("D", "D-d")),
                (left, right) -> left.join(table("r", right), DeveloperGuideJoinsTest::both),
                (left, right) -> left.join(theirTable("r", right), DeveloperGuideJoinsTest::both));
    }

    @Test
    void shouldLeftJoinAStreamWithATable() {
        assertTold(
                List.of(
                        left(null),
                        right(null),
                        left("A", "A-null"),
                        right("a"),
                        left("B", "B-a"),
                        right("b"),
                        left(null),
                        right(null),
                        left("C", "C-null"),
                        right("c"),
                        right(null),
                        left(null),
                        right(null),
                        right("d"),
                        left("D", "D-d")),
                (left, right) -> left.leftJoin(table("r", right), DeveloperGuideJoinsTest::both),
                (left, right) ->
                        left.leftJoin(theirTable("r", right), DeveloperGuideJoinsTest::both));
    }

    private static void assertTold(
            List<Line> lines,
            BiFunction<
                            EventStream<String, String>,
                            EventStream<String, String>,
                            EventStream<String, String>>
                    ours,
            BiFunction<KStream<String, String>, KStream<String, String>, KStream<String, String>>
                    theirs) {
        List<List<String>> expected = lines.stream().map(Line::told).toList();

        StreamsBuilder builder = new StreamsBuilder();
        List<String> told =
                VarveRun.told(
                        ours.apply(
                                VarveRun.texts(builder, "left"), VarveRun.texts(builder, "right")));
        List<List<String>> found = new ArrayList<>();
        try (VarveRun run = new VarveRun(builder)) {
            for (Line line : lines) {
                int before = told.size();
                run.pipe(line.side, "k", line.value, 1_000L * found.size());
                found.add(List.copyOf(told.subList(before, told.size())));
            }
        }
        assertEquals(expected, found);

        var kafka = new org.apache.kafka.streams.StreamsBuilder();
        theirs.apply(
                        kafka.stream("left", Consumed.with(TEXT, TEXT)),
                        kafka.stream("right", Consumed.with(TEXT, TEXT)))
                .to("told", org.apache.kafka.streams.kstream.Produced.with(TEXT, TEXT));
        found.clear();
        try (KafkaRun run = new KafkaRun(kafka)) {
            for (Line line : lines) {
                run.pipe(line.side, "k", line.value, 1_000L * found.size());
                found.add(run.told("told"));
            }
        }
        assertEquals(expected, found);
    }

    private static JoinWindows ours() {
        return JoinWindows.ofTimeDifferenceWithNoGrace(LONG);
    }

    private static StreamJoined<String, String, String> joined() {
        return StreamJoined.with(
                StoreRef.of("joined"), Serdes.utf8(), Serdes.utf8(), Serdes.utf8());
    }

    private static org.apache.kafka.streams.kstream.JoinWindows theirs() {
        return org.apache.kafka.streams.kstream.JoinWindows.ofTimeDifferenceWithNoGrace(LONG);
    }

    private static org.apache.kafka.streams.kstream.StreamJoined<String, String, String>
            theirsJoined() {
        return org.apache.kafka.streams.kstream.StreamJoined.with(TEXT, TEXT, TEXT);
    }

    private static Table<String, String> table(String store, EventStream<String, String> stream) {
        return stream.toTable(Materialized.as(StoreRef.of(store), Serdes.utf8(), Serdes.utf8()));
    }

    private static KTable<String, String> theirTable(String store, KStream<String, String> stream) {
        return stream.toTable(
                org.apache.kafka.streams.kstream.Materialized
                        .<String, String,
                                org.apache.kafka.streams.state.KeyValueStore<
                                        org.apache.kafka.common.utils.Bytes, byte[]>>
                                as(store)
                        .withKeySerde(TEXT)
                        .withValueSerde(TEXT));
    }
}
