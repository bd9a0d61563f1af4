package io.varve.store;

import io.varve.store.bytes.BytesView;
import io.varve.store.errors.IncompatibleStoreException;
import io.varve.store.errors.StoreCorruptedException;
import io.varve.store.errors.StoreIoException;
import io.varve.store.errors.VarveException;
import io.varve.store.lmdb.LmdbEnvironment;
import io.varve.store.lmdb.LmdbOptions;
import io.varve.store.lmdb.LmdbReader;
import io.varve.store.lmdb.LmdbTable;
import io.varve.store.lmdb.RowChecksum;
import io.varve.store.lmdb.StructureCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What an index says of how far its log went: the one witness of events that the log itself does
 * not have any more. An index is merged only with events that are on the disk, so it is never ahead
 * of a log that is whole.
 */
final class IndexReach {
    static final String REMEDY =
            "Restore a backup with Backups.restore; or, to go on with what there is, delete the"
                    + " folder 'index'.";

    private static final int MOST_TABLES = 32;

    private IndexReach() {}

    /**
     * Looks into an index that nobody has open, and writes nothing.
     *
     * @param index its folder
     * @return what it says; empty where there is none, or where it says nothing that can be trusted
     * @throws VarveException if it cannot be read: it may be a witness all the same
     */
    static Optional<LogIndex.State> of(Path index) {
        if (!Files.exists(index.resolve("data.mdb"))) {
            return Optional.empty();
        }
        try {
            return StructureCheck.check(index).isSound() ? read(index) : Optional.empty();
        } catch (StoreCorruptedException
                | IncompatibleStoreException
                | IllegalArgumentException
                | IndexOutOfBoundsException e) {
            return Optional.empty(); // damaged: it is no witness
        } catch (IOException e) {
            throw new StoreIoException("An index could not be looked at: path=" + index, e);
        }
    }

    private static Optional<LogIndex.State> read(Path index) {
        LmdbOptions options = new LmdbOptions(0, MOST_TABLES, false, IndexTable.REMEDY);
        try (LmdbEnvironment environment = LmdbEnvironment.openToRead(index, options)) {
            if (!environment.tableNames().contains(LogIndex.META)) {
                return Optional.empty();
            }
            LmdbTable meta = environment.existingTable(LogIndex.META); // before the first reader
            BytesView row = new BytesView();
            try (LmdbReader reader = environment.reader()) {
                if (!reader.get(meta, LogIndex.State.KEY, row)) {
                    return Optional.empty();
                }
                new RowChecksum(IndexTable.REMEDY)
                        .check(LogIndex.META, LogIndex.State.KEY, row, row);
                return Optional.of(LogIndex.State.read(row));
            }
        }
    }

    /** Whether an index says that there were events. */
    static boolean hasEvents(Optional<LogIndex.State> index) {
        return index.isPresent() && index.get().lastPosition() >= 0;
    }

    /**
     * Refuses a log that lacks events its index tells of. One that goes back when it is opened, as
     * a log with {@link Durability.Async} does, may lack some.
     *
     * @param index what the index says
     * @param log that is open
     * @param head position of its last event, or -1
     */
    static void check(LogIndex.State index, Log log, long head) {
        boolean lost = index.lastPosition() > head;
        if (lost && head < 0) {
            throw LostLog.withoutEvents(index, log.folder());
        }
        if (lost && index.identity().equals(log.identity()) && !log.mayHaveGoneBack()) {
            throw new StoreCorruptedException(
                    endsEarly(index, head) + ": path=" + log.folder(), REMEDY);
        }
    }

    /** How a log is told that ends before its index does. */
    static String endsEarly(LogIndex.State index, long head) {
        return "the log ends at position="
                + head
                + ", but its index reaches to position="
                + index.lastPosition();
    }
}
