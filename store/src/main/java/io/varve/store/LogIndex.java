package io.varve.store;

import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.errors.IncompatibleStoreException;
import io.varve.store.errors.StoreCorruptedException;
import io.varve.store.lmdb.LmdbCursor;
import io.varve.store.lmdb.LmdbEnvironment;
import io.varve.store.lmdb.LmdbOptions;
import io.varve.store.lmdb.LmdbReader;
import io.varve.store.lmdb.LmdbTable;
import io.varve.store.lmdb.LmdbWriter;
import io.varve.store.lmdb.RowChecksum;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.LongConsumer;

/**
 * The index: derived from the log, merged into off the append path, and thrown away and built again
 * where it does not belong to the log.
 *
 * <pre>
 *   table      key (numbers big-endian)             value (numbers little-endian)
 *   varve      "state"                              format, store id, incarnation, last position that is
 *                                                   merged, its chain hash, counts of streams and types
 *   streams    category/key, UTF-8                  u32 stream number
 *   heads      u32 stream number                    i64 version, u8 length of the category, category, key
 *   types      u32 type number                      name, UTF-8
 *   positions  u32 stream number, u64 version of    i64 position of that event, then u32 per further
 *              a chunk's first event                event: its distance from that position
 * </pre>
 *
 * <p>Each value has a checksum in front, see {@link RowChecksum}.
 *
 * <p>Thread-safe for readers; {@link #merge} is called by one thread at a time.
 */
final class LogIndex implements AutoCloseable {
    /**
     * Events of a chunk: its row stays well below half a page, so that LMDB keeps it in the leaf.
     */
    private static final int CHUNK = 448;

    private static final String REMEDY =
            "Close the store, delete the folder 'index' and open it again: it is built from the log.";

    private final LmdbEnvironment environment;
    private final LmdbTable meta;
    private final LmdbTable streams;
    private final LmdbTable heads;
    private final LmdbTable types;
    private final LmdbTable positions;

    /** As it was when the index was opened. */
    private final Optional<State> state;

    private final String[] typeNames;

    LogIndex(Path folder) {
        environment = LmdbEnvironment.open(folder, new LmdbOptions(64L << 30, 5, true, REMEDY));
        try {
            meta = environment.table("varve");
            streams = environment.table("streams");
            heads = environment.table("heads");
            types = environment.table("types");
            positions = environment.table("positions");
            state = readState();
            typeNames = readTypes(state.map(State::typeCount).orElse(0));
        } catch (RuntimeException | Error e) {
            environment.close();
            throw e;
        }
    }

    /**
     * Up to where, and of which log, the index was merged.
     *
     * @param identity of the log
     * @param lastPosition merged, or -1
     * @param chain hash of the block that holds it, or 0
     * @param streamCount streams that have numbers
     * @param typeCount types that have numbers
     */
    record State(
            StoreIdentity identity, long lastPosition, long chain, int streamCount, int typeCount) {
        private static final int FORMAT = 1;
        private static final BytesView KEY = BytesView.of(new byte[] {'s', 't', 'a', 't', 'e'});
        private static final int LENGTH = 52;

        void write(BytesWriter out) {
            out.reset().putInt(FORMAT);
            out.putLong(identity.storeId().getMostSignificantBits());
            out.putLong(identity.storeId().getLeastSignificantBits());
            out.putLong(identity.incarnation()).putLong(lastPosition).putLong(chain);
            out.putInt(streamCount).putInt(typeCount);
        }

        static State read(BytesView in) {
            if (in.length() != LENGTH || in.getInt(0) != FORMAT) {
                throw new IncompatibleStoreException(
                        "An index of another format: length=" + in.length(),
                        "Delete the folder 'index': it is built again from the log.");
            }
            UUID id = new UUID(in.getLong(4), in.getLong(12));
            return new State(
                    new StoreIdentity(id, in.getLong(20)),
                    in.getLong(28),
                    in.getLong(36),
                    in.getInt(44),
                    in.getInt(48));
        }
    }

