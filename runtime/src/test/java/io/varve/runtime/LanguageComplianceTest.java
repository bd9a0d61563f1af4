package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.Projection;
import io.varve.projections.StoreRef;
import io.varve.projections.Tick;
import io.varve.projections.query.ReadOnlyKeyValueStore;
import io.varve.projections.testing.TopologyTestDriver;
import io.varve.runtime.LanguageScenario.Applause;
import io.varve.runtime.LanguageScenario.Hit;
import io.varve.runtime.LanguageScenario.Miss;
import io.varve.runtime.LanguageScenario.Shot;
import io.varve.store.EventBatch;
import io.varve.store.EventQuery;
import io.varve.store.StreamId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * The language means the same in the runtime as in the test driver: the same events, at random,
 * with restarts of the runtime and of the driver in between, leave the same rows, and a rebuild
 * does.
 */
class LanguageComplianceTest extends RuntimeTestBase {
    private static final int EVENTS = 400;

    private List<LanguageScenario> scenarios = LanguageScenario.all();
    private ProjectionConfig config = FAILING;

    private long lastTime;
    private long lastTick;
    private int ticks;
    private boolean ticking = true;

    private Projection[] projections() {
        return scenarios.stream().map(LanguageScenario::projection).toArray(Projection[]::new);
    }

    /** Without a listener, as there are several, one after the other. */
    private ProjectionRuntime begun() {
        ProjectionRuntimeBuilder builder =
                ProjectionRuntime.builder(store, folder.resolve("models"));
        // Ticks are appended here, so that there are the same ones in the driver.
        builder.config(RuntimeConfig.defaults().withTickInterval(Duration.ofDays(1)));
        scenarios.forEach(scenario -> builder.add(scenario.projection(), config));
        ProjectionRuntime runtime = closing(builder.build());
        runtime.start();
        return runtime;
    }

    private void pipe(TopologyTestDriver driver, Random random, int n) {
        String player = "p" + random.nextInt(6);
        Shot shot =
                random.nextInt(3) == 0 ? new Miss(player) : new Hit(player, random.nextInt(100));
        String game = "g" + random.nextInt(4);
        long time = 1_000 + n * 3L + random.nextInt(60) - 30; // out of order
        driver.pipe(LanguageScenario.CATEGORY, game, shot, time);
        lastTime = time;
        StreamId stream = StreamId.of(LanguageScenario.CATEGORY, game);
        store.append(
                new EventBatch().add(stream, LanguageScenario.SHOTS, shot, OptionalLong.of(time)));
    }

    private void tick(TopologyTestDriver driver, Random random) {
        long by = random.nextInt(20);
        driver.advanceWallClockTime(Duration.ofMillis(by));
        lastTime = lastTick = Math.max(lastTime, lastTick) + by;
        ticks++;
        store.append(new EventBatch().add(Tick.STREAM, Tick.event().at(lastTick)));
    }

    private static Map<String, Object> rows(ReadOnlyKeyValueStore<?, ?> store) {
        Map<String, Object> rows = new LinkedHashMap<>();
        store.forEach((key, value) -> rows.put(key.toString(), value));
        return rows;
    }

    /** Waits until all is in the log that there is to be, and compares it. */
    private void assertEmitted(TopologyTestDriver driver, ProjectionRuntime runtime)
            throws Exception {
        List<String> expected = new ArrayList<>();
        driver.emitted(LanguageScenario.EMITTED, Applause.class)
                .forEach(one -> expected.add(text(one.key(), one.event(), one.eventTimeMillis())));
        assertFalse(expected.isEmpty());
        long last = EVENTS + ticks + expected.size() - 1;
        assertTrue(runtime.awaitPosition("emitting", last, Notes.LONG));
        List<String> found = new ArrayList<>();
        store.read(
                EventQuery.category(LanguageScenario.EMITTED),
                event -> {
                    Applause applause =
                            LanguageScenario.APPLAUSE.deserialize(event.type(), event.payload());
                    found.add(text(event.stream().key(), applause, event.eventTimeMillis()));
                    return true;
                });
        assertEquals(expected, found);
        assertEquals(last, store.head());
    }

