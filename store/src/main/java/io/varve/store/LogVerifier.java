package io.varve.store;

import io.varve.store.VerificationReport.Kind;
import io.varve.store.bytes.BytesView;
import io.varve.store.errors.VarveException;
import io.varve.store.lmdb.LmdbCursor;
import io.varve.store.lmdb.LmdbReader;
import io.varve.store.lmdb.LmdbTable;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/**
 * Reads all blocks of a log, in transactions that are short, and sees whether they are what was
 * written: checksums, chain, positions, times, names, and every event. What is wrong is noted, and
 * the rest is read. The file's structure is sound, or was checked before. One thread at a time.
 */
final class LogVerifier implements PreambleCodec.Visitor {
    /** Blocks of one transaction. */
    private static final int BLOCKS = 256;

    private final ProblemList problems;
    private final ProgressMeter progress;
    private final LogTally tally = new LogTally();
    private final BlockView block = new BlockView();
    private final BytesView headers = new BytesView();

    private ShaWalk hashes = new ShaWalk(LogBase.WHOLE, OptionalLong.empty());

    /** Whether blocks are missing, so that names and versions may be, too. */
    private boolean holes;

    private long start;
    private long first = -1;
    private long next;
    private long chain;
    private long time = Long.MIN_VALUE;
    private long blocks;
    private long events;

    LogVerifier(ProblemList problems, ProgressMeter progress) {
        this.problems = problems;
        this.progress = progress;
    }

    /**
     * Begins where the log does, with what the rows beside the blocks say: of what was removed, of
     * what is held, of hashes. What is wrong with them is noted.
     */
    void begin(LmdbTable table, LmdbReader reader) {
        LogBase base = LogBase.WHOLE;
        OptionalLong hashed = OptionalLong.empty();
        try {
            BaseRows rows = new BaseRows(table);
            base = rows.read(reader);
            begin(rows, reader, base);
            new HoldRows(table).read(reader);
            hashed = TamperEvidence.from(reader, table);
        } catch (VarveException | IndexOutOfBoundsException | IllegalArgumentException e) {
            problems.add(Kind.ROW, "table=" + table.name(), e);
        }
        hashes = new ShaWalk(base, hashed);
    }

    private void begin(BaseRows rows, LmdbReader reader, LogBase base) {
        start = base.firstPosition();
        next = start;
        chain = base.chain();
        time = next > 0 ? base.commitTimeMillis() : Long.MIN_VALUE;
        rows.visit(
                reader,
                new BaseRows.Visitor() {
                    @Override
                    public void stream(int number, StreamId id, LogFold.Last last) {
                        LogVerifier.this.stream(number, id);
                        tally.begin(number, last);
                    }

                    @Override
                    public void type(int number, String name) {
                        LogVerifier.this.type(number, name);
                    }

                    @Override
                    public void mark(AppendMark mark) {
                        tally.mark(mark);
                    }
                });
        if (tally.streams() != base.streamCount() || tally.types().size() != base.typeCount()) {
            problems.add(
                    Kind.ROW,
                    "base",
                    "rows are missing or too many: streams="
                            + tally.streams()
                            + " of "
                            + base.streamCount()
                            + " types="
                            + tally.types().size()
                            + " of "
                            + base.typeCount());
        }
    }

    /**
     * Reads on from where it stands.
     *
     * @param readers gives a new transaction each time
     * @param table of blocks
     * @param upTo the last position to read
     */
    void read(Supplier<LmdbReader> readers, LmdbTable table, long upTo) {
        boolean more = true;
        while (more && next <= upTo) {
            try (LmdbReader reader = readers.get()) {
                LmdbCursor cursor = reader.cursor(table);
                more = cursor.seek(next);
                for (int i = 0; more && i < BLOCKS && next <= upTo; i++) {
                    look(cursor);
                    more = cursor.next();
                }
            } finally {
                block.release();
                headers.release();
            }
        }
    }

    private void look(LmdbCursor cursor) {
        long last = cursor.longKey();
        cursor.value(block.bytes());
        progress.add(block.bytes().length());
        try {
            block.check(last);
            checkPlace();
            checkHash(last);
            block.names(this);
            checkEvents();
        } catch (VarveException | IndexOutOfBoundsException | IllegalArgumentException e) {
            // What a block holds may be anything, if somebody has forged its checksums.
            problems.add(Kind.BLOCK, "lastPosition=" + last, e);
            holes = true;
            chain = 0;
            hashes.lose();
        }
        blocks++;
        next = last + 1;
    }

