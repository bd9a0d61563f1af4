package io.varve.store.state;

import io.varve.store.bytes.BytesView;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;

/**
 * Takes rows of a table one by one, where a scan hands them out: for walking two tables side by
 * side. Copies them in pieces, small ones first, so that a walk that ends soon has copied little.
 * Belongs to the thread that has the table; the table does not change meanwhile.
 */
public final class RowCursor {
    private static final int FIRST_PIECE = 8;
    private static final int MOST_ROWS = 512;
    private static final int MOST_BYTES = 1 << 18;

    private record Row(byte[] key, byte[] value) {}

    private final ReadOnlyTable table;
    private final byte[] from;
    private final byte[] to;
    private final boolean reversed;
    private final Deque<Row> piece = new ArrayDeque<>();
    private byte[] last = {};
    private int rows = FIRST_PIECE;
    private boolean ended;

    /**
     * Stands at the first row.
     *
     * @param table to be walked
     * @param from the first key, included; empty for the beginning
     * @param to the last key, excluded; empty for the end
     * @param reversed whether from the last row to the first
     */
    public RowCursor(ReadOnlyTable table, BytesView from, BytesView to, boolean reversed) {
        this.table = table;
        this.from = from.toByteArray();
        this.to = to.toByteArray();
        this.reversed = reversed;
        fill();
    }

    /**
     * All rows of a table, in key order.
     *
     * @param table to be walked
     * @return at the first row
     */
    public static RowCursor all(ReadOnlyTable table) {
        return new RowCursor(table, new BytesView(), new BytesView(), false);
    }

    /**
     * Whether it stands at a row.
     *
     * @return false behind the last
     */
    public boolean isAtRow() {
        return !piece.isEmpty();
    }

    /**
     * The key of the row.
     *
     * @return its bytes, which nobody changes
     */
    public byte[] key() {
        return piece.getFirst().key();
    }

    /**
     * The value of the row.
     *
     * @return its bytes, which nobody changes
     */
    public byte[] value() {
        return piece.getFirst().value();
    }

    /** Goes to the next row. */
    public void next() {
        piece.removeFirst();
        if (piece.isEmpty() && !ended) {
            fill();
        }
    }

    private void fill() {
        long[] bytes = {0};
        // A walk forward begins with the last row of the piece before: the key behind it may be
        // longer than a key can be.
        boolean[] again = {!reversed && last.length > 0};
        ReadOnlyTable.RowVisitor copy =
                (key, value) -> {
                    byte[] copied = key.toByteArray();
                    boolean known = again[0] && Arrays.equals(last, copied);
                    again[0] = false;
                    if (known) {
                        return true;
                    }
                    piece.addLast(new Row(copied, value.toByteArray()));
                    bytes[0] += copied.length + value.length();
                    return piece.size() < rows && bytes[0] < MOST_BYTES;
                };
        if (reversed) {
            table.reverseScan(view(from), view(last.length > 0 ? last : to), copy);
        } else {
            table.scan(view(last.length > 0 ? last : from), view(to), copy);
        }
        ended = piece.size() < rows && bytes[0] < MOST_BYTES;
        last = piece.isEmpty() ? last : piece.getLast().key();
        rows = Math.min(4 * rows, MOST_ROWS);
    }

    private static BytesView view(byte[] bytes) {
        return BytesView.of(bytes);
    }
}
