package io.varve.runtime;

import io.varve.store.errors.Logs;
import io.varve.store.errors.StoreClosedException;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.util.Optional;

/**
 * Sees to it that snapshots of a read model are made when its policy says so. The worker tells of
 * each commit, which costs a comparison; another thread makes them.
 */
final class SnapshotSchedule {
    private final String projection;
    private final ModelSnapshots snapshots;
    private final SnapshotPolicy policy;
    private final SnapshotThread thread;

    // All under this object's monitor.
    private final SnapshotDue due;
    private boolean underway;
    private Optional<Throwable> failure = Optional.empty();

    /** Another was due while one was being made. */
    private boolean missed;

    SnapshotSchedule(
            String projection,
            ModelSnapshots snapshots,
            SnapshotPolicy policy,
            SnapshotThread thread) {
        this.projection = projection;
        this.snapshots = snapshots;
        this.policy = policy;
        this.due = new SnapshotDue(policy);
        this.thread = thread;
    }

    /**
     * Counts from the newest snapshot.
     *
     * @param position that is committed; -1 if none
     * @param bytes of payload that were read for the read model so far
     */
    synchronized void begin(long position, long bytes) {
        due.begin(position, snapshots.begin(bytes), Instant.now());
    }

    /**
     * A position is committed.
     *
     * @param bytes of payload that were read for the read model so far
     */
    synchronized void committed(long position, long bytes) {
        if (!due.isDue(position, bytes, Instant.now())) {
            return;
        }
        if (underway) {
            missed = true;
        } else {
            submit();
        }
    }

    /**
     * One was made by hand, which serves as well as one that was due.
     *
     * @param bytes of payload that were read for the read model so far
     */
    synchronized void made(ProjectionSnapshot one, long bytes) {
        failure = Optional.empty();
        due.made(snapshots.made(one, bytes));
    }

    private void submit() {
        missed = false;
        underway = thread.submit(this::makeDue);
    }

    private void makeDue() {
        try {
            if (snapshots.isOpen()) {
                snapshots.make(policy.keep());
                failed(Optional.empty());
            }
        } catch (StoreClosedException e) {
            Logs.of(SnapshotSchedule.class)
                    .log(Level.DEBUG, "No snapshot, for it is closed: projection=" + projection, e);
        } catch (PartitionsApartException e) {
            Logs.of(SnapshotSchedule.class)
                    .log(Level.DEBUG, "No snapshot, for a partition catches up", e);
        } catch (Throwable e) {
            // The read model goes on; the next one is tried when it is due.
            failed(Optional.of(e));
            Logs.of(SnapshotSchedule.class)
                    .log(
                            Level.WARNING,
                            "A snapshot could not be made: projection=" + projection,
                            e);
        } finally {
            made();
        }
    }

    private synchronized void failed(Optional<Throwable> why) {
        failure = why;
    }

    /** Why the last one that was due could not be made; empty if it could, or none was due. */
    synchronized Optional<Throwable> failure() {
        return failure;
    }

    private synchronized void made() {
        underway = false;
        if (missed) {
            submit();
        }
    }
}
