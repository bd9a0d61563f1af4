package io.varve.runtime;

import io.varve.store.bytes.BytesView;
import io.varve.store.state.ReadOnlyTable;
import io.varve.store.state.RowCursor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToIntFunction;

/** A table of all partitions, merged in key order. Rows of a walk are copied, some at a time. */
final class PartitionedTable implements ReadOnlyTable {
    /** A key may be in any partition. */
    static final int ANY = -1;

    private final List<ReadOnlyTable> tables;
    private final ToIntFunction<BytesView> partition;

    /**
     * A table of tables.
     *
     * @param tables by partition
     * @param partition of a key, or {@link #ANY}
     */
    PartitionedTable(List<ReadOnlyTable> tables, ToIntFunction<BytesView> partition) {
        this.tables = tables;
        this.partition = partition;
    }

    @Override
    public boolean get(BytesView key, BytesView value) {
        int at = partition.applyAsInt(key);
        if (at != ANY) {
            return tables.get(at).get(key, value);
        }
        for (ReadOnlyTable table : tables) {
            if (table.get(key, value)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public long count() {
        return tables.stream().mapToLong(ReadOnlyTable::count).sum();
    }

    @Override
    public void scan(BytesView from, BytesView to, RowVisitor visitor) {
        walk(from, to, false, visitor);
    }

    @Override
    public void reverseScan(BytesView from, BytesView to, RowVisitor visitor) {
        walk(from, to, true, visitor);
    }

    private void walk(BytesView from, BytesView to, boolean reverse, RowVisitor visitor) {
        List<RowCursor> cursors = new ArrayList<>();
        for (ReadOnlyTable table : tables) {
            RowCursor cursor = new RowCursor(table, from, to, reverse);
            if (cursor.isAtRow()) {
                cursors.add(cursor);
            }
        }
        BytesView key = new BytesView();
        BytesView value = new BytesView();
        while (!cursors.isEmpty()) {
            RowCursor first = first(cursors, reverse);
            byte[] bytes = first.key();
            key.wrap(bytes, 0, bytes.length);
            value.wrap(first.value(), 0, first.value().length);
            if (!visitor.row(key, value)) {
                return;
            }
            // The same key elsewhere is the same row, told once.
            cursors.removeIf(one -> Arrays.equals(one.key(), bytes) && isLast(one));
        }
    }

    /** Goes to the next row; true if there is none. */
    private static boolean isLast(RowCursor cursor) {
        cursor.next();
        return !cursor.isAtRow();
    }

    /** The one whose row comes first; the lowest partition's of those with one key. */
    private static RowCursor first(List<RowCursor> cursors, boolean reverse) {
        RowCursor first = cursors.get(0);
        for (int i = 1; i < cursors.size(); i++) {
            int order = Arrays.compareUnsigned(cursors.get(i).key(), first.key());
            if (reverse ? order > 0 : order < 0) {
                first = cursors.get(i);
            }
        }
        return first;
    }
}
