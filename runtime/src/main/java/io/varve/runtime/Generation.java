package io.varve.runtime;

import io.varve.projections.CacheCounts;
import io.varve.projections.Projection;
import io.varve.store.errors.StoreClosedException;
import io.varve.store.errors.StoreLockedException;
import io.varve.store.errors.VarveException;
import io.varve.store.errors.WaitTimeoutException;
import io.varve.store.state.StateView;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;

/**
 * One computation of a read model, with all that belongs to it: environment, worker, thread, hold,
 * open views. A {@link HostedProjection} has one that is live. Opened, started, stopped and
 * finished by the runtime, one call at a time; read by anyone.
 */
final class Generation {
    private static final System.Logger LOG = System.getLogger(Generation.class.getName());

    private final GenerationId id;
    private final Projection projection;
    private final ProjectionConfig config;
    private final RuntimeContext context;
    private final Progress progress;
    private final Readers readers;
    private final OpenReadModel readModel;
    private volatile boolean closing;
    // What status() tells when the store is closed as well.
    private volatile Optional<Lag> lagAtClose = Optional.empty();
    private volatile Optional<Running> running = Optional.empty();

    // "The thread has ended" and "it is left behind": under this object's monitor, so that one side
    // closes.
    private boolean ended;
    private boolean leftBehind;

    private record Running(ProjectionWorker worker, Thread thread) {}

    Generation(
            GenerationId id,
            Projection projection,
            ProjectionConfig config,
            Path folder,
            RuntimeContext context,
            ProjectionListener listener) {
        this.id = id;
        this.projection = projection;
        this.config = config;
        this.context = context;
        this.progress = new Progress(projection.name(), listener);
        this.readers =
                new Readers(
                        projection,
                        context.views(),
                        progress,
                        this::stateView,
                        this::refuseUnreadable);
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
        readModel.whenDamaged(() -> running.ifPresent(run -> run.worker().inbox().damaged()));
    }

    private StateView stateView() {
        return readModel.view();
    }

    GenerationId id() {
        return id;
    }

    /** Says that it cannot be opened. */
    void refuse(Throwable why) {
        LOG.log(Level.ERROR, "A projection cannot start: projection=" + projection.name(), why);
        progress.fail(why);
    }

    /**
     * Opens the read model, or begins it anew where it cannot be gone on with; what goes wrong is
     * the failure of this projection.
     *
     * @throws StoreLockedException if the folder is in use, which no other projection should be
     *     started beside
     */
    void open() {
        try {
            readModel.open();
        } catch (StoreLockedException e) {
            throw e;
        } catch (Throwable e) {
            refuse(e);
        }
    }

    /** Takes {@link #open} back. */
    void closeUnstarted() {
        readModel.closeUnstarted();
    }

    /** Starts the worker, unless opening has failed. */
    void start() {
        if (progress.state() != ProjectionState.CREATED) {
            return;
        }
        Sources.Decoders decoders = context.sources().add(projection.topology());
        ProjectionWorker worker = worker(decoders);
        Runnable body =
                () -> {
                    try {
                        run(worker, decoders);
                    } finally {
                        readers.end();
                        ended();
                    }
                };
        Thread thread = new Thread(body, "varve-projection-" + projection.name());
        thread.setDaemon(true);
        running = Optional.of(new Running(worker, thread));
        try {
            thread.start();
        } catch (Throwable e) {
            running = Optional.empty();
            context.sources().remove(projection.topology());
            throw e;
        }
    }

    private ProjectionWorker worker(Sources.Decoders decoders) {
        LetterDesk desk = readModel.desk().orElseThrow();
        ProjectionWorker worker =
                new ProjectionWorker(
                        desk.model(),
                        config.errorPolicy(),
                        decoders,
                        desk.writing(),
                        readers.points());
        desk.workerIs(worker.inbox());
        return worker;
    }

    /** Runs one worker after the other, as long as each ends because its read model is damaged. */
    private void run(ProjectionWorker first, Sources.Decoders decoders) {
        ProjectionWorker worker = first;
        worker.run();
        while (worker.inbox().isDamaged() && !closing) {
            try {
                progress.moveTo(ProjectionState.CATCHING_UP);
                readModel.beginAnew(readers);
            } catch (Throwable e) {
                LOG.log(Level.ERROR, "No new beginning: projection=" + projection.name(), e);
                progress.fail(e);
                return;
            }
            worker = worker(decoders);
            running = Optional.of(new Running(worker, Thread.currentThread()));
            if (closing) {
                worker.stop(); // stop() may have seen the one before
            }
            worker.run();
        }
    }

    private void ended() {
        context.sources().remove(projection.topology());
        synchronized (this) {
            ended = true;
            if (!leftBehind) {
                return;
            }
        }
        release();
    }

    /** Asks the worker to end soon, and readers to stay away. */
    void stop() {
        closing = true;
        running.ifPresent(run -> run.worker().stop());
    }

