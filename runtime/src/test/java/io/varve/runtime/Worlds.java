package io.varve.runtime;

import java.util.Random;
import java.util.SplittableRandom;

/** Random worlds of one seed that are unlike each other. */
final class Worlds {
    private Worlds() {}

    /** First numbers of {@link Random}s whose seeds are close are alike, so these are not. */
    static Random random(long seed, int world) {
        return new Random(new SplittableRandom(seed * 1_000 + world).nextLong());
    }
}
