package io.varve.projections.testing.junit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.varve.projections.Consumed;
import io.varve.projections.Materialized;
import io.varve.projections.OrderEvent;
import io.varve.projections.Projection;
import io.varve.projections.StoreRef;
import io.varve.projections.StreamsBuilder;
import io.varve.projections.testing.TopologyTestDriver;
import io.varve.store.serde.Serdes;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.extension.RegisterExtension;

class TopologyTestExtensionTest {
    private static final StoreRef<String, Long> COUNTS = StoreRef.of("counts");

    @RegisterExtension
    static final TopologyTestExtension TOPOLOGY = TopologyTestExtension.of(counting()).crashing();

    private TopologyTestDriver before;

    private static Projection counting() {
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream("orders", Consumed.with(OrderEvent.SERDE))
                .groupByKey()
                .count(
                        Materialized.as(COUNTS, Serdes.utf8(), Serdes.int64())
                                .withTtl(Duration.ofSeconds(1)));
        return Projection.of("counting", 1, builder.build());
    }

    @BeforeEach
    void take(TopologyTestDriver driver) {
        before = driver;
    }

    @RepeatedTest(2)
    void shouldGiveEachTestADriverOfItsOwn(TopologyTestDriver driver) {
        assertSame(before, driver);
        driver.pipe("orders", "1", new OrderEvent.Shipped("DE"));
        driver.pipe("orders", "1", new OrderEvent.Shipped("DE"));
        assertEquals(Optional.of(2L), driver.store(COUNTS).get("1"));
        driver.advanceTime(Duration.ofSeconds(2)).pipe("orders", "2", new OrderEvent.Shipped("FR"));
        assertEquals(Optional.empty(), driver.store(COUNTS).get("1"));
    }
}
