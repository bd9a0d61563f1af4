package io.varve.runtime;

import io.varve.projections.Projection;
import io.varve.store.errors.StoreLockedException;
import java.nio.file.Path;
import java.time.Duration;

/**
 * A projection by name: who asks for it is served by its live {@link Generation}. Opened, started,
 * stopped and finished by the runtime, one call at a time; read by anyone.
 */
final class HostedProjection {
    private final Generation live;

    HostedProjection(
            Projection projection,
            ProjectionConfig config,
            Path folder,
            RuntimeContext context,
            ProjectionListener listener) {
        Path own = folder.resolve(projection.name() + "-" + projection.version());
        live = new Generation(projection, config, own, context, listener);
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
        live.open();
    }

    /** Takes {@link #open} back. */
    void closeUnstarted() {
        live.closeUnstarted();
    }

    /** Starts the worker, unless opening has failed. */
    void start() {
        live.start();
    }

    /** Asks the worker to end soon, and readers to stay away. */
    void stop() {
        live.stop();
    }

    /**
     * Waits for the worker to end and closes everything; see {@link Generation#finish}.
     *
     * @param deadline of {@link System#nanoTime}
     */
    void finish(long deadline) {
        live.finish(deadline);
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

    ProjectionStatus status() {
        return live.status();
    }
}
