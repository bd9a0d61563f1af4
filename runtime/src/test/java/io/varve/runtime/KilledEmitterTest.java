package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.EventStore;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A process dies while what a projection emits is on its way: the log has it once, in order. */
class KilledEmitterTest extends RuntimeTestBase {
    private static final long SEED = Long.getLong("varve.seed", 9);

    @ParameterizedTest
    @CsvSource({"emit.begun, 9", "emit.appended, 9"})
    void shouldHaveEachEventOnceWhereTheProcessEndsAtAnAppend(String step, int times)
            throws Exception {
        endAt(step, times);
    }

    @ParameterizedTest
    @Tag("long")
    @CsvSource({"promote.halted, 2", "promote.written, 2", "rollback.written, 1"})
    void shouldHaveEachEventOnceWhereTheProcessEndsAtAChange(String step, int times)
            throws Exception {
        endAt(step, times);
    }

    private void endAt(String step, int times) throws Exception {
        store.close();
        try (ChildJvm child = new ChildJvm(EmittingChild.class, folder, SEED, step, times)) {
            while (child.line() != null) {
                continue;
            }
            assertEquals(7, child.exitCode());
        }
        assertWhole(SEED);
    }

    @Test
    void shouldHaveEachEventOnceWhenItIsKilledAtRandom() throws Exception {
        killAtRandom(1);
    }

    @Test
    @Tag("long")
    @Timeout(900)
    void shouldHaveEachEventOnceWhenItIsKilledOftenAtRandom() throws Exception {
        killAtRandom(40);
    }

    private void killAtRandom(int times) throws Exception {
        Random random = new Random(SEED);
        for (int i = 0; i < times; i++) {
            store.close();
            long seed = random.nextLong();
            try (ChildJvm child = new ChildJvm(EmittingChild.class, folder, seed, "none", 1)) {
                int lines = 1 + random.nextInt(60);
                for (int n = 0; n < lines; n++) {
                    assertTrue(child.line() != null, "the child has ended: seed=" + SEED);
                }
                child.kill();
            }
            store = EventStore.open(folder.resolve("log"));
            List<Echoes.Echo> found = Echoes.found(store);
            assertEquals(Echoes.expected(store).subList(0, found.size()), found, "seed=" + SEED);
        }
        store.close();
        assertWhole(SEED);
    }

    private void assertWhole(long seed) throws Exception {
        store = EventStore.open(folder.resolve("log"));
        try (ProjectionRuntime runtime = runtime(RuntimeConfig.defaults(), Echoes.projection())) {
            runtime.start();
            assertTrue(Echoes.await(runtime, store));
        }
        assertTrue(Echoes.found(store).size() > 0);
        assertEquals(Echoes.expected(store), Echoes.found(store), "seed=" + seed);
    }
}
