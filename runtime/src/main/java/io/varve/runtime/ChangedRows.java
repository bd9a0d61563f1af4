package io.varve.runtime;

import io.varve.projections.ProjectionTask;
import io.varve.projections.RowSelection;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Rows that were changed up to a position, as bytes, in the order of keys. */
record ChangedRows(long position, List<Row> rows) {
    /** A changed row; without a value where it was removed. */
    record Row(byte[] key, Optional<byte[]> value) {
        long bytes() {
            return key.length + value.map(bytes -> bytes.length).orElse(0);
        }
    }

    /** What the commit under way of a task has changed, in key order, or more than is wanted. */
    static List<Row> of(
            ProjectionTask task, RowSelection<?, ?> selection, int mostRows, long mostBytes) {
        List<Row> rows = new ArrayList<>();
        long[] bytes = {0};
        task.changes(
                selection,
                (key, value) -> {
                    Row row = new Row(key, value);
                    rows.add(row);
                    bytes[0] += row.bytes();
                    return rows.size() <= mostRows && bytes[0] <= mostBytes;
                });
        return rows;
    }

    /** Those of several partitions, in key order; of a row that is there twice the last counts. */
    static ChangedRows ofPartitions(long position, List<Row> rows) {
        Map<byte[], Row> last = new TreeMap<>(Arrays::compareUnsigned);
        rows.forEach(row -> last.put(row.key(), row));
        return new ChangedRows(position, List.copyOf(last.values()));
    }

    long bytes() {
        return rows.stream().mapToLong(Row::bytes).sum();
    }

    /** Reads them. */
    <K, V> List<RowChange<K, V>> decoded(RowSelection<K, V> selection) {
        List<RowChange<K, V>> changes = new ArrayList<>(rows.size());
        for (Row row : rows) {
            changes.add(
                    new RowChange<>(selection.key(row.key()), row.value().map(selection::value)));
        }
        return changes;
    }
}
