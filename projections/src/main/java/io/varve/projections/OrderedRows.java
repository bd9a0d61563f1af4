package io.varve.projections;

import io.varve.store.bytes.BytesView;
import io.varve.store.state.ReadOnlyTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Rows of a store in the order of their keys: those that are committed, and over them those that
 * were changed since.
 */
final class OrderedRows<K, V> {
    /** How many keys are looked for at once, at first, as mostly few are wanted, and at most. */
    private static final int AT_FIRST = 4;

    private static final int AT_ONCE = 100;

    private final NavigableMap<byte[], Row<K, V>> changed = new TreeMap<>(Arrays::compareUnsigned);

    private int clears;

    private final Function<BytesView, K> keyOf;
    private final Supplier<ReadOnlyTable> committed;
    private final Function<K, Row<K, V>> row;

    /** Takes rows, until it answers false. */
    @FunctionalInterface
    interface Visitor<K, V> {
        boolean row(Row<K, V> row);
    }

    /**
     * Of a store.
     *
     * @param keyOf reads a key
     * @param committed its rows as they are committed
     * @param row of a key, with what was changed
     */
    OrderedRows(
            Function<BytesView, K> keyOf,
            Supplier<ReadOnlyTable> committed,
            Function<K, Row<K, V>> row) {
        this.keyOf = keyOf;
        this.committed = committed;
        this.row = row;
    }

    /**
     * A row has come or gone. One that is gone need not be known here: where it is still committed,
     * it is found to be gone when it is looked at.
     */
    void update(Row<K, V> row) {
        if (row.isThere()) {
            changed.put(row.keyBytes, row);
        } else {
            changed.remove(row.keyBytes);
        }
    }

    /** What was changed is committed, or forgotten. */
    void clear() {
        changed.clear();
        clears++;
    }

    /** How often what was changed was committed, or forgotten. */
    int clears() {
        return clears;
    }

    /**
     * Walks the rows that are there; the visitor may change any, and sees those that he adds
     * further on or not.
     *
     * @param from the first key, included
     * @param to the last key, excluded; empty for the end
     */
    void walk(byte[] from, byte[] to, Visitor<K, V> visitor) {
        byte[] next = from;
        int most = AT_FIRST;
        List<byte[]> some;
        do {
            some = keys(next, to, false, most);
            if (!visit(some, visitor)) {
                return;
            }
            if (!some.isEmpty()) {
                next = behind(some.get(some.size() - 1));
            }
            most = Math.min(AT_ONCE, most * 4);
        } while (some.size() >= AT_FIRST && next.length > 0);
    }

    /** The first key that can come behind another; empty if none can. */
    private static byte[] behind(byte[] key) {
        return key.length < ReadOnlyTable.MAX_KEY_BYTES
                ? Arrays.copyOf(key, key.length + 1)
                : ByteRange.prefix(key).to(); // none is longer
    }

    /** Walks the same rows from the last to the first. */
    void walkBack(byte[] from, byte[] to, Visitor<K, V> visitor) {
        byte[] next = to;
        int most = AT_FIRST;
        List<byte[]> some;
        do {
            some = keys(from, next, true, most);
            if (!visit(some, visitor)) {
                return;
            }
            if (!some.isEmpty()) {
                next = some.get(some.size() - 1);
            }
            most = Math.min(AT_ONCE, most * 4);
        } while (some.size() >= AT_FIRST);
    }

    private boolean visit(List<byte[]> keys, Visitor<K, V> visitor) {
        for (byte[] key : keys) {
            Row<K, V> found = row.apply(keyOf.apply(BytesView.of(key)));
            if (found.isThere() && !visitor.row(found)) {
                return false;
            }
        }
        return true;
    }

    /** Some keys of rows that are there, or were before they were changed. */
    private List<byte[]> keys(byte[] from, byte[] to, boolean back, int most) {
        NavigableMap<byte[], Row<K, V>> within = within(from, to);
        Iterator<byte[]> fresh = (back ? within.descendingMap() : within).keySet().iterator();
        List<byte[]> keys = new ArrayList<>();
        byte[][] next = {next(fresh)};
        ReadOnlyTable.RowVisitor merge =
                (keyView, value) -> {
                    byte[] key = keyView.toByteArray();
                    while (next[0] != null && order(next[0], key, back) < 0) {
                        keys.add(next[0]);
                        next[0] = next(fresh);
                        if (keys.size() >= most) {
                            return false;
                        }
                    }
                    if (next[0] != null && Arrays.equals(next[0], key)) {
                        next[0] = next(fresh);
                    }
                    keys.add(key);
                    return keys.size() < most;
                };
        if (back) {
            committed.get().reverseScan(BytesView.of(from), BytesView.of(to), merge);
        } else {
            committed.get().scan(BytesView.of(from), BytesView.of(to), merge);
        }
        while (next[0] != null && keys.size() < most) {
            keys.add(next[0]);
            next[0] = next(fresh);
        }
        return keys;
    }

    private static int order(byte[] one, byte[] other, boolean back) {
        int order = Arrays.compareUnsigned(one, other);
        return back ? -order : order;
    }

    private NavigableMap<byte[], Row<K, V>> within(byte[] from, byte[] to) {
        if (to.length == 0) {
            return changed.tailMap(from, true);
        }
        return Arrays.compareUnsigned(from, to) < 0
                ? changed.subMap(from, true, to, false)
                : new TreeMap<>(Arrays::compareUnsigned);
    }

    private static byte[] next(Iterator<byte[]> keys) {
        return keys.hasNext() ? keys.next() : null;
    }
}
