package io.varve.store;

import io.varve.store.errors.FolderRefusedException;
import io.varve.store.errors.StoreCorruptedException;
import io.varve.store.errors.StoreIoException;
import io.varve.store.lmdb.FolderLock;
import io.varve.store.lmdb.Reopening;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import java.util.function.Function;

/**
 * What a folder is that is said to be a store's: the same judgement, whatever is to be done with
 * it. The log is made first and the index when that is on disk; so an index, like the log's file of
 * syncs, is a witness of a log that is not there any more.
 */
final class StoreFolder {
    private static final String DATA = "data.mdb";
    private static final String REMEDY_OF_NONE =
            "Name the folder of a store, and see that its disk is mounted. Nothing was made; to make"
                    + " a store there, open it with StoreConfig.withCreateIfMissing(true).";

    private StoreFolder() {}

    /**
     * Refuses a folder of LMDB's own: a store would be made inside it, empty; and one in which the
     * log cannot be.
     */
    static void refuseOther(Path path) {
        FolderLock.checkDefault(path);
        refuse(noFolder(path, "Name a folder, or a path where nothing is yet."));
        refuse(
                noFolder(
                        path.resolve("log"),
                        "Take it away and put the folder of the log there, or restore a backup with"
                                + " Backups.restore."));
        if (!Files.exists(path.resolve(DATA)) || Files.exists(path.resolve("log"))) {
            return;
        }
        if (Files.exists(path.resolve(BackupManifest.FILE))) {
            throw new FolderRefusedException(
                    "The folder is a backup",
                    path,
                    "Restore it with Backups.restore, and open what that makes.");
        }
        throw new FolderRefusedException(
                "The folder holds an LMDB file, as those inside a store do",
                path,
                "Name the folder around it, or an empty one.");
    }

    /** What is told of an index that can be neither opened nor made. */
    static Optional<FolderRefusedException> noIndex(Path index) {
        return noFolder(
                index,
                "Take it away: the index is built from the log then, when the store is opened or by"
                        + " ClosedStore.rebuildIndex.");
    }

    /** Refuses a store in which the index can be neither opened nor made. */
    static void checkIndex(Path index) {
        refuse(noIndex(index));
    }

    private static void refuse(Optional<FolderRefusedException> why) {
        if (why.isPresent()) {
            throw why.get();
        }
    }

    private static Optional<FolderRefusedException> noFolder(Path path, String remedy) {
        if (!isThere(path) || Files.isDirectory(path)) {
            return Optional.empty();
        }
        return Optional.of(
                Files.isSymbolicLink(path)
                        ? new FolderRefusedException(
                                "There is a link to no folder in the place of a folder",
                                path,
                                "Mount the disk or folder that it leads to. If that is gone: "
                                        + remedy)
                        : new FolderRefusedException(
                                "There is a file in the place of a folder", path, remedy));
    }

    /**
     * Refuses a path where there is no store, and makes nothing.
     *
     * @throws FolderRefusedException if so
     */
    static void checkStore(Path path) {
        refuseOther(path);
        if (!isThere(path)) {
            throw new FolderRefusedException("There is no such folder", path, REMEDY_OF_NONE);
        }
        if (!hasWitness(path)) {
            checkFilled(path);
        }
    }

    /**
     * Refuses a log that is lost, and one that never was.
     *
     * @throws StoreCorruptedException if it is lost
     * @throws FolderRefusedException if nothing says that there was one
     */
    static void checkLog(Path folder) {
        LostLog.checkFile(folder);
        checkFilled(folder);
    }

    private static void checkFilled(Path folder) {
        Path data = folder.resolve("log").resolve(DATA);
        if (!isThere(data) || isEmpty(data)) {
            throw new FolderRefusedException(
                    "There is no store in the folder", folder, REMEDY_OF_NONE);
        }
    }

    /**
     * Does something with the log of a store, under its lock. Where there is no store, nothing is
     * made and nothing is locked.
     *
     * @param lock takes the folder
     * @throws FolderRefusedException if there is no store
     * @throws StoreCorruptedException if the log is lost
     */
    static <T> T withLog(Path path, Function<Path, StoreLock> lock, Function<StoreLock, T> action) {
        checkStore(path);
        try (StoreLock held = lock.apply(path)) {
            checkLog(held.folder());
            return action.apply(held);
        }
    }

    private static boolean isEmpty(Path file) {
        return Files.isRegularFile(file) && file.toFile().length() == 0;
    }

    /** Whether anything but the log's own file says that there was a log. */
    static boolean hasWitness(Path path) {
        Path index = path.resolve("index");
        return Reopening.wasOnDisk(path.resolve("log"))
                || Reopening.wasOnDisk(index)
                || isThere(index.resolve(DATA));
    }

    /** Whether anything is there. What cannot be looked at is not taken for nothing. */
    static boolean isThere(Path path) {
        try {
            Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return true;
        } catch (NoSuchFileException e) {
            return false;
        } catch (IOException e) {
            throw new StoreIoException("A file could not be looked at: path=" + path, e);
        }
    }
}
