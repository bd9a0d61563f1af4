package io.varve.store;

import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.lmdb.LmdbCursor;
import io.varve.store.lmdb.LmdbEnvironment;
import io.varve.store.lmdb.LmdbReader;
import io.varve.store.lmdb.LmdbTable;
import io.varve.store.lmdb.LmdbWriter;
import io.varve.store.lmdb.RowChecksum;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The part of the index that knows streams: their numbers, their heads, and where their events lie.
 *
 * <pre>
 *   table      key (numbers big-endian)             value (numbers little-endian)
 *   streams    category/key, UTF-8                  u32 stream number
 *   heads      u32 stream number                    i64 version, i64 position of that event, u8 flags
 *                                                   (1: it is a tombstone), u8 length of the category,
 *                                                   category, key
 *   positions  u32 stream number, u64 version of    i64 position of that event, then u32 per further
 *              a chunk's first event                event: its distance from that position
 * </pre>
 */
final class StreamIndex {
    static final String STREAMS = "streams";
    static final String HEADS = "heads";
    static final String POSITIONS = "positions";

    /**
     * Events of a chunk: its row stays well below half a page, so that LMDB keeps it in the leaf.
     */
    private static final int CHUNK = 448;

    static final int HEAD_FLAGS = 16;
    private static final int HEAD_CATEGORY = 17;
    private static final int HEAD_NAME = 18;
    static final int TOMBSTONED = 1;

    private final LmdbEnvironment environment;
    private final IndexTable meta;
    private final IndexTable streams;
    private final IndexTable heads;
    private final IndexTable positions;

    StreamIndex(LmdbEnvironment environment, IndexTable meta) {
        this.environment = environment;
        this.meta = meta;
        streams = new IndexTable(environment.table(STREAMS));
        heads = new IndexTable(environment.table(HEADS));
        positions = new IndexTable(environment.table(POSITIONS));
    }

    /** Adds its tables, by name. */
    void addTables(Map<String, LmdbTable> tables) {
        for (IndexTable table : List.of(streams, heads, positions)) {
            tables.put(table.rows().name(), table.rows());
        }
    }

    /** The entry of a stream that was merged. */
    Optional<StreamEntry> find(StreamId id) {
        BytesView value = new BytesView();
        BytesWriter key = new BytesWriter(64).putUtf8(id.toString());
        try (LmdbReader reader = environment.reader()) {
            return streams.find(reader, key.view(), value)
                    ? Optional.of(named(reader, id, value.getInt(0)))
                    : Optional.empty();
        }
    }

    /**
     * The entry of a stream whose name has a number. It has a head, too: taken for new, the stream
     * would get a second number.
     */
    private StreamEntry named(LmdbReader reader, StreamId id, int number) {
        return find(reader, number)
                .filter(entry -> entry.id().equals(id))
                .orElseThrow(
                        () ->
                                IndexDamage.met(
                                        reader.folder(),
                                        "the index has a stream's number, but not its head: stream="
                                                + id
                                                + " number="
                                                + number));
    }

    /** The entry of a stream that was merged. */
    Optional<StreamEntry> find(int number) {
        try (LmdbReader reader = environment.reader()) {
            return find(reader, number);
        }
    }

    /** Whether the name of a stream leads to a number. */
    boolean leadsTo(StreamId id, int number) {
        BytesView value = new BytesView();
        BytesWriter key = new BytesWriter(64).putUtf8(id.toString());
        try (LmdbReader reader = environment.reader()) {
            return streams.find(reader, key.view(), value) && value.getInt(0) == number;
        }
    }

    /** The name of a stream that was merged. */
    Optional<StreamId> name(int number) {
        BytesView value = new BytesView();
        try (LmdbReader reader = environment.reader()) {
            return heads.get(reader, numberKey(new BytesWriter(8), number), value)
                    ? Optional.of(id(value))
                    : Optional.empty();
        }
    }

