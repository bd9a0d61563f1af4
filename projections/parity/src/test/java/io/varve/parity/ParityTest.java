package io.varve.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Random topologies over random events: the rows and records are those of Kafka Streams. */
class ParityTest {
    private static final long SEED = Long.getLong("varve.seed", 1);

    @Test
    void shouldGiveTheAnswersOfKafkaStreams() {
        compare(SEED, 500);
    }

    @Test
    @Tag("long")
    void shouldGiveTheAnswersOfKafkaStreamsInManyCases() {
        compare(SEED + 500, 20_000);
    }

    private static void compare(long first, int cases) {
        Comparison comparison = Comparison.withKafkaStreams();
        for (long seed = first; seed < first + cases; seed++) {
            assertEquals(Optional.empty(), comparison.differenceAt(seed));
        }
    }
}
