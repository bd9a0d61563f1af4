package io.varve.store.lmdb;

import io.varve.store.errors.Logs;
import io.varve.store.errors.StoreCorruptedException;
import io.varve.store.errors.StoreIoException;
import io.varve.store.errors.VarveException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * Looks at how an environment was left, before it is mapped, and puts it right.
 *
 * <pre>
 *   left                       then
 *   closed                     opened as it is, if all that leads to rows has its checksum, and
 *                              in a small file all there is; without it what can be made anew is
 *                              refused, and of others the structure is checked
 *   half made                  made anew
 *   not closed, or not known   its structure is checked; what is not sound is refused; its meta
 *                              pages are written again
 *   not known, to be pinned    as well, and all of it is proved by its user and written again
 *   pinned, in this boot       as well, and what is not on disk for certain is proved by its user;
 *                              if that fails: restored; if not: written again
 *   pinned, machine restarted  restored: the saved meta page is written to both places
 * </pre>
 *
 * <p>Restoring reads neither meta page, so it may be cut short and done again.
 */
public final class Reopening {
    private static final int MAGIC = 0xBEEFC0DE;
    private static final String IF_COPIED =
            "If the data file is a whole copy, made by a backup or of a store that was closed,"
                    + " delete "
                    + SyncFile.NAME
                    + ". If it is a copy of a store that was killed, open and close that one, and copy"
                    + " it then. If it is neither, restore a backup.";

    private final Path folder;
    private final LmdbOptions options;

    private Reopening(Path folder, LmdbOptions options) {
        this.folder = folder;
        this.options = options;
    }

    /**
     * How a file was left.
     *
     * @param state what is known of it
     * @param isChanged whether it was closed, and is not what it was then. Pages may fit together
     *     all the same, and lead past rows, as where the name of a table is another, or where the
     *     disk never wrote one of them
     */
    record Left(Optional<SyncState> state, boolean isChanged) {
        static final Left UNKNOWN = new Left(Optional.empty(), false);
    }

    /** Prepares a folder; returns what is known of how it was left, where it is asked for. */
    static Left prepare(Path folder, LmdbOptions options) {
        if (options.mode() instanceof CommitMode.Unsynced) {
            return Left.UNKNOWN;
        }
        try {
            return new Reopening(folder, options).prepare();
        } catch (IOException e) {
            throw DurableFiles.failed("putting a file right", folder, e);
        }
    }

    /**
     * Whether an environment was left by one who did not wait for syncs, and was not closed: then
     * opening it may go back to the last sync.
     *
     * @param folder of an environment that nobody has open, or of none
     * @return false also where nothing is known of how it was left
     * @throws StoreCorruptedException if the file of syncs is damaged
     * @throws StoreIoException if it cannot be read
     */
    public static boolean mayGoBack(Path folder) {
        try {
            return SyncFile.read(folder).filter(s -> s.use() == SyncState.PINNED).isPresent();
        } catch (IOException e) {
            throw new StoreIoException("A file could not be looked at: path=" + folder, e);
        }
    }

    /**
     * Looks whether a data file is gone, or empty, although it was on disk. {@link SyncFile} says
     * so by being there: it is made when the data file, its length and its name are on disk, so no
     * crash leaves it alone, not even while the environment is made. Changes nothing.
     *
     * @param folder of an environment that nobody has open, or of none
     * @return why it must not be made anew; empty where nothing is known to be lost
     */
    public static Optional<StoreCorruptedException> lost(Path folder) {
        Path data = folder.resolve(DataFile.NAME);
        boolean missing = !Files.exists(data, LinkOption.NOFOLLOW_LINKS);
        boolean empty =
                Files.isRegularFile(data, LinkOption.NOFOLLOW_LINKS) && DataFile.size(folder) == 0;
        if (!missing && !empty || !wasOnDisk(folder)) {
            return Optional.empty();
        }
        return Optional.of(
                new StoreCorruptedException(
                        "the data file is "
                                + (missing ? "missing" : "empty")
                                + ", but "
                                + SyncFile.NAME
                                + " beside it says that it was on disk: path="
                                + data,
                        "Put the file back, or restore a backup with Backups.restore; to begin"
                                + " anew, delete the store's folder."));
    }

    /**
     * Whether the data file was on disk whole, wherever it is now.
     *
     * @param folder of an environment, or of none
     * @return whether {@link SyncFile} says so
     */
    public static boolean wasOnDisk(Path folder) {
        return Files.exists(folder.resolve(SyncFile.NAME));
    }

