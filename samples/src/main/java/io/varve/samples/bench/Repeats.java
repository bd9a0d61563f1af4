package io.varve.samples.bench;

/** How often something is measured. */
interface Repeats {
    /** Runs that count. */
    int repeat();

    /** Runs before them that do not. */
    int warmup();
}
