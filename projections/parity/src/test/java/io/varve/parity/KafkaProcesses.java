package io.varve.parity;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.FixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorContext;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;
import org.apache.kafka.streams.processor.api.ProcessingContext;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;

/** Processors of Kafka Streams. */
final class KafkaProcesses {
    private KafkaProcesses() {}

    static KStream<String, Long> processed(
            StreamsBuilder builder, KStream<String, Long> from, Work work, String store) {
        builder.addStateStore(
                Stores.keyValueStoreBuilder(
                                Stores.inMemoryKeyValueStore(store), Serdes.String(), Serdes.Long())
                        .withLoggingDisabled());
        return work.keepsKeys()
                ? from.processValues(() -> new FixedKeys(work, store), store)
                : from.process(() -> new Keys(work, store), store);
    }

    private abstract static class Rows implements Work.Desk {
        private final String name;
        private KeyValueStore<String, Long> store;

        Rows(String name) {
            this.name = name;
        }

        final void open(ProcessingContext context) {
            store = context.getStateStore(name);
        }

        @Override
        public final Long get(String key) {
            return store.get(key);
        }

        @Override
        public final void put(String key, Long value) {
            store.put(key, value);
        }

        @Override
        public final List<String> keys() {
            List<String> keys = new ArrayList<>();
            try (KeyValueIterator<String, Long> all = store.all()) {
                all.forEachRemaining(row -> keys.add(row.key));
            }
            return keys;
        }
    }

    private static final class Keys extends Rows implements Processor<String, Long, String, Long> {
        private final Work work;
        private ProcessorContext<String, Long> context;

        Keys(Work work, String store) {
            super(store);
            this.work = work;
        }

        @Override
        public void init(ProcessorContext<String, Long> given) {
            context = given;
            open(given);
            if (work.hasTicks()) {
                given.schedule(
                        Duration.ofMillis(Work.TICK_MILLIS),
                        PunctuationType.STREAM_TIME,
                        time -> work.tick(this, time));
            }
        }

        @Override
        public void process(Record<String, Long> record) {
            work.process(this, record.key(), record.value(), record.timestamp());
        }

        @Override
        public void forward(String key, Long value, long time) {
            context.forward(new Record<>(key, value, time));
        }
    }

    private static final class FixedKeys extends Rows
            implements FixedKeyProcessor<String, Long, Long> {
        private final Work work;
        private FixedKeyProcessorContext<String, Long> context;
        private FixedKeyRecord<String, Long> record;

        FixedKeys(Work work, String store) {
            super(store);
            this.work = work;
        }

        @Override
        public void init(FixedKeyProcessorContext<String, Long> given) {
            context = given;
            open(given);
        }

        @Override
        public void process(FixedKeyRecord<String, Long> given) {
            record = given;
            work.process(this, given.key(), given.value(), given.timestamp());
        }

        @Override
        public void forward(String key, Long value, long time) {
            context.forward(record.withValue(value).withTimestamp(time));
        }
    }
}
