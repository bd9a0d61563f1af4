package io.varve.faults;

import io.varve.faults.SoakFigures.Measure;
import java.util.Arrays;

/** How long something took, each time, since it was last asked. Thread-safe. */
final class SoakTimes {
    private static final double NANOS_OF_MILLI = 1e6;

    private long[] nanos = new long[1_024];
    private int size;

    synchronized void add(long taken) {
        if (size == nanos.length) {
            nanos = Arrays.copyOf(nanos, 2 * size);
        }
        nanos[size++] = taken;
    }

    /** Tells the middle, what 99 of 100 did not exceed, and the longest; and forgets them. */
    synchronized void take(SoakFigures figures, Measure p50, Measure p99, Measure max) {
        if (size > 0) {
            Arrays.sort(nanos, 0, size);
            figures.set(p50, nanos[size / 2] / NANOS_OF_MILLI);
            figures.set(p99, nanos[(int) (size * 0.99)] / NANOS_OF_MILLI);
            figures.set(max, nanos[size - 1] / NANOS_OF_MILLI);
        }
        size = 0;
    }
}
