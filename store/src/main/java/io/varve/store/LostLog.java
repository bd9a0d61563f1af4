package io.varve.store;

import io.varve.store.errors.IncompatibleStoreException;
import io.varve.store.errors.StoreCorruptedException;
import io.varve.store.errors.StoreIoException;
import io.varve.store.errors.VarveException;
import io.varve.store.lmdb.LmdbEnvironment;
import io.varve.store.lmdb.LmdbOptions;
import io.varve.store.lmdb.Reopening;
import io.varve.store.lmdb.StructureCheck;
import io.varve.store.lmdb.SyncFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Tells a log of which nothing is left, or that is not where it should be: the same judgement, with
 * the same remedy, whatever is to be done with the store. All is asked by who holds its lock.
 */
final class LostLog {
    private static final String DATA = "data.mdb";
    private static final String REMEDY =
            "Put the log back, or restore a backup with Backups.restore; to begin anew, delete the"
                    + " store's folder.";
    private static final String REMEDY_OF_SWAPPED =
            "Delete neither of them. Swap them back if they were swapped; if not, put the log back,"
                    + " or restore a backup with Backups.restore.";
    private static final String REMEDY_OF_SECOND =
            "Delete neither of them. Leave the one that is this store's as 'log', and move the other"
                    + " out of the store's folder: the index is built again when the store is opened"
                    + " then.";

    private LostLog() {}

    private static StoreCorruptedException lost(String how) {
        return new StoreCorruptedException("the log is lost: " + how, REMEDY);
    }

    /**
     * Refuses a log whose file is missing or empty, and was not.
     *
     * @throws StoreCorruptedException if so
     */
    static void checkFile(Path folder) {
        Path data = folder.resolve("log").resolve(DATA);
        String how = "";
        if (!StoreFolder.isThere(data.getParent())) {
            how = "missing, and so is its folder";
        } else if (!StoreFolder.isThere(data)) {
            how = "missing";
        } else if (Files.isRegularFile(data, LinkOption.NOFOLLOW_LINKS)
                && data.toFile().length() == 0) {
            how = "empty";
        }
        if (how.isEmpty()) {
            return;
        }
        if (BlockSearch.first(folder.resolve("index")).hasBlock()) {
            throw swapped(folder);
        }
        Optional<String> witness = witness(folder);
        if (witness.isPresent()) {
            throw lost("the data file is " + how + ", but " + witness.get() + ": path=" + data);
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

    /**
     * Refuses a log without any block that can be read, unless it is whole and there never was one;
     * the file is not mapped before it is known to be sound.
     *
     * @throws StoreCorruptedException if nothing is left of it, or an index is in its place
     * @throws IncompatibleStoreException if the file of another program is
     */
    static void checkContent(Path folder) {
        Path log = folder.resolve("log");
        if (!Files.isRegularFile(log.resolve(DATA), LinkOption.NOFOLLOW_LINKS)) {
            return; // there is something else, and that is told where it is to be read
        }
        BlockSearch.Found found = BlockSearch.first(log);
        if (found.hasBlock()) {
            return;
        }
        if (BlockSearch.first(folder.resolve("index")).hasBlock()) {
            throw swapped(folder);
        }
        if (!isSound(log)) {
            throw StoreFolder.hasWitness(folder)
                    ? unreadable(log, found.bytes(), found.unreadPages())
                    : foreign(log, found.bytes());
        }
        LmdbOptions options = new LmdbOptions(0, 2, false, Log.REMEDY);
        try (LmdbEnvironment environment = LmdbEnvironment.openToRead(log, options)) {
            Log.refuseForeign(environment.tableNames(), log);
        }
        Optional<LogIndex.State> reach = reach(folder.resolve("index"));
        if (IndexReach.hasEvents(reach)) {
            throw withoutEvents(reach.get(), log);
        }
    }

    private static boolean isSound(Path log) {
        try {
            return StructureCheck.check(log).isSound();
        } catch (IOException e) {
            throw new StoreIoException("A log could not be looked at: path=" + log, e);
        }
    }

    /** Nothing is left in the file. */
    static StoreCorruptedException unreadable(Path log, long bytes, long unreadPages) {
        return lost(
                "nothing in it can be read: path="
                        + log
                        + " bytes="
                        + bytes
                        + " unreadPages="
                        + unreadPages);
    }

    /** Nothing says that it ever was a log. */
    private static IncompatibleStoreException foreign(Path log, long bytes) {
        return new IncompatibleStoreException(
                "A file of another program, or nothing is left of a log: path="
                        + log
                        + " bytes="
                        + bytes,
                "Give the store a folder of its own; if there was a log, restore a backup with"
                        + " Backups.restore.");
    }

    /** The file is as of a log that never had an event. */
    static StoreCorruptedException withoutEvents(LogIndex.State index, Path log) {
        return lost(
                "it has no events, but its index reaches to position="
                        + index.lastPosition()
                        + ": path="
                        + log);
    }

    /** By the names of its tables, an index is where the log should be. */
    static StoreCorruptedException indexInPlaceOf(Path log) {
        return new StoreCorruptedException(
                "the folder 'log' holds an index; it may be swapped with the folder 'index': path="
                        + log.getParent(),
                REMEDY_OF_SWAPPED);
    }

    private static StoreCorruptedException swapped(Path folder) {
        return new StoreCorruptedException(
                "the folder 'index' holds a log, and the folder 'log' does not; they may be swapped:"
                        + " path="
                        + folder,
                REMEDY_OF_SWAPPED);
    }

    /** Refuses to delete, or to write over, an index that is a log. */
    static void checkNoLog(Path index) {
        if (BlockSearch.first(index).hasBlock()) {
            throw inPlaceOfIndex(index);
        }
    }

    /** There is a log where the index should be. */
    static StoreCorruptedException inPlaceOfIndex(Path index) {
        return new StoreCorruptedException(
                "the folder 'index' holds a log, as the folder 'log' does: path="
                        + index.getParent(),
                REMEDY_OF_SECOND);
    }

    /** Opens a log; where that fails, tells what everybody tells of it. */
    static Log open(Path folder, Supplier<Log> opening) {
        checkFile(folder);
        try {
            return opening.get();
        } catch (StoreCorruptedException e) {
            checkContent(folder);
            throw e;
        } catch (IncompatibleStoreException e) {
            Path log = folder.resolve("log");
            SyncFormat.check(log); // then the file may need to be put right as only a newer one can
            checkContent(folder);
            if (isSound(log)) {
                throw e;
            }
            // There are blocks in it, so it was a log whatever LMDB takes it for.
            StoreCorruptedException damaged =
                    new StoreCorruptedException(
                            "the file's pages do not fit together: path=" + log, Log.REMEDY);
            damaged.initCause(e);
            throw damaged;
        }
    }
}
