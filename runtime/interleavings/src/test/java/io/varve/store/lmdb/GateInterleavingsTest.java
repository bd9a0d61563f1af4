package io.varve.store.lmdb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.errors.StoreClosedException;
import io.varve.turns.Turns;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.Lincheck;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Readers at a gate, and who shuts or closes it, by all the ways in which they can take turns, as
 * far as they are tried: nothing is unmapped under who is inside.
 */
@Tag("faults")
class GateInterleavingsTest {
    private static final int WAYS = Integer.getInteger("varve.interleavings", 3_000);
    private static final Duration PATIENCE = Duration.ofDays(10_000);

    /** Two readers of something that is mapped, behind a gate. */
    private static final class Mapped {
        private final Gate gate = new Gate("store=s");
        private final AtomicInteger inside = new AtomicInteger();
        private final AtomicInteger unmapped = new AtomicInteger();
        private final Turns readers = Turns.of(this::read, this::read);

        private void read() {
            try {
                gate.enter();
            } catch (StoreClosedException e) {
                return;
            }
            inside.incrementAndGet();
            assertEquals(0, unmapped.get(), "reads what is unmapped");
            inside.decrementAndGet();
            gate.leave();
        }

        private void unmap(String what) {
            unmapped.incrementAndGet();
            assertEquals(0, inside.get(), what + " under a reader");
        }
    }

    @Test
    void shouldUnmapUnderNobodyWhenItIsClosed() {
        Lincheck.runConcurrentTest(
                WAYS,
                () -> {
                    Mapped mapped = new Mapped();
                    assertTrue(mapped.gate.close(PATIENCE, () -> {}));
                    mapped.unmap("unmapped");
                    mapped.readers.end();
                });
    }

    @Test
    void shouldUnmapUnderNobodyWhenItIsShutForAWhile() {
        Lincheck.runConcurrentTest(
                WAYS,
                () -> {
                    Mapped mapped = new Mapped();
                    if (mapped.gate.shut(PATIENCE)) {
                        mapped.unmap("moved");
                        mapped.unmapped.decrementAndGet();
                        mapped.gate.open();
                    }
                    mapped.readers.end();
                });
    }
}
