package io.varve.store;

import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.bytes.Crc;
import io.varve.store.errors.IncompatibleStoreException;
import io.varve.store.errors.LackOfMemory;
import io.varve.store.errors.StoreCorruptedException;
import io.varve.store.lmdb.CommitMode;
import io.varve.store.lmdb.LmdbCursor;
import io.varve.store.lmdb.LmdbEnvironment;
import io.varve.store.lmdb.LmdbOptions;
import io.varve.store.lmdb.LmdbReader;
import io.varve.store.lmdb.LmdbTable;
import io.varve.store.lmdb.LmdbWriter;
import io.varve.store.lmdb.Reopening;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The log: one table of blocks, which is the truth, and a row that says which log it is.
 *
 * <pre>
 *   table   key                                          value
 *   varve   "identity"                                   u32 CRC-32C of the rest, u32 format,
 *                                                        store id, i64 incarnation
 *   varve   "base", "base/" ...                          where a truncated log begins, see BaseRows
 *   varve   "hold/" name                                 what must not be truncated, see HoldRows
 *   varve   "sealed"                                     since when blocks have hashes, see TamperEvidence
 *   blocks  position of the block's last event, native   a block, see BlockFormat
 * </pre>
 *
 * <p>Thread-safe.
 */
final class Log implements AutoCloseable {
    static final String REMEDY =
            "Restore a backup, or copy all that is intact into a new store with Salvage.copy.";

    static final String BLOCKS = "blocks";

    private static final int FORMAT = 1;
    static final BytesView IDENTITY = BytesView.of("identity".getBytes(StandardCharsets.UTF_8));
    private static final int IDENTITY_LENGTH = 32;

    private final LmdbEnvironment environment;
    private final LmdbTable blocks;
    private final LmdbTable meta;
    private final StoreIdentity identity;
    private final BaseRows baseRows;
    private final HoldRows holdRows;
    private final Map<String, Long> holdsAtOpening;
    private final boolean mayHaveGoneBack;
    private volatile LogBase base;
    private final Optional<DurablePosition> durable;
    private final VerifiedBlocks verified = new VerifiedBlocks();
    private final ConcurrentLinkedQueue<LogReader> readers = new ConcurrentLinkedQueue<>();

    Log(Path folder, long mapBytes) {
        this(folder, mapBytes, Durability.SYNC);
    }

    Log(Path folder, long mapBytes, Durability durability) {
        refuseLost(folder);
        mayHaveGoneBack = Reopening.mayGoBack(folder);
        CommitMode mode =
                durability instanceof Durability.Async async
                        ? CommitMode.pinned(async.interval())
                        : CommitMode.SYNCED;
        environment =
                LmdbEnvironment.open(
                        folder,
                        new LmdbOptions(mapBytes, 2, mode, REMEDY, LogProof::holds).asChecked());
        try {
            refuseForeign(environment.tableNames(), folder);
            blocks = environment.longTable(BLOCKS);
            meta = environment.table("varve");
            baseRows = new BaseRows(meta);
            holdRows = new HoldRows(meta);
            holdsAtOpening = readHolds(); // and sees that none is hidden, before one is looked for
            identity = readOrMakeIdentity(folder);
            base = readBase();
            durable =
                    mode == CommitMode.SYNCED
                            ? Optional.empty()
                            : Optional.of(new DurablePosition(environment, blocks));
        } catch (RuntimeException | Error e) {
            environment.close();
            throw e;
        }
    }

    private static void refuseLost(Path folder) {
        Optional<StoreCorruptedException> lost = Reopening.lost(folder);
        if (lost.isPresent()) {
            throw lost.get();
        }
    }

    /** Lets nobody use it any more: its structure is damaged, and LMDB would follow that. */
    void refuse() {
        environment.refuse(
                () ->
                        new StoreCorruptedException(
                                "the log's pages do not fit together: path=" + environment.folder(),
                                "Close the store, and restore a backup with Backups.restore, or take"
                                        + " what is whole with Salvage."));
    }

