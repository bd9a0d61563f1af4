package io.varve.samples.bench;

import java.util.Random;
import java.util.stream.IntStream;

/** Keys to hit: each once, in mixed order, then some at random; the same at each call. */
final class ManyKeys {
    private static final int SEED = 42;

    private ManyKeys() {}

    static int[] of(int keys, int updates) {
        int[] all = new int[keys + updates];
        for (int i = 0; i < keys; i++) {
            all[i] = i;
        }
        Random random = new Random(SEED);
        for (int i = keys - 1; i > 0; i--) {
            int other = random.nextInt(i + 1);
            int key = all[i];
            all[i] = all[other];
            all[other] = key;
        }
        IntStream.range(keys, all.length).forEach(i -> all[i] = random.nextInt(keys));
        return all;
    }
}
