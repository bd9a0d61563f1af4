package io.varve.runtime;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Optional;

/**
 * What one worker is doing, for the {@link Watchdog}. The worker says that it gets on, at the cost
 * of two fields per event; anyone reads.
 *
 * <pre>
 *   begin ──▶ at work ──waits──▶ waiting      at work: each step moves the beat
 *                │  ▲───works─────┘           waiting: nothing is expected of it
 *                └──end──▶ ended
 * </pre>
 */
final class Activity {
    private static final VarHandle BEAT = beat();

    private final String projection;
    private final Progress progress;
    private final Watchdog watchdog;
    private volatile Thread thread;
    private volatile boolean working;
    private volatile Found found;

    // By the worker only; the position is published with the beat.
    private long position = -1;
    private long beat;

    /** That it has stood still since a beat. */
    private record Found(long beat, StuckWorker stuck) {}

    /**
     * That of a worker that has not begun.
     *
     * @param projection the name of the projection
     * @param progress where others find it
     * @param watchdog that looks at it
     */
    Activity(String projection, Progress progress, Watchdog watchdog) {
        this.projection = projection;
        this.progress = progress;
        this.watchdog = watchdog;
    }

    private static VarHandle beat() {
        try {
            return MethodHandles.lookup().findVarHandle(Activity.class, "beat", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** The calling thread is at work from now on. */
    void begin() {
        thread = Thread.currentThread();
        working = true;
        progress.watch(this);
        watchdog.add(this);
    }

    /** It has ended. */
    void end() {
        working = false;
        thread = null;
        watchdog.remove(this);
    }

    /** It gets on: an event is begun. */
    void step(long at) {
        position = at;
        step();
    }

    /** It gets on. */
    void step() {
        BEAT.setRelease(this, beat + 1);
    }

    /** It waits for something that may take as long as it likes. */
    void waits() {
        working = false;
    }

    /** It is at work again. */
    void works() {
        step();
        working = true;
        watchdog.wakeIfAtRest();
    }

    boolean isWorking() {
        return working;
    }

    long beats() {
        return (long) BEAT.getAcquire(this);
    }

    /** The event that was begun last. */
    long position() {
        beats();
        return position;
    }

    Optional<Thread> thread() {
        return Optional.ofNullable(thread);
    }

    String projection() {
        return projection;
    }

    /** Says that it has stood still since a beat. */
    void stuck(long since, StuckWorker stuck) {
        found = new Found(since, stuck);
    }

    /** That it is stuck, if it is. */
    Optional<StuckWorker> stuck() {
        Found last = found;
        return last != null && working && beats() == last.beat()
                ? Optional.of(last.stuck())
                : Optional.empty();
    }
}