    /** An LMDB file of another program must not get our tables. */
    static void refuseForeign(List<String> tables, Path folder) {
        boolean begun = tables.equals(List.of(BLOCKS)); // killed while it was being made
        if (tables.contains(BLOCKS) && !tables.contains("varve") && !begun) {
            throw new StoreCorruptedException(
                    "the table of the log's identity is gone: path=" + folder, REMEDY);
        }
        if (!tables.isEmpty() && !tables.contains("varve") && !begun) {
            throw new IncompatibleStoreException(
                    "An LMDB file of another program: tables=" + tables + " path=" + folder,
                    "Give the store a folder of its own.");
        }
        if (!tables.isEmpty() && !tables.contains(BLOCKS)) {
            if (LogIndex.hasItsTables(tables)) {
                throw LostLog.indexInPlaceOf(folder);
            }
            throw new StoreCorruptedException(
                    "the table of blocks is gone: path=" + folder, REMEDY);
        }
    }

    private StoreIdentity readOrMakeIdentity(Path folder) {
        BytesView row = new BytesView();
        try (LmdbReader reader = environment.reader()) {
            if (reader.get(meta, IDENTITY, row)) {
                return readIdentity(row, folder);
            }
            if (reader.count(blocks) > 0) {
                throw new StoreCorruptedException(
                        "a log without an identity: path=" + folder, REMEDY);
            }
        }
        StoreIdentity made = new StoreIdentity(UUID.randomUUID(), 0);
        write(made);
        return made;
    }

    private void write(StoreIdentity made) {
        BytesWriter out = new BytesWriter().putInt(0).putInt(FORMAT);
        out.putLong(made.storeId().getMostSignificantBits());
        out.putLong(made.storeId().getLeastSignificantBits());
        out.putLong(made.incarnation());
        out.setInt(0, crc(out.view()));
        try (LmdbWriter writer = environment.writer()) {
            writer.put(meta, IDENTITY, out.view());
            writer.commit();
        }
    }

    /**
     * Makes this log, which was restored, another than the one it was: from the next opening on.
     */
    void raiseIncarnation() {
        write(new StoreIdentity(identity.storeId(), identity.incarnation() + 1));
    }

    /** All rows beside the blocks, for a copy. */
    void copyRows(LmdbWriter to, LmdbTable table) {
        BytesView key = new BytesView();
        BytesView value = new BytesView();
        try (LmdbReader reader = environment.reader()) {
            LmdbCursor cursor = reader.cursor(meta);
            for (boolean more = cursor.first(); more; more = cursor.next()) {
                cursor.key(key);
                cursor.value(value);
                to.put(table, key, value);
            }
        }
    }

    /** Whether what was acknowledged, and not synced, may be gone. */
    boolean mayHaveGoneBack() {
        return mayHaveGoneBack;
    }

    Path folder() {
        return environment.folder();
    }

    LmdbEnvironment environment() {
        return environment;
    }

    LmdbTable blocks() {
        return blocks;
    }

    /** Reads and checks the row that says which log it is. */
    static StoreIdentity readIdentity(BytesView row, Path folder) {
        if (row.length() < Long.BYTES || row.getInt(0) != crc(row)) {
            throw new StoreCorruptedException(
                    "the row that names the log does not fit its checksum: path=" + folder, REMEDY);
        }
        if (row.getInt(4) != FORMAT || row.length() != IDENTITY_LENGTH) {
            throw new IncompatibleStoreException(
                    "A log of another format: format=" + row.getInt(4) + " path=" + folder,
                    "Open it with a newer version of Varve.");
        }
        return new StoreIdentity(new UUID(row.getLong(8), row.getLong(16)), row.getLong(24));
    }

    private static int crc(BytesView row) {
        return new Crc().update(row, Integer.BYTES, row.length() - Integer.BYTES).value();
    }

    StoreIdentity identity() {
        return identity;
    }

    /** Where the log begins now, whatever was told of it. */
    LogBase readBase() {
        try (LmdbReader reader = environment.reader()) {
            return baseRows.read(reader);
        }
    }

    BaseRows baseRows() {
        return baseRows;
    }

    HoldRows holdRows() {
        return holdRows;
    }

    private Map<String, Long> readHolds() {
        try (LmdbReader reader = environment.reader()) {
            return holdRows.read(reader);
        }
    }

