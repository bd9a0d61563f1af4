package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ThreadsTest {
    @Test
    void shouldInsistWhereMemoryHasRunOut() {
        AtomicInteger begun = new AtomicInteger();
        Threads.insist(
                () -> {
                    if (begun.incrementAndGet() < 3) {
                        throw new OutOfMemoryError("made up");
                    }
                });
        assertEquals(3, begun.get());
    }

    /** Libraries wrap what they meet. */
    @Test
    void shouldInsistHoweverItIsToldThatMemoryIsLacking() {
        AtomicInteger begun = new AtomicInteger();
        Threads.insist(
                () -> {
                    if (begun.incrementAndGet() < 3) {
                        throw new IllegalStateException(new OutOfMemoryError("made up"));
                    }
                });
        assertEquals(3, begun.get());
    }

    @Test
    void shouldNotInsistOnWhatFailsOtherwise() {
        AtomicInteger begun = new AtomicInteger();
        assertThrows(
                StackOverflowError.class,
                () ->
                        Threads.insist(
                                () -> {
                                    begun.incrementAndGet();
                                    throw new StackOverflowError("made up");
                                }));
        assertEquals(1, begun.get());
    }
}
