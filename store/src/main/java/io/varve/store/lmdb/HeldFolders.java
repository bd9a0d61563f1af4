package io.varve.store.lmdb;

import io.varve.store.errors.StoreLockedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * A folder among those that this process holds: under its real path, and under what its lock file
 * is to the operating system, because one folder may have two paths, as where it is mounted twice.
 *
 * <p>They are system properties, because every class loader that has loaded this class must see
 * them. As soon as one of them so much as opened and closed the lock file, the operating system
 * would take the lock away from the other.
 *
 * <p>Thread-safe.
 */
final class HeldFolders {
    private static final String HELD = "varve.folder.";
    private static final String TAKEN = "held";

    /** Held until the process ends. */
    private static final String KEPT = "kept";

    static final String END =
            "End the process and start it again: nobody in it can have the folder any more. What was"
                    + " acknowledged is kept.";

    private final Path real;

    /** Made ahead: they are given back although memory ran out. */
    private final String byPath;

    private volatile String byFile;

    /** What is said of the lock file, with its path behind. */
    private volatile String taken = TAKEN;

    private HeldFolders(Path real) {
        this.real = real;
        byPath = HELD + real;
    }

    /**
     * Claims a folder.
     *
     * @param real its real path
     * @param file its lock file, or where that will be
     * @throws StoreLockedException if this process has it, under whatever path
     */
    static HeldFolders claim(Path real, Path file) {
        HeldFolders folder = new HeldFolders(real);
        folder.put(folder.byPath, TAKEN);
        try {
            folder.claim(file);
            return folder;
        } catch (RuntimeException | Error e) {
            folder.release();
            throw e;
        }
    }

    /** Claims the lock file, if it is there: also once it is. */
    void claim(Path file) {
        String key = key(file);
        if (byFile == null && key != null) {
            String value = TAKEN + " " + file;
            put(key, value);
            taken = value;
            byFile = key;
        }
    }

    private void put(String name, String value) {
        Object other = System.getProperties().putIfAbsent(name, value);
        if (other != null && isLeft(name, other.toString())) {
            System.getProperties().remove(name, other);
            other = System.getProperties().putIfAbsent(name, value);
        }
        if (other != null) {
            long pid = ProcessHandle.current().pid();
            throw other.toString().startsWith(KEPT)
                    ? new StoreLockedException(real, pid, END)
                    : new StoreLockedException(real, pid);
        }
    }

    /**
     * Whether it is of a file that is gone, whose holder was forgotten without being closed: as
     * long as somebody has a file open, no other gets its number. Of a folder that was renamed
     * while it is held this is true, too; then the JVM, which knows what it has locked, refuses it.
     */
    private static boolean isLeft(String name, String value) {
        int path = value.indexOf(' ');
        return path > 0 && !name.equals(key(Path.of(value.substring(path + 1))));
    }

    /** Null where there is no file, or nothing tells files apart; then the paths alone do. */
    private static String key(Path file) {
        try {
            Object key =
                    Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                            .fileKey();
            return key == null ? null : HELD + key;
        } catch (IOException e) {
            return null; // opening it tells more
        }
    }

    /** From now on they are held until the process ends. */
    void keep() {
        System.getProperties().replace(byPath, KEPT);
        if (byFile != null) {
            String value = KEPT + taken.substring(TAKEN.length());
            System.getProperties().replace(byFile, value);
            taken = value;
        }
    }

    /** Lets others of this process have it. */
    void release() {
        if (byFile != null) {
            System.getProperties().remove(byFile, taken);
        }
        System.getProperties().remove(byPath);
    }
}
