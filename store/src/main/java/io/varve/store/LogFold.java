package io.varve.store;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** What blocks that are about to be removed tell: one slice of a truncation. */
final class LogFold implements PreambleCodec.Visitor {
    private final SortedMap<Integer, StreamId> streams = new TreeMap<>();
    private final SortedMap<Integer, String> types = new TreeMap<>();
    private final SortedMap<Integer, Last> lasts = new TreeMap<>();
    private final Map<String, AppendMark> marks = new LinkedHashMap<>();
    private final List<AppendKey> keys = new ArrayList<>();
    private final EventView.Names names;
    private final List<Long> blocks = new ArrayList<>();
    private final LogBase before;
    private LogBase base;
    private long through;

    /**
     * Nothing yet.
     *
     * @param before where the log begins, or where the blocks before these end
     * @param names of all types
     */
    LogFold(LogBase before, EventView.Names names) {
        this.names = names;
        this.before = before;
        this.base = before;
        this.through = before.firstPosition();
    }

    /** The last event of a stream in these blocks. */
    record Last(long version, long position, boolean tombstone) {}

    /** Adds the next block, which was checked. */
    void add(BlockView block) {
        block.names(this);
        BlockFields fields = block.fields();
        for (int i = 0; i < block.count(); i++) {
            int place = fields.place(i);
            boolean tombstone =
                    block.isBare(i)
                            && names.type(fields.type(place)).equals(SystemEvents.TOMBSTONE);
            long position = block.firstPosition() + i;
            long version = fields.version(i, place);
            lasts.put(fields.stream(place), new Last(version, position, tombstone));
        }
        blocks.add(block.lastPosition());
        through = Math.max(through, block.lastPosition());
        base =
                new LogBase(
                        block.lastPosition() + 1,
                        block.chain(),
                        block.commitTimeMillis(),
                        before.streamCount() + streams.size(),
                        before.typeCount() + types.size(),
                        sha(block));
    }

    /** Adds the blocks behind these, which begin at their base. */
    void addAll(LogFold next) {
        streams.putAll(next.streams);
        types.putAll(next.types);
        lasts.putAll(next.lasts);
        marks.putAll(next.marks);
        keys.addAll(next.keys);
        blocks.addAll(next.blocks);
        through = next.through;
        base = next.base;
    }

    /** The last position of these blocks, and of appends with a key that begin in them. */
    long through() {
        return through;
    }

    /** Whether there are blocks, and no append with a key goes on behind them. */
    boolean isWhole() {
        return through < base.firstPosition();
    }

    @Override
    public void stream(int number, StreamId id) {
        streams.put(number, id);
    }

    @Override
    public void type(int number, String name) {
        types.put(number, name);
    }

    @Override
    public void key(AppendKey key) {
        keys.add(key);
        through = Math.max(through, key.lastPosition());
    }

    @Override
    public void mark(AppendMark mark) {
        marks.put(mark.mark().producer(), mark);
    }

    private static String sha(BlockView block) {
        if (!block.isSealed()) {
            return "";
        }
        byte[] sha = new byte[ShaChain.BYTES];
        block.sha(sha);
        return ShaChain.hex(sha);
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

    /** The last event of each stream that has one in these blocks. */
    SortedMap<Integer, Last> lasts() {
        return lasts;
    }

    /** The last mark of each producer that has one in these blocks. */
    Collection<AppendMark> marks() {
        return marks.values();
    }

    /** The idempotency keys of these blocks, which end with them. */
    List<AppendKey> keys() {
        return keys;
    }
}
