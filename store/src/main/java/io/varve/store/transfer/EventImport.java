package io.varve.store.transfer;

import io.varve.store.EventStore;
import io.varve.store.ProgressListener;
import io.varve.store.errors.FolderRefusedException;
import io.varve.store.errors.ImportException;
import io.varve.store.errors.IncompatibleStoreException;
import io.varve.store.errors.StoreIoException;
import io.varve.store.errors.VarveException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Objects;

/**
 * Appends the events of a file that {@link EventExport} wrote: in its order, in batches of up to
 * 10,000 events or about 4 MB, each all or nothing. One call uses one thread.
 *
 * <p>Streams, versions, types, event times, headers and payloads are kept. Positions are those of
 * the file if all of a log that was never truncated is imported into an empty store. Commit times
 * are those of the import. So are the event times of tombstones, which have no others.
 *
 * <p>So what was exported of a truncated log, or by a query, can be imported only where the events
 * that it lacks are: an event of a stream whose beginning is missing is refused, rather than given
 * another version. To move a truncated log, restore a backup. Idempotency keys and producer marks
 * are not in the file: what an import appends answers to no key.
 *
 * <p>Each stream goes on at its version: an event that follows another version than the stream is
 * at is refused, and nothing of its batch is appended. An event that the store has at that version
 * already is skipped if it is the same (type, event time, headers, payload), and refused otherwise.
 * So an import that was interrupted is simply done again.
 *
 * <p>What is wrong with the input is an {@link ImportException} with the number of the line or
 * item; no item takes more memory than a few times the largest event the store takes.
 */
public final class EventImport {
    static final String REMEDY =
            "Export the events again, or copy the file again; what was imported is skipped then.";

    /** Headers, escaped, and names. */
    private static final int BESIDE_PAYLOAD = 1 << 20;

    private final ItemInput input;
    private final ItemReader reader;
    private final EventSink sink;
    private final MessageDigest digest = EventExport.sha256();
    private long events;
    private long lastPosition = -1;

    /** Takes events in the order of the file. */
    interface EventSink {
        void event(Item.Event event, long item);

        /** Takes no more, and does what is left to do. */
        void end(long item);
    }

    private EventImport(ItemInput input, TransferFormat format, EventSink sink) {
        this.input = input;
        this.reader = new ItemReader(format);
        this.sink = sink;
    }

    /**
     * Imports from a stream of bytes. What comes before an error was imported by then, in whole
     * batches.
     *
     * @param store open
     * @param format how the events are written
     * @param in where from, up to its end; not closed
     * @param listener is told how many bytes were read; the total is not known before the end
     * @return what was imported
     * @throws ImportException if the input is not what an export wrote, or does not fit the store
     * @throws StoreIoException if it cannot be read
     * @throws io.varve.store.errors.StoreFullException if there is no room for it
     * @throws io.varve.store.errors.LibraryMissingException if the format needs a library that is
     *     not there
     */
    public static ImportResult read(
            EventStore store, TransferFormat format, InputStream in, ProgressListener listener) {
        BatchedAppends appends = new BatchedAppends(store);
        listener.progress(0, 0);
        try {
            run(store, format, in, appends, read -> listener.progress(read, read));
        } catch (IOException e) {
            throw new StoreIoException("Events could not be read", e);
        }
        return appends.result();
    }

