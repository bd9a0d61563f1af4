package io.varve.parity;

import io.varve.projections.EventStream;
import io.varve.projections.FixedKeyProcessor;
import io.varve.projections.FixedKeyProcessorContext;
import io.varve.projections.FixedKeyRecord;
import io.varve.projections.KeyValueStore;
import io.varve.projections.Materialized;
import io.varve.projections.Named;
import io.varve.projections.ProcessingContext;
import io.varve.projections.Processor;
import io.varve.projections.ProcessorContext;
import io.varve.projections.PunctuationType;
import io.varve.projections.Record;
import io.varve.projections.StoreRef;
import io.varve.projections.StreamsBuilder;
import io.varve.projections.query.RangeQuery;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Processors of Varve. */
final class VarveProcesses {
    private VarveProcesses() {}

    static EventStream<String, Long> processed(
            StreamsBuilder builder,
            EventStream<String, Long> from,
            Work work,
            Materialized<String, Long> store) {
        builder.addStateStore(store);
        StoreRef<String, Long> ref = store.ref();
        Named name = Named.as(ref.name() + "-work");
        return work.keepsKeys()
                ? from.processValues(() -> new FixedKeys(work, ref), name, ref)
                : from.process(() -> new Keys(work, ref), name, ref);
    }

    private abstract static class Rows implements Work.Desk {
        private final StoreRef<String, Long> ref;
        private KeyValueStore<String, Long> store;

        Rows(StoreRef<String, Long> ref) {
            this.ref = ref;
        }

        final void open(ProcessingContext context) {
            store = context.store(ref);
        }

        @Override
        public final Long get(String key) {
            return store.get(key).orElse(null);
        }

        @Override
        public final void put(String key, Long value) {
            if (value == null) {
                store.delete(key);
            } else {
                store.put(key, value);
            }
        }

        @Override
        public final List<String> keys() {
            List<String> keys = new ArrayList<>();
            store.scan(RangeQuery.all(), (key, value) -> keys.add(key));
            return keys;
        }
    }

    private static final class Keys extends Rows implements Processor<String, Long, String, Long> {
        private final Work work;
        private ProcessorContext<String, Long> context;

        Keys(Work work, StoreRef<String, Long> ref) {
            super(ref);
            this.work = work;
        }

        @Override
        public void init(ProcessorContext<String, Long> given) {
            context = given;
            open(given);
            if (work.hasTicks()) {
                given.schedule(
                        Duration.ofMillis(Work.TICK_MILLIS),
                        work == Work.CLOCK
                                ? PunctuationType.WALL_CLOCK_TIME
                                : PunctuationType.STREAM_TIME,
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

        FixedKeys(Work work, StoreRef<String, Long> ref) {
            super(ref);
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
