package io.varve.store.state;

import io.varve.store.bytes.BytesView;
import io.varve.store.errors.StoreClosedException;
import io.varve.store.errors.TableUnknownException;
import io.varve.store.lmdb.LmdbEnvironment;
import io.varve.store.lmdb.LmdbOptions;
import io.varve.store.lmdb.LmdbReader;
import io.varve.store.lmdb.LmdbTable;
import io.varve.store.lmdb.RowChecksum;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A copy as it is read where it lies. Nothing is written, not even beside it. */
final class CopyView implements StateView {
    private static final String REMEDY = "Use another copy, or derive the state from its log.";

    private final Path folder;
    private final Set<String> known;
    private final LmdbEnvironment environment;
    private final Map<String, LmdbTable> tables = new HashMap<>();
    private final Optional<LmdbTable> meta;
    private final LmdbReader reader;
    private final StateDamage damage = new StateDamage();
    private boolean closed;

    private CopyView(LmdbEnvironment environment, Set<String> wanted) {
        this.environment = environment;
        this.folder = environment.folder();
        this.known = Set.copyOf(wanted);
        Set<String> there = new HashSet<>(environment.tableNames());
        for (String name : known) {
            String stored = LmdbStateEnvironment.TABLE_PREFIX + name;
            if (there.contains(stored)) {
                tables.put(name, environment.existingTable(stored));
            }
        }
        this.meta =
                there.contains(LmdbStateEnvironment.META)
                        ? Optional.of(environment.existingTable(LmdbStateEnvironment.META))
                        : Optional.empty();
        this.reader = environment.reader();
    }

    static StateView open(Path folder, Set<String> tables) {
        LmdbOptions options = new LmdbOptions(1 << 20, tables.size() + 1, false, REMEDY);
        LmdbEnvironment environment = LmdbEnvironment.openToRead(folder, options);
        try {
            return new CopyView(environment, tables);
        } catch (RuntimeException | Error e) {
            environment.close();
            throw e;
        }
    }

    @Override
    public ReadOnlyTable table(String name) {
        checkOpen();
        if (!known.contains(name)) {
            throw new TableUnknownException(name);
        }
        LmdbTable table = tables.get(name);
        return table == null
                ? new InMemoryTable(() -> InMemoryRows.NONE)
                : new LmdbReadTable(this::checkOpen, damage, reader, table);
    }

    @Override
    public Optional<Checkpoint> checkpoint() {
        checkOpen();
        BytesView value = new BytesView();
        return meta.isPresent() && reader.get(meta.get(), CheckpointRow.KEY, value)
                ? Optional.of(CheckpointRow.read(new RowChecksum(REMEDY), value))
                : Optional.empty();
    }

    private void checkOpen() {
        if (closed) {
            throw new StoreClosedException("view of path=" + folder);
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            reader.close();
            environment.close();
        }
    }
}
