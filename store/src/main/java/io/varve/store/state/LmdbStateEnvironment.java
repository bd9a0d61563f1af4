package io.varve.store.state;

import io.varve.store.bytes.BytesView;
import io.varve.store.errors.Logs;
import io.varve.store.errors.StoreClosedException;
import io.varve.store.errors.StoreCorruptedException;
import io.varve.store.errors.TableUnknownException;
import io.varve.store.errors.VarveException;
import io.varve.store.lmdb.CommitMode;
import io.varve.store.lmdb.FolderLock;
import io.varve.store.lmdb.LmdbEnvironment;
import io.varve.store.lmdb.LmdbErrors;
import io.varve.store.lmdb.LmdbOptions;
import io.varve.store.lmdb.LmdbReader;
import io.varve.store.lmdb.LmdbTable;
import io.varve.store.lmdb.RowChecksum;
import io.varve.store.lmdb.Uninterrupted;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Keyed state in an LMDB environment of its own.
 *
 * <p>Commits do not wait for the disk: what is here can be derived again. They are synced some time
 * later, by pin and restore: after a crash of the machine the environment is as last synced.
 */
final class LmdbStateEnvironment implements StateEnvironment {
    static final String REMEDY =
            "Delete the folder: a read model, or snapshots, are made again from the log.";

    static final String META = "varve";
    static final String TABLE_PREFIX = "table/";

    private final FolderLock lock;
    private final LmdbEnvironment environment;
    private final LmdbTable meta;
    private final Map<String, LmdbTable> tables;
    private final StateSyncs syncs;
    private final StateDamage damage = new StateDamage();
    private volatile boolean closed;

    private LmdbStateEnvironment(
            FolderLock lock, LmdbEnvironment environment, StateConfig config, LmdbTable meta) {
        this.lock = lock;
        this.environment = environment;
        this.meta = meta;
        this.syncs = new StateSyncs(meta, config.barrier(), damage);
        Map<String, LmdbTable> opened = new HashMap<>();
        for (String name : config.tables()) {
            opened.put(name, environment.table(TABLE_PREFIX + name));
        }
        this.tables = Map.copyOf(opened);
        // Until the first sync that knows of it, nothing says what was left.
        environment.listenToSyncs(syncs);
        environment.sync();
    }

    static StateEnvironment open(StateConfig config) {
        CommitMode mode = CommitMode.pinned(config.syncInterval());
        try {
            return Uninterrupted.call(() -> openHere(config, mode));
        } catch (LinkageError e) {
            throw LmdbErrors.notLoaded(e, config.path());
        }
    }

    /** Opens a new one that nobody opens again: it never waits for the disk. */
    static StateEnvironment openTemporary(StateConfig config) {
        return Uninterrupted.call(() -> openHere(config, CommitMode.UNSYNCED));
    }

    private static StateEnvironment openHere(StateConfig config, CommitMode mode) {
        FolderLock lock = FolderLock.take(config.path());
        try {
            return open(config, mode, lock);
        } catch (StoreCorruptedException e) {
            lock.close();
            throw damaged(lock.folder(), e);
        } catch (RuntimeException | Error e) {
            lock.close();
            throw e;
        }
    }

    private static StateEnvironment open(StateConfig config, CommitMode mode, FolderLock lock) {
        StateMark mark = StateMark.of(lock.folder());
        LmdbOptions options =
                new LmdbOptions(
                        config.initialMapBytes(),
                        config.tables().size() + 1,
                        mode,
                        REMEDY,
                        (left, tag) -> isWhole(left, tag, mark));
        LmdbEnvironment environment =
                LmdbEnvironment.open(
                        lock.folder(),
                        config.refusesChanged()
                                ? options.asDerived(damaged -> {})
                                : options.asChecked());
        try {
            if (environment.isChangedSinceClosed()) {
                refuseWithout(config.tables(), environment);
            }
            mark.opened();
            return new LmdbStateEnvironment(lock, environment, config, environment.table(META));
        } catch (RuntimeException | Error e) {
            environment.close();
            throw e;
        }
    }

    /** In a file that is not as it was closed, one under a wrong name would be made anew. */
    private static void refuseWithout(Set<String> tables, LmdbEnvironment environment) {
        Set<String> there = new HashSet<>(environment.tableNames());
        for (String table : tables) {
            if (!there.contains(TABLE_PREFIX + table) || !there.contains(META)) {
                throw new StoreCorruptedException("a table is gone: table=" + table, REMEDY);
            }
        }
    }