    /**
     * What opening a folder would go back to. Changes nothing.
     *
     * @param folder of an environment that nobody has open
     * @param options to open it with
     * @return the structure of the file as last synced, if opening would restore that; empty where
     *     it takes the file as it is
     * @throws StoreCorruptedException if the file of syncs is damaged, or is of another file or a
     *     newer state of it
     * @throws StoreIoException if a file cannot be read
     */
    public static Optional<Structure> goesBackTo(Path folder, LmdbOptions options) {
        try {
            return new Reopening(folder, options).goesBackTo();
        } catch (IOException e) {
            throw new StoreIoException("A file could not be looked at: path=" + folder, e);
        }
    }

    private Optional<Structure> goesBackTo() throws IOException {
        Optional<SyncState> left = SyncFile.read(folder);
        if (left.isEmpty()) {
            return Optional.empty();
        }
        SyncState state = left.get();
        Place place = Place.of(folder.resolve(DataFile.NAME));
        if (state.use() != SyncState.PINNED) {
            refuseOlder(state, place);
            return Optional.empty();
        }
        if (!mustRestore(state, place)) {
            return Optional.empty();
        }
        int slot = (int) (state.transaction() & 1);
        try (PlainFile file = PageScan.open(folder)) {
            return Optional.of(
                    StructureCheck.check(
                            file, state.metaPage(), slot, StructureCheck.Progress.NONE));
        }
    }

    /**
     * Looks at the structure of a file that will be opened next, as opening it would: while LMDB is
     * loaded there is time for it. Changes nothing.
     *
     * @param folder of an environment that nobody has open nor will change before, or of none
     * @return what was found; empty where LMDB is loaded already, or opening looks at something
     *     else
     */
    public static Optional<Structure> lookAhead(Path folder) {
        try {
            Path data = folder.resolve(DataFile.NAME);
            if (NativeLibrary.isLoaded()
                    || !Files.isRegularFile(data, LinkOption.NOFOLLOW_LINKS)
                    || !isUnclosed(folder)) {
                return Optional.empty();
            }
            return Optional.of(StructureCheck.check(folder));
        } catch (IOException | VarveException e) {
            Logs.of(Reopening.class).log(Level.DEBUG, "Opening it will say the same", e);
            return Optional.empty();
        }
    }

    private static boolean isUnclosed(Path folder) throws IOException {
        Optional<SyncState> left = SyncFile.read(folder);
        return left.isPresent()
                && left.get().use() == SyncState.SYNCED
                && DataFile.meta(folder, 0).bytes().getInt(16) == MAGIC;
    }

    private Left prepare() throws IOException {
        if (DataFile.size(folder) == 0) {
            Files.deleteIfExists(folder.resolve(SyncFile.NAME));
            return Left.UNKNOWN;
        }
        Optional<SyncState> left = SyncFile.read(folder);
        if (left.isEmpty()) {
            reopenUnknown();
            return Left.UNKNOWN;
        }
        SyncState state = left.get();
        Place place = Place.of(folder.resolve(DataFile.NAME));
        if (state.use() == SyncState.PINNED) {
            reopenPinned(state, place);
            return new Left(left, false);
        }
        boolean closed = isSinceClosed(state, place);
        // Earlier versions have left no sum of it.
        boolean changed = closed && !TreeSum.maybeSame(state.sum(), folder);
        if (!closed || changed) {
            refuseOlder(state, place);
            if (changed && options.closingSum() == ClosingSum.REFUSED) {
                // Before it is marked as open, or the next to open it would not know.
                throw new StoreCorruptedException(
                        "the file is not what it was when it was closed: path=" + folder,
                        options.remedy());
            }
            checkUnclosed();
        }
        return new Left(left, changed);
    }

    /** It was closed, and nobody has committed anything since. */
    private boolean isSinceClosed(SyncState state, Place place) {
        return state.use() == SyncState.CLOSED
                && place.isFileOf(state.place())
                && state.transaction() == DataFile.newestMeta(folder).transaction();
    }

    /** All that was noted was on disk by then, so it is there, unless the file is another one. */
    private void refuseOlder(SyncState state, Place place) {
        boolean isLmdb = DataFile.meta(folder, 0).isMeta();
        if (isLmdb && place.isFileOf(state.place()) && isOlder(state)) {
            throw new StoreCorruptedException(
                    "the data file is older than what is known to be on disk, or its meta page is"
                            + " damaged: path="
                            + folder
                            + " transaction="
                            + DataFile.newestMeta(folder).transaction()
                            + " known="
                            + state.transaction(),
                    IF_COPIED);
        }
    }