    private static String text(String key, Applause applause, long time) {
        return key + "=" + applause.points() + "@" + time;
    }

    private void assertSame(TopologyTestDriver driver, ProjectionRuntime runtime) throws Exception {
        PositionBound head = PositionBound.at(store.head());
        for (LanguageScenario scenario : scenarios) {
            String name = scenario.projection().name();
            try (ReadView view = runtime.readView(name, head, Notes.LONG)) {
                for (StoreRef<?, ?> ref : scenario.stores()) {
                    assertEquals(
                            rows(driver.store(name, ref)),
                            rows(view.store(ref)),
                            name + "/" + ref.name());
                }
            }
        }
    }

    /** What else is to be the same. */
    @FunctionalInterface
    private interface Check {
        void accept(TopologyTestDriver driver, ProjectionRuntime runtime) throws Exception;
    }

    @Test
    void shouldLeaveTheSameRowsInTheRuntimeAsInTheDriver() throws Exception {
        compare((driver, runtime) -> {});
    }

    @Test
    void shouldTellTheSameVersionsInTheRuntimeAsInTheDriver() throws Exception {
        scenarios = scenarios.stream().filter(one -> one.isNamed("versions")).toList();
        ticking = false; // it asks for none
        compare(this::assertVersions);
    }

    @Test
    void shouldLeaveTheSameRowsAndVersionsInPartitions() throws Exception {
        scenarios = LanguageScenario.divisible();
        config = FAILING.withPartitions(3);
        ticking = false; // they ask for none
        compare(this::assertVersions);
    }

    private void assertVersions(TopologyTestDriver driver, ProjectionRuntime runtime)
            throws Exception {
        PositionBound head = PositionBound.at(store.head());
        var expected = driver.versionedStore(LanguageScenario.VERSIONED);
        int versions = 0;
        try (ReadView view = runtime.readView("versions", head, Notes.LONG)) {
            var found = view.versionedStore(LanguageScenario.VERSIONED);
            for (int i = 0; i < 6; i++) {
                String player = "p" + i;
                assertEquals(expected.versions(player), found.versions(player));
                versions += found.versions(player).size();
                Instant then = Instant.ofEpochMilli(lastTime - 100 + 10 * i);
                assertEquals(expected.get(player, then), found.get(player, then));
                assertEquals(
                        expected.versions(player, then, then.plusMillis(30)),
                        found.versions(player, then, then.plusMillis(30)));
            }
        }
        assertTrue(versions > 12, "versions=" + versions);
    }

    @Test
    void shouldEmitTheSameInTheRuntimeAsInTheDriver() throws Exception {
        scenarios = List.of(LanguageScenario.emitting());
        ticking = false; // it asks for none
        compare(this::assertEmitted);
    }

    private void compare(Check check) throws Exception {
        long seed = Long.getLong("varve.seed", 20);
        Random random = new Random(seed);
        store.close();
        store = openedWithoutWaiting();
        try (TopologyTestDriver driver = new TopologyTestDriver(projections())) {
            ProjectionRuntime runtime = begun();
            for (int n = 0; n < EVENTS; n++) {
                pipe(driver, random, n);
                if (random.nextInt(20) == 0 && ticking) {
                    tick(driver, random);
                }
                if (random.nextInt(40) == 0) {
                    driver.crash();
                }
                if (random.nextInt(100) == 0) {
                    runtime.close();
                    runtime = begun();
                }
            }
            check.accept(driver, runtime);
            assertSame(driver, runtime);
            for (LanguageScenario scenario : scenarios) {
                assertFalse(
                        rows(driver.store(scenario.projection().name(), scenario.stores().get(0)))
                                .isEmpty(),
                        scenario + " seed=" + seed);
                assertTrue(
                        runtime.timeTravel(scenario.projection().name()).verify().isSound(),
                        scenario + " seed=" + seed);
            }
            driver.assertRebuildMatches();
        }
    }
}
