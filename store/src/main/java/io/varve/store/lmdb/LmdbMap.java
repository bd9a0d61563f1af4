package io.varve.store.lmdb;

import io.varve.store.errors.Logs;
import io.varve.store.errors.StoreFullException;
import io.varve.store.errors.StoreIoException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.lmdbjava.Dbi;
import org.lmdbjava.DbiFlags;
import org.lmdbjava.Env;
import org.lmdbjava.EnvFlags;
import org.lmdbjava.LmdbException;
import org.lmdbjava.LmdbNativeException;
import org.lmdbjava.Txn;

/**
 * The native side of an environment: how its file is mapped, how large the map is, and whether it
 * is there still. Growing is up to the holder of the environment's write lock.
 */
final class LmdbMap {
    private static final int OWNER_ONLY = 0600;

    /** An errno, the same on all systems. */
    private static final int EINVAL = 22;

    /** So that a table can be looked for in an empty file. */
    private static final long LEAST_TO_READ = 1 << 20;

    /** Bytes that no map begins with more than; looked at when opening. For maps that must grow. */
    private static final String MOST = "varve.map.bytes";

    private final Path folder;
    private final LmdbOptions options;
    private final Env<NativeBytes> env;

    /** The tables that were opened, in their order, which is that of their native numbers. */
    private final List<String> tables = new CopyOnWriteArrayList<>();

    /** What is read in its place, once LMDB reads no more by it. */
    private volatile Optional<Env<NativeBytes>> standIn = Optional.empty();

    /** Changed by the holder of the write lock. */
    private volatile long bytes;

    /** The map could not be moved and is gone: nothing native may be touched any more. */
    private volatile boolean gone;

    /**
     * Whether the last change ended in the midst of its beginning, for lack of memory: LMDB may
     * have a change that no object of Java stands for, and the next one might wait for it for ever.
     * Under the write lock.
     */
    private boolean inDoubt;

    /** Made for who is the first to look at a leaf; for two at once it is made twice. */
    private LeafCheck leaves;

    private LmdbMap(Path folder, LmdbOptions options, Env<NativeBytes> env, long bytes) {
        this.folder = folder;
        this.options = options;
        this.env = env;
        this.bytes = bytes;
    }

    static LmdbMap toWrite(Path real, LmdbOptions options) {
        LockFile.prepare(real);
        long begin = Math.min(options.mapBytes(), Long.getLong(MOST, Long.MAX_VALUE));
        long bytes = Math.max(begin, DataFile.size(real));
        LmdbMap map = open(real, options, bytes, flags(options.mode()));
        map.env.readerCheck();
        return map;
    }

    private static EnvFlags[] flags(CommitMode mode) {
        return mode instanceof CommitMode.Synced
                ? new EnvFlags[] {EnvFlags.MDB_NOTLS}
                : new EnvFlags[] {EnvFlags.MDB_NOTLS, EnvFlags.MDB_NOSYNC};
    }

    /** Maps a file that nobody writes; no lock file is made beside it. */
    static LmdbMap toRead(Path folder, LmdbOptions options) {
        long bytes = Math.max(LEAST_TO_READ, DataFile.size(folder));
        EnvFlags[] flags = {EnvFlags.MDB_NOTLS, EnvFlags.MDB_RDONLY_ENV, EnvFlags.MDB_NOLOCK};
        return open(folder, options, bytes, flags);
    }

    private static LmdbMap open(Path folder, LmdbOptions options, long bytes, EnvFlags... flags) {
        try {
            NativeLibrary.await();
            Env<NativeBytes> env =
                    Env.create(NativeBytesProxy.PROXY)
                            .setMapSize(bytes)
                            .setMaxDbs(options.tables())
                            .setMaxReaders(LmdbOptions.SLOTS)
                            .open(folder.toFile(), OWNER_ONLY, flags);
            return new LmdbMap(folder, options, env, bytes);
        } catch (LmdbException e) {
            throw LmdbErrors.translate(e, "opening", folder, options);
        } catch (LinkageError e) {
            throw LmdbErrors.notLoaded(e, folder);
        }
    }

    Env<NativeBytes> env() {
        return env;
    }

    /** By which is read. */
    Env<NativeBytes> readable() {
        return standIn.orElse(env);
    }

    /**
     * Begins to read. When a meta page could not be written LMDB neither writes nor begins to read
     * by that environment any more, though all is there: it is read by another one then, which
     * takes no lock, as nobody writes.
     */
    Txn<NativeBytes> beginReading() {
        try {
            return readable().txnRead();
        } catch (LmdbNativeException.PanicException e) {
            return standIn(e).txnRead();
        }
    }