    private void checkPlace() {
        String where = "firstPosition=" + block.firstPosition();
        if (first < 0) {
            first = block.firstPosition();
        }
        if (block.firstPosition() != next) {
            problems.add(Kind.CHAIN, where, "events are missing from position=" + next);
            holes = true;
            hashes.lose();
        }
        if (!holes && block.previousChain() != chain) {
            problems.add(Kind.CHAIN, where, "the block does not follow the one before");
        }
        if (block.chain() != block.expectedChain()) {
            problems.add(Kind.CHAIN, where, "the block's chain hash does not fit its events");
        }
        if (block.commitTimeMillis() < time) {
            problems.add(
                    Kind.EVENT,
                    where,
                    "committed before the block before: time=" + block.commitTimeMillis());
        }
        chain = block.chain();
        time = Math.max(time, block.commitTimeMillis());
    }

    private void checkHash(long last) {
        Optional<String> wrong = hashes.take(block);
        wrong.ifPresent(what -> problems.add(Kind.SHA, "lastPosition=" + last, what));
    }

    private void checkEvents() {
        int end = block.bodies();
        for (int i = 0; i < block.count(); i++) {
            if (block.start(i) != end || block.end(i) < block.body(i)) {
                problems.add(Kind.EVENT, at(i), "its bytes lie where none can be");
                return;
            }
            end = block.end(i);
            checkEvent(i);
            events++;
        }
    }

    private String at(int i) {
        return "position=" + (block.firstPosition() + i);
    }

    private void checkEvent(int i) {
        BlockFields fields = block.fields();
        int place = fields.place(i);
        checkHeaders(i, fields.headersLength(place));
        int stream = fields.stream(place);
        if (!tally.knows(stream) || fields.type(place) >= tally.types().size()) {
            if (!holes) {
                problems.add(Kind.EVENT, at(i), "its stream or type has no name");
            }
            return;
        }
        long version = fields.version(i, place);
        long expected = tally.head(stream) + 1;
        if (holes ? version < expected : version != expected) {
            problems.add(
                    Kind.EVENT,
                    at(i),
                    "a version out of order: version=" + version + " expected=" + expected);
        }
        boolean tombstone =
                block.isBare(i)
                        && tally.types().get(fields.type(place)).equals(SystemEvents.TOMBSTONE);
        if (tally.isEnded(stream)) {
            problems.add(Kind.EVENT, at(i), "an event behind the tombstone of its stream");
        }
        tally.event(stream, version, block.firstPosition() + i, tombstone);
    }

    private void checkHeaders(int i, int length) {
        if (length == 0) {
            return;
        }
        if (length > block.end(i) - block.body(i)) {
            problems.add(Kind.EVENT, at(i), "its headers are longer than all it has");
            return;
        }
        headers.wrap(block.bytes(), block.body(i), length);
        try {
            HeadersCodec.read(headers);
        } catch (VarveException | IllegalArgumentException e) {
            problems.add(Kind.EVENT, at(i), e);
        }
    }

    @Override
    public void stream(int number, StreamId id) {
        if (!tally.addStream(number, id) && !holes) {
            problems.add(Kind.EVENT, "stream=" + id, "a number out of order: number=" + number);
        }
    }

    @Override
    public void type(int number, String name) {
        if (!tally.addType(number, name) && !holes) {
            problems.add(Kind.EVENT, "type=" + name, "a number out of order: number=" + number);
        }
    }

    @Override
    public void key(AppendKey key) {
        checkNote("key=" + key.key(), key.firstPosition());
        tally.key(key);
    }

    @Override
    public void mark(AppendMark mark) {
        checkNote("producer=" + mark.mark().producer(), mark.firstPosition());
        tally.mark(mark);
    }

    /** A block has the notes of appends that begin in it. */
    private void checkNote(String where, long position) {
        if (position < block.firstPosition() || position > block.lastPosition()) {
            problems.add(
                    Kind.EVENT, where, "a note of events in another block: position=" + position);
        }
    }

    /** Looks at what only the whole log tells. */
    void end() {
        int twice = tally.doubleName();
        if (twice >= 0) {
            problems.add(Kind.EVENT, "stream number=" + twice, "its name has another number, too");
        }
    }

    /** Whether the log could be followed from its first block on. */
    boolean isUnbroken() {
        return !holes;
    }

    LogTally tally() {
        return tally;
    }

    /** Where the log begins, as it says itself. */
    long start() {
        return start;
    }

    /** The first position, or -1. */
    long first() {
        return first;
    }

    /** The last position, or -1. */
    long head() {
        return next - 1;
    }

    long chain() {
        return chain;
    }

    /** The seal of the last block; empty where it has no hash. */
    Optional<Seal> seal() {
        return hashes.seal(head());
    }

    long blocks() {
        return blocks;
    }

    long events() {
        return events;
    }

    VerificationReport report(long pages) {
        return new VerificationReport(
                events,
                blocks,
                pages,
                tally.streams(),
                head(),
                chain,
                problems.toList(),
                problems.notes());
    }
}
