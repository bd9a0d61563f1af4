package io.varve.projections;

import io.varve.store.bytes.BytesWriter;
import io.varve.store.serde.Serde;

/** The windows of one key that have rows, in the order of their starts. */
final class KeyWindows<K, A> {
    private final OrderedRows<Windowed<K>, A> rows;
    private final RowKeys keys;
    private final Serde<K> keySerde;
    private final BytesWriter writer = new BytesWriter();

    /** For one task. */
    KeyWindows(WindowResults<K, A> results, Serde<K> keySerde) {
        this.rows = results.inOrder();
        this.keys = results.keys();
        this.keySerde = keySerde;
    }

    /** Walks those that start between two times, both included. */
    void walk(K key, long first, long last, OrderedRows.Visitor<Windowed<K>, A> visitor) {
        rows.walk(bound(key, first), bound(key, last + 1), row -> visit(key, row, visitor));
    }

    /** Walks them from the last to the first. */
    void walkBack(K key, long first, long last, OrderedRows.Visitor<Windowed<K>, A> visitor) {
        rows.walkBack(bound(key, first), bound(key, last + 1), row -> visit(key, row, visitor));
    }

    /** Bytes of another key may lie between those of one. */
    private boolean visit(
            K key, Row<Windowed<K>, A> row, OrderedRows.Visitor<Windowed<K>, A> visitor) {
        return !row.key.key().equals(key) || visitor.row(row);
    }

    private byte[] bound(K key, long start) {
        keySerde.serialize(key, writer.reset());
        int length = writer.size() + WindowedSerde.WINDOW_BYTES;
        if (length > keys.most()) { // said before they are looked for
            throw keys.tooLong(length);
        }
        return writer.putOrderedLong(start).toByteArray();
    }
}