    /**
     * Waits for the worker to end and closes everything; leaves a worker behind that has not ended
     * in time.
     *
     * @param deadline of {@link System#nanoTime}
     */
    void finish(long deadline) {
        running.ifPresent(run -> Threads.join(run.thread(), deadline));
        rememberLag();
        boolean left;
        synchronized (this) {
            left = running.isPresent() && !ended;
            leftBehind = left;
        }
        readers.closeViews();
        if (!left) {
            readModel.desk().ifPresent(served -> served.awaitIdle(deadline));
            release();
        } else if (!isOnItsThread()) {
            running.orElseThrow().worker().abandon();
            reportStuck();
            readers.end();
        }
    }

    private void rememberLag() {
        try {
            lagAtClose = Optional.of(Lag.behind(context.store(), progress.position()));
        } catch (VarveException e) {
            // Closed too early, or damaged. That must not keep the runtime from closing; status()
            // will tell.
            LOG.log(Level.WARNING, "The store was closed before its runtime: {0}", e.getMessage());
        }
    }

    /** Whether the caller is this projection's own thread, as a listener is. */
    boolean isOnItsThread() {
        return running.map(Running::thread).filter(Thread.currentThread()::equals).isPresent();
    }

    private void reportStuck() {
        Throwable stuck =
                new ProjectionStuckException(
                        projection.name(), progress.position(), context.config().shutdownTimeout());
        LOG.log(
                Level.ERROR,
                "A projection was left behind: projection=" + projection.name(),
                stuck);
        progress.fail(stuck);
    }

    private void release() {
        try {
            readModel.close();
        } finally {
            progress.moveTo(ProjectionState.STOPPED);
        }
    }

    Progress progress() {
        return progress;
    }

    /** Waits until a position is committed; see {@link Progress#await}. */
    boolean await(long position, Duration timeout) throws InterruptedException {
        refuseClosed();
        return progress.await(position, timeout);
    }

    ReadView readView(PositionBound bound, Duration timeout) throws InterruptedException {
        if (bound instanceof PositionBound.At at && !await(at.position(), timeout)) {
            throw new WaitTimeoutException(
                    "projection=" + projection.name(), at.position(), progress.position());
        }
        return readers.openView();
    }

    /** Where its dead letters are asked for. */
    LetterDesk letters() {
        refuseUnreadable();
        return readModel.desk().orElseThrow(progress::failed);
    }

    /** Who wants something at its commits; refuses its own thread, which would wait for itself. */
    Readers readers() {
        if (isOnItsThread()) {
            throw new IllegalStateException(
                    "A projection cannot wait for itself; use another thread: projection="
                            + projection.name());
        }
        return readers;
    }

    /** Makes a snapshot of the newest commit. */
    ProjectionSnapshot snapshot() {
        refuseUnreadable();
        return readModel.snapshot();
    }

    List<ProjectionSnapshot> snapshots() {
        return readModel.snapshots();
    }

    private void refuseUnreadable() {
        refuseClosed();
        boolean stale =
                progress.failure()
                        .filter(
                                failure ->
                                        failure instanceof ChangedDefinitionException
                                                || failure instanceof HistoryTruncatedException)
                        .isPresent();
        if (stale || readModel.environment().isEmpty() && progress.failure().isPresent()) {
            throw progress.failed();
        }
        if (readModel.environment().isEmpty()) {
            throw new IllegalStateException(
                    "Call start() before reading: projection=" + projection.name());
        }
    }

    private void refuseClosed() {
        if (closing) {
            throw new StoreClosedException("runtime, projection=" + projection.name());
        }
    }

    ProjectionMetrics metrics() {
        long now = System.nanoTime();
        long position = progress.position();
        Lag lag = lagAtClose.orElseGet(() -> Lag.behind(context.store(), position));
        WorkerMeter.Recent recent = progress.meter().recent(now);
        CacheCounts cache = progress.meter().cache();
        long[] ages = readers.ages(now);
        return new ProjectionMetrics(
                projection.name(),
                projection.version(),
                progress.state(),
                position,
                recent.processRate(),
                progress.applied(),
                recent.commitRate(),
                progress.meter().commits(),
                recent.commitLatency(),
                recent.endToEndLatency(),
                Math.max(0, lag.head() - position),
                lag.time(),
                deadLetters(),
                new CacheMetrics(cache.hits(), cache.misses(), cache.rows()),
                ages.length,
                Duration.ofNanos(Math.max(0, LongStream.of(ages).max().orElse(0))));
    }

    ProjectionStatus status() {
        long position = progress.position();
        Lag lag = lagAtClose.orElseGet(() -> Lag.behind(context.store(), position));
        return new ProjectionStatus(
                projection.name(),
                projection.version(),
                progress.state(),
                position,
                lag.head(),
                Math.max(0, lag.head() - position),
                lag.time(),
                progress.applied(),
                progress.failure(),
                progress.retry(),
                deadLetters(),
                progress.recovery(),
                progress.doing(),
                progress.stuck());
    }

    private DeadLetterCounts deadLetters() {
        return readModel.desk().map(LetterDesk::counts).orElse(DeadLetterCounts.NONE);
    }
}
