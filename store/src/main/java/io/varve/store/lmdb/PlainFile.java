package io.varve.store.lmdb;

import io.varve.store.errors.FolderRefusedException;
import io.varve.store.errors.InsecureStoreException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * A file that is read and written by plain calls. A file channel closes itself under a thread that
 * is interrupted, and then a file that is whole looks as if it were not; this does not.
 *
 * <p>Only a regular file can be opened: opening a pipe would wait for ever. One thread at a time.
 */
public final class PlainFile implements AutoCloseable {
    private static final int MOST_AT_ONCE = 1 << 16;

    private final Path path;
    private final RandomAccessFile file;

    private PlainFile(Path path, RandomAccessFile file) {
        this.path = path;
        this.file = file;
    }

    /**
     * Opens a file for reading.
     *
     * @param path of a regular file, or of a link to one
     * @return the file; close it
     * @throws NoSuchFileException if there is none
     * @throws IOException if it cannot be opened
     * @throws FolderRefusedException if there is something else
     */
    public static PlainFile openToRead(Path path) throws IOException {
        return open(path, "r");
    }

    /** The same file once more, for another thread to read. */
    PlainFile again() throws IOException {
        return openToRead(path);
    }

    /** Opens a file that is there, for reading and writing. */
    static PlainFile openToChange(Path path) throws IOException {
        return open(path, "rw", LinkOption.NOFOLLOW_LINKS);
    }

    private static PlainFile open(Path path, String mode, LinkOption... links) throws IOException {
        FolderLock.checkDefault(path);
        if (!Files.exists(path, links)) {
            throw new NoSuchFileException(path.toString());
        }
        checkRegular(path, links);
        return new PlainFile(path, new RandomAccessFile(path.toFile(), mode));
    }

    /**
     * Refuses a path where something is that is no regular file.
     *
     * @param path of a file, or of nothing
     * @param links whether links are followed
     * @throws FolderRefusedException if there is a folder, a pipe, a device
     */
    public static void checkRegular(Path path, LinkOption... links) {
        if (Files.exists(path, links) && !Files.isRegularFile(path, links)) {
            throw new FolderRefusedException(
                    "Something is there that is no file",
                    path,
                    "Take it away, or put the file itself there.");
        }
    }

    /**
     * Whether a path is of a regular file, and of no link.
     *
     * @param path of anything, or of nothing
     * @return true if there is a file itself
     */
    public static boolean isOwn(Path path) {
        return Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS);
    }

    /**
     * Refuses a path where something is that is no regular file, or only a link to one.
     *
     * @param path of a file, or of nothing
     * @throws InsecureStoreException if there is a link
     * @throws FolderRefusedException if there is a folder, a pipe, a device
     */
    public static void checkOwn(Path path) {
        FolderRights.checkNoLink(path);
        checkRegular(path, LinkOption.NOFOLLOW_LINKS);
    }

    /**
     * How long it is.
     *
     * @return bytes
     * @throws IOException if that cannot be told
     */
    public long size() throws IOException {
        return file.length();
    }

    /**
     * Fills what remains of a buffer.
     *
     * @param into a buffer with an array
     * @param at where in the file, 0 or more
     * @return how many bytes were read: fewer where the file ends sooner
     * @throws IOException if they cannot be read
     */
    public int read(ByteBuffer into, long at) throws IOException {
        file.seek(at);
        int done = 0;
        while (into.hasRemaining()) {
            int start = into.arrayOffset() + into.position();
            int read = file.read(into.array(), start, Math.min(MOST_AT_ONCE, into.remaining()));
            if (read < 0) {
                return done;
            }
            into.position(into.position() + read);
            done += read;
        }
        return done;
    }

    /** Writes what remains of a buffer that has an array. */
    void write(ByteBuffer from, long at) throws IOException {
        file.seek(at);
        int start = from.arrayOffset() + from.position();
        file.write(from.array(), start, from.remaining());
        from.position(from.limit());
    }

    /** Fills a buffer up to its limit; with zeros where the file ends sooner. */
    void fill(ByteBuffer into, long at) throws IOException {
        into.position(0);
        read(into, at);
        int start = into.arrayOffset() + into.position();
        Arrays.fill(into.array(), start, start + into.remaining(), (byte) 0);
        into.position(into.limit());
    }

    /** Brings it to the disk. */
    void sync() throws IOException {
        file.getFD().sync();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
