package io.varve.samples.bench;

import io.varve.projections.Consumed;
import io.varve.projections.Grouped;
import io.varve.projections.Materialized;
import io.varve.projections.Predicate;
import io.varve.projections.Projection;
import io.varve.projections.StoreRef;
import io.varve.projections.StreamsBuilder;
import io.varve.store.EventBatch;
import io.varve.store.EventStore;
import io.varve.store.StreamId;
import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.serde.EventSerde;
import io.varve.store.serde.Serde;
import io.varve.store.serde.Serdes;

/** Events that carry a key and no more, in one stream, and the projection that counts by key. */
final class Hits {
    static final StreamId STREAM = new StreamId("hits", "all");

    /** How often each key was hit. */
    static final StoreRef<Long, Long> COUNTS = StoreRef.of("counts");

    /** Eight bytes: the key as a 64-bit number. */
    static final EventSerde<Hit> EVENTS =
            EventSerde.of(Hit.class).type("Hit", Hit.class, new KeyAlone()).build();

    static final int PAYLOAD = Long.BYTES;
    private static final int BATCH_EVENTS = 10_000;

    private Hits() {}

    /** One hit; the key is an object already, as it is the key of a row. */
    record Hit(Long key) {}

    private static final class KeyAlone implements Serde<Hit> {
        @Override
        public void serialize(Hit hit, BytesWriter out) {
            out.putLong(hit.key());
        }

        @Override
        public Hit deserialize(BytesView in) {
            return new Hit(in.getLong(0));
        }
    }

    /** Counts all of them. */
    static Projection counting(String name) {
        return counting(name, (stream, hit) -> true);
    }

    /** Counts those that are let through. */
    static Projection counting(String name, Predicate<String, Hit> counted) {
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream(STREAM.category(), Consumed.with(EVENTS))
                .filter(counted)
                .groupBy((stream, hit) -> hit.key(), Grouped.keySerde(Serdes.int64()))
                .count(Materialized.as(COUNTS));
        return Projection.of(name, 1, builder.build());
    }

    /** Appends a hit of each of these keys, in batches of {@value #BATCH_EVENTS}. */
    static void append(EventStore store, int[] keys, int from, int to) {
        EventBatch batch = new EventBatch();
        for (int i = from; i < to; i++) {
            batch.add(STREAM, EVENTS, new Hit((long) keys[i]));
            if (batch.size() == BATCH_EVENTS || i == to - 1) {
                store.append(batch);
                batch.clear();
            }
        }
    }

    /** Says what was appended how. */
    static ResultLine line(Workbench<ProjectionSizes> bench, long events) {
        ResultLine line = bench.line().with("events", events).with("codec", "binary");
        return ProjectionWork.kept(line).with("payload", PAYLOAD);
    }
}
