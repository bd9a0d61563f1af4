package io.varve.store;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Lists the streams and categories of a store, and tells where they end. Thread-safe.
 *
 * <p>Lists are as of the head when the call is made, in the order of the UTF-8 bytes of {@code
 * category/key}; what is appended meanwhile does not show, except where retention removes events
 * beyond that head meanwhile: a stream that has lost them is shown as of that removal. Streams are
 * found page by page as they are asked for, and between two pages nothing is held; so a list needs
 * no closing and may be used slowly. It costs two look-ups a stream.
 */
public final class StreamCatalog {
    private final Log log;
    private final LogIndex index;
    private final StreamDirectory directory;
    private final CommitSignal signal;

    StreamCatalog(Log log, LogIndex index, StreamDirectory directory, CommitSignal signal) {
        this.log = log;
        this.index = index;
        this.directory = directory;
        this.signal = signal;
    }

    /**
     * Where a stream ends.
     *
     * @param stream which
     * @return empty where it has no event
     */
    public Optional<StreamInfo> find(StreamId stream) {
        signal.checkOpen();
        long head = signal.head();
        return directory.find(stream).flatMap(entry -> info(entry, head));
    }

    /** A stream that has this number; empty where it has no event up to a head. */
    Optional<StreamInfo> info(int number, long head) {
        return info(directory.get(number), head);
    }

    /** As of a head that may be older than what the index has by now. */
    private Optional<StreamInfo> info(StreamEntry entry, long head) {
        StreamEntry.Tail tail = entry.tail();
        long version = tail.versionAt(head);
        if (version < tail.base()) {
            version = Math.min(version, tail.base() - 1);
            if (version < tail.base() - 1 || tail.before() > head) {
                return older(entry, tail, version, head);
            }
        }
        return version < 0
                ? Optional.empty()
                : Optional.of(info(entry, tail, version, tail.lastPosition(version)));
    }

    private static StreamInfo info(
            StreamEntry entry, StreamEntry.Tail tail, long version, long position) {
        return new StreamInfo(entry.id(), version, position, tail.tombstone() == version);
    }

    /** Looks for the last version up to the head among those that the index has. */
    private Optional<StreamInfo> older(
            StreamEntry entry, StreamEntry.Tail tail, long last, long head) {
        for (long before = -1; ; ) {
            long first = log.firstVersion(entry.number());
            long version = lastUntil(entry, first, last, head);
            if (version < first) {
                return truncated(entry);
            }
            long position = position(entry, version);
            if (position >= 0) {
                return Optional.of(info(entry, tail, version, position));
            }
            if (first == before) {
                throw IndexDamage.met(
                        index.folder(),
                        "the index does not fit the log: stream="
                                + entry.id()
                                + " version="
                                + version);
            }
            before = first; // it was cut off meanwhile: then the first version is another now
        }
    }

    /** The last version up to a head, from the first one on; the one before that if none is. */
    private long lastUntil(StreamEntry entry, long first, long last, long head) {
        long low = first;
        long high = last + 1;
        while (low < high) {
            long middle = low + high >>> 1;
            if (position(entry, middle) <= head) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low - 1;
    }

    /** A stream all of whose events up to a head were cut off, as the log remembers it. */
    private Optional<StreamInfo> truncated(StreamEntry entry) {
        return log.lastTruncated(entry.number())
                .map(
                        last ->
                                new StreamInfo(
                                        entry.id(),
                                        last.version(),
                                        last.position(),
                                        last.tombstone()));
    }

    /** The position of a version; before all others if it was cut off meanwhile. */
    private long position(StreamEntry entry, long version) {
        long[] found = {-1};
        index.positions(entry.number(), version, version + 1, found);
        return found[0];
    }

    /**
     * All streams.
     *
     * @return for one thread at a time; fails with a {@link
     *     io.varve.store.errors.StoreClosedException} once the store is closed
     */
    public Stream<StreamInfo> all() {
        return list("", "");
    }

    /**
     * The streams of a category, ordered by key.
     *
     * @param category its name
     * @return as {@link #all()}
     */
    public Stream<StreamInfo> of(String category) {
        StreamId.checkCategory(category);
        return list(category + "/", category + "/");
    }

    /**
     * The streams of a category from a key on, ordered by key.
     *
     * @param first category and first key; there need not be a stream of this name
     * @return as {@link #all()}
     */
    public Stream<StreamInfo> from(StreamId first) {
        return list(first.category() + "/", first.toString());
    }

    private Stream<StreamInfo> list(String prefix, String from) {
        int kind = Spliterator.ORDERED | Spliterator.NONNULL | Spliterator.DISTINCT;
        return StreamSupport.stream(
                Spliterators.spliteratorUnknownSize(pages(prefix, from), kind), false);
    }

    private Iterator<StreamInfo> pages(String prefix, String from) {
        signal.checkOpen();
        long head = signal.head();
        // After the head and before the index: who is in neither came later.
        List<StreamEntry> recent = directory.unmerged();
        return new StreamPages(this, index.streams, recent, head, prefix, from);
    }

    /**
     * All categories. It adds up their streams, so it costs as much as {@link #all()}.
     *
     * @return ordered as their streams are; a new list
     */
    public List<CategoryInfo> categories() {
        Map<String, CategoryInfo> found = new LinkedHashMap<>();
        Iterator<StreamInfo> streams = pages("", "");
        while (streams.hasNext()) {
            StreamInfo stream = streams.next();
            found.merge(
                    stream.id().category(),
                    new CategoryInfo(
                            stream.id().category(), 1, stream.version() + 1, stream.lastPosition()),
                    StreamCatalog::sum);
        }
        return new ArrayList<>(found.values());
    }

    private static CategoryInfo sum(CategoryInfo a, CategoryInfo b) {
        return new CategoryInfo(
                a.name(),
                a.streams() + b.streams(),
                a.events() + b.events(),
                Math.max(a.lastPosition(), b.lastPosition()));
    }
}
