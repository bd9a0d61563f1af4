package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.RowCache;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CaffeineRowsTest {
    private static final long SEED = Long.getLong("varve.seed", 42);

    @Test
    void shouldAnswerWithTheRowThatWasPutLastOrNone() {
        for (int run = 0; run < 20; run++) {
            Random random = new Random(SEED + run);
            int max = 1 + random.nextInt(200);
            RowCache<String> cache = CaffeineRows.FACTORY.create(max);
            Map<Integer, String> all = new HashMap<>();
            for (int step = 0; step < 2_000; step++) {
                int key = random.nextInt(50);
                if (random.nextBoolean()) {
                    all.put(key, "" + step);
                    cache.put(key, "" + step, 1 + random.nextInt(20));
                }
                String found = cache.getOrDefault(key, "none");
                assertTrue(
                        found.equals("none") || found.equals(all.get(key)), "seed=" + (SEED + run));
                assertTrue(cache.weight() <= max, "seed=" + (SEED + run));
            }
        }
    }

    @Test
    void shouldKeepWhatIsAskedForOftenWhenManyKeysComeOnce() {
        RowCache<Integer> cache = CaffeineRows.FACTORY.create(100);
        int hits = 0;
        for (int step = 0; step < 20_000; step++) {
            // Each of 50 keys comes back after 200 others: whoever keeps the latest 100 misses it.
            boolean often = step % 4 == 0;
            int key = often ? step / 4 % 50 : 1_000 + step;
            boolean there = cache.getOrDefault(key, -1) == key;
            if (!there) {
                cache.put(key, key, 1);
            }
            hits += there && step >= 10_000 ? 1 : 0;
        }
        assertTrue(hits > 2_000, "hits=" + hits + " of 2500");
    }
}
