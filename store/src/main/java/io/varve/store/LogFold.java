package io.varve.store;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** What blocks that are about to be removed tell: one slice of a truncation. */
final class LogFold implements PreambleCodec.Visitor {
    private final SortedMap<Integer, StreamId> streams = new TreeMap<>();
    private final SortedMap<Integer, String> types = new TreeMap<>();
    private final SortedMap<Integer, Long> versions = new TreeMap<>();
    private final List<Long> blocks = new ArrayList<>();
    private final LogBase before;
    private LogBase base;

    /**
     * Nothing yet.
     *
     * @param before where the log begins
     */
    LogFold(LogBase before) {
        this.before = before;
        this.base = before;
    }

    /** Adds the next block, which was checked. */
    void add(BlockView block) {
        block.names(this);
        for (int i = 0; i < block.count(); i++) {
            int record = block.record(i);
            versions.put(block.stream(record), block.version(record));
        }
        blocks.add(block.lastPosition());
        base =
                new LogBase(
                        block.lastPosition() + 1,
                        block.chain(),
                        block.commitTimeMillis(),
                        before.streamCount() + streams.size(),
                        before.typeCount() + types.size());
    }

    @Override
    public void stream(int number, StreamId id) {
        streams.put(number, id);
    }

    @Override
    public void type(int number, String name) {
        types.put(number, name);
    }

    /** Where the log begins before. */
    LogBase before() {
        return before;
    }

    /** Where the log begins without these blocks. */
    LogBase base() {
        return base;
    }

    long events() {
        return base.firstPosition() - before.firstPosition();
    }

    /** The keys of the blocks. */
    List<Long> blocks() {
        return blocks;
    }

    /** The streams that these blocks name. */
    SortedMap<Integer, StreamId> streams() {
        return streams;
    }

    /** The types that these blocks name. */
    SortedMap<Integer, String> types() {
        return types;
    }

    /** The last version in these blocks of each stream that has an event in them. */
    SortedMap<Integer, Long> versions() {
        return versions;
    }
}