    private boolean isOlder(SyncState state) {
        return DataFile.newestMeta(folder).transaction() < state.transaction();
    }

    /** The file that says how it was left is written when all is open; so it may also be new. */
    private void reopenUnknown() throws IOException {
        if (DataFile.isHalfMade(folder)) {
            Files.delete(folder.resolve(DataFile.NAME));
            return;
        }
        checkUnclosed();
        if (options.mode() instanceof CommitMode.Pinned) {
            proveUnknown();
        }
    }

    /** It may have been pinned, and then any page may be an older one, wherever the proof ends. */
    private void proveUnknown() throws IOException {
        if (!isProved(new byte[0])) {
            throw new StoreCorruptedException(
                    "the file that says what is on disk is gone, and the data file is not whole: path="
                            + folder.resolve(SyncFile.NAME),
                    options.remedy());
        }
        UnsyncedPages.writeAll(folder);
    }

    private void checkUnclosed() throws IOException {
        if (DataFile.meta(folder, 0).bytes().getInt(16) != MAGIC) {
            return; // no file of LMDB: it refuses it, and says so
        }
        Optional<Structure> seen = options.seen();
        Structure found = seen.isPresent() ? seen.get() : StructureCheck.check(folder);
        if (!found.isSound()) {
            throw damaged(found, "");
        }
        UnsyncedPages.writeMetas(folder);
    }

    private StoreCorruptedException damaged(Structure found, String when) {
        return new StoreCorruptedException(
                "the file's pages do not fit together"
                        + when
                        + ": path="
                        + folder
                        + " problem="
                        + found.problems().get(0),
                options.remedy());
    }

    private void reopenPinned(SyncState state, Place place) throws IOException {
        if (mustRestore(state, place)) {
            restore(state);
        } else {
            UnsyncedPages.writeBehind(folder, state.metaPage());
        }
    }

    private boolean mustRestore(SyncState state, Place place) throws IOException {
        if (!place.isFileOf(state.place())) {
            throw new StoreCorruptedException(
                    "the file that says what is on disk is of another data file: path="
                            + folder.resolve(SyncFile.NAME),
                    IF_COPIED);
        }
        return !place.hasSeen(state.place()) || isOlder(state) || !isProved(state.tag());
    }

    private boolean isProved(byte[] tag) throws IOException {
        if (!StructureCheck.check(folder).isSound()) {
            return false;
        }
        try (LmdbEnvironment environment = LmdbEnvironment.openToRead(folder, options)) {
            return options.proof().test(environment, tag);
        } catch (VarveException e) {
            Logs.of(Reopening.class)
                    .log(
                            Level.WARNING,
                            "What was written since the last sync is not whole: path=" + folder,
                            e);
            return false;
        }
    }

    private void restore(SyncState state) throws IOException {
        MetaPage saved = state.metaPage();
        int slot = (int) (state.transaction() & 1);
        try (PlainFile file = PlainFile.openToChange(folder.resolve(DataFile.NAME))) {
            Structure found = StructureCheck.check(file, saved, slot, StructureCheck.Progress.NONE);
            if (!found.isSound()) {
                throw damaged(found, ", not even as last synced");
            }
            write(file, saved, slot, state.transaction());
            write(file, saved, slot ^ 1, Math.max(0, state.transaction() - 1));
            file.sync();
        }
        Files.deleteIfExists(folder.resolve("lock.mdb"));
        Logs.of(Reopening.class)
                .log(
                        Level.WARNING,
                        "What was written since the last sync is not whole: the machine went down, or the"
                                + " file is damaged; back to that sync, what was written after it is lost:"
                                + " path={0} synced={1} transaction={2}",
                        folder,
                        Instant.ofEpochMilli(state.timeMillis()),
                        Long.toString(state.transaction()));
    }

    /** Writes a meta page into its place; less than a sector, so whole or not at all. */
    private static void write(PlainFile file, MetaPage saved, int slot, long transaction)
            throws IOException {
        ByteBuffer page = ByteBuffer.allocate(MetaPage.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        page.put(0, saved.bytes(), 0, MetaPage.BYTES);
        page.putLong(0, slot).putLong(MetaPage.TRANSACTION_OFFSET, transaction);
        long at = (long) slot * saved.pageSize();
        file.write(page, at);
    }
}
