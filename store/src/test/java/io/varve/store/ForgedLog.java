package io.varve.store;

import io.varve.store.lmdb.LmdbWriter;
import java.nio.file.Path;

/**
 * Writes a log block by block, with checksums that are right whatever the blocks say: what no store
 * would write.
 */
final class ForgedLog implements AutoCloseable {
    private final Log log;
    private final BlockBuilder block = new BlockBuilder(new ShaChain());
    private long position;
    private long chain;
    private int events;

    ForgedLog(Path store) {
        log = new Log(store.resolve("log"), 1 << 20);
        block.reset();
    }

    /** A log of two streams and two types: two blocks of two events. */
    static ForgedLog begun(Path store) {
        return new ForgedLog(store)
                .stream(0, "a").stream(1, "b")
                        .type(0, "T")
                        .type(1, SystemEvents.TOMBSTONE)
                        .event(0, 0, 0)
                        .event(1, 0, 0)
                        .commit(1_000)
                        .event(0, 0, 1)
                        .event(1, 0, 1)
                        .commit(2_000);
    }

    ForgedLog stream(int number, String key) {
        PreambleCodec.writeStream(number, TestEvents.stream(key), block.preamble());
        return this;
    }

    ForgedLog type(int number, String name) {
        PreambleCodec.writeType(number, name, block.preamble());
        return this;
    }

    ForgedLog key(String key, long firstPosition) {
        AppendKey note = new AppendKey(key, firstPosition, 1, new ContentHash(1, 2));
        PreambleCodec.writeKey(note, block.preamble());
        return this;
    }

    ForgedLog mark(String producer, long firstPosition) {
        AppendMark note = new AppendMark(firstPosition, new RecordedMark(producer, 1, 0));
        PreambleCodec.writeMark(note, block.preamble());
        return this;
    }

    ForgedLog event(int stream, int type, long version) {
        return event(stream, type, version, 20);
    }

    ForgedLog event(int stream, int type, long version, int bytes) {
        EventBatch batch = new EventBatch();
        batch.add(TestEvents.stream("x"), TestEvents.event(version, bytes));
        block.add(new EventRun(batch, 0, 1, stream, version, type, 0, 1_000), 0);
        events++;
        return this;
    }

    /** Leaves positions out. */
    ForgedLog skip(int positions) {
        position += positions;
        return this;
    }

    /** Links the next block to something else. */
    ForgedLog unlink() {
        chain++;
        return this;
    }

    ForgedLog commit(long time) {
        chain = block.seal(position, time, chain, events);
        position += events;
        try (LmdbWriter writer = log.writer()) {
            log.put(writer, position - 1, block);
            writer.commit();
        }
        block.reset();
        events = 0;
        return this;
    }

    @Override
    public void close() {
        log.close();
    }
}
