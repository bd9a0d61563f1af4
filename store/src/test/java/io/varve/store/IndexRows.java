package io.varve.store;

import io.varve.store.bytes.BytesView;
import io.varve.store.lmdb.LmdbCursor;
import io.varve.store.lmdb.LmdbEnvironment;
import io.varve.store.lmdb.LmdbOptions;
import io.varve.store.lmdb.LmdbReader;
import io.varve.store.lmdb.LmdbTable;
import io.varve.store.lmdb.LmdbWriter;
import java.nio.file.Path;

/** Rows of a closed index, changed as no store would. */
final class IndexRows {
    private IndexRows() {}

    static void deleteFirst(Path folder, String name) {
        try (LmdbEnvironment index =
                LmdbEnvironment.open(folder, new LmdbOptions(1 << 20, 16, true, "none"))) {
            LmdbTable table = index.table(name);
            byte[] first;
            try (LmdbReader reader = index.reader()) {
                LmdbCursor cursor = reader.cursor(table);
                BytesView key = new BytesView();
                if (!cursor.first()) {
                    throw new AssertionError("An empty table: " + name);
                }
                cursor.key(key);
                first = key.toByteArray();
            }
            try (LmdbWriter writer = index.writer()) {
                writer.delete(table, BytesView.of(first));
                writer.commit();
            }
        }
    }
}
