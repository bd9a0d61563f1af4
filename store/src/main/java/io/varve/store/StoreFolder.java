package io.varve.store;

import io.varve.store.errors.FolderRefusedException;
import io.varve.store.errors.StoreCorruptedException;
import io.varve.store.lmdb.FolderLock;
import io.varve.store.lmdb.Reopening;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;

/**
 * What a folder is that is said to be a store's: the same judgement, whatever is to be done with
 * it. The log is made first and the index when that is on disk; so an index, like the log's file of
 * syncs, is a witness of a log that is not there any more.
 */
final class StoreFolder {
    private static final String DATA = "data.mdb";

    private StoreFolder() {}

    /**
     * Refuses a folder of LMDB's own: a store would be made inside it, empty; and one in which the
     * log cannot be.
     */
    static void refuseOther(Path path) {
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
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS) || Files.isDirectory(path)) {
            return Optional.empty();
        }
        String what =
                Files.isSymbolicLink(path)
                        ? "There is a link to no folder in the place of a folder"
                        : "There is a file in the place of a folder";
        return Optional.of(new FolderRefusedException(what, path, remedy));
    }

    /**
     * Does something with the log of a store, under its lock. Where there is no log, nothing is
     * made and nothing is locked.
     *
     * @param lock takes the folder
     * @throws FolderRefusedException if there is no store
     * @throws StoreCorruptedException if the log is lost
     */
    static <T> T withLog(Path path, Function<Path, FolderLock> lock, Function<Path, T> action) {
        refuseOther(path);
        Path log = path.resolve("log");
        boolean isThere = Files.exists(log.resolve(DATA)) && !isEmpty(log.resolve(DATA));
        if (!isThere && !hasWitness(path)) {
            throw new FolderRefusedException(
                    "There is no log here", path, "Name the folder of a store.");
        }
        try (FolderLock held = lock.apply(path)) {
            LostLog.checkFile(held.folder());
            return action.apply(held.folder());
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
                || Files.exists(index.resolve(DATA));
    }
}
