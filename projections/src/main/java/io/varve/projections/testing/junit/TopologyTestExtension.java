package io.varve.projections.testing.junit;

import io.varve.projections.Projection;
import io.varve.projections.testing.TopologyTestDriver;
import java.util.function.Supplier;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives each test a {@link TopologyTestDriver} of its own. Behind a test that has passed it
 * compares what the projections hold with a rebuild, byte for byte, and closes the driver in any
 * case.
 *
 * <pre>{@code
 * @RegisterExtension
 * static final TopologyTestExtension TOPOLOGY = TopologyTestExtension.of(DEPARTURES);
 *
 * @Test
 * void shouldCountDepartures(TopologyTestDriver driver) {
 *     driver.pipe("flights", "LH454", new Departed("FRA"));
 *     assertEquals(Optional.of(1L), driver.store(COUNTS).get("FRA"));
 * }
 * }</pre>
 */
public final class TopologyTestExtension implements ParameterResolver, AfterEachCallback {
    private static final Namespace NAMESPACE = Namespace.create(TopologyTestExtension.class);

    private final Supplier<TopologyTestDriver> drivers;

    private TopologyTestExtension(Supplier<TopologyTestDriver> drivers) {
        this.drivers = drivers;
    }

    /**
     * Of drivers that run these projections.
     *
     * @param projections one or more, with different names
     * @return the extension
     */
    public static TopologyTestExtension of(Projection... projections) {
        Projection[] copy = projections.clone();
        return new TopologyTestExtension(() -> new TopologyTestDriver(copy));
    }

    /**
     * The same with drivers that lose all that is in memory after each commit.
     *
     * @return another extension
     */
    public TopologyTestExtension crashing() {
        return new TopologyTestExtension(() -> drivers.get().crashAfterEachCommit());
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == TopologyTestDriver.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getStore(NAMESPACE)
                .computeIfAbsent(this, key -> drivers.get(), TopologyTestDriver.class);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        TopologyTestDriver driver =
                context.getStore(NAMESPACE).remove(this, TopologyTestDriver.class);
        if (driver == null) {
            return; // the test had no use for one
        }
        try (driver) {
            if (context.getExecutionException().isEmpty()) {
                driver.assertRebuildMatches();
            }
        }
    }
}
