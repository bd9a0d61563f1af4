package io.varve.store.lmdb;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class PageSetTest {
    private final Random random = new Random(Long.getLong("varve.seed", 42));

    @Test
    void shouldHoldWhatASetOfNumbersHolds() {
        for (int most : new int[] {3, 70, 5_000, 1_000_000}) {
            PageSet pages = new PageSet();
            TreeSet<Long> oracle = new TreeSet<>();
            for (int i = 0; i < 2_000; i++) {
                long number = random.nextInt(most);
                assertEquals(oracle.add(number), pages.add(number));
                long asked = random.nextInt(2 * most);
                Long next = oracle.ceiling(asked);
                assertEquals(oracle.contains(asked), pages.has(asked));
                assertEquals(next == null ? -1 : next, pages.next(asked));
                assertEquals(oracle.size(), pages.size());
            }
        }
    }

    @Test
    void shouldAddAnotherSetAndSayWhatWasThereTwice() {
        for (int round = 0; round < 300; round++) {
            PageSet pages = new PageSet();
            PageSet more = new PageSet();
            TreeSet<Long> oracle = new TreeSet<>();
            TreeSet<Long> both = new TreeSet<>();
            int most = 1 << random.nextInt(14);
            int count = random.nextInt(40);
            for (int i = 0; i < count; i++) {
                long number = random.nextInt(most);
                pages.add(number);
                oracle.add(number);
            }
            for (int i = 0; i < count; i++) {
                long number = random.nextInt(2 * most);
                if (more.add(number) && !oracle.add(number)) {
                    both.add(number);
                }
            }
            long twice = pages.addAll(more);
            assertEquals(both.isEmpty(), twice < 0);
            assertEquals(both.isEmpty(), !both.contains(twice));
            assertEquals(oracle.size(), pages.size());
            for (long number = 0; number < 2L * most; number++) {
                assertEquals(oracle.contains(number), pages.has(number));
            }
        }
    }
}
