package io.varve.store;

import io.varve.store.errors.Logs;
import io.varve.store.errors.StoreCorruptedException;
import io.varve.store.errors.StoreFullException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads, at open, what the index does not have: from the position behind the last merged one to the
 * end of the log. Merges as it goes, so that the whole index can be built this way in bounded
 * memory.
 */
final class Recovery implements PreambleCodec.Visitor {
    /** No index can be built of such a log, and a backup is as it is, unless it is older. */
    static final String REMEDY =
            "Copy its events into a new store with Salvage.copy; or restore a backup from before,"
                    + " which loses what came after it.";

    private final Log log;
    private final StreamDirectory directory;
    private final NoteDirectory notes;
    private final UnmergedStreams unmerged;
    private final IndexMerger merger;
    private final int mergeEvents;
    private long eventsSinceMerge;

    /** Streams of the block at hand. */
    private final List<StreamEntry> touched = new ArrayList<>();

    /** Of the event before, whose neighbour is mostly of the same stream. */
    private StreamEntry entry;

    private ProgressListener listener = ProgressListener.none();
    private Optional<Path> doubted = Optional.empty();

    Recovery(
            Log log,
            StreamDirectory directory,
            NoteDirectory notes,
            UnmergedStreams unmerged,
            IndexMerger merger,
            int mergeEvents) {
        this.log = log;
        this.directory = directory;
        this.notes = notes;
        this.unmerged = unmerged;
        this.merger = merger;
        this.mergeEvents = mergeEvents;
    }

    /** Tells how many events were read. */
    Recovery telling(ProgressListener to) {
        listener = to;
        return this;
    }

    /** Blames the index, which has events of the log, where what it says does not fit. */
    void beside(LogIndex index) {
        doubted = Optional.of(index.folder());
    }

    private StoreCorruptedException misfit(String what) {
        return doubted.isPresent()
                ? IndexDamage.met(doubted.get(), what)
                : new StoreCorruptedException(what, REMEDY);
    }

    /**
     * Where the log ends.
     *
     * @param head position of the last event, or -1
     * @param chain hash of the last block, or 0
     * @param commitTimeMillis of the last block, or 0
     */
    record End(long head, long chain, long commitTimeMillis) {}

    End run(LogIndex.State merged) {
        try (LogReader reader = log.reader(directory)) {
            if (!reader.last()) {
                return new End(-1, 0, 0);
            }
            BlockView block = reader.block();
            End end = new End(block.lastPosition(), block.chain(), block.commitTimeMillis());
            ProgressMeter progress =
                    new ProgressMeter(listener, end.head() - merged.lastPosition());
            if (merged.lastPosition() < end.head()) {
                tellIfLong(end.head() - merged.lastPosition());
                long startedAt = System.nanoTime();
                reader.seek(merged.lastPosition() + 1);
                long chain = merged.chain();
                do {
                    chain = replay(reader, chain);
                    progress.add(reader.block().count());
                } while (reader.block().lastPosition() < end.head() && reader.next());
                Logs.of(Recovery.class)
                        .log(
                                Level.DEBUG,
                                "Read again what the index had not: events={0} millis={1}",
                                end.head() - merged.lastPosition(),
                                (System.nanoTime() - startedAt) / 1e6);
            }
            progress.end();
            return end;
        }
    }

    /** More than a kill leaves: the index was lost, or is built for the first time. */
    private void tellIfLong(long events) {
        if (events > 2L * mergeEvents) {
            Logs.of(Recovery.class)
                    .log(
                            Level.INFO,
                            "The index is built from the log, which may take a while: events={0}",
                            events);
        }
    }

    private long replay(LogReader reader, long previousChain) {
        BlockView block = reader.block();
        if (block.previousChain() != previousChain) {
            throw new StoreCorruptedException(
                    "a block that does not follow the one before: firstPosition="
                            + block.firstPosition(),
                    Log.REMEDY);
        }
        block.names(this);
        int tombstone = directory.typeNumber(SystemEvents.TOMBSTONE);
        BlockFields fields = block.fields();
        entry = null; // a merge may have let go of it
        for (int i = 0; i < block.count(); i++) {
            int place = fields.place(i);
            boolean ends = fields.type(place) == tombstone && block.isBare(i);
            long version = fields.version(i, place);
            replay(block.firstPosition() + i, fields.stream(place), version, ends);
        }
        touched.forEach(StreamEntry::publish);
        touched.forEach(unmerged::add);
        touched.clear();
        long head = block.lastPosition();
        long chain = block.chain();
        unmerged.reached(head, chain);
        eventsSinceMerge += block.count();
        if (eventsSinceMerge + notes.weight() >= mergeEvents) {
            merge();
            eventsSinceMerge = 0;
        }
        return chain;
    }

    private void merge() {
        try {
            merger.merge(unmerged.take());
        } catch (StoreFullException e) {
            // The merger keeps it for later: a store opens while the disk is full, and can be read.
            Logs.of(Recovery.class)
                    .log(Level.WARNING, "There is no room to bring the index up to date", e);
        }
    }

    private void replay(long position, int stream, long version, boolean tombstone) {
        if (entry == null || entry.number() != stream) {
            entry = directory.load(stream);
        }
        if (entry.isUntouched()) {
            touched.add(entry);
        }
        if (entry.nextVersion() != version) {
            throw misfit(
                    "a version out of order: stream="
                            + entry.id()
                            + " version="
                            + version
                            + " expected="
                            + entry.nextVersion()
                            + " position="
                            + position);
        }
        entry.note(version, position);
        if (tombstone || entry.isEnding()) {
            entry.noteTombstone(tombstone ? version : -1);
        }
    }

    @Override
    public void stream(int number, StreamId id) {
        checkNumber("stream", number, directory.streamCount());
        directory.add(new StreamEntry(number, id));
    }

    @Override
    public void key(AppendKey key) {
        notes.add(key);
    }

    @Override
    public void mark(AppendMark mark) {
        notes.add(mark, Long.MAX_VALUE);
    }

    @Override
    public void type(int number, String name) {
        checkNumber("type", number, directory.types().length);
        directory.addType(number, name);
    }

    private void checkNumber(String what, int number, int expected) {
        if (number != expected) {
            throw misfit(
                    "a block names a "
                            + what
                            + " out of order: number="
                            + number
                            + " expected="
                            + expected);
        }
    }
}