    /**
     * Whether an environment that was not closed, and whose pages fit together, may be gone on
     * with. Where the machine has seen all writes, only a process has died, and rows carry
     * checksums; where it is not known how it was left, nothing can be proved of rows that may be
     * older ones.
     */
    private static boolean isWhole(LmdbEnvironment left, byte[] tag, StateMark mark) {
        return tag.length > 0 || mark.wasClean() || left.tableNames().isEmpty();
    }

    /** The same with a remedy for what is derived. */
    private static StoreCorruptedException damaged(Path folder, StoreCorruptedException e) {
        StoreCorruptedException error =
                new StoreCorruptedException("state cannot be opened: path=" + folder, REMEDY);
        error.initCause(e);
        return error;
    }

    @Override
    public Set<String> tables() {
        return tables.keySet();
    }

    LmdbTable find(String name) {
        LmdbTable table = tables.get(name);
        if (table == null) {
            throw new TableUnknownException(name);
        }
        return table;
    }

    LmdbEnvironment environment() {
        return environment;
    }

    LmdbTable meta() {
        return meta;
    }

    @Override
    public StateView view() {
        return view(environment::lentReader);
    }

    @Override
    public StateView ownView() {
        return view(environment::reader);
    }

    private StateView view(Supplier<LmdbReader> reader) {
        checkOpen();
        try {
            return new LmdbStateView(this, reader.get());
        } catch (StoreCorruptedException e) {
            throw damage.found(e);
        }
    }

    @Override
    public StateTransaction begin() {
        checkOpen();
        try {
            return new LmdbStateTransaction(this);
        } catch (StoreCorruptedException e) {
            throw damage.found(e); // a file was deleted under it
        }
    }

    @Override
    public void sync() {
        checkOpen();
        environment.sync();
    }

    @Override
    public Optional<Checkpoint> synced() {
        return syncs.synced();
    }

    @Override
    public StateCopy copyTo(Path folder) {
        checkOpen();
        return Uninterrupted.call(() -> StateCopy.make(environment, folder));
    }

    @Override
    public StateCopy copyTo(Path folder, Runnable taken) {
        checkOpen();
        return Uninterrupted.call(() -> StateCopy.make(environment, folder, taken));
    }

    @Override
    public Optional<StoreCorruptedException> damage() {
        return damage.first();
    }

    @Override
    public void onDamage(Consumer<StoreCorruptedException> listener) {
        damage.listen(listener);
    }

    StateDamage notes() {
        return damage;
    }

    private void checkOpen() {
        if (closed) {
            throw new StoreClosedException("path=" + lock.folder());
        }
    }

    @Override
    public void close() {
        closeOnce();
        if (lock.isKept()) {
            throw lock.keep(); // each time: it is not closed, and never will be
        }
    }

    private void closeOnce() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        try {
            // The folder is given back at once or when the last view has ended: two environments of
            // one process on one file would take each other's locks away.
            environment.close(lock::close, lock::keep);
        } catch (StoreClosedException e) {
            Logs.of(LmdbStateEnvironment.class)
                    .log(
                            Level.WARNING,
                            "The log was closed before a read model of it, which stays as last synced if the"
                                    + " machine goes down: path={0}",
                            lock.folder());
        } catch (VarveException e) {
            if (!environment.isGone()) {
                throw e;
            }
            Logs.of(LmdbStateEnvironment.class)
                    .log(
                            Level.WARNING,
                            "The folder was deleted before a read model in it was closed: path={0}",
                            lock.folder());
        }
    }

    /** The view of one instant. */
    private static final class LmdbStateView implements StateView {
        private final LmdbStateEnvironment owner;
        private final LmdbReader reader;
        private final Map<String, ReadOnlyTable> open = new HashMap<>();
        private boolean closed;

        LmdbStateView(LmdbStateEnvironment owner, LmdbReader reader) {
            this.owner = owner;
            this.reader = reader;
        }

        @Override
        public ReadOnlyTable table(String name) {
            checkOpen();
            return open.computeIfAbsent(
                    name,
                    n -> new LmdbReadTable(this::checkOpen, owner.damage, reader, owner.find(n)));
        }

        @Override
        public Optional<Checkpoint> checkpoint() {
            checkOpen();
            BytesView value = new BytesView();
            try {
                return reader.get(owner.meta(), CheckpointRow.KEY, value)
                        ? Optional.of(CheckpointRow.read(new RowChecksum(REMEDY), value))
                        : Optional.empty();
            } catch (StoreCorruptedException e) {
                throw owner.damage.found(e);
            }
        }

        private void checkOpen() {
            if (closed) {
                throw new StoreClosedException("view of path=" + owner.lock.folder());
            }
        }

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                reader.close();
            }
        }
    }
}
