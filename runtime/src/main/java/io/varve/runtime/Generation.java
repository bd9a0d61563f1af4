package io.varve.runtime;

import io.varve.projections.Projection;
import io.varve.store.errors.StoreClosedException;
import io.varve.store.errors.StoreLockedException;
import io.varve.store.errors.VarveException;
import java.nio.file.Path;
import java.time.Duration;

/**
 * One computation of a read model, with all that belongs to it: environment, worker, thread, hold,
 * open views. A {@link HostedProjection} has one that is live. Opened, started, stopped and
 * finished by the runtime, one call at a time; read by anyone.
 */
final class Generation {
    private final GenerationId id;
    private final Projection projection;
    private volatile ProjectionConfig config;
    private final RuntimeContext context;
    private final Progress progress;
    private final Readers readers;
    private final OpenReadModel readModel;
    private volatile boolean closing;
    private final LagAtClose lag;
    private final GenerationGuard guard;
    private final WorkerRuns runs;
    private final WorkerFailure failure;
    private final MemoryRetries memory;
    private volatile boolean pausing;
    private final Pace pace = new Pace();
    private final Releasing releasing = new Releasing();

    Generation(
            GenerationId id,
            Projection projection,
            ProjectionConfig config,
            Path folder,
            RuntimeContext context,
            Progress.Told told) {
        config.checkFor(projection);
        this.id = id;
        this.projection = projection;
        this.config = config;
        this.context = context;
        this.progress = new Progress(projection.name(), id, told);
        this.guard =
                new GenerationGuard(
                        projection.name(),
                        progress,
                        () -> closing,
                        () -> readModel().isOpen(),
                        this::isOnItsThread,
                        context.started());
        this.lag = new LagAtClose(context.store(), progress);
        this.failure = new WorkerFailure(progress);
        this.memory = new MemoryRetries(progress, this::worker, context.store().config().clock());
        this.runs =
                new WorkerRuns(
                        projection.name(), () -> closing, this::nextWorker, this::workerEnded);
        this.readers =
                new Readers(
                        projection,
                        context.views(),
                        progress,
                        () -> readModel().view(),
                        guard::refuseUnfit,
                        () -> readModel().isPaused());
        this.readModel =
                new OpenReadModel(
                        id,
                        projection,
                        config,
                        folder,
                        context,
                        progress,
                        readers.watches(),
                        () -> closing);
        readModel.whenDamaged(runs::damaged);
    }

    OpenReadModel readModel() {
        return readModel;
    }

    GenerationId id() {
        return id;
    }

    /**
     * Opens the environment and compares its checkpoint with the log; what goes wrong is the
     * failure of this projection.
     *
     * @param known of it before
     * @param paused whether it was paused, whatever is found
     * @throws StoreLockedException if the folder is in use, which no other projection should be
     *     started beside
     */
    void open(Known known, boolean paused) {
        try {
            context.reached("open.begun");
            readModel.open(known, paused);
        } catch (StoreLockedException e) {
            throw e;
        } catch (Throwable e) {
            progress.fail(e);
        }
    }

    void closeUnstarted() {
        readModel.closeUnstarted();
    }

    /** Starts the worker, unless opening has failed or the projection was paused. */
    void start() {
        if (progress.state() != ProjectionState.CREATED) {
            return;
        }
        context.reached("start.opened");
        if (readModel.isPaused()) {
            progress.moveTo(ProjectionState.PAUSED);
        } else {
            begin();
        }
    }

    /** Starts a worker behind the last commit; none is running. */
    private void begin() {
        memory.reset();
        readers.begin();
        runs.begin(worker(context.sources().add(projection.topology())));
    }

    private ProjectionWorker worker(Sources.Decoders decoders) {
        return readModel.worker(config.errorPolicy(), decoders, readers.points(), pace);
    }

    /** Another worker goes on, if one has ended for damage of its read model, or lack of memory. */
    private ProjectionWorker nextWorker(ProjectionWorker ended) {
        if (!ended.inbox().isDamaged() || closing) {
            return memory.next(ended);
        }
        try {
            progress.moveTo(ProjectionState.CATCHING_UP);
            readModel.beginAnew(readers);
            return worker(ended.decoders());
        } catch (Throwable e) {
            failure.is(e);
            Threads.insist(failure);
            return ended;
        }
    }

    private void workerEnded() {
        readers.end();
        if (pausing) {
            standStill();
        }
        // Last: done twice, as the rest may be where memory runs out, it would take away another's.
        context.sources().remove(projection.topology());
    }

    /** It is paused, unless there is nothing to go on with: then it has failed, and stays so. */
    private void standStill() {
        if (readModel.canGoOn()) {
            progress.moveTo(ProjectionState.PAUSED);
        }
    }

    /** Asks the worker to end soon, and readers to stay away. */
    void stop() {
        closing = true;
        runs.stop();
    }

    /**
     * Stops the worker; the environment stays open. It has then committed for the last time.
     *
     * @throws ProjectionStuckException if that cannot be had
     * @throws StoreClosedException if the runtime is closed meanwhile
     */
    void halt(Duration timeout) {
        if (isHalted(timeout)) {
            return;
        }
        // When its user code comes back, nothing of it is committed.
        if (!runs.abandon(timeout)) {
            ProjectionStuckException stuck = stuck();
            progress.fail(stuck);
            throw stuck;
        }
    }

