package io.varve.parity;

import io.varve.projections.Materialized;
import io.varve.projections.StoreRef;
import io.varve.projections.query.ReadOnlyVersionedStore;
import io.varve.projections.testing.TopologyTestDriver;
import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.serde.Serde;
import io.varve.store.serde.Serdes;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** A versioned store of ours. */
final class VarveVersions {
    private final Versions versions = new Versions();

    private final class SeenKeys implements Serde<String> {
        private final Serde<String> text = Serdes.utf8();

        @Override
        public void serialize(String key, BytesWriter out) {
            versions.see(key);
            text.serialize(key, out);
        }

        @Override
        public String deserialize(BytesView in) {
            return text.deserialize(in);
        }

        @Override
        public String describe() {
            return text.describe();
        }
    }

    Materialized<String, Long> store(String name, long history) {
        return Materialized.as(StoreRef.<String, Long>of(name), new SeenKeys(), Serdes.int64())
                .versioned(Duration.ofMillis(history));
    }

    List<String> text(TopologyTestDriver driver, String name, long end) {
        ReadOnlyVersionedStore<String, Long> store =
                driver.versionedStore(StoreRef.<String, Long>of(name));
        return versions.text(
                (key, time) ->
                        store.get(key, Instant.ofEpochMilli(time))
                                .map(found -> found.value() + "@" + found.timestamp())
                                .orElse(""),
                end);
    }
}
