package io.varve.store.lmdb;

import io.varve.store.errors.IncompatibleStoreException;
import io.varve.store.errors.StoreCorruptedException;
import io.varve.store.errors.StoreFullException;
import io.varve.store.errors.StoreIoException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Optional;

/**
 * The file beside a data file that says what of it is on disk for certain, and how it was left.
 *
 * <pre>
 *      0  a slot, see {@link SyncState}
 *   4096  another
 * </pre>
 *
 * <p>The slots are written in turn, each write is synced: one of them is always whole. The file is
 * about this very data file, and must not be copied with it. One thread at a time.
 */
final class SyncFile implements AutoCloseable {
    static final String NAME = "varve.sync";
    static final int SECOND = 4096;

    private final Path folder;
    private final RandomAccessFile file;
    private final Place place;
    private long sequence;

    private SyncFile(Path folder, RandomAccessFile file, Place place, long sequence) {
        this.folder = folder;
        this.file = file;
        this.place = place;
        this.sequence = sequence;
    }

    /**
     * What was written last; empty where there is no such file.
     *
     * @throws IncompatibleStoreException if a newer version wrote it, were it only one of its slots
     * @throws StoreCorruptedException if neither slot is whole
     */
    static Optional<SyncState> read(Path folder) throws IOException {
        Path path = folder.resolve(NAME);
        if (!Files.exists(path)) {
            return Optional.empty();
        }
        PlainFile.checkRegular(path);
        byte[] bytes = Files.readAllBytes(path);
        Optional<SyncState> first = slot(path, bytes, 0);
        Optional<SyncState> second = slot(path, bytes, SECOND);
        if (first.isEmpty() && second.isEmpty()) {
            throw new StoreCorruptedException(
                    "the file that says what is on disk is damaged: path=" + path,
                    "Restore a backup. Or, if the machine did not crash while the store was open,"
                            + " delete the file "
                            + NAME
                            + ": what the log holds is checked then.");
        }
        boolean newer =
                first.isEmpty()
                        || second.isPresent() && second.get().sequence() > first.get().sequence();
        return newer ? second : first;
    }

    private static Optional<SyncState> slot(Path path, byte[] bytes, int at) {
        if (bytes.length < at + SyncState.BYTES) {
            return Optional.empty();
        }
        byte[] slot = Arrays.copyOfRange(bytes, at, at + SyncState.BYTES);
        if (SyncState.isOfAnotherFormat(slot)) {
            throw new IncompatibleStoreException(
                    "The file that says what is on disk is of another format: path=" + path,
                    "Open it with the newer version of Varve that wrote it, and leave the file as"
                            + " it is.");
        }
        return SyncState.decode(slot);
    }

    /** Opens it for writing, and makes it with a first state where it is missing. */
    static SyncFile open(Path folder, int use, MetaPage meta, byte[] tag) {
        Path path = folder.resolve(NAME);
        try {
            Place place = Place.of(folder.resolve(DataFile.NAME));
            long sequence = read(folder).map(SyncState::sequence).orElse(0L);
            boolean made = !Files.exists(path);
            if (made) {
                make(folder, state(1, use, place, meta, tag, sum(folder, use)).encode());
                sequence = 1;
            }
            SyncFile opened =
                    new SyncFile(
                            folder, new RandomAccessFile(path.toFile(), "rw"), place, sequence);
            if (!made) {
                opened.writeOrClose(use, meta, tag);
            }
            return opened;
        } catch (IOException e) {
            throw refused(folder, e);
        }
    }

    private void writeOrClose(int use, MetaPage meta, byte[] tag) throws IOException {
        try {
            write(use, meta, tag);
        } catch (IOException | RuntimeException | Error e) {
            try (file) {
                throw e;
            }
        }
    }

    /** Puts it in place whole, so that it is never there and in pieces. */
    private static void make(Path folder, byte[] slot) throws IOException {
        DurableFiles.syncName(folder); // who made it may have been killed before
        syncFolder(folder); // the data file's name first: see Reopening.lost
        Path fresh = folder.resolve(NAME + ".new");
        Files.deleteIfExists(fresh);
        fill(fresh, slot);
        Path path = folder.resolve(NAME);
        Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE);
        try {
            syncFolder(folder);
        } catch (IOException e) {
            Files.deleteIfExists(path); // its name may never come to the disk: made again next time
            throw e;
        }
    }

    private static void fill(Path fresh, byte[] slot) throws IOException {
        Files.createFile(fresh, FolderLock.owner(fresh, "rw-------"));
        try (RandomAccessFile out = new RandomAccessFile(fresh.toFile(), "rw")) {
            byte[] bytes = new byte[SECOND + SyncState.BYTES];
            System.arraycopy(slot, 0, bytes, SECOND, slot.length);
            out.write(bytes);
            out.getFD().sync();
        }
    }

    /**
     * Makes it, on disk but for its name, in a folder that has not its own name yet: nobody looks
     * there before the caller has synced and published that.
     */
    static void makeUnpublished(Path folder, int use, MetaPage meta, byte[] tag)
            throws IOException {
        Files.deleteIfExists(folder.resolve(NAME));
        Place place = Place.of(folder.resolve(DataFile.NAME));
        fill(folder.resolve(NAME), state(1, use, place, meta, tag, sum(folder, use)).encode());
    }

    /** Brings the names of the files in a folder to the disk. */
    private static void syncFolder(Path folder) throws IOException {
        if (!folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            return; // elsewhere folders cannot be opened, and need not be
        }
        DurableFiles.syncFolder(folder);
    }

    private static SyncState state(
            long sequence, int use, Place place, MetaPage meta, byte[] tag, long sum) {
        byte[] bytes = new byte[MetaPage.BYTES];
        meta.bytes().get(0, bytes);
        return new SyncState(
                sequence,
                use,
                meta.transaction(),
                place,
                System.currentTimeMillis(),
                tag,
                bytes,
                sum);
    }

    /** Writes the other slot, which is on disk then. */
    void write(int use, MetaPage meta, byte[] tag) throws IOException {
        put(use, meta, tag);
        force();
    }

    void put(int use, MetaPage meta, byte[] tag) throws IOException {
        put(use, meta, tag, sum(folder, use));
    }

    private static long sum(Path folder, int use) throws IOException {
        return use == SyncState.CLOSED ? TreeSum.of(folder, ClosingSum.LEADING) : TreeSum.NONE;
    }

    /**
     * Marks a file as closed, on disk.
     *
     * @param what is summed up
     */
    void writeClosed(MetaPage meta, byte[] tag, ClosingSum what) throws IOException {
        put(SyncState.CLOSED, meta, tag, TreeSum.of(folder, what));
        force();
    }

    private void put(int use, MetaPage meta, byte[] tag, long sum) throws IOException {
        byte[] slot = state(sequence + 1, use, place, meta, tag, sum).encode();
        file.seek((sequence + 1) % 2 * SECOND);
        file.write(slot);
        sequence++;
    }

    void force() throws IOException {
        file.getFD().sync();
    }

    static RuntimeException refused(Path folder, IOException e) {
        String where = "path=" + folder.resolve(NAME);
        if (StoreFullException.isMeantBy(e) || LmdbErrors.isFull(folder)) {
            return new StoreFullException(
                    "The disk is full: " + where, "Make room and open it again.", e);
        }
        return new StoreIoException("The file of syncs could not be written: " + where, e);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    Path folder() {
        return folder;
    }
}
