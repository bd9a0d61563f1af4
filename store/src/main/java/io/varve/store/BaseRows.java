package io.varve.store;

import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.bytes.Crc;
import io.varve.store.errors.StoreCorruptedException;
import io.varve.store.lmdb.LmdbCursor;
import io.varve.store.lmdb.LmdbReader;
import io.varve.store.lmdb.LmdbTable;
import io.varve.store.lmdb.LmdbWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/**
 * The base of a truncated log: all that the blocks cut off told, and no block that is left tells.
 * Rows of the log's table {@code varve}, written in the transaction that removes the blocks, so
 * that the log alone is always enough to build the index from.
 *
 * <pre>
 *   key                                       value
 *   "base"                                    u32 CRC of the rest, "VBAS", LogBase
 *   "base/", u8 kind, u32 number, big-endian  u32 CRC of the rest, "VBNM", i64 version and i64 position
 *                                             of the stream's last event that was cut off (0 for a
 *                                             type), u8 1 if it is a tombstone, then one entry as in
 *                                             a preamble: it has kind and number again
 *   "base/", u8 kind, producer, UTF-8         likewise, with the producer's last mark that was cut off
 * </pre>
 */
final class BaseRows {
    private static final int HEAD_MAGIC = 'V' | 'B' << 8 | 'A' << 16 | 'S' << 24;
    private static final int ENTRY_MAGIC = 'V' | 'B' << 8 | 'N' << 16 | 'M' << 24;
    private static final int BODY = 8;

    /** Where the entry begins in the body. */
    private static final int ENTRY = 2 * Long.BYTES + 1;

    static final BytesView HEAD = BytesView.of("base".getBytes(StandardCharsets.UTF_8));
    private static final BytesView PREFIX = BytesView.of("base/".getBytes(StandardCharsets.UTF_8));

    private final LmdbTable table;

    BaseRows(LmdbTable table) {
        this.table = table;
    }

    /** Takes what was cut off. */
    interface Visitor {
        void stream(int number, StreamId id, LogFold.Last last);

        void type(int number, String name);

        void mark(AppendMark mark);
    }

    /** Where the log begins. */
    LogBase read(LmdbReader reader) {
        BytesView row = new BytesView();
        return reader.get(table, HEAD, row)
                ? LogBase.read(checked(row, HEAD_MAGIC))
                : LogBase.WHOLE;
    }

    /** Where the log begins, own changes included. */
    LogBase read(LmdbWriter writer) {
        BytesView row = new BytesView();
        return writer.get(table, HEAD, row)
                ? LogBase.read(checked(row, HEAD_MAGIC))
                : LogBase.WHOLE;
    }

    /** The version of a stream's last event that was cut off; -1 if it has lost none. */
    long version(LmdbReader reader, int stream) {
        return last(reader, stream).map(LogFold.Last::version).orElse(-1L);
    }

    /** The last event of a stream that was cut off; empty if it has lost none. */
    Optional<LogFold.Last> last(LmdbReader reader, int stream) {
        BytesView row = new BytesView();
        BytesView key = key(PreambleCodec.STREAM, stream);
        if (reader.get(table, key, row)) {
            return Optional.of(last(checked(row, ENTRY_MAGIC)));
        }
        checkBeside(reader, key);
        return Optional.empty();
    }

    /** Where there is a row and one bit of its key is wrong, a search for it ends beside it. */
    private void checkBeside(LmdbReader reader, BytesView key) {
        LmdbCursor cursor = reader.cursor(table);
        boolean after = cursor.seek(key);
        if (after) {
            checkKnown(cursor);
        }
        if (after ? cursor.previous() : cursor.last()) {
            checkKnown(cursor);
        }
    }

    private static BytesView checkKnown(LmdbCursor cursor) {
        BytesView key = new BytesView();
        BytesView row = new BytesView();
        cursor.key(key);
        cursor.value(row);
        RowKeys.checkKnown(key, row);
        return key;
    }

    /** Sees that the row that says where the log begins is the first; moves the cursor. */
    static void checkFirst(LmdbCursor cursor) {
        if (!cursor.first() || !checkKnown(cursor).equals(HEAD)) {
            throw new StoreCorruptedException(
                    "the row that says where the log begins is gone, and others tell what was"
                            + " truncated",
                    Log.REMEDY);
        }
    }

    private static LogFold.Last last(BytesView body) {
        return new LogFold.Last(
                body.getLong(0), body.getLong(Long.BYTES), body.getByte(2 * Long.BYTES) != 0);
    }

    /**
     * Tells everything that was cut off: streams by number, then types by number, then marks. No
     * row is passed over because its key is damaged.
     */
    void visit(LmdbReader reader, Visitor visitor) {
        BytesView key = new BytesView();
        BytesView row = new BytesView();
        RowKeys keys = RowKeys.forward();
        try (LmdbCursor cursor = reader.openCursor(table)) {
            for (boolean found = cursor.first(); found; found = cursor.next()) {
                cursor.key(key);
                cursor.value(row);
                keys.next(key, row);
                if (key.startsWith(PREFIX)) {
                    visit(checked(row, ENTRY_MAGIC), visitor);
                } else if (!key.equals(HEAD)) {
                    return;
                }
            }
        }
    }

