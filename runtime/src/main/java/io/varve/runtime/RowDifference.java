package io.varve.runtime;

import io.varve.projections.RowSelection;
import io.varve.store.errors.StoreClosedException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * How the rows of one generation differ from those of another, by their bytes. Holds the rows of
 * the one that was told, so it gives up where they are too many.
 */
final class RowDifference<K, V> {
    private final Map<byte[], byte[]> told = new TreeMap<>(Arrays::compareUnsigned);
    private final Map<byte[], RowChange<K, V>> changes = new TreeMap<>(Arrays::compareUnsigned);
    private long bytes;

    private RowDifference() {}

    /**
     * Compares two views.
     *
     * @param before shows what was told
     * @return the changes that lead from the one to the other, in the order of keys; empty if there
     *     are too many rows to say, or what was told is discarded meanwhile
     */
    static <K, V> Optional<List<RowChange<K, V>>> of(
            ReadView before,
            RowSelection<K, V> selectedBefore,
            ReadView now,
            RowSelection<K, V> selectedNow) {
        RowDifference<K, V> difference = new RowDifference<>();
        try {
            before.walk(selectedBefore, difference::keep);
        } catch (StoreClosedException e) {
            return Optional.empty();
        }
        if (difference.isTooMuch()) {
            return Optional.empty();
        }
        now.walk(selectedNow, (key, value) -> difference.compare(selectedNow, key, value));
        if (difference.isTooMuch()) {
            return Optional.empty();
        }
        difference.told.forEach(
                (key, value) ->
                        difference.changes.put(
                                key, new RowChange<>(selectedBefore.key(key), Optional.empty())));
        return Optional.of(new ArrayList<>(difference.changes.values()));
    }

    private boolean keep(byte[] key, Optional<byte[]> value) {
        told.put(key, value.orElseThrow());
        return fits(key, value.orElseThrow());
    }

    private boolean compare(RowSelection<K, V> selection, byte[] key, Optional<byte[]> value) {
        byte[] is = value.orElseThrow();
        byte[] was = told.remove(key);
        if (was != null && Arrays.equals(was, is)) {
            return true;
        }
        changes.put(key, new RowChange<>(selection.key(key), Optional.of(selection.value(is))));
        return fits(key, is);
    }

    private boolean fits(byte[] key, byte[] value) {
        bytes += key.length + value.length;
        return !isTooMuch();
    }

    private boolean isTooMuch() {
        return told.size() > LiveQuery.MOST_ROWS
                || changes.size() > LiveQuery.MOST_ROWS
                || bytes > 2 * LiveQuery.MOST_BYTES;
    }
}
