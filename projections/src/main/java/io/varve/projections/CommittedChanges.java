package io.varve.projections;

import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** What the commit under way changes in a store: rows that were written, and rows that expire. */
final class CommittedChanges {
    private CommittedChanges() {}

    /**
     * Tells of those in a range, in key order, as long as they are wanted.
     *
     * @param written rows in key order
     * @param expired keys in key order, of other rows
     * @param value of a row as it is written, or none where it is removed
     */
    static <K, V> void tell(
            List<Row<K, V>> written,
            List<byte[]> expired,
            ByteRange range,
            Function<Row<K, V>, Optional<byte[]>> value,
            RowSelection.ChangeVisitor visitor) {
        Iterator<byte[]> old = expired.stream().filter(range::contains).iterator();
        Optional<byte[]> gone = next(old);
        boolean wanted = true;
        for (int i = firstIn(written, range);
                i < written.size() && wanted && range.contains(written.get(i).keyBytes);
                i++) {
            Row<K, V> row = written.get(i);
            while (wanted
                    && gone.isPresent()
                    && Arrays.compareUnsigned(gone.get(), row.keyBytes) < 0) {
                wanted = visitor.change(gone.get(), Optional.empty());
                gone = next(old);
            }
            wanted = wanted && visitor.change(row.keyBytes, value.apply(row));
        }
        while (wanted && gone.isPresent()) {
            wanted = visitor.change(gone.get(), Optional.empty());
            gone = next(old);
        }
    }

    private static Optional<byte[]> next(Iterator<byte[]> keys) {
        return keys.hasNext() ? Optional.of(keys.next()) : Optional.empty();
    }

    private static <K, V> int firstIn(List<Row<K, V>> rows, ByteRange range) {
        int low = 0;
        int high = rows.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (Arrays.compareUnsigned(rows.get(middle).keyBytes, range.from()) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
