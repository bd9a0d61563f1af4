package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.BufferConfig;
import io.varve.projections.Consumed;
import io.varve.projections.Materialized;
import io.varve.projections.Projection;
import io.varve.projections.StoreRef;
import io.varve.projections.StreamsBuilder;
import io.varve.projections.SuppressBufferFullException;
import io.varve.projections.Suppressed;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A projection that may not hold back as much as it has to. */
class SuppressLimitTest extends RuntimeTestBase {
    private static final StoreRef<String, Long> WAITING = StoreRef.of("waiting");

    private Projection counting(long most) {
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream(Notes.CATEGORY, Consumed.with(serde))
                .groupByKey()
                .count(Materialized.as(StoreRef.of("counts")))
                .suppress(
                        Suppressed.untilTimeLimit(
                                Duration.ofDays(1),
                                BufferConfig.maxRecords(most).shutDownWhenFull(),
                                Materialized.as(WAITING)));
        return Projection.of("counting", 1, builder.build());
    }

    @Test
    void shouldFailWhateverItsPolicyAndGoOnWithHigherLimits() throws Exception {
        for (int author = 1; author <= 4; author++) {
            append(author, 0, 2);
        }
        try (ProjectionRuntime runtime =
                ProjectionRuntime.builder(store, folder.resolve("models"))
                        .add(counting(3), ProjectionConfig.defaults())
                        .build()) {
            runtime.start();
            ProjectionFailedException failed =
                    assertThrows(
                            ProjectionFailedException.class,
                            () -> runtime.awaitPosition("counting", store.head(), Notes.LONG));
            assertInstanceOf(SuppressBufferFullException.class, failed.getCause());
        }
        ProjectionRuntime runtime = started(RuntimeConfig.defaults(), counting(4));
        assertTrue(runtime.awaitPosition("counting", store.head(), Notes.LONG));
        try (ReadView view =
                runtime.readView("counting", PositionBound.at(store.head()), Notes.LONG)) {
            assertEquals(4, view.store(WAITING).count());
        }
    }
}