    /** Up to where the index was merged when it was opened; empty where it is new. */
    Optional<State> state() {
        return state;
    }

    private Optional<State> readState() {
        BytesView value = new BytesView();
        try (LmdbReader reader = environment.reader()) {
            return get(reader, meta, State.KEY, value)
                    ? Optional.of(State.read(value))
                    : Optional.empty();
        }
    }

    /** Finds a row and checks it. */
    private static boolean get(LmdbReader reader, LmdbTable table, BytesView key, BytesView value) {
        if (!reader.get(table, key, value)) {
            return false;
        }
        new RowChecksum(REMEDY).check(table.name(), key, value, value);
        return true;
    }

    private static void put(
            LmdbWriter writer,
            LmdbTable table,
            BytesWriter key,
            BytesWriter value,
            RowChecksum sum) {
        BytesView row = value.view();
        writer.put(table, key.view(), sum.of(key.view(), row), row);
    }

    /** The names of all types when it was opened, by number. */
    String[] types() {
        return typeNames;
    }

    private String[] readTypes(int count) {
        String[] names = new String[count];
        BytesView value = new BytesView();
        BytesWriter key = new BytesWriter(8);
        try (LmdbReader reader = environment.reader()) {
            for (int number = 0; number < count; number++) {
                if (!get(reader, types, numberKey(key, number), value)) {
                    throw new StoreCorruptedException(
                            "a type without a name: number=" + number, REMEDY);
                }
                names[number] = value.getUtf8(0, value.length());
            }
        }
        return names;
    }

    /** The entry of a stream that was merged. */
    Optional<StreamEntry> find(StreamId id) {
        BytesView value = new BytesView();
        BytesWriter key = new BytesWriter(64).putUtf8(id.toString());
        try (LmdbReader reader = environment.reader()) {
            if (get(reader, streams, key.view(), value)) {
                return find(reader, value.getInt(0));
            }
            checkNeighbours(reader, key.view());
            return Optional.empty();
        }
    }

    /**
     * Checks the rows around the place where a name is not. If the name is there and one bit of it
     * is wrong, then the search ends beside its row; taken for new, the stream would get a second
     * number.
     */
    private void checkNeighbours(LmdbReader reader, BytesView name) {
        LmdbCursor cursor = reader.cursor(streams);
        boolean after = cursor.seek(name);
        if (after) {
            checkRow(cursor);
        }
        if (after ? cursor.previous() : cursor.last()) {
            checkRow(cursor);
        }
    }

    private static void checkRow(LmdbCursor cursor) {
        BytesView key = new BytesView();
        BytesView row = new BytesView();
        cursor.key(key);
        cursor.value(row);
        new RowChecksum(REMEDY).check("streams", key, row, row);
    }

    /** The entry of a stream that was merged. */
    Optional<StreamEntry> find(int number) {
        try (LmdbReader reader = environment.reader()) {
            return find(reader, number);
        }
    }

    private Optional<StreamEntry> find(LmdbReader reader, int number) {
        BytesView value = new BytesView();
        if (!get(reader, heads, numberKey(new BytesWriter(8), number), value)) {
            return Optional.empty();
        }
        int category = value.getByte(8) & 0xff;
        StreamId id =
                new StreamId(
                        value.getUtf8(9, category),
                        value.getUtf8(9 + category, value.length() - 9 - category));
        return Optional.of(new StreamEntry(number, id, value.getLong(0)));
    }

