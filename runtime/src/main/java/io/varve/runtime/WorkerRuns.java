package io.varve.runtime;

import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;

/** The runs of the worker of one generation, of which one is going on at most. */
final class WorkerRuns {
    private final String projection;
    private final BooleanSupplier closing;
    private final UnaryOperator<ProjectionWorker> next;
    private final Runnable whenEnded;
    private volatile Optional<WorkerRun> current = Optional.empty();

    /**
     * Begins without one.
     *
     * @param closing ends waits early
     * @param next tells who goes on in place of a worker that has ended; the same, if nobody
     * @param whenEnded is called by each worker at its end, also by one that could not begin
     */
    WorkerRuns(
            String projection,
            BooleanSupplier closing,
            UnaryOperator<ProjectionWorker> next,
            Runnable whenEnded) {
        this.next = next;
        this.projection = projection;
        this.closing = closing;
        this.whenEnded = whenEnded;
    }

    /** Starts a worker; none is running. */
    void begin(ProjectionWorker worker) {
        WorkerRun run = new WorkerRun(projection, worker, next, whenEnded);
        current = Optional.of(run);
        try {
            run.start();
        } catch (Throwable e) {
            current = Optional.empty();
            whenEnded.run();
            throw e;
        }
    }

    /** Asks the worker to end soon. */
    void stop() {
        current.ifPresent(WorkerRun::stop);
        current.ifPresent(WorkerRun::wake);
    }

    /** Stops the worker and waits for that; false if it has not ended yet. */
    boolean isHalted(Duration timeout) {
        if (current.isEmpty()) {
            return true;
        }
        WorkerRun run = current.get();
        run.stop();
        return run.awaitEnd(System.nanoTime() + Progress.nanos(timeout), closing);
    }

    /** Whether no worker is running. */
    boolean isIdle() {
        return current.isEmpty() || current.get().hasEnded();
    }

    /** Tells the worker that damage was found. */
    void damaged() {
        current.ifPresent(WorkerRun::damaged);
    }

    /** Waits for the worker to end. */
    void awaitEnd(long deadline) {
        current.ifPresent(run -> run.awaitEnd(deadline, () -> false));
    }

    /** Gives the worker up. */
    void abandon() {
        current.ifPresent(WorkerRun::abandon);
    }

    /** Gives the worker up; false if a commit is under way and does not end in time. */
    boolean abandon(Duration timeout) {
        return current.isEmpty() || current.get().abandon(timeout);
    }

    /** Leaves the worker to release things when it ends; false if there is none that would. */
    boolean leaveBehind(Runnable release) {
        return current.isPresent() && current.get().leaveBehind(release);
    }

    boolean isOnTheirThread() {
        return current.filter(WorkerRun::isOnItsThread).isPresent();
    }
}
