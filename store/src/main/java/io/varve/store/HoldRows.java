package io.varve.store;

import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.errors.StoreCorruptedException;
import io.varve.store.lmdb.LmdbCursor;
import io.varve.store.lmdb.LmdbReader;
import io.varve.store.lmdb.LmdbTable;
import io.varve.store.lmdb.LmdbWriter;
import io.varve.store.lmdb.RowChecksum;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/**
 * The holds of a log, in its table {@code varve}, so that they protect what they name although
 * whoever set them is not running.
 *
 * <pre>
 *   key            value
 *   "hold/" name   u32 CRC of value and key, see RowChecksum; i64 position
 * </pre>
 */
final class HoldRows {
    private static final BytesView PREFIX = BytesView.of("hold/".getBytes(StandardCharsets.UTF_8));

    private final LmdbTable table;

    HoldRows(LmdbTable table) {
        this.table = table;
    }

    /** Whether a key is of a hold. */
    static boolean isKey(BytesView key) {
        return key.startsWith(PREFIX) && key.length() > PREFIX.length();
    }

    /**
     * All holds. They lie behind the rows of the base, of which there may be a million: so the walk
     * begins at the last row, and of the base it looks at the last row and the first. The others
     * are looked at by who looks for one of them.
     */
    Map<String, Long> read(LmdbReader reader) {
        Map<String, Long> holds = new TreeMap<>();
        RowKeys keys = RowKeys.backward();
        RowChecksum sum = new RowChecksum(Log.REMEDY);
        BytesView key = new BytesView();
        BytesView row = new BytesView();
        try (LmdbCursor cursor = reader.openCursor(table)) {
            for (boolean found = cursor.last(); found; found = cursor.previous()) {
                cursor.key(key);
                cursor.value(row);
                keys.next(key, row);
                if (BaseRows.isEntry(key, row)) {
                    BaseRows.checkFirst(cursor);
                    break;
                }
                if (isKey(key)) {
                    sum.check(table.name(), key, row, row);
                    holds.put(name(key), position(row));
                }
            }
        }
        return holds;
    }

    private static String name(BytesView key) {
        return key.getUtf8(PREFIX.length(), key.length() - PREFIX.length());
    }

    private static long position(BytesView row) {
        if (row.length() != Long.BYTES) {
            throw new StoreCorruptedException(
                    "a hold of another format: length=" + row.length(), Log.REMEDY);
        }
        return row.getLong(0);
    }

    void put(LmdbWriter writer, String name, long position) {
        BytesView key = key(name);
        BytesView value = new BytesWriter(8).putLong(position).view();
        writer.put(table, key, new RowChecksum(Log.REMEDY).of(key, value), value);
    }

    void delete(LmdbWriter writer, String name) {
        writer.delete(table, key(name));
    }

    private static BytesView key(String name) {
        return new BytesWriter(64).putBytes(PREFIX).putUtf8(name).view();
    }
}
