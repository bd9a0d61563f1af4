package io.varve.runtime;

import io.varve.projections.Projection;
import io.varve.store.Retention;
import io.varve.store.errors.EventsTruncatedException;
import io.varve.store.errors.StoreClosedException;
import io.varve.store.errors.StoreFailedException;
import io.varve.store.errors.StoreFullException;
import io.varve.store.errors.VarveException;
import io.varve.store.state.StateEnvironment;
import java.lang.System.Logger.Level;
import java.util.Optional;

/**
 * What a projection keeps in the log: all events behind its checkpoint, so that retention does not
 * take them away from under it. Named {@code projection/NAME/VERSION}; set when the projection is
 * opened, moved when it is closed, and asked for in between when somebody truncates.
 */
final class ProjectionHold {
    private static final System.Logger LOG = System.getLogger(ProjectionHold.class.getName());

    private final Retention retention;
    private final String name;
    private long start;
    private Optional<Retention.Following> following = Optional.empty();

    ProjectionHold(Retention retention, Projection projection) {
        this.retention = retention;
        this.name = "projection/" + projection.name() + "/" + projection.version();
    }

    /** The first position that is still in the log. */
    long firstPosition() {
        return retention.firstPosition();
    }

    /**
     * Begins to hold.
     *
     * @param next the first position not applied
     * @throws EventsTruncatedException if it is gone
     */
    void begin(long next, StateEnvironment environment, Progress progress) {
        start = next;
        move(next);
        following = Optional.of(retention.follow(name, () -> synced(environment, progress)));
    }

    private void move(long next) {
        try {
            retention.hold(name, next);
        } catch (StoreFullException | StoreFailedException e) {
            // It is asked before anything is truncated; and an older hold keeps more than is
            // needed.
            LOG.log(Level.WARNING, "A hold could not be moved: hold=" + name, e);
        }
    }

    /** What comes behind the checkpoint that a power cut leaves. */
    private static long synced(StateEnvironment environment, Progress progress) {
        try {
            long position = progress.position();
            environment.sync();
            return position + 1;
        } catch (VarveException e) {
            return 0; // closing: the hold stays where it is
        }
    }

    /** Where the projection has begun, if it had no checkpoint. */
    long start() {
        return start;
    }

    /** Answers no more, because the environment is about to be closed. */
    void stopFollowing() {
        following.ifPresent(Retention.Following::close);
    }

    /** Moves to the checkpoint of an environment that is closed. */
    void end(long position) {
        if (following.isEmpty() || position < start) {
            return;
        }
        try {
            move(position + 1);
        } catch (StoreClosedException | EventsTruncatedException e) {
            LOG.log(Level.DEBUG, "A hold stays where it was: hold=" + name, e);
        }
    }
}
