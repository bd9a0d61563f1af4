package io.varve.runtime;

import java.util.function.LongSupplier;

/**
 * How long one who catches up may wait for others: as long as he would have waited for a processor
 * if all of them had been running, and no longer. So where there are as many processors as readers
 * nobody waits, and where somebody is slow the others lose nothing that they would have had without
 * waiting. Belongs to one reader.
 *
 * <pre>
 *   he works for 1 ms, five on the way on 2 processors     1.5 ms more (5 / 2 - 1)
 *   he waits                                               so much less
 *   at most                                                50 ms
 * </pre>
 */
final class Patience {
    /** When nobody has moved for so long, they are not waited for. */
    private static final long STANDSTILL_NANOS = 5_000_000;

    private static final long MOST_NANOS = 50_000_000;

    private final int processors;
    private final LongSupplier clock;
    private long left;
    private long workedSince;

    /**
     * All of it.
     *
     * @param processors there are
     * @param clock in nanoseconds
     */
    Patience(int processors, LongSupplier clock) {
        this.processors = processors;
        this.clock = clock;
    }

    /** Begins with all of it. */
    void begin() {
        left = MOST_NANOS;
        works();
    }

    /** He works, from now on. */
    void works() {
        workedSince = clock.getAsLong();
    }

    /** He has worked until now, and so many are on the way together. */
    void worked(int together) {
        double others = (double) together / processors - 1;
        long earned = (long) ((clock.getAsLong() - workedSince) * Math.max(0, others));
        left = Math.min(MOST_NANOS, left + earned);
    }

    /**
     * How long he may wait now, in nanoseconds; 0 or less if he may not.
     *
     * @param together how many are on the way together
     * @param movedAt when one of them has moved last
     */
    long left(int together, long movedAt) {
        return together <= processors
                ? 0
                : Math.min(left, movedAt + STANDSTILL_NANOS - clock.getAsLong());
    }

    /** He has waited until now. */
    void waited(long since) {
        left -= clock.getAsLong() - since;
    }
}
