package io.varve.store.lmdb;

import io.varve.store.errors.LimitExceededException;
import io.varve.store.errors.Logs;
import io.varve.store.errors.StoreFullException;
import io.varve.store.errors.VarveException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.lmdbjava.DbiFlags;
import org.lmdbjava.LmdbException;

/**
 * An LMDB environment in a folder, with the rules of the package kept. Thread-safe.
 *
 * <p>Tables are opened before the first reader and by one thread.
 */
public final class LmdbEnvironment implements AutoCloseable {
    private final Path folder;
    private final LmdbMap map;
    private final LmdbOptions options;
    private final Gate gate;
    private final Duration patience = Gate.patience();
    private final ReentrantLock writeLock = new ReentrantLock();
    private final OpenFiles files;
    private final KeyBuffer writeKey = new KeyBuffer();
    private final ReaderPool readers;
    private volatile CommitSync commits = this::syncNative;
    private boolean changedSinceClosed;
    private final Runnable ending = this::end;
    private boolean closed;
    private boolean ended;
    private Runnable whenClosed = () -> {};
    private Runnable whenStuck = () -> {};

    private LmdbEnvironment(Path folder, LmdbMap map, LmdbOptions options) {
        this.folder = folder;
        this.map = map;
        this.options = options;
        this.gate = new Gate("path=" + folder);
        this.files = new OpenFiles(folder);
        this.readers = new ReaderPool(this, options.tables(), patience);
    }

    /**
     * Opens the environment in a folder that the caller holds the lock of.
     *
     * @param folder made where it is missing
     * @param options how
     * @return the environment; close it
     */
    public static LmdbEnvironment open(Path folder, LmdbOptions options) {
        NativeLibrary.begin();
        Path real = FolderLock.makeFolder(folder);
        PathEncoding.check(real);
        FolderRights.check(real);
        // First: the meta pages may say of a file that is to be restored what it never was.
        Reopening.Left left = Reopening.prepare(real, options);
        DataFile.prepare(real, options.remedy());
        LmdbMap map = LmdbMap.toWrite(real, options);
        LmdbEnvironment environment = new LmdbEnvironment(real, map, options);
        try {
            environment.changedSinceClosed = left.isChanged();
            environment.commits = CommitSync.of(environment, options, left.state());
            return environment;
        } catch (RuntimeException | Error e) {
            environment.close();
            throw e;
        }
    }

    /**
     * From now on somebody goes along with the syncs of a pinned environment. In other modes there
     * is nothing to listen to.
     *
     * @param listener is called by the thread that syncs
     */
    public void listenToSyncs(SyncListener listener) {
        if (commits instanceof PinnedSync pinned) {
            pinned.listen(listener);
        }
    }

    /**
     * Opens an environment that nobody writes, for reading, and writes nothing beside it. The
     * structure of its file was found sound.
     *
     * @param folder of the environment
     * @param options how; the map is as large as the file
     * @return the environment; close it
     */
    public static LmdbEnvironment openToRead(Path folder, LmdbOptions options) {
        PathEncoding.check(folder);
        DataFile.prepare(folder, options.remedy());
        return new LmdbEnvironment(folder, LmdbMap.toRead(folder, options), options);
    }

    /**
     * Opens a table that there is, and makes nothing.
     *
     * @param name one of {@link #tableNames()}
     * @return the table
     */
    public LmdbTable existingTable(String name) {
        return table(name, new DbiFlags[0]);
    }

    /** {@return whether, when it was opened, it was not what it had been when it was closed} */
    public boolean isChangedSinceClosed() {
        return changedSinceClosed;
    }

    /** {@return the real path of its folder} */
    public Path folder() {
        return folder;
    }

    /** {@return the bytes of its data file} */
    public long fileBytes() {
        return DataFile.size(folder);
    }

    /** {@return how large its map is, in bytes of address space} */
    public long mapBytes() {
        return map.bytes();
    }

    /** {@return the names of its tables, none in a new environment} */
    public List<String> tableNames() {
        try {
            return map.tableNames();
        } catch (LmdbException e) {
            throw translate(e, "looking for tables");
        }
    }

    /**
     * Opens a table whose keys are bytes, and makes it where it is missing.
     *
     * @param name of the table
     * @return the table
     */
    public LmdbTable table(String name) {
        return table(name, DbiFlags.MDB_CREATE);
    }

    /**
     * Opens a table whose keys are longs in numeric order, and makes it where it is missing.
     *
     * @param name of the table
     * @return the table
     */
    public LmdbTable longTable(String name) {
        return table(name, DbiFlags.MDB_CREATE, DbiFlags.MDB_INTEGERKEY);
    }

    private LmdbTable table(String name, DbiFlags... flags) {
        try {
            return map.table(name, flags);
        } catch (LmdbException e) {
            throw translate(e, "opening table=" + name);
        }
    }

    /** {@return a reader that soon is closed; there is one also where all others are lent} */
    public LmdbReader reader() {
        return enter(true);
    }

    /**
     * Reads at the newest instant, for as long as somebody wants: 1,024 at once.
     *
     * @return a reader; close it
     * @throws LimitExceededException if there are so many
     */
    public LmdbReader lentReader() {
        return enter(false);
    }

