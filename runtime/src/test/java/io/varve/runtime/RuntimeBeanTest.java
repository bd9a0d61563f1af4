package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.Projection;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.management.Attribute;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;

/** Each attribute of a runtime's bean is what the plain API says at that moment. */
class RuntimeBeanTest extends RuntimeTestBase {
    private final MBeanServer server = ManagementFactory.getPlatformMBeanServer();

    /** One at the head, one that has failed, one that stands still, one that nothing comes for. */
    private ProjectionRuntime running(Gate gate) {
        Projection wrong =
                digest(
                        "wrong",
                        note -> {
                            if (note.number() == 3) {
                                throw new IllegalStateException("on purpose");
                            }
                        });
        ProjectionRuntime runtime =
                closing(
                        ProjectionRuntime.builder(store, folder.resolve("models"))
                                .name("jmx-whole")
                                .add(digest("quick", NOTHING))
                                .add(wrong, FAILING)
                                .add(digest("still", gate))
                                .add(Notes.digest("idle", "nothing", serde, NOTHING))
                                .build());
        runtime.start();
        return runtime;
    }

    private Map<String, Object> attributes(ProjectionRuntime runtime) throws Exception {
        ObjectName bean = new ObjectName("io.varve:type=runtime,runtime=" + runtime.name());
        String[] names =
                Arrays.stream(server.getMBeanInfo(bean).getAttributes())
                        .map(MBeanAttributeInfo::getName)
                        .toArray(String[]::new);
        Map<String, Object> shown = new TreeMap<>();
        for (Attribute one : server.getAttributes(bean, names).asList()) {
            Object value = one.getValue();
            shown.put(one.getName(), value instanceof String[] some ? List.of(some) : value);
        }
        return shown;
    }

    private static List<String> problems(Health health) {
        return health.problems().stream()
                .map(
                        one ->
                                "%s %s %s. %s"
                                        .formatted(
                                                one.kind(),
                                                one.projection().orElse(""),
                                                one.what(),
                                                one.remedy()))
                .toList();
    }

    private static List<String> notes(Health health) {
        return health.notes().stream()
                .map(
                        one ->
                                "%s %s %s. %s"
                                        .formatted(
                                                one.kind(),
                                                one.projection(),
                                                one.what(),
                                                one.remedy()))
                .toList();
    }

    private static double millis(Duration time) {
        return time.toNanos() / 1e6;
    }

    private static void assertWithin(double least, Object shown, double most) {
        double value = (double) shown;
        assertTrue(
                value >= Math.min(least, most) && value <= Math.max(least, most),
                least + " " + value + " " + most);
    }

    @Test
    void shouldShowWhatTheApiSays() throws Exception {
        Gate gate = new Gate(11);
        ProjectionRuntime runtime = running(gate);
        try {
            append(1, 0, 20);
            gate.entered.await();
            assertTrue(runtime.awaitPosition("quick", 19, Notes.LONG));
            assertTrue(runtime.awaitPosition("idle", 19, Notes.LONG));
            while (runtime.status("wrong").state() != ProjectionState.FAILED) {
                Polling.pause();
            }
            try (ReadView view = runtime.readView("quick", PositionBound.any(), Notes.LONG)) {
                assertEquals(19, view.position());
                assertAsTheApiSays(runtime);
            }
        } finally {
            gate.opened.countDown();
        }
    }

    /** Nothing moves but the clock: so what moves with it is between two looks. */
    private void assertAsTheApiSays(ProjectionRuntime runtime) throws Exception {
        RuntimeMetrics before = runtime.metrics();
        Map<String, Object> shown = attributes(runtime);
        RuntimeMetrics after = runtime.metrics();
        Health health = runtime.health();
        assertWithin(
                millis(before.oldestOpenView()),
                shown.remove("OldestOpenView"),
                millis(after.oldestOpenView()));
        assertTrue(before.processRate() > 0);
        assertWithin(before.processRate(), shown.remove("ProcessRate"), after.processRate());
        assertEquals(
                Map.of(
                        "Name", "jmx-whole",
                        "Health", "DEGRADED",
                        "HealthProblems", problems(health),
                        "HealthNotes", notes(health),
                        "Head", 19L,
                        "ProcessTotal", after.processTotal(),
                        "RecordsLagMax", after.recordsLagMax(),
                        "Projections", List.of("quick", "wrong", "still", "idle"),
                        "FailedProjections", List.of("wrong")),
                shown);
        // What is compared is not nothing, and no two figures are the same.
        assertEquals(
                List.of("wrong"),
                named(health.problems().stream().map(p -> p.projection().orElse(""))));
        assertEquals(List.of("idle"), named(health.notes().stream().map(HealthNote::projection)));
        Set<Long> figures = new TreeSet<>(Set.of(19L));
        figures.add(after.processTotal());
        figures.add(after.recordsLagMax());
        assertEquals(3, figures.size(), figures::toString);
        assertTrue(!figures.contains(0L), figures::toString);
    }

    private static List<String> named(Stream<String> projections) {
        return projections.distinct().collect(Collectors.toList());
    }
}
