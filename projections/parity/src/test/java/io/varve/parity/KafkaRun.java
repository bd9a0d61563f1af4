package io.varve.parity;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.state.KeyValueIterator;

/** A topology of Kafka Streams, written by hand, of topics with text as keys and values. */
final class KafkaRun implements AutoCloseable {
    private final TopologyTestDriver driver;

    KafkaRun(StreamsBuilder builder) {
        driver = new TopologyTestDriver(builder.build(), KafkaConfig.quick());
    }

    KafkaRun pipe(String topic, String key, String value, long time) {
        driver.createInputTopic(topic, Serdes.String().serializer(), Serdes.String().serializer())
                .pipeInput(key, value, time);
        return this;
    }

    /** The values that came to a topic since it was asked last. */
    List<String> told(String topic) {
        return driver
                .createOutputTopic(
                        topic, Serdes.String().deserializer(), Serdes.String().deserializer())
                .readValuesToList()
                .stream()
                .map(String::valueOf)
                .toList();
    }

    <V> Map<String, V> sessions(String store) {
        return collect(
                driver.<String, V>getSessionStore(store).fetch(null, null), KafkaWindows::text);
    }

    <K, V> Map<String, V> rows(String store, Function<K, String> text) {
        return collect(driver.<K, V>getKeyValueStore(store).all(), text);
    }

    <V> Map<String, V> windows(String store) {
        return collect(driver.<String, V>getWindowStore(store).all(), KafkaWindows::text);
    }

    private static <K, V> Map<String, V> collect(
            KeyValueIterator<K, V> all, Function<K, String> text) {
        Map<String, V> rows = new TreeMap<>();
        try (all) {
            all.forEachRemaining(row -> rows.put(text.apply(row.key), row.value));
        }
        return rows;
    }

    @Override
    public void close() {
        driver.close();
    }
}