    private LmdbReader enter(boolean own) {
        gate.enter();
        try {
            return own ? readers.wakeOwn() : readers.wake();
        } catch (RuntimeException | Error e) {
            gate.leave();
            if (e instanceof LmdbException of) {
                throw translate(of, "reading");
            }
            throw e;
        }
    }

    /**
     * From now on nobody begins to read or to write: its structure is damaged, and following it may
     * end the process. It is to be closed.
     *
     * @param why each who comes is told
     */
    public void refuse(Supplier<VarveException> why) {
        gate.refuse(why);
    }

    /** {@return whether it was refused; nobody writes it then} */
    public boolean isRefused() {
        return gate.isRefused();
    }

    /** {@return who has a reader just now} */
    public OpenReaders openReaders() {
        return readers.open();
    }

    void giveBack(LmdbReader reader) {
        try {
            readers.rest(reader);
        } finally {
            gate.leave();
        }
    }

    /**
     * Begins a change; waits for the one that is going on.
     *
     * @return a writer; close it on this thread
     * @throws IllegalStateException if this thread has one open, which would wait for itself for
     *     ever
     */
    public LmdbWriter writer() {
        if (writeLock.isHeldByCurrentThread()) {
            throw new IllegalStateException(
                    "This thread has a transaction open already; close it first: path=" + folder);
        }
        commits.awaitRoom();
        map.lockSettled(
                writeLock, () -> commits.resize(() -> moveMap(() -> map.settle(gate, patience))));
        try {
            return beginWriting();
        } catch (RuntimeException | Error e) {
            writeLock.unlock();
            throw e;
        }
    }

    private LmdbWriter beginWriting() {
        gate.enter();
        try {
            files.check();
            return LmdbWriter.of(this, writeLock, map.beginWriting(), writeKey);
        } catch (LmdbException e) {
            gate.leave();
            throw translate(e, "writing");
        } catch (RuntimeException | Error e) {
            gate.leave();
            throw e;
        }
    }

    Gate gate() {
        return gate;
    }

    /**
     * Doubles the map, once nobody reads. The caller has no reader and no writer open.
     *
     * @throws StoreFullException if somebody reads for too long
     */
    public void grow() {
        commits.resize(() -> moveMap(() -> map.grow(gate, patience)));
    }

    private void moveMap(Runnable move) {
        writeLock.lock();
        try {
            move.run();
        } catch (LmdbException e) {
            throw translate(e, "growing the map to mapBytes=" + map.bytes());
        } finally {
            writeLock.unlock();
        }
    }

    /** Brings everything committed to the disk. */
    public void sync() {
        commits.sync(gate);
    }

    void syncNative() {
        try {
            map.env().sync(true);
        } catch (LmdbException e) {
            throw translate(e, "syncing");
        }
    }

    /** To be touched by those inside the gate alone. */
    LmdbMap map() {
        return map;
    }

    CommitSync commits() {
        return commits;
    }

    ReentrantLock writeLock() {
        return writeLock;
    }

    /** {@return whether a file of it was deleted or replaced since it was opened} */
    public boolean isGone() {
        return files.areGone();
    }

    OpenFiles files() {
        return files;
    }

    /** A reader that closing and growing do not wait for: who has it ends it in time. */
    LmdbReader pin() {
        try {
            return LmdbReader.begin(this, options.tables());
        } catch (LmdbException e) {
            throw translate(e, "reading");
        }
    }

    VarveException translate(LmdbException e, String doing) {
        return LmdbErrors.translate(e, doing, folder, options);
    }

    /** Closes, without anything to be done afterwards; see {@link #close(Runnable, Runnable)}. */
    @Override
    public void close() {
        close(() -> {}, () -> {});
    }

    /**
     * Closes, once nobody reads or writes: now, or when the last of them ends, because unmapping
     * the memory under him would end the process. Waits a few seconds for that. Closing twice does
     * nothing.
     *
     * @param afterwards is run once the environment is closed, by this thread or that of the last
     *     reader
     * @param stuck is run instead, likewise, if it cannot be closed and never will be
     */
    public void close(Runnable afterwards, Runnable stuck) {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            whenClosed = afterwards;
            whenStuck = stuck;
        }
        try {
            commits.stop();
        } finally {
            if (gate.close(patience, ending)) {
                end();
            } else {
                Logs.of(LmdbEnvironment.class)
                        .log(
                                Level.WARNING,
                                "Closed while a view or transaction is open, so its memory stays mapped and its"
                                        + " folder locked until that ends; close views first: path={0}",
                                folder);
            }
        }
    }

    private synchronized void end() {
        if (ended) {
            return;
        }
        ended = true;
        try {
            if (!map.isGone()) {
                readers.end();
                commits.release();
            }
        } finally {
            unmap();
        }
    }

    private void unmap() {
        if (map.isStuck(whenStuck)) {
            return; // whoever closed waits no longer, and the folder stays locked
        }
        try {
            map.close();
            commits.ended();
        } finally {
            whenClosed.run();
        }
    }
}