    /**
     * Stops the worker; false if it has not ended yet. Throws if the runtime is closed meanwhile.
     */
    boolean isHalted(Duration timeout) {
        boolean ended = runs.isHalted(timeout);
        guard.refuseClosed();
        return ended;
    }

    /** Another worker goes on behind the last commit, after one that was halted. */
    void resume() {
        checkIdle();
        guard.refuseUnfit();
        // Before the worker does, so that nobody resumes it twice.
        progress.moveTo(ProjectionState.CATCHING_UP);
        guard.refuseClosed();
        begin();
    }

    /** Whether no worker is in its code. */
    boolean isIdle() {
        return runs.isIdle();
    }

    /** Refuses while a worker that was halted has not come back. */
    void checkIdle() {
        if (!isIdle()) {
            throw stuck();
        }
    }

    /** Likewise; what is in the way is its failure. */
    void resumeOrFail() {
        try {
            resume();
        } catch (VarveException e) {
            progress.fail(e);
        }
    }

    /** Likewise, unless it was paused. */
    void startAgain() {
        if (readModel.isPaused()) {
            progress.moveTo(ProjectionState.PAUSED);
        } else {
            resume();
        }
    }

    /** Whether events are being applied. */
    boolean isRunning() {
        return progress.state().isRunning();
    }

    /** It was halted, and is live no more. */
    void retire() {
        if (isRunning()) {
            progress.moveTo(ProjectionState.PAUSED);
        }
    }

    /** Stops it until it is resumed, also over restarts. */
    void pause(Duration timeout) {
        letters(); // without which there was no opening
        keepPaused(true);
        pausing = true;
        if (!isHalted(timeout)) {
            // It is paused when its user code comes back.
            throw stuck().thoughPaused();
        }
        standStill();
    }

    /** What cannot be written any more has failed, unless a worker finds that out itself. */
    private void keepPaused(boolean now) {
        try {
            readModel.setPaused(now);
        } catch (VarveException e) {
            if (isIdle()) {
                progress.fail(e);
            }
            throw e;
        }
    }

    /** Goes on after a pause or a failure; does nothing if it is running. */
    void unpause(Duration timeout) {
        letters(); // without which there was no opening
        if (isRunning() && !pausing) {
            return;
        }
        isHalted(timeout);
        checkIdle();
        keepPaused(false);
        pausing = false;
        resume();
    }

    /** Runs with another configuration from now on. */
    void useConfig(ProjectionConfig next, Duration timeout) {
        ProjectionConfig before = config;
        config = next;
        if (isRunning() && !before.errorPolicy().equals(next.errorPolicy())) {
            isHalted(timeout);
            resumeOrFail();
        }
    }

    Projection projection() {
        return projection;
    }

    ProjectionStuckException stuck() {
        return new ProjectionStuckException(
                projection.name(), id, progress.position(), context.config().shutdownTimeout());
    }

    Pace pace() {
        return pace;
    }

    /**
     * Waits for the worker to end, until a time of {@link System#nanoTime}, and closes everything;
     * leaves a worker behind that has not ended. Twice does nothing.
     */
    void finish(long deadline) {
        stop();
        runs.awaitEnd(deadline);
        lag.remember();
        boolean left = runs.leaveBehind(this::release);
        if (!left) {
            readers.end();
        }
        readers.closeViews();
        if (!left) {
            readModel.desk().ifPresent(served -> served.awaitIdle(deadline));
            release();
        } else if (!isOnItsThread()) {
            runs.abandon();
            progress.fail(stuck());
            readers.end();
        }
    }

    boolean isReleased() {
        return releasing.isDone();
    }

    /** Sets what is done when everything is closed, by whoever has closed it; before it is. */
    void whenReleased(Runnable then) {
        releasing.then(then);
    }

    /** Whether the caller is this projection's own thread, as a listener is. */
    boolean isOnItsThread() {
        return runs.isOnTheirThread();
    }

    private void release() {
        releasing.run(readModel::close, () -> progress.moveTo(ProjectionState.STOPPED));
    }

    Progress progress() {
        return progress;
    }

    /** Who waits for it. */
    GenerationWaits waits() {
        return new GenerationWaits(guard, progress);
    }

    /** Where its dead letters are asked for. */
    LetterDesk letters() {
        guard.refuseUnfit();
        return readModel.nextDesk().orElseThrow(guard::unopened);
    }

    /** Who reads it. */
    Readers reads() {
        return readers;
    }

    /** Who wants something at its commits; refuses its own thread, which would wait for itself. */
    Readers readers() {
        guard.refuseOwnThread();
        return readers;
    }

    /** How it is doing. */
    GenerationFigures figures() {
        return new GenerationFigures(projection, progress, lag, readModel, readers);
    }

    /** Makes a snapshot of the newest commit. */
    ProjectionSnapshot snapshot() {
        guard.refuseUnfit();
        return readModel.snapshot();
    }

    /** What it takes to look at other times than now. */
    Timeline timeline() {
        guard.refuseUnfit();
        return readModel.timeline(readers);
    }
}
