package io.varve.store;

import io.varve.store.errors.FolderRefusedException;
import io.varve.store.errors.StoreIoException;
import io.varve.store.errors.StoreLockedException;
import io.varve.store.errors.VarveException;
import io.varve.store.lmdb.DurableFiles;
import io.varve.store.lmdb.FolderLock;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A folder that is being made beside the place where it will appear, whole, at the end. It is
 * locked meanwhile; so one that is not is what is left of work that was interrupted, and the next
 * piece of work in the same parent deletes it.
 *
 * <pre>
 *   parent/.NAME.RANDOM.varve-unfinished/     while it is made, with varve.lock
 *   parent/NAME/                              once it is whole
 * </pre>
 */
final class UnfinishedFolder implements AutoCloseable {
    private static final String SUFFIX = ".varve-unfinished";
    private static final String LOCK = "varve.lock";

    private final Path place;
    private final FolderLock lock;
    private boolean published;

    private UnfinishedFolder(Path place, FolderLock lock) {
        this.place = place;
        this.lock = lock;
    }

    /**
     * Begins a folder.
     *
     * @param target where it will be: missing, or empty
     */
    static UnfinishedFolder begin(Path target) {
        Path absolute = target.toAbsolutePath().normalize();
        if (absolute.getFileName() == null) {
            throw new FolderRefusedException(
                    "The root of a file system cannot be replaced", absolute, "Name a folder.");
        }
        DurableFiles.checkEmpty(absolute);
        Path parent = FolderLock.makeFolder(absolute.getParent());
        deleteLeftovers(parent);
        Path place = parent.resolve(absolute.getFileName());
        while (true) {
            String name = "." + absolute.getFileName() + "." + UUID.randomUUID() + SUFFIX;
            Optional<FolderLock> lock = take(parent.resolve(name));
            if (lock.isPresent()) {
                return new UnfinishedFolder(place, lock.get());
            }
        }
    }

    /** Makes and locks a folder; empty if another took it for a leftover before it was locked. */
    private static Optional<FolderLock> take(Path folder) {
        try {
            FolderLock lock = FolderLock.take(folder);
            if (Files.exists(folder.resolve(LOCK))) {
                return Optional.of(lock); // and who looks now finds it locked
            }
            lock.close();
            return Optional.empty();
        } catch (StoreLockedException e) {
            giveUp(folder);
            return Optional.empty();
        } catch (VarveException e) {
            if (e.getCause() instanceof NoSuchFileException) {
                giveUp(folder);
                return Optional.empty();
            }
            try {
                DurableFiles.delete(folder);
            } catch (IOException alsoRefused) {
                e.addSuppressed(alsoRefused);
            }
            throw e;
        }
    }

    /** Another has it, but only to delete it. */
    private static void giveUp(Path folder) {
        try {
            DurableFiles.delete(folder);
        } catch (IOException e) {
            // He was faster; and what both have left is deleted by the next one.
        }
    }

    static boolean isUnfinished(Path folder) {
        return folder.getFileName().toString().endsWith(SUFFIX)
                && Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS);
    }

    /** Whether somebody is making it. */
    static boolean isBusy(Path folder) {
        if (!Files.exists(folder.resolve(LOCK))) {
            return false;
        }
        return FolderLock.isHeld(folder);
    }

    private static void deleteLeftovers(Path parent) {
        try {
            for (Path folder : DurableFiles.list(parent)) {
                if (isUnfinished(folder)) {
                    deleteLeftover(folder);
                }
            }
        } catch (IOException e) {
            throw new StoreIoException("A folder could not be cleaned up: path=" + parent, e);
        }
    }

    /** Under its lock, so that nobody has it. */
    private static void deleteLeftover(Path folder) throws IOException {
        if (!Files.exists(folder.resolve(LOCK))) {
            deleteUnlocked(folder);
            return;
        }
        try (FolderLock lock = FolderLock.takeToRead(folder)) { // which does not make it again
            DurableFiles.delete(lock.folder());
        } catch (StoreLockedException | DirectoryNotEmptyException e) {
            // Somebody is making it, or deleting it; what both leave the next one deletes.
        } catch (VarveException e) {
            // A full disk has no room for a lock either, but this may make some.
            if (!isBusy(folder)) {
                DurableFiles.delete(folder);
            }
        }
    }

    /**
     * One without a lock file. Who makes it makes that file before any other, so others without it
     * are nobody's; and where he has not come to it yet he begins another folder.
     */
    private static void deleteUnlocked(Path folder) throws IOException {
        try {
            List<Path> files = DurableFiles.list(folder);
            if (Files.exists(folder.resolve(LOCK))) {
                return;
            }
            for (Path file : files) {
                DurableFiles.delete(file);
            }
            Files.deleteIfExists(folder);
        } catch (DirectoryNotEmptyException | NoSuchFileException e) {
            // He locked it meanwhile, or another has deleted it.
        }
    }

    /** Where it is made. */
    Path folder() {
        return lock.folder();
    }

    /** Where it will be. */
    Path place() {
        return place;
    }

    /** Lets it appear in its place. All files in it are on the disk. */
    void publish() throws IOException {
        DurableFiles.sync(folder());
        DurableFiles.publish(folder(), place);
        published = true;
    }

    /** Deletes what was not published. */
    @Override
    public void close() {
        try {
            if (published) {
                Files.deleteIfExists(place.resolve(LOCK));
            } else {
                DurableFiles.delete(folder());
            }
        } catch (IOException e) {
            throw new StoreIoException("A folder could not be cleaned up: path=" + folder(), e);
        } finally {
            lock.close();
        }
    }
}
