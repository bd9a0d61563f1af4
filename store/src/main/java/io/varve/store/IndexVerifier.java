package io.varve.store;

import io.varve.store.VerificationReport.Kind;
import io.varve.store.bytes.BytesView;
import io.varve.store.errors.VarveException;
import io.varve.store.lmdb.LmdbCursor;
import io.varve.store.lmdb.LmdbReader;
import io.varve.store.lmdb.LmdbTable;
import io.varve.store.lmdb.RowChecksum;
import java.util.Map;

/**
 * Compares an index with what its log has told, both ways: names, heads and types row by row, and
 * the positions of each stream by a hash over all of them. The log was read exactly as far as the
 * index reaches. One thread at a time.
 */
final class IndexVerifier {
    private final Map<String, LmdbTable> tables;
    private final LogTally log;
    private final long firstPosition;
    private final ProblemList problems;
    private final RowChecksum checksum = new RowChecksum(IndexTable.REMEDY);
    private final BytesView key = new BytesView();
    private final BytesView value = new BytesView();

    /** Of the stream at hand, in the table of positions; -1 before the first. */
    private int stream = -1;

    private long nextVersion;
    private long hash;
    private long placed;
    private long keys;
    private long keySum;

    /** Compares the tables of an index with a log that begins at a position. */
    IndexVerifier(
            Map<String, LmdbTable> tables, LogTally log, long firstPosition, ProblemList problems) {
        this.firstPosition = firstPosition;
        this.tables = tables;
        this.log = log;
        this.problems = problems;
    }

    /** What is done with a row whose checksum is right. */
    private interface RowCheck {
        void row();
    }

    void compare(LmdbReader reader) {
        long names = 0;
        long heads = 0;
        long types = 0;
        long marks = 0;
        for (String table : tables.keySet()) {
            switch (table) {
                case StreamIndex.STREAMS -> names = scan(reader, table, this::name);
                case StreamIndex.HEADS -> heads = scan(reader, table, this::head);
                case LogIndex.TYPES -> types = scan(reader, table, this::type);
                case StreamIndex.POSITIONS -> {
                    scan(reader, table, this::chunk);
                    endStream();
                }
                case NoteIndex.KEYS -> scan(reader, table, this::note);
                case NoteIndex.MARKS -> marks = scan(reader, table, this::mark);
                case LogIndex.META -> scan(reader, table, this::own);
                default -> wrong("table=" + table, "an index has no such table");
            }
        }
        compareCounts(names, heads, types, marks);
    }

    private void compareCounts(long names, long heads, long types, long marks) {
        count("names of streams", names, log.streams());
        count("heads of streams", heads, log.streams());
        count("types", types, log.types().size());
        count("streams with positions", placed, streamsWithEvents());
        count("producer marks", marks, log.marks().size());
        count("idempotency keys", keys, log.keys());
        if (keys == log.keys() && keySum != log.keySum()) {
            wrong("idempotency keys", "they are not those of the log");
        }
    }

    /** How far the index reaches was compared before; it must not begin behind the log. */
    private void own() {
        if (key.equals(IndexBase.FIRST)) {
            if (value.getLong(0) > firstPosition) {
                wrong("first", "it lacks events up to position=" + value.getLong(0));
            }
        } else if (!key.equals(LogIndex.State.KEY)) {
            wrong("table=varve", "an unknown row: " + key.getUtf8(0, key.length()));
        }
    }

    private void note() {
        AppendKey found =
                new AppendKey(
                        key.getUtf8(0, key.length()),
                        value.getLong(0),
                        value.getInt(8),
                        new ContentHash(value.getLong(12), value.getLong(20)));
        if (found.firstPosition() >= firstPosition) {
            keys++; // an older one may stay where it is; nobody looks at it
            keySum += LogTally.hash(found);
        }
    }

    private void mark() {
        String producer = key.getUtf8(0, key.length());
        RecordedMark mark = new RecordedMark(producer, value.getLong(8), value.getLong(16));
        AppendMark found = new AppendMark(value.getLong(0), mark);
        if (!found.equals(log.marks().get(producer))) {
            wrong("producer=" + producer, "another mark: " + found);
        }
    }

