package io.varve.store.state;

import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.lmdb.LmdbTable;
import java.util.ArrayList;
import java.util.List;

/**
 * What a transaction has changed, in order. It grows by pieces and moves nothing, so that it takes
 * what its rows take, and not three times as much while it grows.
 *
 * <p>Entries: u8 kind, u32 table, u32 key length, u32 value length, key, value. None lies in two
 * pieces.
 */
final class ChangeJournal {
    private static final int PUT = 1;
    private static final int DELETE = 2;
    private static final int CLEAR = 3;
    private static final int HEADER = 13;
    private static final int FIRST_BYTES = 1 << 10;
    private static final int PIECE_BYTES = 1 << 18;

    /** Is given what was noted. */
    interface Target {
        void put(LmdbTable table, BytesView key, BytesView value);

        void delete(LmdbTable table, BytesView key);

        void clear(LmdbTable table);
    }

    private final List<LmdbTable> tables = new ArrayList<>();
    private final List<BytesWriter> pieces = new ArrayList<>();
    private final BytesView noted = new BytesView();
    private BytesWriter newest = new BytesWriter(FIRST_BYTES);
    private int before;

    ChangeJournal() {
        pieces.add(newest);
    }

    /** Notes a row; returns the copy of its value, which stays where it is until the next note. */
    BytesView put(LmdbTable table, BytesView key, BytesView value) {
        note(PUT, table, key, value);
        int length = value.length();
        return noted.wrap(newest.array(), newest.size() - length, length);
    }

    void delete(LmdbTable table, BytesView key) {
        note(DELETE, table, key, BytesView.of(new byte[0]));
    }

    void clear(LmdbTable table) {
        note(CLEAR, table, BytesView.of(new byte[0]), BytesView.of(new byte[0]));
    }

    private void note(int kind, LmdbTable table, BytesView key, BytesView value) {
        int index = tables.indexOf(table);
        if (index < 0) {
            index = tables.size();
            tables.add(table);
        }
        long length = (long) HEADER + key.length() + value.length();
        if (newest.size() > 0 && newest.size() + length > PIECE_BYTES) {
            newest = new BytesWriter((int) Math.max(PIECE_BYTES, length));
            pieces.add(newest);
        }
        before = newest.size();
        newest.putByte(kind).putInt(index).putInt(key.length()).putInt(value.length());
        newest.putBytes(key).putBytes(value);
    }

    /** Forgets what was noted last; once. */
    void forgetLast() {
        newest.truncate(before);
    }

    /** Gives all of it out again, in order. */
    void replay(Target target) {
        pieces.forEach(piece -> replay(piece, target));
    }

    private void replay(BytesWriter piece, Target target) {
        BytesView all = new BytesView().wrap(piece.array(), 0, piece.size());
        BytesView key = new BytesView();
        BytesView value = new BytesView();
        for (int at = 0; at < all.length(); ) {
            LmdbTable table = tables.get(all.getInt(at + 1));
            int keyLength = all.getInt(at + 5);
            int valueLength = all.getInt(at + 9);
            key.wrap(all, at + HEADER, keyLength);
            value.wrap(all, at + HEADER + keyLength, valueLength);
            switch (all.getByte(at)) {
                case PUT -> target.put(table, key, value);
                case DELETE -> target.delete(table, key);
                default -> target.clear(table);
            }
            at += HEADER + keyLength + valueLength;
        }
    }
}
