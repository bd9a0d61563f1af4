package io.varve.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.errors.StoreIoException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What is done although memory runs out. */
class InsistenceTest {
    private final Insistence insistence = new Insistence("closing path=here");
    private final AtomicInteger tries = new AtomicInteger();

    private void failBefore(int good, RuntimeException failure) {
        insistence.run(
                () -> {
                    if (tries.incrementAndGet() < good) {
                        throw failure;
                    }
                });
    }

    @Test
    void shouldDoAgainWhatMemoryWasLackingFor() {
        failBefore(3, new IllegalStateException(new OutOfMemoryError("none")));
        assertEquals(3, tries.get());
    }

    @Test
    void shouldTellWhatCouldNotBeDoneForLackOfMemory() {
        IllegalStateException none = new IllegalStateException(new OutOfMemoryError("none"));
        StoreIoException told =
                assertThrows(StoreIoException.class, () -> failBefore(Integer.MAX_VALUE, none));
        assertSame(none, told.getCause());
        assertTrue(told.what().contains("Memory ran out: closing path=here"), told::what);
        assertTrue(told.remedy().contains("more memory"), told::remedy);
    }

    @Test
    void shouldNotInsistOnWhatFailsOtherwise() {
        IllegalStateException other = new IllegalStateException("other");
        assertSame(other, assertThrows(IllegalStateException.class, () -> failBefore(3, other)));
        assertEquals(1, tries.get());
    }
}
