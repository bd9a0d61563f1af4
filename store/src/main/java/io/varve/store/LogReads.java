package io.varve.store;

import io.varve.store.errors.EventsTruncatedException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.ToLongFunction;

/** Answers queries from log, index and memory. Thread-safe. */
final class LogReads {
    private static final Duration FOREVER = Duration.ofSeconds(Long.MAX_VALUE);

    private final EventScan.Parts parts;
    private final NoteDirectory notes;
    private final StreamCatalog streams;
    private final CommitSignal signal;

    LogReads(
            Log log,
            LogIndex index,
            StreamDirectory directory,
            NoteDirectory notes,
            CommitSignal signal) {
        this.notes = notes;
        this.streams = new StreamCatalog(log, index, directory, signal);
        this.signal = signal;
        this.parts =
                new EventScan.Parts(
                        log,
                        index,
                        directory,
                        new StreamCategories(directory),
                        new CommitTimes(log, directory),
                        signal);
    }

    /** The version of a stream as of the head. */
    OptionalLong version(StreamId id) {
        signal.checkOpen();
        long head = signal.head();
        long version =
                parts.directory().find(id).map(entry -> entry.tail().versionAt(head)).orElse(-1L);
        return version < 0 ? OptionalLong.empty() : OptionalLong.of(version);
    }

    /** Sees that nothing of a stream was cut off. */
    void checkWhole(StreamId id) {
        long first =
                parts.directory()
                        .find(id)
                        .map(entry -> parts.log().firstVersion(entry.number()))
                        .orElse(0L);
        if (first > 0) {
            throw new EventsTruncatedException(
                    "stream=" + id + " firstVersion=" + first, parts.log().base().firstPosition());
        }
    }

    /** Streams and where they end. */
    StreamCatalog streams() {
        return streams;
    }

    /** The mark of a producer as of the head. */
    Optional<RecordedMark> mark(String producer) {
        signal.checkOpen();
        return notes.markAt(producer, signal.head());
    }

    /** Stands before the first event of a query. */
    EventScan scan(EventQuery query) {
        EventScan scan =
                query.source() instanceof EventQuery.Source.OfStream stream
                        ? new StreamScan(parts, query, stream.id())
                        : new LogScan(parts, query);
        scan.begin();
        return scan;
    }

    void read(EventQuery query, EventVisitor visitor) {
        read(scan(query), visitor);
    }

    /** The same, also where all readers are lent. */
    void readOwn(EventQuery query, EventVisitor visitor) {
        EventScan scan = scan(query);
        scan.takeOwnReaders();
        read(scan, visitor);
    }

    private static void read(EventScan scan, EventVisitor visitor) {
        while (!scan.isDone() && scan.read(visitor)) {
            // read() has shown what one transaction should
        }
    }

    /** Reads, waits for more, and reads that. */
    void follow(EventQuery query, EventVisitor visitor) throws InterruptedException {
        EventScan scan = scan(checkForward(query));
        while (true) {
            while (!scan.isDone()) {
                if (Thread.interrupted()) {
                    throw new InterruptedException("following=" + query);
                }
                if (!scan.read(visitor)) {
                    return;
                }
            }
            if (scan.left() == 0) {
                return;
            }
            signal.await(scan.head() + 1, FOREVER);
            scan.extend();
        }
    }

    static EventQuery checkForward(EventQuery query) {
        if (query.isBackward()) {
            throw new IllegalArgumentException(
                    "New events are followed forward; leave out backward(): query=" + query);
        }
        return query;
    }

    /** The chain hash of the block that holds a position. */
    long chain(long position) {
        return header(position, BlockView::chain, LogBase::chain);
    }

    /** The commit time of the block that holds a position. */
    long commitTimeMillis(long position) {
        return header(position, BlockView::commitTimeMillis, LogBase::commitTimeMillis);
    }

    /** Something about a block, also about the one that lies before the first. */
    private long header(
            long position, ToLongFunction<BlockView> use, ToLongFunction<LogBase> before) {
        signal.checkOpen();
        if (position < 0 || position > signal.head()) {
            throw new IllegalArgumentException(
                    "No event has this position: position=" + position + " head=" + signal.head());
        }
        try (LogReader reader = parts.log().reader(parts.directory())) {
            reader.seek(position);
            return use.applyAsLong(reader.block());
        } catch (TruncatedSignal cut) {
            LogBase base = parts.log().base();
            if (position == base.firstPosition() - 1) {
                return before.applyAsLong(base);
            }
            throw new EventsTruncatedException("position=" + position, cut.firstPosition());
        }
    }

    /** The first position committed at a time or later; {@code head + 1} if there is none. */
    long firstSince(Instant time) {
        signal.checkOpen();
        return parts.times().firstSince(time, signal.head());
    }
}
