package io.varve.store;

import io.varve.store.bytes.BytesView;
import io.varve.store.lmdb.LmdbCursor;
import io.varve.store.lmdb.LmdbEnvironment;
import io.varve.store.lmdb.LmdbOptions;
import io.varve.store.lmdb.LmdbReader;
import io.varve.store.lmdb.LmdbTable;
import io.varve.store.lmdb.LmdbWriter;
import io.varve.store.lmdb.RowChecksum;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Rows of a closed index or log, changed as no store would. */
final class IndexRows {
    private IndexRows() {}

    /** What happens to a row. */
    enum Change {
        DELETE,
        DAMAGE,
        /** Another value, with the checksum that index rows have. */
        FORGE
    }

    /** Closes an index as one that is too large for all of it to be summed up. */
    static void closeAsLarge(Path folder) {
        LmdbEnvironment.open(folder, new LmdbOptions(1 << 20, 16, true, "none")).close();
    }

    static void deleteFirst(Path folder, String name) {
        change(folder, name, "", Change.DELETE);
    }

    /** Changes the first row whose key is not less than a text. */
    static void change(Path folder, String name, String from, Change change) {
        try (LmdbEnvironment environment =
                LmdbEnvironment.open(folder, new LmdbOptions(1 << 20, 16, true, "none"))) {
            LmdbTable table = environment.table(name);
            byte[] key;
            byte[] value;
            try (LmdbReader reader = environment.reader()) {
                LmdbCursor cursor = reader.cursor(table);
                BytesView view = new BytesView();
                BytesView least = BytesView.of(from.getBytes(StandardCharsets.UTF_8));
                if (from.isEmpty() ? !cursor.first() : !cursor.seek(least)) {
                    throw new AssertionError("No such row: " + name + " " + from);
                }
                cursor.key(view);
                key = view.toByteArray();
                cursor.value(view);
                value = view.toByteArray();
            }
            try (LmdbWriter writer = environment.writer()) {
                write(writer, table, key, value, change);
                writer.commit();
            }
        }
    }

    private static void write(
            LmdbWriter writer, LmdbTable table, byte[] key, byte[] value, Change change) {
        BytesView where = BytesView.of(key);
        value[4] ^= 1;
        switch (change) {
            case DELETE -> writer.delete(table, where);
            case DAMAGE -> writer.put(table, where, BytesView.of(value));
            case FORGE -> {
                BytesView body = new BytesView();
                body.wrap(BytesView.of(value), 4, value.length - 4);
                writer.put(table, where, new RowChecksum("none").of(where, body), body);
            }
        }
    }
}