    private static void visit(BytesView body, Visitor visitor) {
        LogFold.Last last = last(body);
        BytesView entry = new BytesView().wrap(body, ENTRY, body.length() - ENTRY);
        PreambleCodec.read(
                entry,
                new PreambleCodec.Visitor() {
                    @Override
                    public void stream(int number, StreamId id) {
                        visitor.stream(number, id, last);
                    }

                    @Override
                    public void type(int number, String name) {
                        visitor.type(number, name);
                    }

                    @Override
                    public void key(AppendKey key) {
                        // ends with its block: there are no such rows
                    }

                    @Override
                    public void mark(AppendMark mark) {
                        visitor.mark(mark);
                    }
                });
    }

    /** Moves the beginning of the log, in the transaction that removes the blocks before it. */
    void write(LmdbWriter writer, LogBase base, LogFold fold) {
        BytesWriter row = new BytesWriter();
        for (Map.Entry<Integer, String> type : fold.types().entrySet()) {
            begin(row, ENTRY_MAGIC).putLong(0).putLong(0).putByte(0);
            PreambleCodec.writeType(type.getKey(), type.getValue(), row);
            put(writer, key(PreambleCodec.TYPE, type.getKey()), row);
        }
        for (AppendMark mark : fold.marks()) {
            begin(row, ENTRY_MAGIC).putLong(0).putLong(0).putByte(0);
            PreambleCodec.writeMark(mark, row);
            BytesWriter key = new BytesWriter().putBytes(PREFIX).putByte(PreambleCodec.MARK);
            put(writer, key.putUtf8(mark.mark().producer()).view(), row);
        }
        for (Map.Entry<Integer, LogFold.Last> stream : fold.lasts().entrySet()) {
            int number = stream.getKey();
            LogFold.Last last = stream.getValue();
            begin(row, ENTRY_MAGIC).putLong(last.version()).putLong(last.position());
            row.putByte(last.tombstone() ? 1 : 0);
            StreamId name = fold.streams().get(number);
            if (name != null) {
                PreambleCodec.writeStream(number, name, row);
            } else {
                copyEntry(writer, number, row);
            }
            put(writer, key(PreambleCodec.STREAM, number), row);
        }
        base.write(begin(row, HEAD_MAGIC));
        put(writer, HEAD, row);
    }

    /** Copies the entry of a stream that has a row already. */
    private void copyEntry(LmdbWriter writer, int number, BytesWriter row) {
        BytesView old = new BytesView();
        if (!writer.get(table, key(PreambleCodec.STREAM, number), old)) {
            throw new StoreCorruptedException(
                    "a stream that no block names: number=" + number, Log.REMEDY);
        }
        BytesView body = checked(old, ENTRY_MAGIC);
        row.putBytes(new BytesView().wrap(body, ENTRY, body.length() - ENTRY));
    }

    private static BytesWriter begin(BytesWriter row, int magic) {
        return row.reset().putInt(0).putInt(magic);
    }

    private void put(LmdbWriter writer, BytesView key, BytesWriter row) {
        row.setInt(0, crc(row.view()));
        writer.put(table, key, row.view());
    }

    /** Whether a key is of what was cut off, and of the very thing that its row is about. */
    static boolean isEntry(BytesView key, BytesView row) {
        int name = PREFIX.length() + 1;
        int entry = BODY + ENTRY;
        if (!key.startsWith(PREFIX)
                || key.length() <= name
                || row.length() < entry + PreambleCodec.ENTRY + Integer.BYTES
                || key.getByte(name - 1) != row.getByte(entry)) {
            return false;
        }
        return switch (key.getByte(name - 1)) {
            case PreambleCodec.STREAM, PreambleCodec.TYPE ->
                    key.length() == name + Integer.BYTES
                            && Integer.reverseBytes(key.getInt(name))
                                    == row.getInt(entry + PreambleCodec.ENTRY);
            case PreambleCodec.MARK -> endsAlike(key, name, row);
            default -> false;
        };
    }

    private static boolean endsAlike(BytesView key, int name, BytesView row) {
        int length = key.length() - name;
        BytesView producer = new BytesView().wrap(key, name, length);
        return row.length() > length
                && producer.equals(new BytesView().wrap(row, row.length() - length, length));
    }

    private static BytesView key(int kind, int number) {
        return new BytesWriter(16)
                .putBytes(PREFIX)
                .putByte(kind)
                .putInt(Integer.reverseBytes(number))
                .view();
    }

    /** Where the log begins, if bytes that were found somewhere are the row that says so. */
    static Optional<LogBase> foundHead(BytesView bytes) {
        return isRow(bytes, HEAD_MAGIC)
                ? Optional.of(LogBase.read(checked(bytes, HEAD_MAGIC)))
                : Optional.empty();
    }

    /** Tells what bytes that were found somewhere say, if they are the row of a stream or type. */
    static void foundEntry(BytesView bytes, Visitor visitor) {
        if (isRow(bytes, ENTRY_MAGIC)) {
            visit(checked(bytes, ENTRY_MAGIC), visitor);
        }
    }

    private static boolean isRow(BytesView row, int magic) {
        return row.length() >= BODY + (magic == ENTRY_MAGIC ? ENTRY : Long.BYTES)
                && row.getInt(Integer.BYTES) == magic
                && row.getInt(0) == crc(row);
    }

    private static BytesView checked(BytesView row, int magic) {
        if (!isRow(row, magic)) {
            throw new StoreCorruptedException(
                    "a row that tells what was truncated does not fit its checksum", Log.REMEDY);
        }
        return new BytesView().wrap(row, BODY, row.length() - BODY);
    }

    private static int crc(BytesView row) {
        return new Crc().update(row, Integer.BYTES, row.length() - Integer.BYTES).value();
    }
}
