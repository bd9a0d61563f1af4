package io.varve.store;

import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.lmdb.LmdbEnvironment;
import io.varve.store.lmdb.LmdbReader;
import io.varve.store.lmdb.LmdbTable;
import io.varve.store.lmdb.LmdbWriter;
import io.varve.store.lmdb.RowChecksum;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The part of the index that knows idempotency keys and producer marks.
 *
 * <pre>
 *   table   key               value, little-endian
 *   keys    key, UTF-8        i64 position of the append's first event, u32 count of its events,
 *                             16 bytes of content hash
 *   marks   producer, UTF-8   i64 position of the append's first event, i64 epoch, i64 position
 * </pre>
 */
final class NoteIndex {
    static final String KEYS = "keys";
    static final String MARKS = "marks";

    private final LmdbEnvironment environment;
    private final IndexTable keys;
    private final IndexTable marks;

    NoteIndex(LmdbEnvironment environment) {
        this.environment = environment;
        keys = new IndexTable(environment.table(KEYS));
        marks = new IndexTable(environment.table(MARKS));
    }

    /** Adds its tables, by name. */
    void addTables(Map<String, LmdbTable> tables) {
        for (IndexTable table : List.of(keys, marks)) {
            tables.put(table.rows().name(), table.rows());
        }
    }

    Optional<AppendKey> key(String key) {
        BytesView row = new BytesView();
        BytesView name = new BytesWriter(64).putUtf8(key).view();
        try (LmdbReader reader = environment.reader()) {
            if (!keys.find(reader, name, row)) {
                return Optional.empty();
            }
            ContentHash content = new ContentHash(row.getLong(12), row.getLong(20));
            return Optional.of(new AppendKey(key, row.getLong(0), row.getInt(8), content));
        }
    }

    Optional<AppendMark> mark(String producer) {
        BytesView row = new BytesView();
        BytesView name = new BytesWriter(64).putUtf8(producer).view();
        try (LmdbReader reader = environment.reader()) {
            if (!marks.find(reader, name, row)) {
                return Optional.empty();
            }
            RecordedMark mark = new RecordedMark(producer, row.getLong(8), row.getLong(16));
            return Optional.of(new AppendMark(row.getLong(0), mark));
        }
    }

    /** Removes a key, unless it was used again since. */
    void remove(LmdbWriter writer, AppendKey gone, BytesWriter key) {
        BytesView row = new BytesView();
        key.reset().putUtf8(gone.key());
        if (writer.get(keys.rows(), key.view(), row)
                && row.getLong(RowChecksum.BYTES) == gone.firstPosition()) {
            writer.delete(keys.rows(), key.view());
        }
    }

    void write(
            LmdbWriter writer,
            AppendNotes notes,
            BytesWriter key,
            BytesWriter value,
            RowChecksum sum) {
        notes.keys().sort(Comparator.comparing(AppendKey::key));
        for (AppendKey note : notes.keys()) {
            ContentHash content = note.content();
            value.reset().putLong(note.firstPosition()).putInt(note.count());
            value.putLong(content.high()).putLong(content.low());
            keys.put(writer, key.reset().putUtf8(note.key()), value, sum);
        }
        for (AppendMark note : notes.marks()) {
            RecordedMark mark = note.mark();
            value.reset().putLong(note.firstPosition());
            value.putLong(mark.epoch()).putLong(mark.position());
            marks.put(writer, key.reset().putUtf8(mark.producer()), value, sum);
        }
    }
}
