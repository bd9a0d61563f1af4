package io.varve.store;

import io.varve.store.errors.StoreCorruptedException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/** Answers queries from log, index and memory. Thread-safe. */
final class LogReads {
    /** Blocks after which a long walk takes the newest instant, so that it pins no old pages. */
    private static final int RENEW_BLOCKS = 256;

    /** Events of a stream that are looked up at once. */
    private static final int LOOK_UP = 1024;

    private final Log log;
    private final LogIndex index;
    private final StreamDirectory directory;
    private final CommitSignal signal;

    LogReads(Log log, LogIndex index, StreamDirectory directory, CommitSignal signal) {
        this.log = log;
        this.index = index;
        this.directory = directory;
        this.signal = signal;
    }

    /** The version of a stream as of the head. */
    OptionalLong version(StreamId id) {
        signal.checkOpen();
        long head = signal.head();
        long version = directory.find(id).map(entry -> entry.versionAt(head)).orElse(-1L);
        return version < 0 ? OptionalLong.empty() : OptionalLong.of(version);
    }

    void read(EventQuery query, EventVisitor visitor) {
        signal.checkOpen();
        if (query.limit() == 0) {
            return;
        }
        if (query.source() instanceof EventQuery.Source.OfStream stream) {
            readStream(stream.id(), query.from(), query.limit(), visitor);
        } else {
            readAll(query.from(), query.limit(), visitor);
        }
    }

    private void readAll(long from, long limit, EventVisitor visitor) {
        long head = signal.head();
        long last = limit > head - from ? head : from + limit - 1;
        if (from > last) {
            return;
        }
        try (LogReader reader = log.reader(directory)) {
            reader.seek(from);
            int blocks = 0;
            for (long position = from; ; ) {
                long end = Math.min(last, reader.block().lastPosition());
                for (; position <= end; position++) {
                    if (!visitor.event(reader.event(position))) {
                        return;
                    }
                }
                if (position > last) {
                    return;
                }
                if (++blocks % RENEW_BLOCKS == 0) {
                    reader.renew();
                    reader.seek(position);
                } else {
                    reader.next();
                }
            }
        }
    }

    private void readStream(StreamId id, long from, long limit, EventVisitor visitor) {
        long head = signal.head();
        Optional<StreamEntry> found = directory.find(id);
        if (found.isEmpty()) {
            return;
        }
        StreamEntry entry = found.get();
        // Not behind the head: what one batch appended shows in all its streams at once.
        long version = entry.versionAt(head);
        long last = limit > version - from ? version : from + limit - 1;
        long[] positions = new long[(int) Math.max(0, Math.min(LOOK_UP, last - from + 1))];
        try (LogReader reader = log.reader(directory)) {
            for (long next = from; next <= last; next += positions.length) {
                int count = positions(entry, next, last, positions);
                for (int i = 0; i < count; i++) {
                    seek(reader, entry, next + i, positions[i]);
                    if (!visitor.event(reader.event(positions[i]))) {
                        return;
                    }
                }
            }
        }
    }

    /** Goes to an event of a stream, and sees that it is the one the index promised. */
    private void seek(LogReader reader, StreamEntry entry, long version, long position) {
        if (position < 0 || position > signal.head()) {
            throw doesNotFit(entry, version);
        }
        reader.seek(position);
        BlockView block = reader.block();
        int record = block.record((int) (position - block.firstPosition()));
        if (block.stream(record) != entry.number() || block.version(record) != version) {
            throw doesNotFit(entry, version);
        }
    }

    private static StoreCorruptedException doesNotFit(StreamEntry entry, long version) {
        return new StoreCorruptedException(
                "the index does not fit the log: stream=" + entry.id() + " version=" + version,
                "Close the store, delete the folder 'index' and open it again: it is built from the"
                        + " log.");
    }

    /**
     * Finds the positions of versions {@code from} to {@code last}, as many as there is room for.
     */
    private int positions(StreamEntry entry, long from, long last, long[] positions) {
        StreamEntry.Tail tail = entry.tail();
        long end = Math.min(last + 1, from + positions.length);
        int[] count = {0};
        if (from < tail.base()) {
            long merged = Math.min(end, tail.base());
            index.positions(entry.number(), from, merged, p -> positions[count[0]++] = p);
        }
        if (from + count[0] < Math.min(end, tail.base())) {
            throw doesNotFit(entry, from + count[0]);
        }
        for (long version = from + count[0]; version < end; version++) {
            positions[count[0]++] = tail.position(version);
        }
        return count[0];
    }

    /** Something about the block that holds a position. */
    <T> T header(long position, Function<BlockView, T> use) {
        if (position < 0 || position > signal.head()) {
            throw new IllegalArgumentException(
                    "No event has this position: position=" + position + " head=" + signal.head());
        }
        try (LogReader reader = log.reader(directory)) {
            reader.seek(position);
            return use.apply(reader.block());
        }
    }
}
