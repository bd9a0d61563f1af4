package io.varve.runtime;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
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
    private volatile List<Activity> helpers = List.of();

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
        attach();
        working = true;
        progress.watch(this);
        watchdog.add(this);
    }

    /** It has ended. */
    void end() {
        detach();
        watchdog.remove(this);
    }

    /** That of the calling thread, which helps a worker. */
    void attach() {
        thread = Thread.currentThread();
    }

    /** The calling thread helps no more. */
    void detach() {
        working = false;
        thread = null;
    }

    /** Names those whose steps are steps of this worker, which waits for them. */
    void helpedBy(List<Activity> others) {
        helpers = List.copyOf(others);
    }

    /** Whether the calling thread is that of the worker, or of one that helps it. */
    boolean isOnItsThread() {
        return thread == Thread.currentThread()
                || helpers.stream().anyMatch(one -> one.thread == Thread.currentThread());
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
        long beats = (long) BEAT.getAcquire(this);
        for (Activity helper : helpers) {
            beats += helper.beats();
        }
        return beats;
    }

    /** The event that was begun last. */
    long position() {
        beats();
        return busy().position;
    }

    /** The one that is waited for: this, if no helper is at work. */
    private Activity busy() {
        return helpers.stream().filter(one -> one.working).findFirst().orElse(this);
    }

    Optional<Thread> thread() {
        return thread == null ? Optional.empty() : Optional.ofNullable(busy().thread);
    }

    String projection() {
        return projection;
    }

    GenerationId generation() {
        return progress.generation();
    }

    /** Says that it has stood still since a beat. */
    void stuck(long since, StuckWorker stuck) {
        found = new Found(since, stuck);
    }

    /** Tells that it is stuck. */
    void tell(StuckWorker stuck) {
        progress.tell(stuck, thread());
    }

    /** That it is stuck, if it is. */
    Optional<StuckWorker> stuck() {
        Found last = found;
        return last != null && working && beats() == last.beat()
                ? Optional.of(last.stuck())
                : Optional.empty();
    }
}
