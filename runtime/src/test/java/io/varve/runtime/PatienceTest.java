package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PatienceTest {
    private static final long MS = 1_000_000;

    private long now;
    private final Patience patience = new Patience(2, () -> now);

    @BeforeEach
    void begin() {
        patience.begin();
    }

    private void exhaust() {
        long since = now;
        now += 50 * MS;
        patience.waited(since);
        patience.works();
    }

    @Test
    void shouldWaitForNobodyWhereThereAreProcessorsForAll() {
        assertEquals(0, patience.left(2, now));
        assertTrue(patience.left(3, now) > 0);
    }

    @Test
    void shouldNotWaitWhereNobodyMoves() {
        assertEquals(5 * MS, patience.left(10, now));
        now += 5 * MS;
        assertEquals(0, patience.left(10, now - 5 * MS));
        assertEquals(5 * MS, patience.left(10, now));
    }

    @Test
    void shouldEarnWhatItWouldHaveWaitedForAProcessor() {
        exhaust();
        assertEquals(0, patience.left(5, now));
        now += 2 * MS;
        patience.worked(5);
        assertEquals(3 * MS, patience.left(5, now));
    }

    @Test
    void shouldNeverWaitLongerThanForAProcessor() {
        long seed = Long.getLong("varve.seed", 42);
        System.out.println("seed=" + seed);
        Random random = new Random(seed);
        exhaust();
        long worked = 0;
        long waited = 0;
        for (int i = 0; i < 10_000; i++) {
            long work = random.nextLong(MS);
            patience.works();
            now += work;
            worked += work;
            patience.worked(6);
            long most = patience.left(6, now);
            long since = now;
            now += random.nextInt(3) == 0 ? most : random.nextLong(most + 1);
            waited += now - since;
            patience.waited(since);
            assertTrue(waited <= 2 * worked, "worked=" + worked + " waited=" + waited);
        }
        assertTrue(waited > worked);
    }
}
