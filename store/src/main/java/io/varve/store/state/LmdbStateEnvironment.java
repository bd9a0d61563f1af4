package io.varve.store.state;

import io.varve.store.bytes.BytesView;
import io.varve.store.errors.StoreClosedException;
import io.varve.store.errors.StoreIoException;
import io.varve.store.errors.TableUnknownException;
import io.varve.store.lmdb.FolderLock;
import io.varve.store.lmdb.LmdbEnvironment;
import io.varve.store.lmdb.LmdbOptions;
import io.varve.store.lmdb.LmdbReader;
import io.varve.store.lmdb.LmdbTable;
import io.varve.store.lmdb.RowChecksum;
import io.varve.store.lmdb.Uninterrupted;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Keyed state in an LMDB environment of its own.
 *
 * <p>Commits do not wait for the disk: what is here can be derived again. So after a crash of the
 * machine the file is not to be trusted, which {@link CleanMark} notices; it is then thrown away.
 */
final class LmdbStateEnvironment implements StateEnvironment {
    private static final Logger LOGGER = System.getLogger(LmdbStateEnvironment.class.getName());

    static final String REMEDY =
            "Delete the folder of the projection: it is built again from the log.";

    private static final String META = "varve";
    private static final String TABLE_PREFIX = "table/";

    private final FolderLock lock;
    private final CleanMark mark;
    private final LmdbEnvironment environment;
    private final LmdbTable meta;
    private final Map<String, LmdbTable> tables;
    private volatile boolean closed;

    private LmdbStateEnvironment(
            FolderLock lock,
            CleanMark mark,
            LmdbEnvironment environment,
            LmdbTable meta,
            Map<String, LmdbTable> tables) {
        this.lock = lock;
        this.mark = mark;
        this.environment = environment;
        this.meta = meta;
        this.tables = Map.copyOf(tables);
    }

    static StateEnvironment open(StateConfig config) {
        return Uninterrupted.call(() -> openHere(config));
    }

    private static StateEnvironment openHere(StateConfig config) {
        FolderLock lock = FolderLock.take(config.path());
        try {
            CleanMark mark = new CleanMark(lock.folder());
            mark.opening();
            LmdbOptions options =
                    new LmdbOptions(
                            config.initialMapBytes(), config.tables().size() + 1, false, REMEDY);
            LmdbEnvironment environment = LmdbEnvironment.open(lock.folder(), options);
            try {
                Map<String, LmdbTable> tables = new HashMap<>();
                for (String name : config.tables()) {
                    tables.put(name, environment.table(TABLE_PREFIX + name));
                }
                LmdbTable meta = environment.table(META);
                return new LmdbStateEnvironment(lock, mark, environment, meta, tables);
            } catch (RuntimeException | Error e) {
                environment.close();
                throw e;
            }
        } catch (RuntimeException | Error e) {
            lock.close();
            throw e;
        }
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

    LmdbTable meta() {
        return meta;
    }

    @Override
    public StateView view() {
        checkOpen();
        return new LmdbStateView(this, environment.reader());
    }

    @Override
    public StateTransaction begin() {
        checkOpen();
        return new LmdbStateTransaction(this, environment);
    }

    @Override
    public void sync() {
        checkOpen();
        environment.sync();
    }

    private void checkOpen() {
        if (closed) {
            throw new StoreClosedException("path=" + lock.folder());
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        boolean synced = false;
        try {
            environment.sync();
            synced = true;
        } finally {
            boolean clean = synced;
            environment.close(() -> giveBack(clean));
        }
    }

    /**
     * Gives the folder back, at once or when the last view has ended: two environments of one
     * process on one file would take each other's locks away.
     */
    private void giveBack(boolean clean) {
        try {
            if (clean) {
                mark.clean();
            }
        } catch (StoreIoException e) {
            // Then it counts as not closed, which costs a computation at worst.
            LOGGER.log(Level.WARNING, "A read model could not be marked as closed", e);
        } finally {
            lock.close();
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
                    name, n -> new LmdbReadTable(this::checkOpen, reader, owner.find(n)));
        }

        @Override
        public Optional<Checkpoint> checkpoint() {
            checkOpen();
            BytesView value = new BytesView();
            return reader.get(owner.meta(), CheckpointRow.KEY, value)
                    ? Optional.of(CheckpointRow.read(new RowChecksum(REMEDY), value))
                    : Optional.empty();
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