    private synchronized Env<NativeBytes> standIn(LmdbException why) {
        if (standIn.isEmpty()) {
            LmdbMap other = toRead(folder, options);
            try {
                tables.forEach(other::table); // in their order: so their numbers are the same
            } catch (LmdbException e) {
                other.env.close();
                why.addSuppressed(e);
                throw why;
            }
            standIn = Optional.of(other.env);
        }
        return standIn.get();
    }

    /** Once nobody reads or writes. */
    void close() {
        try {
            standIn.ifPresent(Env::close);
        } finally {
            env.close();
        }
    }

    /** Looks at leaves. */
    LeafCheck leaves() {
        LeafCheck known = leaves;
        if (known == null) {
            known = new LeafCheck(env.stat().pageSize);
            leaves = known;
        }
        return known;
    }

    List<String> tableNames() {
        return env.getDbiNames().stream()
                .map(name -> new String(name, StandardCharsets.UTF_8))
                .toList();
    }

    /** By one thread. */
    LmdbTable table(String name, DbiFlags... flags) {
        Dbi<NativeBytes> dbi = env.openDbi(name, flags);
        tables.add(name);
        return new LmdbTable(dbi, name, tables.size() - 1);
    }

    long bytes() {
        return bytes;
    }

    boolean isGone() {
        return gone;
    }

    /** Takes the write lock when there is no doubt whether a change can be begun. */
    void lockSettled(ReentrantLock writeLock, Runnable settling) {
        writeLock.lock();
        while (inDoubt) {
            // Not under the lock: what moving a map locks first comes before it.
            writeLock.unlock();
            settling.run();
            writeLock.lock();
        }
    }

    /** Begins a change; the caller holds the write lock. */
    Txn<NativeBytes> beginWriting() {
        return beginWriting(env::txnWrite);
    }

    Txn<NativeBytes> beginWriting(Supplier<Txn<NativeBytes>> way) {
        inDoubt = true;
        try {
            Txn<NativeBytes> begun = way.get();
            inDoubt = false;
            return begun;
        } catch (LmdbException e) {
            inDoubt = false;
            throw e;
        }
    }

    /**
     * Ends the doubt, once nobody is behind the gate; the caller holds the write lock.
     *
     * @throws StoreIoException if there is a change that nobody can end
     */
    void settle(Gate gate, Duration patience) {
        shut(gate, patience);
        try {
            if (hasLostChange()) {
                throw new StoreIoException(
                        "Memory ran out when LMDB had begun a change, which nobody can end now:"
                                + " path="
                                + folder,
                        "Give the JVM more memory and start the process again: what was committed is"
                                + " kept.",
                        null);
            }
        } catch (LmdbException e) {
            gone = true;
            gate.close(Duration.ZERO, () -> {});
            throw e;
        } finally {
            gate.open();
        }
    }

    /** Whether it must not be closed: LMDB would unmap a lock that is held. Then that is told. */
    boolean isStuck(Runnable telling) {
        boolean stuck = true; // also where there is no memory to look
        try {
            stuck = !gone && hasLostChange();
        } finally {
            if (stuck) {
                telling.run();
            }
        }
        if (stuck) {
            Logs.of(LmdbMap.class)
                    .log(
                            Level.WARNING,
                            "Not closed, as LMDB has a change that nobody can end; the folder stays locked"
                                    + " until the process ends: path={0}",
                            folder);
        }
        return stuck;
    }

    /** Whether there is a change that nobody can end; asked when nobody reads or writes. */
    boolean hasLostChange() {
        if (!inDoubt) {
            return false;
        }
        try {
            env.setMapSize(bytes);
            inDoubt = false;
            return false;
        } catch (LmdbNativeException.ConstantDerivedException e) {
            if (e.getResultCode() == EINVAL) {
                return true; // LMDB moves no map while it has a change
            }
            throw e;
        }
    }

    /** Doubles the map, once nobody is behind the gate; the caller holds the write lock. */
    void grow(Gate gate, Duration patience) {
        shut(gate, patience);
        try {
            // The native readers that rest in the pool hold no snapshot, so the map may move.
            bytes = 2 * Math.max(bytes, DataFile.size(folder));
            env.setMapSize(bytes);
        } catch (LmdbException e) {
            // LMDB has let go of the old map before it failed to get the new one.
            gone = true;
            gate.close(Duration.ZERO, () -> {});
            throw e;
        } finally {
            gate.open();
        }
    }

    private void shut(Gate gate, Duration patience) {
        if (!gate.shut(patience)) {
            throw new StoreFullException(
                    "The map is full and cannot grow while views are open: path="
                            + folder
                            + " mapBytes="
                            + bytes,
                    "Close views sooner, or open with a larger initial map; nothing was lost.",
                    null);
        }
    }
}
