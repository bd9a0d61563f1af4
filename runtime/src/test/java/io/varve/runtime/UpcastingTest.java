package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.varve.projections.Consumed;
import io.varve.projections.Materialized;
import io.varve.projections.Projection;
import io.varve.projections.StoreRef;
import io.varve.projections.StreamsBuilder;
import io.varve.store.Category;
import io.varve.store.serde.EventSerde;
import io.varve.store.serde.Serdes;
import org.junit.jupiter.api.Test;

/** Old events reach projections as the newest, whether caught up with or live. */
class UpcastingTest extends RuntimeTestBase {
    record PaidV1(int euros) {}

    record Paid(long cents) {}

    private static final StoreRef<String, Long> CENTS = StoreRef.of("cents");
    private static final EventSerde<PaidV1> THEN =
            EventSerde.of(PaidV1.class).json("paid", PaidV1.class).build();
    private static final EventSerde<Paid> NOW =
            EventSerde.of(Paid.class)
                    .record("paid.v2", Paid.class)
                    .upcastJson(
                            "paid", PaidV1.class, Paid.class, old -> new Paid(old.euros() * 100L))
                    .build();

    private static Projection sum() {
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream("payments", Consumed.with(NOW))
                .groupBy((key, paid) -> "all")
                .aggregate(
                        () -> 0L,
                        (key, paid, cents) -> cents + paid.cents(),
                        Materialized.as(CENTS, Serdes.utf8(), Serdes.int64()));
        return Projection.of("sum", 1, builder.build());
    }

    @Test
    void shouldFeedOldEventsAsTheNewest() throws Exception {
        Category<PaidV1> then = store.category("payments", THEN);
        Category<Paid> now = store.category("payments", NOW);
        then.append("p", new PaidV1(1));
        now.append("p", new Paid(5));
        ProjectionRuntime runtime = started(RuntimeConfig.defaults(), sum());
        states.await("sum", ProjectionState.LIVE);
        then.append("p", new PaidV1(2));
        now.append("p", new Paid(7));
        PositionBound end = PositionBound.at(store.head());
        try (ReadView view = runtime.readView("sum", end, Notes.LONG)) {
            assertEquals(312L, view.store(CENTS).get("all").orElseThrow());
        }
        assertEquals(312, now.read("p").stream().mapToLong(Paid::cents).sum());
    }
}
