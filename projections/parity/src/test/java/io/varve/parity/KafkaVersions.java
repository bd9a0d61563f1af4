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
import org.apache.kafka.streams.state.VersionedBytesStoreSupplier;
import org.apache.kafka.streams.state.VersionedKeyValueStore;
import org.apache.kafka.streams.state.VersionedRecord;

/** A versioned store of Kafka Streams. */
final class KafkaVersions {
    private final Versions versions = new Versions();

    /**
     * A store.
     *
     * @param asItIs without what makes a listed difference go away
     */
    Materialized<String, Long, KeyValueStore<Bytes, byte[]>> store(
            String name, long history, boolean asItIs) {
        Serde<String> keys =
                Serdes.serdeFrom(
                        (topic, key) -> {
                            versions.see(key);
                            return Serdes.String().serializer().serialize(topic, key);
                        },
                        Serdes.String().deserializer());
        VersionedBytesStoreSupplier rows =
                Stores.persistentVersionedKeyValueStore(name, Duration.ofMillis(history));
        return Materialized.<String, Long>as(asItIs ? rows : new KafkaRemovals(rows, name))
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
