package io.varve.store.snapshot;

import io.varve.store.Category;
import io.varve.store.Hold;
import io.varve.store.Retention;
import io.varve.store.errors.Logs;
import io.varve.store.errors.StoreClosedException;
import io.varve.store.errors.StoreFailedException;
import io.varve.store.errors.StoreFullException;
import io.varve.store.errors.VarveException;
import java.lang.System.Logger.Level;

/**
 * What a fold keeps in the log: the events that its snapshots do not stand for, in a hold named
 * {@code snapshots/NAME}. Asked for when somebody truncates while the fold is there; set with the
 * first snapshot, so that it is in the log also when the fold is not. It never moves forward but
 * when somebody truncates, so who never does pays one commit.
 */
final class SnapshotHold {
    private final Category<?> category;
    private final Retention retention;
    private final String name;
    private final SnapshotTable table;
    private final Runnable sync;

    /** Whether the log has the hold. */
    private volatile boolean set;

    SnapshotHold(Category<?> category, String fold, SnapshotTable table, Runnable sync) {
        this.category = category;
        this.retention = category.store().retention();
        this.name = "snapshots/" + fold;
        this.table = table;
        this.sync = sync;
    }

    String name() {
        return name;
    }

    /** Lets the fold be asked from now on, and takes its hold back to what is there. */
    Retention.Following begin() {
        Retention.Following following = retention.follow(name, this::needed);
        try {
            takeBack();
        } catch (RuntimeException | Error e) {
            following.close();
            throw e;
        }
        return following;
    }

    /** Sets the hold, unless it is there. */
    void set() {
        if (!set) {
            if (retention.holds().stream().noneMatch(this::isOwn)) {
                retention.hold(name, retention.firstPosition());
            }
            set = true;
        }
    }

    /**
     * Takes the hold back as far as the log goes, because snapshots may be gone that it relied on:
     * those of another schema, or deleted ones. The next who truncates moves it on.
     */
    void takeBack() {
        long first = retention.firstPosition();
        if (retention.holds().stream().anyMatch(hold -> isOwn(hold) && hold.position() > first)) {
            try {
                retention.hold(name, first);
            } catch (StoreFullException | StoreFailedException e) {
                Logs.of(SnapshotHold.class)
                        .log(Level.WARNING, "A hold could not be taken back: hold=" + name, e);
            }
        }
    }

    private boolean isOwn(Hold hold) {
        return hold.name().equals(name);
    }

    /** The first position that is needed. Streams whose beginning is gone already need nothing. */
    private long needed() {
        try {
            long end = category.store().head() + 1;
            long needed = new NeededEvents(category, table, event -> {}).first().orElse(end);
            // What the snapshots stand for is given away only once they are on the disk.
            sync.run();
            return needed;
        } catch (StoreClosedException e) {
            return retention.firstPosition();
        } catch (VarveException e) {
            Logs.of(SnapshotHold.class)
                    .log(
                            Level.WARNING,
                            "All events are kept for snapshots that fail: hold=" + name,
                            e);
            return retention.firstPosition();
        }
    }
}
