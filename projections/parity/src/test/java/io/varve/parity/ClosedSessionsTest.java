package io.varve.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.stream.LongStream;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.SessionWindows;
import org.apache.kafka.streams.kstream.Suppressed;
import org.apache.kafka.streams.state.SessionStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sessions of Kafka Streams with the retention that is its default, without a record cache. */
class ClosedSessionsTest {
    @TempDir Path folder;

    private record Word(String key, long time) {}

    private static List<Word> words(long... times) {
        return LongStream.of(times).mapToObj(time -> new Word("a", time)).toList();
    }

    @Test
    void shouldNotMergeASessionThatIsClosed() {
        assertEquals(
                List.of("a@8-20=3", "a@25-46=4"), told(2, words(8, 18, 20, 32, 38, 25, 46, 100)));
    }

    /** Ours is late then, as its session would have one in its midst that was told of. */
    @Test
    void shouldGrowASessionAroundOneThatIsClosed() {
        List<Word> around =
                List.of(
                        new Word("a", 100),
                        new Word("b", 111),
                        new Word("a", 107),
                        new Word("a", 98),
                        new Word("b", 200));

        assertEquals(List.of("a@100-100=1", "a@98-107=2", "b@111-111=1"), told(0, around));
    }

    private List<String> told(long grace, List<Word> given) {
        StreamsBuilder builder = new StreamsBuilder();
        List<String> told = new ArrayList<>();
        builder.stream("words", Consumed.with(Serdes.String(), Serdes.String()))
                .groupByKey()
                .windowedBy(
                        SessionWindows.ofInactivityGapAndGrace(
                                Duration.ofMillis(10), Duration.ofMillis(grace)))
                .count(
                        Materialized.<String, Long, SessionStore<Bytes, byte[]>>with(
                                        Serdes.String(), Serdes.Long())
                                .withCachingDisabled())
                .suppress(Suppressed.untilWindowCloses(Suppressed.BufferConfig.unbounded()))
                .toStream()
                .foreach(
                        (key, count) ->
                                told.add(
                                        key.key()
                                                + "@"
                                                + key.window().start()
                                                + "-"
                                                + key.window().end()
                                                + "="
                                                + count));
        Properties config = new Properties();
        config.put(StreamsConfig.APPLICATION_ID_CONFIG, "sessions");
        config.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "none:1");
        config.put(
                StreamsConfig.DEFAULT_KEY_SERDE_CLASS_CONFIG, Serdes.StringSerde.class.getName());
        config.put(
                StreamsConfig.DEFAULT_VALUE_SERDE_CLASS_CONFIG, Serdes.StringSerde.class.getName());
        config.put(StreamsConfig.STATE_DIR_CONFIG, folder.toString());
        try (TopologyTestDriver driver = new TopologyTestDriver(builder.build(), config)) {
            TestInputTopic<String, String> words =
                    driver.createInputTopic(
                            "words", Serdes.String().serializer(), Serdes.String().serializer());
            given.forEach(word -> words.pipeInput(word.key(), "x", word.time()));
        }
        return told;
    }
}
