package io.varve.runtime;

import io.varve.projections.Projection;
import io.varve.store.errors.Logs;
import io.varve.store.errors.StoreLockedException;
import io.varve.store.errors.VarveException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * A projection by name: who asks for it is served by its live {@link Generation}, and goes over to
 * the next when that changes. Read by anyone; what changes its life is done by one after the other.
 */
final class HostedProjection {
    private final String name;
    private final RuntimeContext context;
    private final News news;
    private final Lineage lineage;
    private final CurrentRebuild rebuild;
    private final LiveReads reads;
    private final Changes changes;
    private final GivenDefinitions given;
    private volatile Projection projection;
    private volatile ProjectionConfig config;
    private volatile boolean closing;

    HostedProjection(
            Projection projection,
            ProjectionConfig config,
            Path parent,
            RuntimeContext context,
            ProjectionListener listener) {
        this.given = new GivenDefinitions(projection, config);
        this.name = projection.name();
        this.projection = projection;
        this.config = config;
        this.context = context;
        this.news = new News(name, listener);
        this.changes = new Changes(news, () -> closing);
        this.reads = new LiveReads(name, this::live);
        this.lineage =
                new Lineage(
                        projection, config, parent, context, this::generation, changes::between);
        this.rebuild = new CurrentRebuild(lineage, news);
    }

    private Generation generation(
            GenerationId id, Path at, Projection definition, ProjectionConfig how) {
        return new Generation(
                id,
                definition,
                how,
                at,
                context,
                new ToldOfGeneration(id, news, () -> isLive(id), () -> rebuild.of(id), at));
    }

    String name() {
        return name;
    }

    /** Generations that are not read, but have code that has not come back. */
    List<Generation> hung() {
        return lineage.hung();
    }

    /** Lets changes of its life wait, as they do until it is started; the caller can make them. */
    void holdChanges() {
        changes.hold();
    }

    /** Takes {@link #holdChanges} back. */
    void letChanges() {
        changes.let();
    }

    /** Refuses what cannot be done before the start, nor by a listener that it would wait for. */
    void checkStarted() {
        begin();
        changes.end();
    }

    private boolean isLive(GenerationId id) {
        // At first, while the lineage is made, there is no other.
        return lineage == null || live().id().equals(id);
    }

    /**
     * Opens the live generation; see {@link Generation#open}.
     *
     * @throws StoreLockedException if its folder is in use
     */
    void open() {
        if (!closing) { // by a listener, on the news of another projection
            lineage.open(given, config);
            projection = live().projection();
        }
    }

    /** Takes {@link #open} back. */
    void closeUnstarted() {
        lineage.closeUnstarted();
    }

    /** Starts the worker, unless it has failed or was paused; a rebuild if another is wanted. */
    void start() {
        live().start();
        if (projection != given.wanted() && !closing && !rebuild.isRunning()) {
            try {
                rebuild(given.wanted(), config, RebuildStart.firstEvent());
            } catch (VarveException e) {
                Logs.of(HostedProjection.class)
                        .log(Level.ERROR, "A rebuild could not begin: projection=" + name, e);
                rebuild.couldNotBegin(e);
            }
        }
    }

    /** Asks workers to end soon, and readers to stay away. */
    void stop() {
        closing = true;
        opened().forEach(Generation::stop);
    }

    private Stream<Generation> opened() {
        return Stream.of(
                        Stream.of(live()),
                        lineage.previous().stream(),
                        rebuild.get().map(Rebuild::candidate).stream())
                .flatMap(some -> some);
    }

    /**
     * Waits for workers to end and closes everything; see {@link Generation#finish}. Twice does
     * nothing.
     *
     * @param deadline of {@link System#nanoTime}
     */
    void finish(long deadline) {
        stop();
        boolean held = changes.hold(deadline);
        try {
            finishAll(deadline);
        } finally {
            lineage.close();
            if (held) {
                changes.let();
            }
        }
    }

    private void finishAll(long deadline) {
        stop();
        rebuild.suspend();
        Each.of(opened().toList(), one -> one.finish(deadline));
    }

    /** Whether the caller is one of this projection's own threads, as a listener is. */
    boolean isOnItsThread() {
        return opened().anyMatch(Generation::isOnItsThread);
    }

    Generation live() {
        return lineage.live();
    }

    /** Another version than that which is live, if the next start makes that live. */
    OptionalInt versionAtNextStart() {
        return lineage.servedNext(given)
                .map(Projection::version)
                .filter(version -> version != live().id().version())
                .map(OptionalInt::of)
                .orElse(OptionalInt.empty());
    }

    LiveReads reads() {
        return reads;
    }

    ProjectionMetrics metrics() {
        return live().figures().metrics(rebuild.get().map(Rebuild::progress));
    }

    ProjectionStatus status() {
        return live().figures().status(generations());
    }

    ProjectionGenerations generations() {
        return lineage.describe(rebuild.isRunning(), rebuild.failure());
    }

