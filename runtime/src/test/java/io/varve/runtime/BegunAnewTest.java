package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.Projection;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Who asks for a rebuild again is told why it does not go on where it was. */
class BegunAnewTest extends RuntimeTestBase {
    private ProjectionRuntime running() {
        return started(RuntimeConfig.defaults(), digest("one", NOTHING));
    }

    /** A rebuild that had caught up when its runtime was closed. */
    private GenerationId interrupted(Projection changed) throws InterruptedException {
        append(1, 0, 20);
        try (ProjectionRuntime runtime = running()) {
            Rebuild rebuild = runtime.rebuild(changed);
            assertTrue(rebuild.await(Notes.LONG));
            return rebuild.generation();
        }
    }

    private Projection version2() {
        return Projection.of("one", 2, digest("one", NOTHING).topology());
    }

    private static void assertIn(String part, String text) {
        assertTrue(text.contains(part), text);
    }

    @Test
    void shouldSayThatItsDefinitionWasChangedUnderTheSameVersion() throws Exception {
        GenerationId before = interrupted(version2());
        Projection other = Notes.digest("one", "others", serde, NOTHING);
        ProjectionRuntime runtime = running();
        Rebuild rebuild = runtime.rebuild(Projection.of("one", 2, other.topology()));
        BegunAnew why = rebuild.progress().begunAnew().orElseThrow();
        assertEquals(before, why.generation());
        assertNotEquals(before, rebuild.generation());
        assertIn("ChangedDefinitionException", why.why());
        assertTrue(rebuild.await(Notes.LONG));
        assertEquals(Optional.of(why), runtime.rebuilds().get(0).progress().begunAnew());
    }

    @Test
    void shouldSayThatItsFilesAreGone() throws Exception {
        GenerationId before = interrupted(version2());
        ReadModelFiles.delete(folder.resolve("models/one/generation-2-v2"));
        Rebuild rebuild = running().rebuild(version2());
        BegunAnew why = rebuild.progress().begunAnew().orElseThrow();
        assertEquals(before, why.generation());
        assertEquals(before, rebuild.generation());
        assertIn("DELETED: ", why.why());
        assertTrue(rebuild.await(Notes.LONG));
        rebuild.promote();
    }

    @Test
    void shouldSayNothingWhereItGoesOn() throws Exception {
        GenerationId before = interrupted(version2());
        Rebuild rebuild = running().rebuild(version2());
        assertEquals(before, rebuild.generation());
        assertEquals(Optional.empty(), rebuild.progress().begunAnew());
        assertEquals(List.of(), rebuild.progress().passedOver());
    }

    @Test
    void shouldSayThatCodeOfAClosedRuntimeIsStillInIt() throws Exception {
        append(1, 0, 20);
        Gate gate = new Gate(7);
        Projection stuck = Projection.of("one", 2, digest("one", gate).topology());
        ProjectionRuntime first =
                started(
                        RuntimeConfig.defaults().withShutdownTimeout(Duration.ofMillis(50)),
                        digest("one", NOTHING));
        try {
            GenerationId before = first.rebuild(stuck).generation();
            gate.entered.await();
            first.close();
            Rebuild rebuild = running().rebuild(version2());
            BegunAnew why = rebuild.progress().begunAnew().orElseThrow();
            assertEquals(before, why.generation());
            assertIn("StoreLockedException", why.why());
            assertTrue(rebuild.await(Notes.LONG));
        } finally {
            gate.opened.countDown();
        }
    }
}
