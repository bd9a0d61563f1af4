package io.varve.parity;

import java.time.Duration;
import java.util.List;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.apache.kafka.streams.state.VersionedKeyValueStore;
import org.apache.kafka.streams.state.VersionedRecord;

/** A versioned store of Kafka Streams. */
final class KafkaVersions {
    private final Versions versions = new Versions();

    Materialized<String, Long, KeyValueStore<Bytes, byte[]>> store(String name, long history) {
        Serde<String> keys =
                Serdes.serdeFrom(
                        (topic, key) -> {
                            versions.see(key);
                            return Serdes.String().serializer().serialize(topic, key);
                        },
                        Serdes.String().deserializer());
        return Materialized.<String, Long>as(
                        Stores.persistentVersionedKeyValueStore(name, Duration.ofMillis(history)))
                .withKeySerde(keys)
                .withValueSerde(Serdes.Long())
                .withLoggingDisabled();
    }

    List<String> text(TopologyTestDriver driver, String name, long end) {
        VersionedKeyValueStore<String, Long> store = driver.getVersionedKeyValueStore(name);
        return versions.text(
                (key, time) -> {
                    VersionedRecord<Long> found = store.get(key, time);
                    return found == null ? "" : found.value() + "@" + found.timestamp();
                },
                end);
    }
}
