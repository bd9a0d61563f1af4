package io.varve.store.state;

import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.errors.StoreClosedException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Changes of an overlay. */
final class OverlayTransaction implements StateTransaction {
    /** What a row takes besides its bytes, about: a node, two arrays. */
    private static final int ROW_BYTES = 100;

    /** Rows that are removed at a time. */
    private static final int STEP = 1_000;

    private final OverlayEnvironment environment;
    private final StateView base;
    private final StateTransaction changes;
    private final Map<String, Long> added;
    private final BytesWriter row = new BytesWriter();
    private final BytesView old = new BytesView();
    private long bytes;
    private boolean ended;

    OverlayTransaction(
            OverlayEnvironment environment,
            StateView base,
            StateTransaction changes,
            Map<String, Long> added) {
        this.environment = environment;
        this.base = base;
        this.changes = changes;
        this.added = new HashMap<>(added);
    }

    @Override
    public Table table(String name) {
        checkOpen();
        Table changed = changes.table(name); // refuses an unknown one
        return new ChangingTable(name, base.table(name), changed);
    }

    private long added(String table) {
        checkOpen();
        return added.getOrDefault(table, 0L);
    }

    @Override
    public void checkpoint(Checkpoint checkpoint) {
        changes.checkpoint(checkpoint);
    }

    @Override
    public void commit() {
        checkOpen();
        environment.commit(changes, added, bytes);
        close();
    }

    private void checkOpen() {
        if (ended) {
            throw new StoreClosedException("state transaction");
        }
    }

    @Override
    public void close() {
        if (!ended) {
            ended = true;
            changes.close();
            environment.ended();
        }
    }

    private final class ChangingTable extends OverlayTable implements Table {
        private final String name;
        private final Table changed;

        ChangingTable(String name, ReadOnlyTable base, Table changed) {
            super(base, changed, () -> added(name));
            this.name = name;
            this.changed = changed;
        }

        @Override
        public void put(BytesView key, BytesView value) {
            checkOpen();
            // Before anything else is read: it may have been lent by this very table.
            row.reset().putByte(THERE).putBytes(value);
            boolean wasChanged = changed.get(key, old);
            int oldBytes = wasChanged ? old.length() + key.length() + ROW_BYTES : 0;
            boolean was = wasChanged ? old.getByte(0) == THERE : isBelow(key, old);
            changed.put(key, row.view());
            bytes += row.size() + key.length() + ROW_BYTES - oldBytes;
            if (!was) {
                added.merge(name, 1L, Long::sum);
            }
        }

        @Override
        public boolean delete(BytesView key) {
            checkOpen();
            boolean wasChanged = changed.get(key, old);
            int oldBytes = wasChanged ? old.length() + key.length() + ROW_BYTES : 0;
            if (wasChanged && old.getByte(0) == GONE) {
                return false;
            }
            boolean below = isBelow(key, old);
            if (!wasChanged && !below) {
                return false;
            }
            if (below) {
                changed.put(key, row.reset().putByte(GONE).view());
                bytes += 1 + key.length() + ROW_BYTES;
            } else {
                changed.delete(key);
            }
            bytes -= oldBytes;
            added.merge(name, -1L, Long::sum);
            return true;
        }

        @Override
        public void clear() {
            List<byte[]> some = some();
            while (!some.isEmpty()) {
                some.forEach(key -> delete(BytesView.of(key)));
                some = some();
            }
        }

        private List<byte[]> some() {
            List<byte[]> keys = new ArrayList<>();
            scan(
                    new BytesView(),
                    new BytesView(),
                    (key, value) -> keys.add(key.toByteArray()) && keys.size() < STEP);
            return keys;
        }
    }
}
