package io.varve.runtime;

/**
 * Says when a busy worker commits, short of having applied all there is. The size of commits
 * follows the backlog: who is far behind writes each row once for many events, and nobody waits for
 * what is new there; who is close commits often.
 *
 * <pre>
 *   commits at the latest      live                catching up
 *   after events               the most            a quarter of what is missing, 100,000 or more;
 *                                                  never more than the most
 *   after a time               the interval        8 times what the last commit took, from the
 *                                                  interval up to 10 intervals
 * </pre>
 *
 * <p>Memory has the last word: when changed rows fill their part of the cache, or are as many as
 * the configuration allows, it is time in any case. Belongs to its worker.
 */
final class CommitPacing {
    private static final long LEAST_EVENTS = 100_000;
    private static final int PARTS_OF_BACKLOG = 4;
    private static final int TIMES_LAST = 8;
    private static final int MOST_INTERVALS = 10;

    /** Events between two looks at the clock, and at small rows; a power of two. */
    static final int LOOK_EVERY = 16;

    /** So many looks before the cache is full are enough. */
    private static final int MANY_LOOKS = 16;

    private final RuntimeConfig config;
    private final long intervalNanos;
    private long began;
    private long lastNanos;
    private int looks;

    /** At first after each event, as nothing is known of its rows. */
    private int lookMask;

    /**
     * Begins a batch.
     *
     * @param now by {@link System#nanoTime}, as all
     */
    CommitPacing(RuntimeConfig config, long now) {
        this.config = config;
        this.intervalNanos = config.commitInterval().toNanos();
        this.began = now;
    }

    /** Another batch begins; what was before is committed, or there was nothing to do. */
    void begin(long now) {
        began = now;
    }

    /**
     * There was a commit, and another batch begins.
     *
     * @param full whether the cache was, before
     */
    void committed(long from, long now, boolean full) {
        lastNanos = now - from;
        began = now;
        if (full && looks < MANY_LOOKS) {
            lookMask = 0; // few rows fill it, so each of them counts
        }
        looks = 0;
    }

    /** It is looked whether it is time after an event whose number has none of these bits. */
    int lookMask() {
        return lookMask;
    }

    /** It was looked. */
    void looked() {
        if (++looks == MANY_LOOKS) {
            lookMask = LOOK_EVERY - 1;
        }
    }

    /**
     * Whether so much was applied that it is time.
     *
     * @param events applied since the last commit
     * @param rows changed since then
     * @param missing events that are not applied yet
     */
    boolean isMuch(long events, int rows, long missing) {
        long part = Math.max(LEAST_EVENTS, missing / PARTS_OF_BACKLOG);
        return events >= Math.min(config.catchUpBatchEvents(), part)
                || rows >= config.maxDirtyRows();
    }

    /** Whether it is time by the clock. */
    boolean isOverdue(long now, boolean live) {
        return now - began >= (live ? intervalNanos : catchUpNanos());
    }

    private long catchUpNanos() {
        long longest =
                intervalNanos > Long.MAX_VALUE / MOST_INTERVALS
                        ? intervalNanos
                        : MOST_INTERVALS * intervalNanos;
        return Math.max(intervalNanos, Math.min(longest, TIMES_LAST * lastNanos));
    }
}
