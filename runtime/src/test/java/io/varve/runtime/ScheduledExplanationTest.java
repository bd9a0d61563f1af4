package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.Consumed;
import io.varve.projections.FixedKeyProcessor;
import io.varve.projections.FixedKeyProcessorContext;
import io.varve.projections.FixedKeyRecord;
import io.varve.projections.KeyValueStore;
import io.varve.projections.Materialized;
import io.varve.projections.Named;
import io.varve.projections.Projection;
import io.varve.projections.PunctuationType;
import io.varve.projections.StoreRef;
import io.varve.projections.StreamsBuilder;
import io.varve.store.serde.Serdes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Rows that a processor changes at its time are explained by the events that let it. */
class ScheduledExplanationTest extends LedgerTestBase {
    private static final long INTERVAL = 1_000;

    /** How many entries there were; as of each event, and as of the last time that was due. */
    private static final StoreRef<String, Long> COUNTS = StoreRef.of("counts");

    private static final class Counter
            implements FixedKeyProcessor<String, Ledger.Entry, Ledger.Entry> {
        private KeyValueStore<String, Long> counts;

        @Override
        public void init(FixedKeyProcessorContext<String, Ledger.Entry> context) {
            counts = context.store(COUNTS);
            context.schedule(
                    Duration.ofMillis(INTERVAL),
                    PunctuationType.STREAM_TIME,
                    time -> counts.put("due", counts.get("now").orElse(0L)));
        }

        @Override
        public void process(FixedKeyRecord<String, Ledger.Entry> record) {
            counts.put("now", counts.get("now").orElse(0L) + 1);
        }
    }

    @Override
    Projection projection() {
        StreamsBuilder builder =
                new StreamsBuilder()
                        .addStateStore(Materialized.as(COUNTS, Serdes.utf8(), Serdes.int64()));
        builder.stream(Ledger.CATEGORY, Consumed.with(Ledger.SERDE))
                .processValues(Counter::new, Named.as("counter"), COUNTS);
        return Projection.of(Ledger.CATEGORY, 1, builder.build());
    }

    private List<ExplainedChange<Long>> expected() {
        List<ExplainedChange<Long>> changes = new ArrayList<>();
        Map<String, Long> versions = new HashMap<>();
        Optional<Long> before = Optional.empty();
        long time = Long.MIN_VALUE;
        long due = 0;
        for (int position = 0; position < events.size(); position++) {
            Ledger.Timed event = events.get(position);
            String account = event.entry().account();
            long version = versions.merge(account, 1L, Long::sum) - 1;
            time = Math.max(time, event.millis());
            if (time >= due) {
                due = (time / INTERVAL + 1) * INTERVAL;
                Optional<Long> after = Optional.of(position + 1L);
                changes.add(
                        new ExplainedChange<>(
                                position,
                                Ledger.stream(account),
                                version,
                                "entered",
                                Instant.ofEpochMilli(event.millis()),
                                before,
                                after,
                                false));
                before = after;
            }
        }
        return changes;
    }

    @Test
    void shouldTellTheEventsThatLetAProcessorDoWhatWasDue() throws Exception {
        ProjectionRuntime runtime =
                ledger(
                        RuntimeConfig.defaults().withSlotEvents(7).withCatchUpBatchEvents(30),
                        SnapshotPolicy.onDemand());
        for (int i = 0; i < 60; i++) {
            appendAndWait(runtime, 5);
        }
        List<ExplainedChange<Long>> all = expected();
        assertTrue(all.size() > 3 && all.size() < 60, "changes=" + all.size());
        assertEquals(all, travel(runtime).explain(COUNTS, "due").list());
        assertEquals(events.size(), travel(runtime).explain(COUNTS, "now").list().size());
        runtime.snapshot(Ledger.CATEGORY);
        for (int i = 0; i < 30; i++) {
            appendAndWait(runtime, 5);
        }
        assertEquals(
                expected().stream().filter(change -> change.position() >= 300).toList(),
                travel(runtime).explain(COUNTS, "due").since(300).list());
        assertTrue(travel(runtime).verify().isSound());
    }
}
