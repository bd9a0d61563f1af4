package io.varve.runtime;

import io.varve.projections.CacheCounts;
import io.varve.projections.Projection;
import io.varve.store.errors.EventsTruncatedException;
import io.varve.store.errors.StoreClosedException;
import io.varve.store.errors.StoreLockedException;
import io.varve.store.errors.VarveException;
import io.varve.store.errors.WaitTimeoutException;
import io.varve.store.state.Checkpoint;
import io.varve.store.state.StateConfig;
import io.varve.store.state.StateEnvironment;
import io.varve.store.state.StateView;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
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
    private final Path folder;
    private final RuntimeContext context;
    private final Progress progress;
    private final ProjectionHold hold;
    private final LetterBook letters;
    private final Readers readers;
    private volatile Optional<StateEnvironment> environment = Optional.empty();
    private volatile Optional<LetterDesk> desk = Optional.empty();
    private volatile boolean closing;
    // What status() tells when the store is closed as well.
    private volatile Optional<Lag> lagAtClose = Optional.empty();
    private Optional<Running> running = Optional.empty();

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
        this.folder = folder;
        this.context = context;
        this.progress = new Progress(projection.name(), listener);
        this.letters = new LetterBook(projection.name(), config.maxDeadLetters());
        this.hold = new ProjectionHold(context.store().retention(), projection.name(), id);
        this.readers =
                new Readers(
                        projection,
                        context.views(),
                        progress,
                        () -> environment.orElseThrow().view(),
                        this::refuseUnreadable);
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
     * Opens the environment and compares its checkpoint with the log; what goes wrong is the
     * failure of this projection.
     *
     * @throws StoreLockedException if the folder is in use, which no other projection should be
     *     started beside
     */
    void open() {
        String[] tables = projection.topology().tables().toArray(String[]::new);
        try {
            StateEnvironment opened =
                    StateEnvironment.open(
                            StateConfig.at(folder)
                                    .withTables(tables)
                                    .withTables(
                                            Definition.TABLE,
                                            LetterRows.LETTERS,
                                            LetterRows.QUARANTINE));
            environment = Optional.of(opened);
            checkHistory(opened);
            Definition.check(projection, folder, opened);
            letters.load(opened);
            holdEvents(opened);
            desk = Optional.of(new LetterDesk(model(opened), () -> closing));
        } catch (StoreLockedException e) {
            throw e;
        } catch (Throwable e) {
            refuse(e);
        }
    }

    private void checkHistory(StateEnvironment opened) {
        Optional<Checkpoint> checkpoint;
        try (StateView view = opened.view()) {
            checkpoint = view.checkpoint();
        }
        checkpoint.ifPresent(
                found -> {
                    Optional<String> reason = contradiction(found);
                    if (reason.isPresent()) {
                        throw new StaleCheckpointException(
                                projection.name(), folder, found, reason.get());
                    }
                    progress.committed(found.position(), 0);
                });
    }

    private Optional<String> contradiction(Checkpoint found) {
        try {
            return context.history().contradicts(found);
        } catch (EventsTruncatedException e) {
            throw truncated(found.position() + 1, e);
        }
    }

    /** Keeps the events behind the checkpoint in the log, or sees that they are gone. */
    private void holdEvents(StateEnvironment opened) {
        long next = progress.position() + 1;
        boolean fresh = progress.position() < 0;
        try {
            boolean skips = fresh && context.truncatedAllowed();
            hold.begin(skips ? hold.firstPosition() : next, opened, progress, letters);
        } catch (EventsTruncatedException e) {
            throw truncated(next, e);
        }
    }

    private ReadModel model(StateEnvironment opened) {
        return new ReadModel(
                projection, opened, context, letters, readers.watches(), progress, hold.start());
    }

    private HistoryTruncatedException truncated(long next, EventsTruncatedException e) {
        return new HistoryTruncatedException(projection.name(), folder, next, e.firstPosition());
    }

    /** Takes {@link #open} back. */
    void closeUnstarted() {
        hold.stopFollowing();
        environment.ifPresent(StateEnvironment::close);
        environment = Optional.empty();
    }

    /** Starts the worker, unless opening has failed. */
    void start() {
        if (progress.state() != ProjectionState.CREATED) {
            return;
        }
        LetterDesk served = desk.orElseThrow();
        ProjectionWorker worker =
                new ProjectionWorker(
                        model(environment.orElseThrow()),
                        config.errorPolicy(),
                        context.sources().add(projection.topology()),
                        served.writing(),
                        readers.points());
        served.workerIs(worker.inbox());
        Runnable body =
                () -> {
                    try {
                        worker.run();
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
            desk.ifPresent(served -> served.awaitIdle(deadline));
            release();
        } else if (!isOnItsThread()) {
            running.orElseThrow().worker().abandon();
            reportStuck();
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
        hold.stopFollowing();
        try {
            environment.ifPresent(StateEnvironment::close);
            hold.end(progress.position(), letters);
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
        return desk.orElseThrow(progress::failed);
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

    private void refuseUnreadable() {
        refuseClosed();
        boolean stale =
                progress.failure()
                        .filter(
                                failure ->
                                        failure instanceof StaleCheckpointException
                                                || failure instanceof ChangedDefinitionException
                                                || failure instanceof HistoryTruncatedException)
                        .isPresent();
        if (stale || environment.isEmpty() && progress.failure().isPresent()) {
            throw progress.failed();
        }
        if (environment.isEmpty()) {
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
                letters.counts(),
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
                letters.counts());
    }
}
