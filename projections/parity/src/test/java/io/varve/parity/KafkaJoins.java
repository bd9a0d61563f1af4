package io.varve.parity;

import java.time.Duration;
import java.util.Optional;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.kstream.JoinWindows;
import org.apache.kafka.streams.kstream.Joined;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.KTable;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.StreamJoined;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.WindowBytesStoreSupplier;
import org.apache.kafka.streams.state.WindowStore;
import org.apache.kafka.streams.state.internals.InMemoryWindowStore;

/** Joins of Kafka Streams. */
final class KafkaJoins {
    private KafkaJoins() {}

    static KStream<String, Long> withTable(
            KStream<String, Long> from,
            KTable<String, Long> table,
            Step.JoinTable step,
            String name) {
        Joined<String, Long, Long> named =
                Joined.with(Serdes.String(), Serdes.Long(), Serdes.Long(), name + "-join");
        if (step.grace().isEmpty()) {
            return step.joining() == Joining.INNER
                    ? from.join(table, Joining::of, named)
                    : from.leftJoin(table, Joining::of, named);
        }
        Joined<String, Long, Long> waiting =
                named.withGracePeriod(Duration.ofMillis(step.grace().get()));
        return step.joining() == Joining.INNER
                ? from.join(table, Joining::of, waiting)
                : from.leftJoin(table, Joining::of, waiting);
    }

    static KTable<String, Long> tables(
            KTable<String, Long> left,
            KTable<String, Long> right,
            Joining joining,
            Optional<Materialized<String, Long, KeyValueStore<Bytes, byte[]>>> store) {
        return switch (joining) {
            case INNER ->
                    store.map(s -> left.join(right, Joining::of, s))
                            .orElseGet(() -> left.join(right, Joining::of));
            case LEFT ->
                    store.map(s -> left.leftJoin(right, Joining::of, s))
                            .orElseGet(() -> left.leftJoin(right, Joining::of));
            case OUTER ->
                    store.map(s -> left.outerJoin(right, Joining::of, s))
                            .orElseGet(() -> left.outerJoin(right, Joining::of));
        };
    }

    static KStream<String, Long> streams(
            KStream<String, Long> left,
            KStream<String, Long> right,
            Step.JoinStreams step,
            String name) {
        JoinWindows windows =
                JoinWindows.ofTimeDifferenceAndGrace(
                                step.span().afterTime(), step.span().graceTime())
                        .before(step.span().beforeTime());
        StreamJoined<String, Long, Long> joined =
                StreamJoined.<String, Long, Long>as(name)
                        .withKeySerde(Serdes.String())
                        .withValueSerde(Serdes.Long())
                        .withOtherValueSerde(Serdes.Long())
                        .withThisStoreSupplier(new Records(name + "-left", windows))
                        .withOtherStoreSupplier(new Records(name + "-right", windows))
                        .withLoggingDisabled();
        return switch (step.joining()) {
            case INNER -> left.join(right, Joining::ofRecords, windows, joined);
            case LEFT -> left.leftJoin(right, Joining::ofRecords, windows, joined);
            case OUTER -> left.outerJoin(right, Joining::ofRecords, windows, joined);
        };
    }

    /**
     * What keeps the records of a side. Stores in memory take a null for time that passes; those on
     * disk, as ours, do not.
     */
    private record Records(String name, JoinWindows windows) implements WindowBytesStoreSupplier {
        @Override
        public WindowStore<Bytes, byte[]> get() {
            return new InMemoryWindowStore(name, retentionPeriod(), windowSize(), true, "joins") {
                @Override
                public void put(Bytes key, byte[] value, long time) {
                    if (value != null) {
                        super.put(key, value, time);
                    }
                }
            };
        }

        @Override
        public String metricsScope() {
            return "joins";
        }

        @Override
        public long segmentIntervalMs() {
            return 1;
        }

        @Override
        public long windowSize() {
            return windows.size();
        }

        @Override
        public boolean retainDuplicates() {
            return true;
        }

        @Override
        public long retentionPeriod() {
            return windows.size() + windows.gracePeriodMs();
        }
    }
}