    /**
     * Imports from a file, which is read twice: where it is damaged or cut short, nothing of it is
     * imported.
     *
     * @param store open
     * @param format how the events are written
     * @param file where from
     * @param listener is told how many bytes were read
     * @return what was imported
     * @throws ImportException if the file is not what an export wrote, or does not fit the store
     * @throws io.varve.store.errors.FolderRefusedException if it is a folder, a pipe or a device
     * @throws StoreIoException if it cannot be read
     * @throws io.varve.store.errors.StoreFullException if there is no room for it
     * @throws io.varve.store.errors.LibraryMissingException if the format needs a library that is
     *     not there
     */
    public static ImportResult read(
            EventStore store, TransferFormat format, Path file, ProgressListener listener) {
        checkFile(file);
        BatchedAppends appends = new BatchedAppends(store);
        try {
            long size = Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) ? Files.size(file) : 0;
            long total = 2 * size;
            listener.progress(0, total);
            try (InputStream in = Files.newInputStream(file)) {
                run(store, format, in, new NoSink(), read -> listener.progress(read, total));
            }
            try (InputStream in = Files.newInputStream(file)) {
                run(store, format, in, appends, read -> listener.progress(size + read, total));
            }
            return appends.result();
        } catch (IOException e) {
            throw new StoreIoException("Events could not be read: path=" + file, e);
        }
    }

    /** A pipe would be waited for, and could not be read twice. */
    private static void checkFile(Path file) {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new FolderRefusedException(
                    "Something is there that is no file",
                    file,
                    "Name a file, or import from a stream of bytes.");
        }
    }

    /** Appends nothing. */
    private static final class NoSink implements EventSink {
        @Override
        public void event(Item.Event event, long item) {
            // it could be read, and that is all that is to be known of it
        }

        @Override
        public void end(long item) {
            // nothing is left to do
        }
    }

    private interface ReadListener {
        void read(long bytes);
    }

    private static void run(
            EventStore store,
            TransferFormat format,
            InputStream in,
            EventSink sink,
            ReadListener listener)
            throws IOException {
        Objects.requireNonNull(in, "in");
        long limit = store.config().maxPayloadBytes() / 3 * 4L + BESIDE_PAYLOAD;
        ItemInput input = new ItemInput(in, format, (int) Math.min(limit, Integer.MAX_VALUE - 16));
        new EventImport(input, format, sink).run(listener);
    }

    private void run(ReadListener listener) throws IOException {
        if (!(next() instanceof Item.Header)) {
            throw refused("a file of events begins with a header");
        }
        long told = 0;
        while (true) {
            Item item = next();
            if (item instanceof Item.Event event) {
                take(event);
            } else if (item instanceof Item.Trailer) {
                break;
            } else {
                throw refused("a second header");
            }
            if (input.read() - told >= 1 << 20) {
                told = input.read();
                listener.read(told);
            }
        }
        if (input.next().length > 0) {
            throw refused("something follows the trailer");
        }
        sink.end(input.number() - 1);
        listener.read(input.read());
    }

    private void take(Item.Event event) {
        if (event.event().position() <= lastPosition) {
            throw refused("positions do not ascend: position=" + event.event().position());
        }
        lastPosition = event.event().position();
        events++;
        sink.event(event, input.number());
    }

    private Item next() throws IOException {
        byte[] bytes = input.next();
        if (bytes.length == 0) {
            throw refused("the file is cut short: there is no trailer");
        }
        Item item = parse(bytes);
        if (item instanceof Item.Trailer trailer) {
            String sum = HexFormat.of().formatHex(digest.digest());
            if (trailer.events() != events || !trailer.sha256().equals(sum)) {
                throw refused("the events are not those that were exported: events=" + events);
            }
        }
        digest.update(bytes);
        return item;
    }

    private Item parse(byte[] bytes) {
        try {
            return reader.read(bytes);
        } catch (IOException | IllegalArgumentException | ArithmeticException e) {
            throw new ImportException(input.number(), firstLine(e), REMEDY, e);
        } catch (IncompatibleStoreException e) {
            throw new ImportException(input.number(), e.what(), e.remedy(), e);
        } catch (VarveException e) {
            throw new ImportException(input.number(), e.what(), REMEDY, e);
        } catch (IndexOutOfBoundsException e) {
            throw new ImportException(input.number(), String.valueOf(e.getMessage()), REMEDY, e);
        }
    }

    /** Jackson tells where in the source it was in further lines. */
    private static String firstLine(Exception e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("it cannot be read");
    }

    private ImportException refused(String what) {
        return new ImportException(input.number(), what, REMEDY);
    }
}
