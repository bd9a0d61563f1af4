package io.varve.store.transfer;

import io.varve.store.EventCursor;
import io.varve.store.EventQuery;
import io.varve.store.EventStore;
import io.varve.store.ProgressListener;
import io.varve.store.RecordedEvent;
import io.varve.store.errors.FolderRefusedException;
import io.varve.store.errors.StoreIoException;
import io.varve.store.lmdb.DurableFiles;
import io.varve.store.lmdb.FolderLock;
import io.varve.store.lmdb.Uninterrupted;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Objects;

/**
 * Writes the events of a query, up to the head as of the call, in a form that other programs can
 * read and {@link EventImport} takes back; see the package. It holds a few events at a time, and
 * nothing open in the store while it writes. One call uses one thread.
 *
 * <p>What can be imported is whole streams: {@link EventQuery#all}, one stream from its first
 * version, or a category. An export of anything else (by type, by time, limited) is for other
 * programs: {@link EventImport} refuses an event whose predecessors in its stream are missing.
 *
 * <p>Idempotency keys and producer marks are not exported; a {@link EventStore#backup backup} keeps
 * them. Where retention removes events that the export has not come to yet, it ends with an {@link
 * io.varve.store.errors.EventsTruncatedException}.
 *
 * <p>With {@link io.varve.store.Durability.Async} an export may hold events that the store loses in
 * a crash of the machine. The header names the head and its chain hash: a store whose {@link
 * EventStore#chainHash} at that position is another has another history.
 */
public final class EventExport {
    private final EventStore store;
    private final ItemWriter writer;
    private final OutputStream out;
    private final MessageDigest digest = sha256();
    private long bytes;
    private long events;

    private EventExport(EventStore store, TransferFormat format, OutputStream out) {
        this.store = store;
        this.writer = new ItemWriter(format);
        this.out = out;
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-256", e);
        }
    }

    /**
     * Writes events to a stream of bytes.
     *
     * @param store open
     * @param query which, forward
     * @param format how
     * @param out where to; flushed, not closed
     * @param listener is told how many positions, or versions of the query's stream, were passed
     * @return what was exported
     * @throws StoreIoException if the output refuses what is written
     * @throws io.varve.store.errors.StoreCorruptedException if it comes to damage; the output has
     *     no trailer then
     * @throws io.varve.store.errors.LibraryMissingException if the format needs a library that is
     *     not there
     * @throws IllegalArgumentException if the query is backward
     */
    public static ExportResult write(
            EventStore store,
            EventQuery query,
            TransferFormat format,
            OutputStream out,
            ProgressListener listener) {
        EventExport export = new EventExport(store, format, out);
        try {
            return export.run(query, listener);
        } catch (IOException e) {
            throw new StoreIoException(
                    "The output of an export failed: output="
                            + out.getClass().getName()
                            + " bytes="
                            + export.bytes
                            + " query="
                            + query,
                    "See the cause, which is the output's own; the store is sound. Export again to"
                            + " another output: what was written has no trailer.",
                    e);
        }
    }

    /**
     * Writes events to a file, for its owner alone, which appears when it is whole and on the disk,
     * or not at all.
     *
     * @param store open
     * @param query which, forward
     * @param format how
     * @param file where to; its folder exists, it does not
     * @param listener is told how many positions, or versions of the query's stream, were passed
     * @return what was exported
     * @throws FolderRefusedException if there is such a file
     * @throws io.varve.store.errors.StoreFullException if there is no room for it
     * @throws StoreIoException if it cannot be written
     * @throws io.varve.store.errors.StoreCorruptedException if it comes to damage
     * @throws io.varve.store.errors.LibraryMissingException if the format needs a library that is
     *     not there
     * @throws IllegalArgumentException if the query is backward
     */
    public static ExportResult write(
            EventStore store,
            EventQuery query,
            TransferFormat format,
            Path file,
            ProgressListener listener) {
        FolderLock.checkDefault(file);
        Path place = file.toAbsolutePath().normalize();
        if (Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
            throw new FolderRefusedException(
                    "There is something already", place, "Name a file that does not exist.");
        }
        return Uninterrupted.call(() -> writeFile(store, query, format, place, listener));
    }

    private static ExportResult writeFile(
            EventStore store,
            EventQuery query,
            TransferFormat format,
            Path place,
            ProgressListener listener) {
        Path made = place.resolveSibling("." + place.getFileName() + ".varve-unfinished");
        try {
            Files.deleteIfExists(made); // left by one that was killed
            Files.createFile(made, FolderLock.owner(made, "rw-------"));
            try {
                ExportResult result;
                try (OutputStream out =
                        new BufferedOutputStream(Files.newOutputStream(made), 1 << 16)) {
                    result = new EventExport(store, format, out).run(query, listener);
                }
                DurableFiles.sync(made);
                DurableFiles.publish(made, place);
                return result;
            } finally {
                Files.deleteIfExists(made);
            }
        } catch (IOException e) {
            throw DurableFiles.failed("exporting events", place, e);
        }
    }

    private ExportResult run(EventQuery query, ProgressListener listener) throws IOException {
        Objects.requireNonNull(listener, "listener");
        if (query.direction() == EventQuery.Direction.BACKWARD) {
            throw new IllegalArgumentException(
                    "Events are exported forward; leave out backward(): query=" + query);
        }
        long first = query.from();
        long total = Math.max(0, end(query) - first);
        listener.progress(0, total);
        put(writer.write(header()));
        long step = Math.max(1, total / 200);
        long told = 0;
        try (EventCursor cursor = store.cursor(query)) {
            while (cursor.hasNext()) {
                RecordedEvent event = cursor.next();
                put(writer.write(new Item.Event(event)));
                events++;
                long done = Math.min(total, number(query, event) - first + 1);
                if (done - told >= step && done < total) {
                    told = done;
                    listener.progress(done, total);
                }
            }
        }
        String sum = HexFormat.of().formatHex(digest.digest());
        byte[] trailer = writer.write(new Item.Trailer(events, sum));
        out.write(trailer);
        out.flush();
        listener.progress(total, total);
        return new ExportResult(events, bytes + trailer.length, sum);
    }

    private Item.Header header() {
        long head = store.head();
        return new Item.Header(
                store.identity().storeId(),
                store.identity().incarnation(),
                head,
                head < 0 ? 0 : store.chainHash(head));
    }

    /** The number behind the last that the query can come to. */
    private long end(EventQuery query) {
        return query.source() instanceof EventQuery.Source.OfStream stream
                ? store.version(stream.id()).orElse(-1) + 1
                : store.head() + 1;
    }

    private static long number(EventQuery query, RecordedEvent event) {
        return query.source() instanceof EventQuery.Source.OfStream
                ? event.version()
                : event.position();
    }

    private void put(byte[] item) throws IOException {
        out.write(item);
        digest.update(item);
        bytes += item.length;
    }
}