    /** The holds as they were when the log was opened. */
    Map<String, Long> holdsAtOpening() {
        return holdsAtOpening;
    }

    /** Where the log begins, as of the last truncation. */
    LogBase base() {
        return base;
    }

    /** Tells readers where the log begins, once that is committed. */
    void base(LogBase moved) {
        base = moved;
    }

    /** The first version of a stream that is still in the log. */
    long firstVersion(int stream) {
        if (base.firstPosition() == 0) {
            return 0;
        }
        try (LmdbReader reader = environment.reader()) {
            return baseRows.version(reader, stream) + 1;
        }
    }

    /** The last event of a stream that was cut off; empty if it has lost none. */
    Optional<LogFold.Last> lastTruncated(int stream) {
        try (LmdbReader reader = environment.reader()) {
            return baseRows.last(reader, stream);
        }
    }

    /** The table beside the blocks. */
    LmdbTable meta() {
        return meta;
    }

    /** For rows beside the blocks. */
    LmdbReader metaReader() {
        return environment.reader();
    }

    /** Removes a block. */
    void delete(LmdbWriter writer, long lastPosition) {
        if (!writer.delete(blocks, new BytesWriter(8).putLong(lastPosition).view())) {
            throw new StoreCorruptedException(
                    "a block of the log is missing: lastPosition=" + lastPosition, REMEDY);
        }
    }

    /** Begins a commit; see {@link #put}. */
    LmdbWriter writer() {
        return environment.writer();
    }

    /** Makes room after {@link LmdbWriter.MapFullSignal}. */
    void grow() {
        environment.grow();
    }

    /** Sees that the log ends where the caller thinks it does: that nobody else has written. */
    void checkEnd(LmdbWriter writer, long head, long chain) {
        BytesView last = new BytesView();
        long found = writer.last(blocks, last);
        boolean same =
                found == head
                        && (head < 0
                                || last.length() >= BlockFormat.HEADER
                                        && last.getLong(BlockFormat.CHAIN) == chain);
        if (!same) {
            throw new StoreCorruptedException(
                    "the log has grown without this store: expected last position="
                            + head
                            + " found="
                            + found,
                    "Another process has written, past the lock; close both, and open one again.");
        }
    }

    /** Adds a block behind all others. */
    void put(LmdbWriter writer, long lastPosition, BlockBuilder block) {
        block.copyTo(writer.append(blocks, lastPosition, block.length()));
    }

    /**
     * Reads the log as it is now, and soon is closed; there is one also where all others are lent.
     */
    LogReader reader(EventView.Names names) {
        LogReader reader = resting(); // first: once the instant is taken it must be given back
        return begun(reader, environment.reader(), names);
    }

    /** The same, while code of others is called. */
    LogReader lentReader(EventView.Names names) {
        LogReader reader = resting();
        return begun(reader, environment.lentReader(), names);
    }

    private LogReader resting() {
        LogReader reader = readers.poll();
        return reader != null ? reader : new LogReader(this);
    }

    private static LogReader begun(LogReader reader, LmdbReader snapshot, EventView.Names names) {
        try {
            reader.begin(snapshot, names);
        } catch (RuntimeException | Error e) {
            snapshot.close();
            throw e;
        }
        return reader;
    }

    LmdbCursor cursor(LmdbReader reader) {
        return reader.cursor(blocks);
    }

    VerifiedBlocks verified() {
        return verified;
    }

    void giveBack(LogReader reader) {
        try {
            readers.add(reader);
        } catch (Error e) {
            if (!LackOfMemory.isCauseOf(e)) {
                throw e;
            }
            // Another is made when one is wanted.
        }
    }

    /** Brings everything committed to the disk, where a commit does not do it. */
    void makeDurable() {
        if (durable.isPresent()) {
            environment.sync();
        }
    }

    /** How far the log is on disk; empty where each commit is when it returns. */
    Optional<DurablePosition> durable() {
        return durable;
    }

    /** Closes; what is to be done afterwards is done when the last reader has ended. */
    void close(Runnable afterwards, Runnable stuck) {
        durable.ifPresent(DurablePosition::close);
        environment.close(afterwards, stuck);
    }

    @Override
    public void close() {
        close(() -> {}, () -> {});
    }
}