    private Optional<StreamEntry> find(LmdbReader reader, int number) {
        BytesView value = new BytesView();
        if (!heads.get(reader, numberKey(new BytesWriter(8), number), value)) {
            return Optional.empty();
        }
        long version = value.getLong(0);
        long position = value.getLong(Long.BYTES);
        boolean tombstoned = (value.getByte(HEAD_FLAGS) & TOMBSTONED) != 0;
        StreamEntry entry = new StreamEntry(number, id(value), version, position, tombstoned);
        if (!leadsTo(reader, number, version, position)) {
            throw IndexDamage.met(
                    reader.folder(),
                    "the index has another version of a stream than its positions tell: stream="
                            + entry.id()
                            + " version="
                            + version);
        }
        return Optional.of(entry);
    }

    /**
     * Whether the last position of a stream is that of its head. They lie in two pages: where the
     * disk never wrote one of them, an older one of its table is in its place, whole.
     */
    private boolean leadsTo(LmdbReader reader, int number, long version, long position) {
        BytesView key = new BytesView();
        BytesView chunk = new BytesView();
        LmdbCursor cursor = reader.cursor(positions.rows());
        BytesWriter behind = new BytesWriter(16);
        chunkKey(behind, number, Long.MAX_VALUE);
        if (cursor.seekBefore(behind.view())) {
            positions.read(cursor, key, chunk);
            if (isChunk(key, chunk, number, Long.MAX_VALUE)) {
                int last = chunk.length() / Integer.BYTES - 2;
                long first = Long.reverseBytes(key.getLong(Integer.BYTES));
                return first + last == version && position(chunk, last) == position;
            }
        }
        return position < IndexBase.first(meta, reader); // all of it was truncated
    }

    /**
     * Tells the streams whose names begin with a prefix, from a name on, in their order.
     *
     * @param from the first name
     * @param prefix of the names
     * @param most how many to tell
     * @param target takes them
     */
    void page(BytesView from, byte[] prefix, int most, Collection<StreamPages.Named> target) {
        BytesView name = new BytesView();
        BytesView value = new BytesView();
        BytesView start = BytesView.of(prefix);
        try (LmdbReader reader = environment.reader()) {
            LmdbCursor cursor = reader.cursor(streams.rows());
            boolean found = from.length() == 0 ? cursor.first() : cursor.seek(from);
            long leaf = 0;
            for (int count = 0; found && count < most; count++) {
                streams.read(cursor, name, value);
                if (leaf != cursor.leaf()) {
                    leaf = cursor.leaf();
                    streams.checkLeaf(cursor);
                }
                if (!name.startsWith(start)) {
                    return;
                }
                target.add(new StreamPages.Named(name.toByteArray(), value.getInt(0)));
                found = cursor.next();
            }
        }
    }

    /** The name in the head of a stream. */
    static StreamId id(BytesView head) {
        int category = head.getByte(HEAD_CATEGORY) & 0xff;
        int key = HEAD_NAME + category;
        return new StreamId(
                head.getUtf8(HEAD_NAME, category), head.getUtf8(key, head.length() - key));
    }

    /**
     * Finds the positions of a stream's events, from one version up to another, excluded.
     *
     * @return how many were found: fewer than asked for where the index lacks some
     */
    int positions(int number, long from, long to, long[] target) {
        BytesView key = new BytesView();
        BytesView chunk = new BytesView();
        RowChecksum sum = new RowChecksum(IndexTable.REMEDY);
        try (LmdbReader reader = environment.reader()) {
            LmdbCursor cursor = reader.cursor(positions.rows());
            long version = from;
            boolean found = seekChunk(cursor, number, from, key);
            while (found && version < to) {
                positions.read(cursor, key, chunk, sum);
                if (!isChunk(key, chunk, number, version)) {
                    break;
                }
                long first = Long.reverseBytes(key.getLong(4));
                long end = Math.min(to, first + (chunk.length() - 4) / 4);
                copyPositions(chunk, first, version, end, target, (int) (version - from));
                version = Math.max(version, end);
                found = version < to && cursor.next(); // most look for few, in one chunk
            }
            return (int) (version - from);
        }
    }

    private static void copyPositions(
            BytesView chunk, long first, long version, long end, long[] target, int offset) {
        int at = offset;
        for (int i = (int) (version - first), last = (int) (end - first); i < last; i++) {
            target[at++] = position(chunk, i);
        }
    }

    private static long position(BytesView chunk, int i) {
        long base = chunk.getLong(0);
        return i == 0 ? base : base + (chunk.getInt(4 + i * 4) & 0xffff_ffffL);
    }

