package io.varve.runtime;

import io.varve.projections.Partition;
import io.varve.projections.Projection;
import io.varve.store.errors.Logs;
import io.varve.store.errors.StoreClosedException;
import io.varve.store.errors.StoreFullException;
import io.varve.store.errors.StoreIoException;
import io.varve.store.errors.VarveException;
import io.varve.store.state.Checkpoint;
import io.varve.store.state.StateCopy;
import io.varve.store.state.StateEnvironment;
import io.varve.store.state.StateView;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.locks.ReentrantLock;

/** A snapshot that is being made, and has no name yet; one thread at a time. */
final class SnapshotMaking {
    private final Path folder;
    private final Path place;
    private final Projection projection;
    private final Partition partition;

    /** Held while one is begun and while it gets its name, which are moments. */
    private final ReentrantLock naming = new ReentrantLock();

    private boolean closed;

    /** None is being made; one that was interrupted may be left. */
    SnapshotMaking(Path folder, Projection projection, Partition partition) {
        this.folder = folder;
        this.place = folder.resolve(".making");
        this.projection = projection;
        this.partition = partition;
    }

    /**
     * Makes all of one of the newest commit but its name.
     *
     * @param taken see {@link StateEnvironment#copyTo(Path, Runnable)}
     * @throws StoreFullException if there is no room; nothing is left of it
     */
    SnapshotManifest copy(StateEnvironment environment, Runnable taken) {
        boolean made = false;
        try {
            begin();
            long needs = needs(environment);
            long bytesRead = read(environment);
            StateCopy copy = environment.copyTo(place, taken);
            if (copy.checkpoint().isEmpty()) {
                throw new NothingToSnapshotException(projection.name());
            }
            SnapshotManifest manifest =
                    SnapshotManifest.of(
                            projection,
                            partition,
                            copy,
                            needs,
                            bytesRead,
                            Instant.now().truncatedTo(ChronoUnit.MILLIS));
            DurableFolder.replace(place.resolve(SnapshotManifest.FILE), manifest.text());
            made = true;
            return manifest;
        } catch (IOException e) {
            refuseClosed(); // its folder may have been deleted meanwhile
            throw failed("A snapshot could not be made", e);
        } catch (StoreIoException e) {
            refuseClosed();
            throw e;
        } finally {
            if (!made) {
                giveUp();
            }
        }
    }

    private void begin() throws IOException {
        naming.lock();
        try {
            refuseClosed(); // where all was deleted, nothing is made again
            DurableFolder.make(folder);
            DurableFolder.delete(place);
        } finally {
            naming.unlock();
        }
    }

    private void refuseClosed() {
        naming.lock();
        try {
            if (closed) {
                throw new StoreClosedException("projection=" + projection.name());
            }
        } finally {
            naming.unlock();
        }
    }

    /**
     * The first position of the log that a copy made from now on needs, or one before it: letters
     * that come later are behind the checkpoint of now, and others may only go.
     */
    private static long needs(StateEnvironment environment) {
        try (StateView view = environment.ownView()) {
            long[] least = {view.checkpoint().map(Checkpoint::position).orElse(-1L) + 1};
            LetterRows.scanHeld(
                    view, (stream, held) -> least[0] = Math.min(least[0], held.first()));
            return least[0];
        }
    }

    /** How much was read for it; by a copy that is made from now on, so much or more. */
    private static long read(StateEnvironment environment) {
        try (StateView view = environment.ownView()) {
            return Life.bytesRead(view);
        }
    }

    /** What has gone wrong with a file. */
    VarveException failed(String what, IOException e) {
        String message = String.valueOf(e.getMessage());
        if (message.contains("No space left") || message.contains("quota exceeded")) {
            return new StoreFullException(
                    "The disk is full: making a snapshot folder=" + folder,
                    "Make room, or keep fewer snapshots; the read model goes on.",
                    e);
        }
        return new StoreIoException(what + ": folder=" + folder, e);
    }

    /** Gives its name to what was made last. */
    void publish(Path name) throws IOException {
        naming.lock();
        try {
            refuseClosed();
            if (Files.exists(name, LinkOption.NOFOLLOW_LINKS)) {
                // Of the same position: perhaps damaged since, so the new one takes its place.
                Snapshots.discard(name);
            }
            Files.move(place, name, StandardCopyOption.ATOMIC_MOVE);
            DurableFolder.sync(folder);
        } finally {
            naming.unlock();
        }
    }

    /**
     * From now on none is begun, and none gets its name, not the one that is being made either:
     * where the read model is deleted, the next one of its name would begin with it.
     */
    void close() {
        naming.lock();
        closed = true;
        naming.unlock();
    }

    /** Deletes what was made. */
    void giveUp() {
        try {
            DurableFolder.delete(place);
        } catch (IOException e) {
            Logs.of(SnapshotMaking.class)
                    .log(Level.WARNING, "A snapshot could not be deleted: path=" + place, e);
        }
    }
}
