package io.varve.store;

import io.varve.store.errors.Logs;
import io.varve.store.errors.StoreCorruptedException;
import java.lang.System.Logger.Level;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Compares an index, when it is opened, with the end of what it has of its log: names, heads and
 * positions of the streams of the last events, and the keys and marks beside them. What the last
 * merges wrote is what a disk has most likely never written; an older page in its place, whole,
 * would let an append believe an older version. One thread.
 */
final class IndexTail implements PreambleCodec.Visitor {
    /** Events that are looked up, each in about 10 us. */
    private static final int MOST_EVENTS = 512;

    /** Bytes of blocks that are read. */
    private static final long MOST_BYTES = 4 << 20;

    private final LogIndex index;
    private final int tombstone;
    private final long[] position = new long[1];
    private final Set<Integer> streams = new HashSet<>();
    private final Map<String, AppendKey> keys = new HashMap<>();
    private final Map<String, AppendMark> marks = new HashMap<>();

    /** Of the block at hand: a later one in it takes the place of one before. */
    private final Map<String, AppendMark> blockMarks = new HashMap<>();

    private int events;

    private IndexTail(LogIndex index) {
        this.index = index;
        this.tombstone = Arrays.asList(index.types()).indexOf(SystemEvents.TOMBSTONE);
    }

    /**
     * Checks an index that belongs to a log, and has events of it.
     *
     * @throws StoreCorruptedException if it has something older; that is noted as damage of it
     */
    static void check(LogIndex index, Log log) {
        new IndexTail(index).check(log, index.state().orElseThrow().lastPosition());
    }

    private void check(Log log, long last) {
        long first = log.base().firstPosition();
        try (LogReader reader = log.reader(new IndexRebuild.NoNames())) {
            long bytes = 0;
            while (last >= first && events < MOST_EVENTS && bytes < MOST_BYTES) {
                if (!isRead(reader, last)) {
                    break;
                }
                BlockView block = reader.block();
                bytes += block.bytes().length();
                check(block, last);
                last = block.firstPosition() - 1;
            }
        }
        keys.values().forEach(this::checkKey);
        marks.values().forEach(this::checkMark);
    }

    /** Damage of the log is told to who reads there; opening does not depend on it. */
    private static boolean isRead(LogReader reader, long position) {
        try {
            reader.seek(position);
            return true;
        } catch (StoreCorruptedException e) {
            Logs.of(IndexTail.class)
                    .log(Level.DEBUG, "The index is not compared with all of the log's end", e);
            return false;
        }
    }

    private void check(BlockView block, long last) {
        BlockFields fields = block.fields();
        for (int i = (int) (last - block.firstPosition()); i >= 0 && events < MOST_EVENTS; i--) {
            events++;
            int place = fields.place(i);
            int stream = fields.stream(place);
            long version = fields.version(i, place);
            if (streams.add(stream)) {
                boolean ends = fields.type(place) == tombstone && block.isBare(i);
                checkHead(stream, version, block.firstPosition() + i, ends);
            } else if (index.positions(stream, version, version + 1, position) == 0
                    || position[0] != block.firstPosition() + i) {
                throw older("the position of an event: position=" + (block.firstPosition() + i));
            }
        }
        block.names(this);
        blockMarks.forEach(marks::putIfAbsent);
        blockMarks.clear();
    }

    /** Its last position is compared where it is found. */
    private void checkHead(int number, long version, long at, boolean ends) {
        StreamEntry found =
                index.find(number).orElseThrow(() -> older("a stream: number=" + number));
        StreamId id = found.id();
        if (!index.streams.leadsTo(id, number)) {
            throw older("the number of a stream: stream=" + id);
        }
        StreamEntry.Tail head = found.tail();
        if (head.version() != version
                || head.end() != at
                || ends != (head.tombstone() == version)) {
            throw older("the head of a stream: stream=" + id + " version=" + version);
        }
    }

    private void checkKey(AppendKey key) {
        if (!index.notes.key(key.key()).equals(Optional.of(key))) {
            throw older("an idempotency key: key=" + key.key());
        }
    }

    private void checkMark(AppendMark mark) {
        String producer = mark.mark().producer();
        if (!index.notes.mark(producer).equals(Optional.of(mark))) {
            throw older("a producer's mark: producer=" + producer);
        }
    }

    private StoreCorruptedException older(String what) {
        return IndexDamage.met(
                index.folder(), "the index lacks, or has an older one than its log, " + what);
    }

    @Override
    public void stream(int number, StreamId id) {
        // with its events, if they are among the last
    }

    @Override
    public void type(int number, String name) {
        // all of them were read when the index was opened
    }

    @Override
    public void key(AppendKey key) {
        keys.putIfAbsent(key.key(), key);
    }

    @Override
    public void mark(AppendMark mark) {
        blockMarks.put(mark.mark().producer(), mark);
    }
}