    private long streamsWithEvents() {
        long count = 0;
        for (int number = 0; number < log.streams(); number++) {
            count += log.head(number) > log.truncated(number) ? 1 : 0;
        }
        return count;
    }

    private void count(String what, long found, long expected) {
        if (found != expected) {
            wrong(what, "found=" + found + " the log has=" + expected);
        }
    }

    private void wrong(String where, String what) {
        problems.add(Kind.INDEX, where, what);
    }

    private long scan(LmdbReader reader, String name, RowCheck check) {
        long rows = 0;
        try (LmdbCursor cursor = reader.openCursor(tables.get(name))) {
            for (boolean more = cursor.first(); more; more = cursor.next()) {
                rows++;
                cursor.key(key);
                cursor.value(value);
                check(name, check);
            }
        } catch (VarveException e) {
            problems.add(Kind.INDEX, "table=" + name, e);
        } finally {
            key.release();
            value.release();
        }
        return rows;
    }

    private void check(String name, RowCheck check) {
        try {
            checksum.check(name, key, value, value);
            check.row();
        } catch (VarveException | IndexOutOfBoundsException | IllegalArgumentException e) {
            problems.add(Kind.INDEX, "table=" + name, e);
        }
    }

    private void name() {
        int number = value.getInt(0);
        if (!log.knows(number) || log.name(number) != LogTally.hash(key)) {
            wrong("stream=" + key.getUtf8(0, key.length()), "another number: number=" + number);
        }
    }

    private int number() {
        return Integer.reverseBytes(key.getInt(0));
    }

    private void head() {
        int number = number();
        if (!log.knows(number)) {
            wrong("stream number=" + number, "the log has no such stream");
            return;
        }
        StreamId id = StreamIndex.id(value);
        if (log.name(number) != LogTally.hash(id)) {
            wrong("stream=" + id, "another number: number=" + number);
        }
        if (value.getLong(0) != log.head(number)) {
            wrong(
                    "stream=" + id,
                    "another head: version=" + value.getLong(0) + " log=" + log.head(number));
        } else if (value.getLong(Long.BYTES) != log.last(number)) {
            wrong("stream=" + id, "another position of its last event");
        }
        boolean ended = (value.getByte(StreamIndex.HEAD_FLAGS) & StreamIndex.TOMBSTONED) != 0;
        if (ended != log.isEnded(number)) {
            wrong("stream=" + id, "another state: tombstone=" + ended);
        }
    }

    private void type() {
        int number = number();
        String name = value.getUtf8(0, value.length());
        if (number < 0 || number >= log.types().size() || !log.types().get(number).equals(name)) {
            wrong("type=" + name, "another number: number=" + number);
        }
    }

    private void chunk() {
        int number = number();
        long version = Long.reverseBytes(key.getLong(Integer.BYTES));
        if (number != stream) {
            endStream();
            stream = number;
            nextVersion = log.truncated(number) + 1;
            hash = 0;
        }
        long first = value.getLong(0);
        int count = (value.length() - Integer.BYTES) / Integer.BYTES;
        for (int i = 0; i < count; i++, version++) {
            if (version <= log.truncated(number)) {
                continue; // it may stay where it is; nobody looks at it
            }
            long distance = i == 0 ? 0 : value.getInt(Integer.BYTES * (i + 1)) & 0xffff_ffffL;
            hash = LogTally.next(hash, first + distance);
            if (version != nextVersion) {
                hash = -1; // told when the stream ends
            }
            nextVersion = version + 1;
        }
    }

    private void endStream() {
        if (stream < 0) {
            return;
        }
        if (!log.knows(stream)) {
            wrong("stream number=" + stream, "it has positions, but the log has no such stream");
        } else if (nextVersion > log.truncated(stream) + 1) {
            placed++;
            if (nextVersion != log.head(stream) + 1 || hash != log.positions(stream)) {
                wrong("stream number=" + stream, "its positions are not those of the log");
            }
        }
    }
}
