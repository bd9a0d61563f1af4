package io.varve.store.lmdb;

import io.varve.store.errors.StoreFullException;
import io.varve.store.errors.StoreIoException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * LMDB's file of readers, made before LMDB maps it.
 *
 * <p>LMDB makes it sparse and maps it for writing: a page of it that is touched first when the disk
 * is full ends the process (SIGBUS). So it is written with zeros, in place, as long as no one else
 * can have it open: while the folder's lock is held. LMDB sets up anew what it finds empty.
 */
final class LockFile {
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

    private static RuntimeException refused(Path folder, Path file, IOException e) {
        if (StoreFullException.isMeantBy(e) || LmdbErrors.isFull(folder)) {
            return new StoreFullException(
                    "The disk is full: path=" + file, "Make room and open it again.", e);
        }
        return new StoreIoException("A file could not be written: path=" + file, e);
    }
}
