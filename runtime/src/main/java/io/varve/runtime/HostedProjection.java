package io.varve.runtime;

import io.varve.projections.Projection;
import io.varve.store.errors.StoreLockedException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;

/**
 * A projection by name: who asks for it is served by its live {@link Generation}. Opened, started,
 * stopped and finished by the runtime, one call at a time; read by anyone.
 */
final class HostedProjection {
    private final Projection projection;
    private final ProjectionConfig config;
    private final Path parent;
    private final RuntimeContext context;
    private final ProjectionListener listener;
    private Optional<ProjectionFolder> folder = Optional.empty();
    private volatile Generation live;
    private volatile boolean closing;

    HostedProjection(
            Projection projection,
            ProjectionConfig config,
            Path parent,
            RuntimeContext context,
            ProjectionListener listener) {
        this.projection = projection;
        this.config = config;
        this.parent = parent;
        this.context = context;
        this.listener = listener;
        GenerationId unknown = new GenerationId(0, projection.version());
        live = generation(unknown, parent.resolve(projection.name()));
    }

    private Generation generation(GenerationId id, Path at) {
        return new Generation(id, projection, config, at, context, listener);
    }

    /** The generation that is read. */
    Generation live() {
        return live;
    }

    /**
     * Opens the live generation; see {@link Generation#open}.
     *
     * @throws StoreLockedException if its folder is in use
     */
    void open() {
        if (closing) {
            return; // by a listener, on the news of another projection
        }
        try {
            ProjectionFolder opened = ProjectionFolder.open(parent, projection.name());
            folder = Optional.of(opened);
            Catalogue catalogue = catalogue(opened);
            live = generation(catalogue.live(), opened.of(catalogue.live()));
            live.open();
            if (live.progress().failure().isEmpty()) {
                ProjectionHold.releaseOthers(
                        context.store().retention(),
                        projection.name(),
                        catalogue,
                        opened::hasOldLayout);
            }
        } catch (StoreLockedException e) {
            throw e;
        } catch (Throwable e) {
            live.refuse(e);
        }
    }

    /** What is to be run, which the catalogue says by now. */
    private Catalogue catalogue(ProjectionFolder opened) {
        int version = projection.version();
        Optional<Catalogue> kept = opened.read();
        Catalogue now =
                kept.map(catalogue -> catalogue.startedWith(version))
                        .orElseGet(() -> Catalogue.first(version));
        if (!kept.equals(Optional.of(now))) {
            opened.write(now);
        }
        opened.adopt(now.live());
        opened.deleteOthers(now);
        return now;
    }

    /** Takes {@link #open} back. */
    void closeUnstarted() {
        live.closeUnstarted();
        closeFolder();
    }

    private void closeFolder() {
        folder.ifPresent(ProjectionFolder::close);
        folder = Optional.empty();
    }

    /** Starts the worker, unless opening has failed. */
    void start() {
        live.start();
    }

    /** Asks the worker to end soon, and readers to stay away. */
    void stop() {
        closing = true;
        live.stop();
    }

    /**
     * Waits for the worker to end and closes everything; see {@link Generation#finish}.
     *
     * @param deadline of {@link System#nanoTime}
     */
    void finish(long deadline) {
        try {
            live.finish(deadline);
        } finally {
            closeFolder();
        }
    }

    /** Whether the caller is this projection's own thread, as a listener is. */
    boolean isOnItsThread() {
        return live.isOnItsThread();
    }

    /** Waits until a position is committed; see {@link Progress#await}. */
    boolean await(long position, Duration timeout) throws InterruptedException {
        return live.await(position, timeout);
    }

    ReadView readView(PositionBound bound, Duration timeout) throws InterruptedException {
        return live.readView(bound, timeout);
    }

    DeadLetters deadLetters() {
        return new DeadLetters(() -> live.letters());
    }

    ProjectionMetrics metrics() {
        return live.metrics();
    }

    ProjectionStatus status() {
        return live.status();
    }

    /** Opens several; all or, if one is in use, none. */
    static void openAll(Collection<HostedProjection> projections) {
        try {
            projections.forEach(HostedProjection::open);
        } catch (Throwable e) {
            projections.forEach(HostedProjection::closeUnstarted);
            throw e;
        }
    }

    /** Finishes several, all of them, whatever goes wrong with one. */
    static void finishAll(Collection<HostedProjection> projections, long deadline) {
        RuntimeException failure = null;
        for (HostedProjection projection : projections) {
            try {
                projection.finish(deadline);
            } catch (RuntimeException e) {
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
