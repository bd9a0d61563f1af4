package io.varve.projections;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.varve.projections.testing.TopologyTestDriver;
import io.varve.store.serde.EventSerde;
import io.varve.store.serde.Serdes;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The program of the module's README, so that it stays true. */
class ReadmeExampleTest {
    sealed interface Flight {}

    record Departed(String airport) implements Flight {}

    record Landed(String airport) implements Flight {}

    static final EventSerde<Flight> FLIGHTS =
            EventSerde.of(Flight.class)
                    .json("departed", Departed.class)
                    .json("landed", Landed.class)
                    .build();
    static final StoreRef<String, Long> LANDINGS = StoreRef.of("landings");

    @Test
    void shouldCountLandings() {
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream("flights", Consumed.with(FLIGHTS))
                .filter((flight, event) -> event instanceof Landed)
                .groupBy((flight, event) -> ((Landed) event).airport())
                .count(Materialized.as(LANDINGS, Serdes.utf8(), Serdes.int64()));
        Projection landings = Projection.of("landings", 1, builder.build());

        try (TopologyTestDriver driver = new TopologyTestDriver(landings)) {
            driver.pipe("flights", "LH454", new Departed("FRA"));
            driver.pipe("flights", "LH454", new Landed("SFO"));
            assertEquals(Optional.of(1L), driver.store(LANDINGS).get("SFO"));
            driver.assertRebuildMatches();
        }
    }
}
