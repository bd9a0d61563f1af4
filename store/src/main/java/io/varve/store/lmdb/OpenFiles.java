package io.varve.store.lmdb;

import io.varve.store.errors.StoreCorruptedException;
import io.varve.store.errors.StoreIoException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Notices when a file of an open environment is deleted or replaced. The operating system keeps the
 * old one for whoever has it open, so writing would go on without an error, into a file that is
 * gone when the environment is closed. Without the lock file, which is looked at too, another
 * process could open the folder. Used under the write lock.
 */
final class OpenFiles {
    /** Looking takes microseconds; so often that little is written in between. */
    private static final long INTERVAL = TimeUnit.MILLISECONDS.toNanos(100);

    private final List<Path> files;

    /** What tells a file from another of the same name. */
    private final List<Object> keys;

    private long looked = System.nanoTime();
    private boolean gone;

    OpenFiles(Path folder) {
        Path data = folder.resolve("data.mdb");
        Path readers = folder.resolve("lock.mdb");
        files =
                Stream.concat(Stream.of(data, readers), FolderLock.filesFor(folder).stream())
                        .toList();
        keys = files.stream().map(OpenFiles::key).toList();
    }

    private static Object key(Path file) {
        try {
            Object key =
                    Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                            .fileKey();
            return key == null ? Path.class : key; // where nothing tells files apart
        } catch (NoSuchFileException e) {
            return OpenFiles.class; // the key of no file
        } catch (IOException e) {
            throw new StoreIoException("A file could not be looked at: path=" + file, e);
        }
    }

    /** Looks, if it is time to, and refuses from then on. */
    void check() {
        if (gone || System.nanoTime() - looked >= INTERVAL) {
            checkNow();
        }
    }

    /** Whether one of them is gone; needs no lock. */
    boolean areGone() {
        for (int i = 0; i < files.size(); i++) {
            if (!Objects.equals(keys.get(i), key(files.get(i)))) {
                return true;
            }
        }
        return false;
    }

    /** Likewise, however long ago it was. */
    void checkNow() {
        looked = System.nanoTime();
        for (int i = 0; i < files.size(); i++) {
            if (gone || !Objects.equals(keys.get(i), key(files.get(i)))) {
                gone = true;
                throw new StoreCorruptedException(
                        "a file was deleted or replaced while it was open: path=" + files.get(i),
                        "Reading goes on until it is closed: copy what was appended since the last"
                                + " backup, then close it and restore the files.");
            }
        }
    }
}
