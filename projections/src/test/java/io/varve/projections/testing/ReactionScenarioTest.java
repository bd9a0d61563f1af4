package io.varve.projections.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.Consumed;
import io.varve.projections.EventStream;
import io.varve.projections.Grouped;
import io.varve.projections.Materialized;
import io.varve.projections.Produced;
import io.varve.projections.Projection;
import io.varve.projections.StoreRef;
import io.varve.projections.StreamsBuilder;
import io.varve.store.serde.EventSerde;
import io.varve.store.serde.Serdes;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReactionScenarioTest {
    record Reading(int celsius) {}

    record Overheated(long times) {}

    private static final EventSerde<Reading> READINGS =
            EventSerde.of(Reading.class).record("reading", Reading.class).build();
    private static final EventSerde<Overheated> ALARMS =
            EventSerde.of(Overheated.class).record("overheated", Overheated.class).build();

    private static EventStream<String, Reading> hot(StreamsBuilder builder) {
        return builder.stream("readings", Consumed.with(READINGS))
                .filter((device, reading) -> reading.celsius() > 100);
    }

    /** Each second hot reading of a device. */
    private static Projection alarms() {
        StreamsBuilder builder = new StreamsBuilder();
        hot(builder)
                .groupByKey(Grouped.keySerde(Serdes.utf8()))
                .count(Materialized.as(StoreRef.of("hot")))
                .toStream()
                .filter((device, times) -> times % 2 == 0)
                .mapValues(Overheated::new)
                .to("alarms", Produced.with(ALARMS));
        return Projection.of("alarms", 1, builder.build());
    }

    @Test
    void shouldTellWhatIsEmittedForTheLastEvent() {
        ReactionScenario twice =
                ReactionScenario.of(alarms())
                        .given("readings", "oven", new Reading(300))
                        .given("readings", "fridge", new Reading(3))
                        .when("readings", "oven", new Reading(310))
                        .thenEmits("alarms", new Overheated(2));
        assertEquals("oven", twice.emitted("alarms").get(0).key());
        twice.when("readings", "oven", new Reading(320))
                .thenEmitsNothing()
                .when("readings", "oven", new Reading(330))
                .thenEmits("alarms", new Overheated(4));
        assertEquals(List.of(), ReactionScenario.of(alarms()).emitted("alarms"));
    }

    @Test
    void shouldFailWithWhatWasEmitted() {
        ReactionScenario twice =
                ReactionScenario.of(alarms())
                        .given("readings", "oven", new Reading(300))
                        .when("readings", "oven", new Reading(310));
        AssertionError other =
                assertThrows(
                        AssertionError.class, () -> twice.thenEmits("alarms", new Overheated(1)));
        assertTrue(other.getMessage().contains("found=[Overheated[times=2]]"), other.getMessage());
        assertThrows(AssertionError.class, twice::thenEmitsNothing);
        assertThrows(IllegalArgumentException.class, () -> twice.thenEmits("other"));
    }

    @Test
    void shouldRefuseAProjectionThatEmitsNothing() {
        StreamsBuilder builder = new StreamsBuilder();
        hot(builder);
        Projection silent = Projection.of("silent", 1, builder.build());
        assertThrows(IllegalArgumentException.class, () -> ReactionScenario.of(silent));
    }
}
