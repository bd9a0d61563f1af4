package io.varve.store;

import io.varve.store.errors.FolderRefusedException;
import io.varve.store.errors.StoreCorruptedException;
import io.varve.store.errors.VarveException;
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
    private static final String LOST =
            "Put the file back, or restore a backup with Backups.restore; to begin anew, delete the"
                    + " store's folder.";

    private StoreFolder() {}

    /** Refuses a folder of LMDB's own: a store would be made inside it, empty. */
    static void refuseOther(Path path) {
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
        boolean isThere = Files.exists(log.resolve(DATA));
        if (!isThere && !hasWitness(path)) {
            throw new FolderRefusedException(
                    "There is no log here", path, "Name the folder of a store.");
        }
        try (FolderLock held = lock.apply(path)) {
            checkNotLost(held.folder());
            return action.apply(held.folder());
        }
    }

    private static boolean hasWitness(Path path) {
        Path index = path.resolve("index");
        return Reopening.wasOnDisk(path.resolve("log"))
                || Reopening.wasOnDisk(index)
                || Files.exists(index.resolve(DATA));
    }

    /**
     * Refuses a log that is missing or empty, and was not. By who holds the lock.
     *
     * @throws StoreCorruptedException if so
     */
    static void checkNotLost(Path folder) {
        Path data = folder.resolve("log").resolve(DATA);
        String how = "";
        if (!Files.exists(data.getParent(), LinkOption.NOFOLLOW_LINKS)) {
            how = "missing, and so is its folder";
        } else if (!Files.exists(data, LinkOption.NOFOLLOW_LINKS)) {
            how = "missing";
        } else if (Files.isRegularFile(data, LinkOption.NOFOLLOW_LINKS)
                && data.toFile().length() == 0) {
            how = "empty";
        }
        Optional<String> witness = how.isEmpty() ? Optional.empty() : witness(folder);
        if (witness.isPresent()) {
            throw new StoreCorruptedException(
                    "the log is lost: the data file is "
                            + how
                            + ", but "
                            + witness.get()
                            + ": path="
                            + data,
                    LOST);
        }
    }

    /** What says that there was a log; the one that tells most of it. */
    private static Optional<String> witness(Path folder) {
        Path index = folder.resolve("index");
        Optional<LogIndex.State> reach = reach(index);
        if (IndexReach.hasEvents(reach)) {
            return Optional.of("its index reaches to position=" + reach.get().lastPosition());
        }
        if (Reopening.wasOnDisk(folder.resolve("log"))) {
            return Optional.of("varve.sync beside it says that it was on disk");
        }
        return Reopening.wasOnDisk(index)
                ? Optional.of("an index was made of it")
                : Optional.empty();
    }

    /** An index that cannot be read tells nothing, here as to {@link Salvage}. */
    static Optional<LogIndex.State> reach(Path index) {
        try {
            return IndexReach.of(index);
        } catch (VarveException e) {
            return Optional.empty();
        }
    }
}
