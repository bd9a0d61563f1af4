package io.varve.samples.bench;

import io.varve.store.AppendResult;
import io.varve.store.EventBatch;
import io.varve.store.EventStore;
import java.util.concurrent.locks.LockSupport;

/**
 * One of several who append hits of one key at a steady rate together: each whose turn it is when
 * it is due, or, where that time has passed, all that are due by then in one batch. Waits for each
 * acknowledgement.
 */
final class SteadyAppender implements Runnable {
    static final Long KEY = 0L;

    private final EventStore store;
    private final Schedule schedule;
    private final int first;
    private final int step;
    private int appends;

    /**
     * What is due when, and what became of it, by position in the log; all times of {@link
     * System#nanoTime}. Each appender writes at its own positions.
     *
     * @param startedAt when the first is due
     * @param rate in a second
     * @param due by position
     * @param acknowledged by position
     */
    record Schedule(long startedAt, int rate, long[] due, long[] acknowledged) {
        Schedule(long startedAt, int rate, int count) {
            this(startedAt, rate, new long[count], new long[count]);
        }

        int count() {
            return due.length;
        }

        long due(int number) {
            return startedAt + number * 1_000_000_000L / rate;
        }
    }

    /**
     * One who has not begun.
     *
     * @param first of the numbers that are his
     * @param step to the next of his
     */
    SteadyAppender(EventStore store, Schedule schedule, int first, int step) {
        this.store = store;
        this.schedule = schedule;
        this.first = first;
        this.step = step;
    }

    /** How often he appended; ask when his thread has ended. */
    int appends() {
        return appends;
    }

    @Override
    public void run() {
        EventBatch batch = new EventBatch();
        int next = first;
        while (next < schedule.count()) {
            long now = waitUntil(schedule.due(next));
            int from = next;
            batch.clear();
            while (next < schedule.count() && schedule.due(next) <= now) {
                batch.add(Hits.STREAM, Hits.EVENTS, new Hits.Hit(KEY));
                next += step;
            }
            AppendResult result = store.append(batch);
            long acknowledged = System.nanoTime();
            appends++;
            for (long at = result.firstPosition(); at <= result.lastPosition(); at++) {
                schedule.acknowledged()[(int) at] = acknowledged;
                schedule.due()[(int) at] = schedule.due(from);
                from += step;
            }
        }
    }

    private static long waitUntil(long time) {
        long now = System.nanoTime();
        while (now < time) {
            LockSupport.parkNanos(time - now);
            now = System.nanoTime();
        }
        return now;
    }
}