    /** Whether a row can be the chunk of a stream that holds a version, or one before it. */
    private static boolean isChunk(BytesView key, BytesView chunk, int number, long version) {
        return key.length() == Integer.BYTES + Long.BYTES
                && Integer.reverseBytes(key.getInt(0)) == number
                && Long.reverseBytes(key.getLong(Integer.BYTES)) <= version
                && chunk.length() >= Long.BYTES;
    }

    /** Goes to the chunk that holds a version: the last one that begins at or before it. */
    private static boolean seekChunk(LmdbCursor cursor, int number, long version, BytesView key) {
        BytesWriter wanted = new BytesWriter(16);
        chunkKey(wanted, number, version);
        if (cursor.seek(wanted.view())) {
            cursor.key(key);
            if (key.equals(wanted.view())) {
                return true;
            }
            return cursor.previous();
        }
        return cursor.last();
    }

    private static void chunkKey(BytesWriter out, int number, long version) {
        out.reset().putInt(Integer.reverseBytes(number)).putLong(Long.reverseBytes(version));
    }

    static BytesView numberKey(BytesWriter out, int number) {
        return out.reset().putInt(Integer.reverseBytes(number)).view();
    }

    /**
     * What a merge adds for one stream.
     *
     * @param entry the stream
     * @param from the first version to add
     * @param to the last version to add
     * @param tail where they lie
     */
    record Slice(StreamEntry entry, long from, long to, StreamEntry.Tail tail) {}

    /** Adds the tail of a stream. */
    void write(
            LmdbWriter writer, Slice slice, BytesWriter key, BytesWriter value, RowChecksum sum) {
        writeHead(writer, slice, key, value, sum);
        writeChunks(writer, slice, key, value, sum);
    }

    void writeHead(
            LmdbWriter writer, Slice slice, BytesWriter key, BytesWriter value, RowChecksum sum) {
        StreamEntry entry = slice.entry();
        StreamId id = entry.id();
        if (slice.from() == 0) {
            value.reset().putInt(entry.number());
            streams.put(writer, key.reset().putUtf8(id.toString()), value, sum);
        }
        value.reset().putLong(slice.to()).putLong(slice.tail().lastPosition(slice.to()));
        value.putByte(slice.to() == slice.tail().tombstone() ? TOMBSTONED : 0);
        int at = value.putByte(0).putUtf8(id.category()).size();
        value.array()[HEAD_CATEGORY] = (byte) (at - HEAD_NAME);
        value.putUtf8(id.key());
        numberKey(key, entry.number());
        heads.put(writer, key, value, sum);
    }

    private void writeChunks(
            LmdbWriter writer, Slice slice, BytesWriter key, BytesWriter value, RowChecksum sum) {
        for (long version = slice.from(); version <= slice.to(); ) {
            chunkKey(key, slice.entry().number(), version);
            long first = slice.tail().position(version);
            value.reset().putLong(first);
            long end = Math.min(slice.to() + 1, version + CHUNK);
            for (version++; version < end; version++) {
                long distance = slice.tail().position(version) - first;
                if (distance > 0xffff_ffffL) {
                    break; // too far for 32 bits: the next chunk begins here
                }
                value.putInt((int) distance);
            }
            positions.put(writer, key, value, sum);
        }
    }

    /** Removes the chunks of a stream that end at a version or before it. */
    void prune(LmdbWriter writer, int number, long version, BytesWriter key) {
        List<Long> gone = new ArrayList<>();
        chunkKey(key, number, 0);
        writer.scan(
                positions.rows(),
                key.view(),
                (chunk, row) -> {
                    if (chunk.length() != Integer.BYTES + Long.BYTES
                            || Integer.reverseBytes(chunk.getInt(0)) != number) {
                        return false;
                    }
                    long first = Long.reverseBytes(chunk.getLong(Integer.BYTES));
                    int count = (row.length() - RowChecksum.BYTES - Integer.BYTES) / Integer.BYTES;
                    boolean whole = first + count - 1 <= version;
                    if (whole) {
                        gone.add(first);
                    }
                    return whole;
                });
        for (long first : gone) {
            chunkKey(key, number, first);
            writer.delete(positions.rows(), key.view());
        }
    }
}
