package io.varve.store;

import io.varve.store.errors.FolderRefusedException;
import io.varve.store.errors.StoreIoException;
import io.varve.store.errors.VarveException;
import io.varve.store.lmdb.DurableFiles;
import io.varve.store.lmdb.FolderLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
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
        String name = "." + absolute.getFileName() + "." + UUID.randomUUID() + SUFFIX;
        Path place = parent.resolve(absolute.getFileName());
        return new UnfinishedFolder(place, take(parent.resolve(name)));
    }

    private static FolderLock take(Path folder) {
        try {
            return FolderLock.take(folder);
        } catch (VarveException e) {
            try {
                DurableFiles.delete(folder);
            } catch (IOException alsoRefused) {
                e.addSuppressed(alsoRefused);
            }
            throw e;
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
                if (isUnfinished(folder) && !isBusy(folder)) {
                    DurableFiles.delete(folder);
                }
            }
        } catch (IOException e) {
            throw new StoreIoException("A folder could not be cleaned up: path=" + parent, e);
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