    /** Tells the positions of a stream's events, from one version up to another, excluded. */
    void positions(int number, long from, long to, LongConsumer consumer) {
        BytesView key = new BytesView();
        BytesView chunk = new BytesView();
        try (LmdbReader reader = environment.reader()) {
            LmdbCursor cursor = reader.cursor(positions);
            RowChecksum checksum = new RowChecksum(REMEDY);
            long version = from;
            boolean found = seekChunk(cursor, number, from, key);
            while (found && version < to) {
                cursor.key(key);
                cursor.value(chunk);
                checksum.check("positions", key, chunk, chunk);
                if (!isChunk(key, chunk, number, version)) {
                    return; // the caller misses what is not told
                }
                long first = Long.reverseBytes(key.getLong(4));
                long end = Math.min(to, first + (chunk.length() - 4) / 4);
                for (; version < end; version++) {
                    consumer.accept(position(chunk, (int) (version - first)));
                }
                found = cursor.next();
            }
        }
    }

    /** Whether a row can be the chunk of a stream that holds a version, or one before it. */
    private static boolean isChunk(BytesView key, BytesView chunk, int number, long version) {
        return key.length() == Integer.BYTES + Long.BYTES
                && Integer.reverseBytes(key.getInt(0)) == number
                && Long.reverseBytes(key.getLong(Integer.BYTES)) <= version
                && chunk.length() >= Long.BYTES;
    }

    /** Goes to the chunk that holds a version: the last one that begins at or before it. */
    private boolean seekChunk(LmdbCursor cursor, int number, long version, BytesView key) {
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

    private static long position(BytesView chunk, int i) {
        long first = chunk.getLong(0);
        return i == 0 ? first : first + (chunk.getInt(4 + i * 4) & 0xffff_ffffL);
    }

    private static void chunkKey(BytesWriter out, int number, long version) {
        out.reset().putInt(Integer.reverseBytes(number)).putLong(Long.reverseBytes(version));
    }

    private static BytesView numberKey(BytesWriter out, int number) {
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

    /**
     * Adds the tails of streams, all or nothing, and says up to where the index reaches now.
     *
     * @param slices by ascending stream number
     * @param typeNames all there are, by number
     * @param state after the merge
     */
    void merge(List<Slice> slices, String[] typeNames, State state) {
        while (true) {
            try (LmdbWriter writer = environment.writer()) {
                write(writer, slices, typeNames, state);
                writer.commit();
                return;
            } catch (LmdbWriter.MapFullSignal full) {
                environment.grow();
            }
        }
    }

    private void write(LmdbWriter writer, List<Slice> slices, String[] typeNames, State state) {
        BytesWriter key = new BytesWriter();
        BytesWriter value = new BytesWriter();
        RowChecksum sum = new RowChecksum(REMEDY);
        int known = (int) writer.count(types);
        for (int number = known; number < typeNames.length; number++) {
            value.reset().putUtf8(typeNames[number]);
            numberKey(key, number);
            put(writer, types, key, value, sum);
        }
        for (Slice slice : slices) {
            writeHead(writer, slice, key, value, sum);
            writeChunks(writer, slice, key, value, sum);
        }
        state.write(value);
        put(writer, meta, key.reset().putBytes(State.KEY), value, sum);
    }

    private void writeHead(
            LmdbWriter writer, Slice slice, BytesWriter key, BytesWriter value, RowChecksum sum) {
        StreamEntry entry = slice.entry();
        StreamId id = entry.id();
        if (slice.from() == 0) {
            value.reset().putInt(entry.number());
            put(writer, streams, key.reset().putUtf8(id.toString()), value, sum);
        }
        value.reset().putLong(slice.to());
        int at = value.putByte(0).putUtf8(id.category()).size();
        value.array()[Long.BYTES] = (byte) (at - Long.BYTES - 1);
        value.putUtf8(id.key());
        numberKey(key, entry.number());
        put(writer, heads, key, value, sum);
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
            put(writer, positions, key, value, sum);
        }
    }

    Path folder() {
        return environment.folder();
    }

    /** Closes; what is to be done afterwards is done when the last reader has ended. */
    void close(Runnable afterwards) {
        environment.close(afterwards);
    }

    @Override
    public void close() {
        environment.close();
    }
}
