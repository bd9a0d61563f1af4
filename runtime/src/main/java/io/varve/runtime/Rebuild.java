package io.varve.runtime;

import io.varve.projections.Projection;
import io.varve.store.errors.VarveException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The computation of a new generation of a read model from the log, beside the live one, which is
 * read meanwhile and goes on.
 *
 * <pre>{@code
 * Rebuild rebuild = runtime.rebuild("revenue");
 * while (!rebuild.await(Duration.ofSeconds(10))) {
 *     System.out.println(rebuild.progress());
 * }
 * // or: rebuild.whenCaughtUp().thenRun(rebuild::promote)
 * rebuild.promote();            // read from now on; see progress().deadLetters() before
 * runtime.discard("revenue");   // or rollback("revenue"), which goes back
 * }</pre>
 *
 * <p>It survives its process: a rebuild that is neither promoted nor cancelled goes on behind its
 * last commit when it is asked for again, after a restart too. As long as there is one, the events
 * it has not applied are kept in the log; {@link ProjectionRuntime#cancelRebuild} ends also one
 * that nobody asks for again.
 *
 * <p>Thread-safe.
 */
public final class Rebuild {
    private final HostedProjection projection;
    private final Projection definition;
    private final ProjectionConfig config;
    private final Candidate opened;
    private final Generation candidate;
    private final Executor threads;
    private final RateMeter meter;
    private volatile boolean caughtUp;
    private volatile Optional<RebuildPhase> end = Optional.empty();

    private final CompletableFuture<RebuildProgress> ready = new CompletableFuture<>();
    private final AtomicBoolean settled = new AtomicBoolean();

    Rebuild(
            HostedProjection projection,
            Projection definition,
            ProjectionConfig config,
            Candidate opened,
            Executor threads) {
        this.threads = threads;
        this.projection = projection;
        this.definition = definition;
        this.config = config;
        this.opened = opened;
        this.candidate = opened.generation();
        this.meter = new RateMeter(System.nanoTime(), candidate.progress().position());
    }

    Projection definition() {
        return definition;
    }

    ProjectionConfig config() {
        return config;
    }

    Generation candidate() {
        return candidate;
    }

    void passed(long position) {
        meter.passed(System.nanoTime(), position);
    }

    /**
     * Says how it ends, unless it has ended; one that has failed is not suspended. What is live is
     * not limited.
     *
     * @return where its worker had got to, which may not have been told yet; empty if it had ended
     */
    synchronized Optional<RebuildPhase> end(RebuildPhase phase) {
        if (end.isPresent()) {
            return Optional.empty();
        }
        end = Optional.of(phase);
        // After that, so that whoever has seen more, and no end, has seen no more than this.
        RebuildPhase before = reachedIn(candidate.progress().state());
        if (phase == RebuildPhase.SUSPENDED && before == RebuildPhase.FAILED) {
            end = Optional.of(RebuildPhase.FAILED);
        }
        if (phase == RebuildPhase.PROMOTED) {
            candidate.pace().limit(0);
        }
        candidate.progress().wake();
        settle();
        return Optional.of(before);
    }

    /** It had failed, and what it has computed is deleted, as another takes its place. */
    synchronized void isReplaced() {
        end = Optional.of(RebuildPhase.CANCELLED);
    }

    /** Whether it is so for good: neither a restart nor anybody else goes on with it. */
    boolean isDecided() {
        return end.filter(
                        phase -> phase == RebuildPhase.PROMOTED || phase == RebuildPhase.CANCELLED)
                .isPresent();
    }

    /** Tells who waits, on another thread, once there is something to tell. */
    void settle() {
        RebuildPhase now = phase();
        boolean caught = now == RebuildPhase.PROMOTED || isPromotable();
        if ((caught || now.isOver()) && settled.compareAndSet(false, true)) {
            threads.execute(this::complete);
        }
    }

    /** As it is by then: what has caught up may have been cancelled since. */
    private void complete() {
        RebuildProgress now = progress();
        if (isLost(now.phase())) {
            ready.completeExceptionally(notToBeReady());
        } else {
            ready.complete(now);
        }
    }

    /** Whether nobody will ever read what it computes, or not as long as the runtime runs. */
    private static boolean isLost(RebuildPhase phase) {
        return phase.isOver() && phase != RebuildPhase.PROMOTED;
    }

    private VarveException notToBeReady() {
        Progress last = candidate.progress();
        return switch (phase()) {
            case FAILED ->
                    ProjectionFailedException.ofRebuild(
                            projection(), generation(), last.position(), last.lastFailure());
            case SUSPENDED -> last.closedRebuild();
            default -> notReady();
        };
    }

    RebuildPhase phase() {
        RebuildPhase reached = reachedIn(candidate.progress().state());
        return end.orElse(reached);
    }

    /** Where it is or was by what its worker does, whether it has ended or not. */
    RebuildPhase reachedIn(ProjectionState state) {
        caughtUp |= state == ProjectionState.LIVE;
        return switch (state) {
            case LIVE -> RebuildPhase.CAUGHT_UP;
            case FAILED -> RebuildPhase.FAILED;
            case STOPPED -> RebuildPhase.SUSPENDED;
            case CREATED, CATCHING_UP, PAUSED -> RebuildPhase.CATCHING_UP;
        };
    }

    /** Whether it has caught up; under steady appends it may be behind again, by a little. */
    boolean isPromotable() {
        return !phase().isOver() && caughtUp;
    }

    /**
     * The name of the projection.
     *
     * @return as given
     */
    public String projection() {
        return definition.name();
    }

    /**
     * What is being computed.
     *
     * @return the generation
     */
    public GenerationId generation() {
        return candidate.id();
    }

    /**
     * How it is doing.
     *
     * @return at this moment
     */
    public RebuildProgress progress() {
        ProjectionStatus now = candidate.figures().status(projection.generations());
        RebuildPhase phase = phase();
        OptionalLong limit = candidate.pace().limit();
        // What was passed before there was a limit says nothing of what is to come.
        double rate = Math.min(meter.perSecond(System.nanoTime()), limit.orElse(Long.MAX_VALUE));
        return new RebuildProgress(
                generation(),
                phase,
                candidate.readModel().begunAt(),
                opened.begunAnew(),
                opened.allPassedOver(),
                now.position(),
                now.head(),
                rate,
                now.retry().isPresent() || now.stuck().isPresent()
                        ? Optional.empty()
                        : remaining(phase, now.lagEvents(), rate),
                limit,
                now.deadLetters(),
                now.failure(),
                now.activity(),
                now.retry(),
                now.stuck());
    }

    private static Optional<Duration> remaining(RebuildPhase phase, long lag, double rate) {
        if (lag == 0 || phase == RebuildPhase.CAUGHT_UP || phase == RebuildPhase.PROMOTED) {
            return Optional.of(Duration.ZERO);
        }
        return phase.isOver() || rate <= 0
                ? Optional.empty()
                : Optional.of(Duration.ofMillis((long) (lag * 1_000 / rate)));
    }

    /**
     * Limits how fast it goes, so that it leaves more of the machine to others. May be changed at
     * any time; of the batch in hand then, at most {@link RuntimeConfig#slotEvents} events, the
     * rest is applied at once and paid for afterwards. Ends with the rebuild: a generation that is
     * live is not limited. Does nothing if it is over.
     *
     * @param eventsPerSecond the most positions of the log it passes a second, 1 or more
     */
    public void throttle(long eventsPerSecond) {
        if (eventsPerSecond < 1) {
            throw new IllegalArgumentException(
                    "eventsPerSecond is 1 or more: actual=" + eventsPerSecond);
        }
        limit(eventsPerSecond);
    }

    private synchronized void limit(long perSecond) {
        if (end.isEmpty()) {
            candidate.pace().limit(perSecond);
        }
    }

    /** Lets it go as fast as it can, as at first. */
    public void unthrottle() {
        limit(0);
    }

    /**
     * Waits until it has caught up: it has applied what was in the log and gets events as they are
     * committed.
     *
     * @param timeout how long to wait at most
     * @return whether it has in time; true if it is promoted
     * @throws ProjectionFailedException if it has failed
     * @throws RebuildNotReadyException if it was cancelled
     * @throws io.varve.store.errors.StoreClosedException if the runtime is closed
     * @throws InterruptedException if the thread was interrupted
     */
    public boolean await(Duration timeout) throws InterruptedException {
        Objects.requireNonNull(timeout, "timeout");
        boolean reached =
                isPromotable() || candidate.progress().awaitLive(timeout, () -> end.isPresent());
        caughtUp |= reached;
        Optional<RebuildPhase> ended = end;
        if (ended.isEmpty() || ended.get() == RebuildPhase.PROMOTED) {
            return reached || ended.isPresent();
        }
        throw notToBeReady();
    }

    /**
     * Tells when it has caught up, as {@link #await} does, without a thread that waits.
     *
     * <p>What is added to the future runs on a thread of the runtime's, and may block:
     *
     * <pre>{@code
     * rebuild.whenCaughtUp().thenRun(rebuild::promote);
     * }</pre>
     *
     * @return completes with how it is doing then; or with a {@link ProjectionFailedException} if
     *     it fails before, a {@link RebuildNotReadyException} if it is cancelled, or a {@link
     *     io.varve.store.errors.StoreClosedException} if the runtime is closed
     */
    public CompletableFuture<RebuildProgress> whenCaughtUp() {
        settle();
        return isLost(phase()) ? CompletableFuture.failedFuture(notToBeReady()) : ready.copy();
    }

    RebuildNotReadyException notReady() {
        return new RebuildNotReadyException(projection(), progress());
    }

    /** Waits until it can show a position, whoever interrupts; or refuses to be promoted. */
    void awaitPosition(long position, Duration timeout) {
        long deadline = System.nanoTime() + timeout.toNanos();
        boolean interrupted = Thread.interrupted();
        try {
            while (true) {
                Duration left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
                try {
                    if (!candidate.waits().await(position, left, () -> end.isPresent())) {
                        throw notReady();
                    }
                    return;
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * Makes it the live generation: reads and waits that begin now see it; views that are open stay
     * as they are. What was visible before is visible after. The generation that was live is kept,
     * stopped, to go back to; one that was kept before is deleted, or, if that fails or its code
     * has not come back, later.
     *
     * <p>A process that is killed meanwhile leaves either of them live. A projection that was
     * paused or has failed runs again: what was paused, or has failed, is what it was computed by
     * before. An interrupt does not keep it from that; the flag stays set.
     *
     * @throws RebuildNotReadyException if it has not caught up, or is over
     * @throws ProjectionStuckException if the live generation is in the middle of a commit that
     *     does not end within {@link RuntimeConfig#shutdownTimeout}
     * @throws ProjectionFailedException if it fails meanwhile
     * @throws io.varve.store.errors.StoreIoException if the catalogue cannot be written
     * @throws io.varve.store.errors.StoreClosedException if the runtime is closed
     */
    public void promote() {
        projection.promote(this);
    }

    /**
     * Ends it, and deletes what it has computed.
     *
     * @return false if it was promoted or cancelled already
     * @throws ProjectionStuckException if its code does not come back within {@link
     *     RuntimeConfig#shutdownTimeout}; it is cancelled all the same, and deleted once that does,
     *     or by the next start
     * @throws io.varve.store.errors.StoreClosedException if the runtime is closed
     */
    public boolean cancel() {
        return projection.cancel(this);
    }
}
