package io.varve.runtime;

import io.varve.store.errors.StoreFullException;
import io.varve.store.errors.StoreIoException;
import io.varve.store.errors.VarveException;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/** Files that are there whole or not at all, and stay after a power cut. */
final class DurableFolder {
    private DurableFolder() {}

    /**
     * Makes a folder for its owner alone, and those above it, where they are missing. Their names
     * are on the disk then, and that of the folder they are made in: who made that may have been
     * killed before.
     */
    static void make(Path folder) throws IOException {
        Path parent = folder.toAbsolutePath().getParent();
        boolean missing = !Files.exists(folder) && parent != null;
        if (missing) {
            make(parent);
            syncName(parent);
        }
        Files.createDirectories(folder, owner(folder, "rwx------"));
        if (missing) {
            syncName(folder);
        }
    }

    /** That of one in a folder that may not be read is as safe as the file system makes it. */
    private static void syncName(Path folder) throws IOException {
        Path parent = folder.toAbsolutePath().getParent();
        if (parent != null && Files.isReadable(parent)) {
            sync(parent);
        }
    }

    /** Attributes that keep others out, where the file system knows such. */
    static FileAttribute<?>[] owner(Path path, String permissions) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }

    /** Brings the entries of a folder to the disk. */
    static void sync(Path folder) throws IOException {
        boolean interrupted = Thread.interrupted();
        try {
            while (!isSynced(folder)) {
                interrupted |= Thread.interrupted();
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** False if an interrupt has closed the channel, which cannot be kept from it. */
    private static boolean isSynced(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
            return true;
        } catch (ClosedByInterruptException e) {
            return false;
        }
    }

    /** Replaces a file, or makes it; it is on the disk then. */
    static void replace(Path file, byte[] bytes) throws IOException {
        Path made = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(made);
        Files.createFile(made, owner(made, "rw-------"));
        // Not a channel, which an interrupt would close.
        try (FileOutputStream out = new FileOutputStream(made.toFile())) {
            out.write(bytes);
            out.getFD().sync();
        }
        Files.move(made, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        sync(file.getParent());
    }

    /** What a failed write is told as: full, or failed. */
    static VarveException failed(String what, Path path, IOException e) {
        if (StoreFullException.isMeantBy(e)) {
            return new StoreFullException(
                    what + ", as the disk is full: path=" + path, "Make room and try again.", e);
        }
        return new StoreIoException(what + ": path=" + path, e);
    }

    static List<Path> list(Path folder) throws IOException {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            entries.forEach(found::add);
        }
        found.sort(null);
        return found;
    }

    /** Deletes a file, or a folder with all that is in it; follows no link. */
    static void delete(Path path) throws IOException {
        if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            for (Path inside : list(path)) {
                delete(inside);
            }
        }
        Files.deleteIfExists(path);
    }

    /**
     * Deletes a file or folder at once or not at all: who looks for it, also after a kill, finds
     * all of it or nothing. What somebody adds meanwhile is not in the way.
     *
     * @param place where nothing need be
     * @param discarded its name while it is deleted, in the same file system; what a killed process
     *     has left there is deleted too
     */
    static void discard(Path place, Path discarded) throws IOException {
        delete(discarded);
        if (Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
            Files.move(place, discarded, StandardCopyOption.ATOMIC_MOVE);
            delete(discarded);
        }
    }
}
