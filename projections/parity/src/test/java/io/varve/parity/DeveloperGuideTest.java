package io.varve.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.varve.projections.Grouped;
import io.varve.projections.Materialized;
import io.varve.projections.StoreRef;
import io.varve.projections.StreamsBuilder;
import io.varve.projections.TimeWindows;
import io.varve.projections.Windowed;
import io.varve.store.serde.Serdes;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.WindowStore;
import org.junit.jupiter.api.Test;

/** The examples of the Kafka Streams developer guide in both systems, with the same results. */
class DeveloperGuideTest {
    private static final long MINUTE = 60_000;
    private static final Duration FIVE_MINUTES = Duration.ofMinutes(5);

    private static final StoreRef<String, Long> COUNTS = StoreRef.of("counts");
    private static final StoreRef<Windowed<String>, Long> WINDOWED = StoreRef.of("windowed");

    private static List<String> words(String line) {
        return Arrays.asList(line.toLowerCase().split("\\W+"));
    }

    @Test
    void shouldCountWords() {
        Map<String, Long> expected =
                Map.of("all", 2L, "streams", 2L, "lead", 1L, "to", 1L, "kafka", 1L, "hello", 1L);

        StreamsBuilder ours = new StreamsBuilder();
        VarveRun.texts(ours, "lines")
                .flatMapValues(DeveloperGuideTest::words)
                .groupBy((key, word) -> word)
                .count(Materialized.as(COUNTS, Serdes.utf8(), Serdes.int64()));
        try (VarveRun run = new VarveRun(ours)) {
            run.pipe("lines", "1", "all streams lead to kafka", 0)
                    .pipe("lines", "1", "Hello all streams", 1);
            assertEquals(expected, run.rows(COUNTS, Function.identity()));
        }

        var theirs = new org.apache.kafka.streams.StreamsBuilder();
        theirs.<String, String>stream("lines", texts())
                .flatMapValues(DeveloperGuideTest::words)
                .groupBy((key, word) -> word, byText())
                .count(as("counts"));
        try (KafkaRun run = new KafkaRun(theirs)) {
            run.pipe("lines", "1", "all streams lead to kafka", 0)
                    .pipe("lines", "1", "Hello all streams", 1);
            assertEquals(expected, run.rows("counts", Function.identity()));
        }
    }

    /** Windows of five minutes; what comes when a window is over by more than a minute is late. */
    @Test
    void shouldCountByWindowsWithGrace() {
        Map<String, Long> expected =
                Map.of("alice[0,300000]", 3L, "alice[300000,600000]", 2L, "bob[300000,600000]", 1L);

        StreamsBuilder ours = new StreamsBuilder();
        VarveRun.texts(ours, "views")
                .groupByKey(Grouped.with(Serdes.utf8(), Serdes.utf8()))
                .windowedBy(TimeWindows.ofSizeAndGrace(FIVE_MINUTES, Duration.ofMinutes(1)))
                .count(Materialized.windowed(WINDOWED, Serdes.utf8(), Serdes.int64()));
        try (VarveRun run = new VarveRun(ours)) {
            for (View view : VIEWS) {
                run.pipe("views", view.user, view.page, view.time);
            }
            assertEquals(expected, run.windows(WINDOWED));
        }

        var theirs = new org.apache.kafka.streams.StreamsBuilder();
        theirs.<String, String>stream("views", texts())
                .groupByKey(byText())
                .windowedBy(
                        org.apache.kafka.streams.kstream.TimeWindows.ofSizeAndGrace(
                                FIVE_MINUTES, Duration.ofMinutes(1)))
                .count(inWindows("windowed"));
        try (KafkaRun run = new KafkaRun(theirs)) {
            for (View view : VIEWS) {
                run.pipe("views", view.user, view.page, view.time);
            }
            assertEquals(expected, run.windows("windowed"));
        }
    }

    private record View(String user, String page, long time) {}

    private static final List<View> VIEWS =
            List.of(
                    new View("alice", "home", 0),
                    new View("alice", "shop", 4 * MINUTE),
                    new View("bob", "home", 5 * MINUTE + 30_000),
                    new View("alice", "cart", 2 * MINUTE), // in the grace period
                    new View("alice", "paid", 6 * MINUTE),
                    new View("bob", "shop", 3 * MINUTE), // late
                    new View("alice", "home", 9 * MINUTE));

    private static org.apache.kafka.streams.kstream.Consumed<String, String> texts() {
        return org.apache.kafka.streams.kstream.Consumed.with(text(), text());
    }

    private static org.apache.kafka.streams.kstream.Grouped<String, String> byText() {
        return org.apache.kafka.streams.kstream.Grouped.with(text(), text());
    }

    private static org.apache.kafka.common.serialization.Serde<String> text() {
        return org.apache.kafka.common.serialization.Serdes.String();
    }

    private static org.apache.kafka.streams.kstream.Materialized<
                    String, Long, KeyValueStore<Bytes, byte[]>>
            as(String store) {
        return org.apache.kafka.streams.kstream.Materialized.as(store);
    }

    private static org.apache.kafka.streams.kstream.Materialized<
                    String, Long, WindowStore<Bytes, byte[]>>
            inWindows(String store) {
        return org.apache.kafka.streams.kstream.Materialized.as(store);
    }
}
