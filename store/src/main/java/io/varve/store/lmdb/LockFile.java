package io.varve.store.lmdb;

import io.varve.store.errors.StoreFullException;
import io.varve.store.errors.StoreIoException;
import io.varve.store.errors.StoreLockedException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * LMDB's file of readers, made before LMDB maps it.
 *
 * <p>LMDB makes it sparse and maps it for writing: a page of it that is touched first when the disk
 * is full ends the process (SIGBUS). So it is written with zeros, in place, as long as no one else
 * can have it open: while the folder's lock is held. LMDB sets up anew what it finds empty.
 */
final class LockFile {
    private static final Logger LOGGER = System.getLogger(LockFile.class.getName());
    private static final String NAME = "lock.mdb";

    /** One line of the cache per reader, and two pages to spare for what stands before them. */
    private static final int BYTES = LmdbOptions.SLOTS * 64 + 2 * 4096;

    private LockFile() {}

    static void prepare(Path folder) {
        Path file = folder.resolve(NAME);
        try {
            if (!Files.exists(file)) {
                Files.createFile(file, FolderLock.owner(file, "rw-------"));
            }
            if (Files.size(file) >= BYTES) {
                return; // longer than LMDB makes it: written here before, and on the disk
            }
            try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
                out.write(new byte[BYTES]);
            }
        } catch (IOException e) {
            throw refused(folder, file, e);
        }
    }

    /**
     * Refuses a folder whose environment another process has open, as LMDB's own lock says: the
     * first byte, which is held as long as it is open. The folder's lock, which says it first, may
     * have been deleted. This process has it not: that is known by then, and closing the file would
     * give its lock away.
     *
     * @throws StoreLockedException if it is held
     */
    static void checkUnused(Path folder) {
        Path file = folder.resolve(NAME);
        if (!PlainFile.isOwn(file)) {
            return;
        }
        try (FileChannel channel =
                        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock(0, 1, false)) {
            if (lock == null) {
                throw new StoreLockedException(
                        folder,
                        -1,
                        "Another process has its files open, though its lock file, varve.lock, was"
                                + " deleted or replaced. Close the store in that process, which"
                                + " writes nothing any more; and never delete the lock file of one"
                                + " that is open.");
            }
        } catch (IOException e) {
            // Opening it will say the same, or can do without, as where nothing may be written.
            LOGGER.log(Level.DEBUG, "LMDB's lock could not be looked at", e);
        }
    }

    private static RuntimeException refused(Path folder, Path file, IOException e) {
        if (StoreFullException.isMeantBy(e) || LmdbErrors.isFull(folder)) {
            return new StoreFullException(
                    "The disk is full: path=" + file, "Make room and open it again.", e);
        }
        return new StoreIoException("A file could not be written: path=" + file, e);
    }
}
