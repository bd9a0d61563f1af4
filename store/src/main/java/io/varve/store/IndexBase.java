package io.varve.store;

import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.errors.StoreCorruptedException;
import io.varve.store.lmdb.LmdbReader;
import io.varve.store.lmdb.LmdbWriter;
import io.varve.store.lmdb.RowChecksum;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The index of a truncated log: begun with what the log's base tells, and pruned when the log's
 * beginning is cut off. One thread at a time.
 *
 * <p>The row {@code first} of the table {@code varve} says from which position on the index has all
 * events: an i64, behind the checksum. A log that begins before it (a copy from before the
 * truncation, or one that has lost it in a power cut) needs another index.
 */
final class IndexBase {
    static final BytesView FIRST = BytesView.of("first".getBytes(StandardCharsets.UTF_8));

    /** Streams of a transaction. */
    private static final int BATCH = 1 << 16;

    private final LogIndex index;
    private final RowChecksum sum = new RowChecksum(IndexTable.REMEDY);
    private final BytesWriter key = new BytesWriter();
    private final BytesWriter value = new BytesWriter();

    IndexBase(LogIndex index) {
        this.index = index;
    }

    /** Whether the index has all events from a position on, as far as it reaches. */
    boolean hasAllFrom(long position) {
        try {
            return first() <= position;
        } catch (StoreCorruptedException e) {
            return false; // the index is built again then
        }
    }

    /** From which position on the index has all events; 0 if nothing was ever cut off. */
    private long first() {
        try (LmdbReader reader = index.environment.reader()) {
            return first(index.meta, reader);
        }
    }

    static long first(IndexTable meta, LmdbReader reader) {
        BytesView row = new BytesView();
        return meta.get(reader, FIRST, row) ? row.getLong(0) : 0;
    }

    /** Fills an empty index with what the log's base tells, so that it reaches to the base. */
    void fill(Log log) {
        LogBase base = log.base();
        List<StreamEntry> streams = new ArrayList<>();
        List<String> types = new ArrayList<>();
        AppendNotes notes = new AppendNotes();
        try (LmdbReader reader = log.metaReader()) {
            log.baseRows()
                    .visit(
                            reader,
                            new BaseRows.Visitor() {
                                @Override
                                public void stream(int number, StreamId id, LogFold.Last last) {
                                    streams.add(entry(number, id, last));
                                    if (streams.size() == BATCH) {
                                        put(streams);
                                    }
                                }

                                @Override
                                public void type(int number, String name) {
                                    types.add(name);
                                }

                                @Override
                                public void mark(AppendMark mark) {
                                    notes.add(mark);
                                }
                            });
        }
        put(streams);
        change(writer -> putFirst(writer, base.firstPosition()));
        LogIndex.State state =
                new LogIndex.State(
                        log.identity(),
                        base.firstPosition() - 1,
                        base.chain(),
                        base.streamCount(),
                        base.typeCount());
        index.merge(List.of(), notes, types.toArray(String[]::new), state);
    }

    private static StreamEntry entry(int number, StreamId id, LogFold.Last last) {
        return new StreamEntry(number, id, last.version(), last.position(), last.tombstone());
    }

    private void put(List<StreamEntry> streams) {
        change(writer -> streams.forEach(entry -> put(writer, entry)));
        streams.clear();
    }

    private void put(LmdbWriter writer, StreamEntry entry) {
        StreamIndex.Slice all =
                new StreamIndex.Slice(entry, 0, entry.tail().version(), entry.tail());
        index.streams.writeHead(writer, all, key, value, sum);
    }

    /**
     * Removes what points to events that were cut off.
     *
     * @param fold what was cut off
     */
    void prune(LogFold fold) {
        change(
                writer -> {
                    for (Map.Entry<Integer, LogFold.Last> stream : fold.lasts().entrySet()) {
                        long version = stream.getValue().version();
                        index.streams.prune(writer, stream.getKey(), version, key);
                    }
                    fold.keys().forEach(gone -> index.notes.remove(writer, gone, key));
                    putFirst(writer, fold.base().firstPosition());
                });
    }

    private void putFirst(LmdbWriter writer, long firstPosition) {
        value.reset().putLong(firstPosition);
        index.meta.put(writer, key.reset().putBytes(FIRST), value, sum);
    }

    private void change(Consumer<LmdbWriter> action) {
        while (true) {
            try (LmdbWriter writer = index.environment.writer()) {
                action.accept(writer);
                writer.commit();
                return;
            } catch (LmdbWriter.MapFullSignal full) {
                index.environment.grow();
            }
        }
    }
}
