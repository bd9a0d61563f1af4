package io.varve.store;

import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.errors.IncompatibleStoreException;
import io.varve.store.errors.StoreCorruptedException;
import io.varve.store.lmdb.LmdbEnvironment;
import io.varve.store.lmdb.LmdbOptions;
import io.varve.store.lmdb.LmdbReader;
import io.varve.store.lmdb.LmdbTable;
import io.varve.store.lmdb.LmdbWriter;
import io.varve.store.lmdb.RowChecksum;
import io.varve.store.lmdb.Structure;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * The index: derived from the log, merged into off the append path, and thrown away and built again
 * where it does not belong to the log.
 *
 * <pre>
 *   table      key (numbers big-endian)             value (numbers little-endian)
 *   varve      "state"                              format, store id, incarnation, last position that is
 *                                                   merged, its chain hash, counts of streams and types
 *   varve      "first"                              see IndexBase
 *   types      u32 type number                      name, UTF-8
 *   streams, heads, positions                       see StreamIndex
 *   keys, marks                                     see NoteIndex
 * </pre>
 *
 * <p>Thread-safe for readers; {@link #merge} is called by one thread at a time.
 */
final class LogIndex implements AutoCloseable {
    static final String META = "varve";
    static final String TYPES = "types";
    private static final List<String> TABLES =
            List.of(
                    META,
                    TYPES,
                    StreamIndex.STREAMS,
                    StreamIndex.HEADS,
                    StreamIndex.POSITIONS,
                    NoteIndex.KEYS,
                    NoteIndex.MARKS);

    final LmdbEnvironment environment;
    final IndexTable meta;
    private final IndexTable types;
    final StreamIndex streams;
    final NoteIndex notes;

    /** As it was when the index was opened. */
    private final Optional<State> state;

    private final String[] typeNames;

    LogIndex(Path folder) {
        this(folder, Optional.empty());
    }

    /**
     * Opens an index.
     *
     * @param seen what {@link io.varve.store.lmdb.Reopening#lookAhead} found
     */
    LogIndex(Path folder, Optional<Structure> seen) {
        LmdbOptions options = new LmdbOptions(64L << 30, TABLES.size(), true, IndexTable.REMEDY);
        environment =
                LmdbEnvironment.open(folder, options.withSeen(seen).asDerived(IndexDamage::note));
        try {
            refuseOther(environment);
            meta = new IndexTable(environment.table(META));
            types = new IndexTable(environment.table(TYPES));
            streams = new StreamIndex(environment, meta);
            notes = new NoteIndex(environment);
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
        private static final int FORMAT = 2;
        static final BytesView KEY = BytesView.of(new byte[] {'s', 't', 'a', 't', 'e'});
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
            return meta.get(reader, State.KEY, value)
                    ? Optional.of(State.read(value))
                    : Optional.empty();
        }
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
                if (!types.get(reader, StreamIndex.numberKey(key, number), value)) {
                    throw new StoreCorruptedException(
                            "a type without a name: number=" + number, IndexTable.REMEDY);
                }
                names[number] = value.getUtf8(0, value.length());
            }
        }
        return names;
    }

    /** The entry of a stream that was merged. */
    Optional<StreamEntry> find(StreamId id) {
        return streams.find(id);
    }

    /** The entry of a stream that was merged. */
    Optional<StreamEntry> find(int number) {
        return streams.find(number);
    }

    /** The name of a stream that was merged. */
    Optional<StreamId> name(int number) {
        return streams.name(number);
    }

    /** Tells the positions of a stream's events, from one version up to another, excluded. */
    int positions(int number, long from, long to, long[] target) {
        return streams.positions(number, from, to, target);
    }

    /**
     * Adds the tails of streams, all or nothing, and says up to where the index reaches now.
     *
     * @param slices by ascending stream number
     * @param newNotes keys and marks
     * @param typeNames all there are, by number
     * @param state after the merge
     */
    void merge(
            List<StreamIndex.Slice> slices, AppendNotes newNotes, String[] typeNames, State state) {
        while (true) {
            try (LmdbWriter writer = environment.writer()) {
                write(writer, slices, newNotes, typeNames, state);
                writer.commit();
                return;
            } catch (LmdbWriter.MapFullSignal full) {
                environment.grow();
            }
        }
    }

    private void write(
            LmdbWriter writer,
            List<StreamIndex.Slice> slices,
            AppendNotes newNotes,
            String[] typeNames,
            State state) {
        BytesWriter key = new BytesWriter();
        BytesWriter value = new BytesWriter();
        RowChecksum sum = new RowChecksum(IndexTable.REMEDY);
        int known = (int) writer.count(types.rows());
        for (int number = known; number < typeNames.length; number++) {
            value.reset().putUtf8(typeNames[number]);
            StreamIndex.numberKey(key, number);
            types.put(writer, key, value, sum);
        }
        for (StreamIndex.Slice slice : slices) {
            streams.write(writer, slice, key, value, sum);
        }
        notes.write(writer, newNotes, key, value, sum);
        state.write(value);
        meta.put(writer, key.reset().putBytes(State.KEY), value, sum);
    }

    /** Whether it tells nothing of the log. */
    boolean isEmpty() {
        try (LmdbReader reader = environment.reader()) {
            return isEmpty(tables(), reader);
        }
    }

    /** Whether no table has a row, but for the one in which the index speaks of itself. */
    static boolean isEmpty(Map<String, LmdbTable> tables, LmdbReader reader) {
        return tables.entrySet().stream()
                .filter(table -> !table.getKey().equals(META))
                .allMatch(table -> reader.count(table.getValue()) == 0);
    }

    /** A table that is not there would be made, and be without the rows it had. */
    private static void refuseOther(LmdbEnvironment environment) {
        List<String> tables = environment.tableNames();
        if (tables.contains(Log.BLOCKS)) {
            throw LostLog.inPlaceOfIndex(environment.folder()); // nothing is made in it
        }
        if (!tables.isEmpty() && !hasItsTables(tables)) {
            throw new StoreCorruptedException(
                    "an index without all of its tables: path="
                            + environment.folder()
                            + " tables="
                            + tables,
                    IndexTable.REMEDY);
        }
    }

    /** Whether the tables of an environment are those of an index. */
    static boolean hasItsTables(List<String> tables) {
        return tables.containsAll(TABLES);
    }

    /** All tables, by name. */
    Map<String, LmdbTable> tables() {
        Map<String, LmdbTable> tables = new LinkedHashMap<>();
        tables.put(META, meta.rows());
        tables.put(TYPES, types.rows());
        streams.addTables(tables);
        notes.addTables(tables);
        return tables;
    }

    /** Lets nobody read it any more: its structure is damaged, and LMDB would follow that. */
    void refuse() {
        environment.refuse(
                () ->
                        new StoreCorruptedException(
                                "the index's pages do not fit together: path=" + folder(),
                                "Close the store and open it again: the index is built again from"
                                        + " the log then. Reading by position goes on meanwhile."));
    }

    Path folder() {
        return environment.folder();
    }

    /** Closes; what is to be done afterwards is done when the last reader has ended. */
    void close(Runnable afterwards, Runnable stuck) {
        environment.close(afterwards, stuck);
    }

    @Override
    public void close() {
        environment.close();
    }
}
