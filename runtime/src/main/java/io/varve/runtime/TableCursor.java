package io.varve.runtime;

import io.varve.store.bytes.BytesView;
import io.varve.store.state.ReadOnlyTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Walks a table row by row, as one who has to look at several tables needs it: copies some rows at
 * a time, few at first, as mostly few are wanted.
 */
final class TableCursor {
    private static final int FIRST_ROWS = 8;
    private static final int MOST_ROWS = 512;
    private static final long MOST_BYTES = 256 << 10;
    private static final byte[] OPEN = {};

    private record Row(byte[] key, byte[] value) {}

    private final ReadOnlyTable table;
    private final boolean reverse;
    private final List<Row> rows = new ArrayList<>();
    private byte[] from;
    private byte[] to;
    private int wanted = FIRST_ROWS;
    private int at = -1;
    private boolean end;

    /**
     * Before the first row.
     *
     * @param from the first key, included; empty for the beginning
     * @param to the last key, excluded; empty for the end
     */
    TableCursor(ReadOnlyTable table, byte[] from, byte[] to, boolean reverse) {
        this.table = table;
        this.from = from;
        this.to = to;
        this.reverse = reverse;
    }

    /** Goes to the next row; returns false if there is none. */
    boolean next() {
        at++;
        if (at >= rows.size() && !end) {
            read();
        }
        return at < rows.size();
    }

    byte[] key() {
        return rows.get(at).key();
    }

    byte[] value() {
        return rows.get(at).value();
    }

    private void read() {
        rows.clear();
        at = 0;
        long[] bytes = {0};
        boolean[] more = {false};
        ReadOnlyTable.RowVisitor keep =
                (key, value) -> {
                    rows.add(new Row(key.toByteArray(), value.toByteArray()));
                    bytes[0] += key.length() + value.length();
                    more[0] = rows.size() >= wanted || bytes[0] >= MOST_BYTES;
                    return !more[0];
                };
        if (reverse) {
            table.reverseScan(BytesView.of(from), BytesView.of(to), keep);
        } else {
            table.scan(BytesView.of(from), BytesView.of(to), keep);
        }
        end = !more[0];
        if (!end) {
            goOnBehind(rows.get(rows.size() - 1).key());
        }
        wanted = Math.min(MOST_ROWS, 4 * wanted);
    }

    private void goOnBehind(byte[] last) {
        if (reverse) {
            to = last;
        } else {
            from = successor(last);
            end = from.length == 0 || to.length > 0 && Arrays.compareUnsigned(from, to) >= 0;
        }
    }

    /** The least key behind a key; empty if there is none. */
    private static byte[] successor(byte[] key) {
        if (key.length < ReadOnlyTable.MAX_KEY_BYTES) {
            return Arrays.copyOf(key, key.length + 1);
        }
        int length = key.length;
        while (length > 0 && key[length - 1] == -1) {
            length--;
        }
        if (length == 0) {
            return OPEN;
        }
        byte[] next = Arrays.copyOf(key, length);
        next[length - 1]++;
        return next;
    }
}