    /** Begins a change of its life; see {@link Changes#begin}. */
    private void begin() {
        if (isOnItsThread()) {
            throw new IllegalStateException(
                    "A projection cannot wait for itself: projection="
                            + name
                            + ". Call this from another thread than its own, on which its code and its"
                            + " listener run.");
        }
        refuseClosed();
        changes.begin(
                () -> {
                    refuseClosed();
                    lineage.checkOpen();
                });
    }

    private void refuseClosed() {
        if (closing) {
            throw live().progress().closed();
        }
    }

    private Duration patience() {
        return context.config().shutdownTimeout();
    }

    private void change(Runnable one) {
        begin();
        try {
            one.run();
        } finally {
            changes.end();
        }
    }

    private boolean changes(BooleanSupplier one) {
        begin();
        try {
            return one.getAsBoolean();
        } finally {
            changes.end();
        }
    }

    void pause() {
        change(() -> Pausing.pause(lineage, patience()));
    }

    void resume() {
        change(this::goOn);
    }

    private void goOn() {
        if (!Pausing.isReopened(lineage, given, config, patience())) {
            return;
        }
        projection = live().projection();
        start();
        reads.moved();
    }

    Rebuild rebuild(Projection changed, ProjectionConfig how, RebuildStart from) {
        how.checkFor(changed);
        begin();
        try {
            ErrorPolicy policy = how.rebuildErrorPolicy().orElse(how.errorPolicy());
            Candidate candidate = rebuild.open(changed, how.withErrorPolicy(policy), from);
            Rebuild begun = new Rebuild(this, changed, how, candidate, context.threads());
            rebuild.begin(begun);
            candidate.generation().start();
            return begun;
        } finally {
            changes.end();
        }
    }

    Rebuild rebuild(RebuildStart from) {
        return rebuild(projection, config, from);
    }

    ProjectionConfig config() {
        return config;
    }

    Optional<Rebuild> rebuilding() {
        return rebuild.get();
    }

    /** Ends a rebuild and deletes what it has computed; false if it was over. */
    boolean cancel(Rebuild one) {
        if (closing && one.isDecided()) {
            return false;
        }
        return changes(() -> rebuild.is(one) && rebuild.cancel());
    }

    /** Likewise with that which there is, also one that was interrupted; false if there is none. */
    boolean cancelRebuild() {
        return changes(rebuild::cancel);
    }

    void promote(Rebuild one) {
        begin();
        try {
            Generation candidate = one.candidate();
            if (!rebuild.is(one) || !one.isPromotable()) {
                throw one.notReady();
            }
            try {
                switchTo(candidate, () -> promoteHalted(one, candidate));
            } finally {
                if (live() == candidate) { // whatever has gone wrong since it is
                    rebuild.clear();
                    projection = one.definition();
                    config = one.config();
                    rebuild.end(one, RebuildPhase.PROMOTED);
                }
            }
            live().useConfig(config, patience());
        } finally {
            changes.end();
        }
    }

    private void promoteHalted(Rebuild one, Generation candidate) {
        // Whoever has seen a position must see it again.
        one.awaitPosition(live().readModel().visible(), patience());
        context.reached("promote.halted");
        candidate.readModel().sync();
        context.reached("promote.synced");
        lineage.promote(candidate);
    }

    void rollback(Optional<Projection> earlier) {
        change(() -> goBack(earlier));
    }

    private void goBack(Optional<Projection> earlier) {
        int version = lineage.previousId().version();
        Projection definition = earlier.or(() -> given.ofVersion(version)).orElse(projection);
        Generation back = lineage.openPrevious(definition, config);
        back.checkIdle();
        context.reached("rollback.opened");
        switchTo(back, lineage::rollback);
        projection = back.projection();
        back.startAgain();
        news.state(back.progress().state()); // it may be paused, as it was before
    }

    /** Halts what is live, and lets another be live; if that fails, nothing has changed. */
    private void switchTo(Generation next, Runnable change) {
        Generation old = live();
        boolean running = old.isRunning();
        old.halt(patience());
        try {
            change.run();
        } finally {
            if (live() == next) {
                old.retire();
                old.progress().wake();
                next.reads().points().wake(); // what it has emitted is for it to append now
                reads.moved();
                news.live(old.id(), next.id());
                ProjectionState now = next.progress().state();
                if (now.isRunning() || now == ProjectionState.FAILED) {
                    news.state(now);
                }
            } else if (running && !closing) {
                old.resumeOrFail();
            }
        }
    }

    void discard() {
        change(lineage::discard);
    }

    /** Ends it for good; what it keeps in the log is given back. */
    void remove(boolean delete) {
        begin();
        try {
            opened().forEach(one -> one.progress().removed());
            if (delete) {
                rebuild.isRemoved();
            }
            finishAll(System.nanoTime() + patience().toNanos());
            if (delete) {
                lineage.forgetCandidate();
            }
            for (Generation one : Stream.concat(opened(), lineage.hung().stream()).toList()) {
                if (!one.isReleased()) {
                    news.state(ProjectionState.STOPPED); // whatever its code does when it is back
                    throw one.stuck().thoughRemoved(delete);
                }
            }
            lineage.leave(delete);
        } finally {
            lineage.close();
            changes.end();
        }
    }
}
