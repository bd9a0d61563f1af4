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

    @Test
    void shouldUnmapUnderNobodyWhenItIsClosed() {
        Lincheck.runConcurrentTest(
                WAYS,
                () -> {
                    Gate gate = new Gate("store=s");
                    AtomicInteger inside = new AtomicInteger();
                    AtomicInteger unmapped = new AtomicInteger();
                    Turns readers =
                            Turns.of(
                                    () -> read(gate, inside, unmapped),
                                    () -> read(gate, inside, unmapped));
                    assertTrue(gate.close(PATIENCE, () -> {}));
                    unmapped.incrementAndGet();
                    assertEquals(0, inside.get(), "unmapped under a reader");
                    readers.end();
                });
    }

    @Test
    void shouldUnmapUnderNobodyWhenItIsShutForAWhile() {
        Lincheck.runConcurrentTest(
                WAYS,
                () -> {
                    Gate gate = new Gate("store=s");
                    AtomicInteger inside = new AtomicInteger();
                    AtomicInteger unmapped = new AtomicInteger();
                    Turns readers =
                            Turns.of(
                                    () -> read(gate, inside, unmapped),
                                    () -> read(gate, inside, unmapped));
                    if (gate.shut(PATIENCE)) {
                        unmapped.incrementAndGet();
                        assertEquals(0, inside.get(), "moved under a reader");
                        unmapped.decrementAndGet();
                        gate.open();
                    }
                    readers.end();
                });
    }

    private static void read(Gate gate, AtomicInteger inside, AtomicInteger unmapped) {
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
}
