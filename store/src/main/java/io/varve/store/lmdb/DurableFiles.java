package io.varve.store.lmdb;

import io.varve.store.errors.FolderRefusedException;
import io.varve.store.errors.StoreFullException;
import io.varve.store.errors.StoreIoException;
import io.varve.store.errors.VarveException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Makes files and folders appear whole or not at all, and stay after a power cut: they are written
 * under another name beside their place, brought to the disk, moved, and the move is brought to the
 * disk as well.
 */
public final class DurableFiles {
    private static final long NO_ROOM = 1 << 20;

    private DurableFiles() {}

    /**
     * Brings a file, or the entries of a folder, to the disk.
     *
     * @param path which
     * @throws IOException if the disk fails
     */
    public static void sync(Path path) throws IOException {
        if (Files.isDirectory(path)) {
            syncFolder(path);
            return;
        }
        try (PlainFile file = PlainFile.openToChange(path)) {
            file.sync();
        }
    }

    /** A folder is opened for reading, which is enough for fsync on the systems we know. */
    static void syncFolder(Path folder) throws IOException {
        Uninterrupted.retry(
                () -> {
                    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
                        channel.force(true);
                        return channel;
                    }
                });
    }

    /**
     * Makes a folder, and those above it, where they are missing, and brings their names to the
     * disk: what is acknowledged in a file is lost with the name of a folder above it. One at a
     * time, and that of the folder they are made in as well: who was killed while he made that one
     * did not come to it.
     *
     * @param folder which
     * @param attributes of folders that are made
     * @throws IOException if they cannot be made, or the disk fails
     */
    public static void makeFolders(Path folder, FileAttribute<?>... attributes) throws IOException {
        Deque<Path> missing = new ArrayDeque<>();
        Path there = folder.toAbsolutePath();
        while (there != null && !Files.exists(there)) {
            missing.push(there);
            there = there.getParent();
        }
        if (missing.isEmpty() || there == null) {
            Files.createDirectories(folder, attributes); // refuses what is no folder
            return;
        }
        syncName(there);
        for (Path path : missing) {
            Files.createDirectories(path, attributes);
            syncName(path);
        }
    }

    /**
     * Brings the name of a file or folder to the disk. That of one in a folder that this user may
     * not read is as safe as the file system makes it by itself.
     *
     * @param path which
     * @throws IOException if the disk fails
     */
    static void syncName(Path path) throws IOException {
        Path parent = path.toAbsolutePath().getParent();
        boolean posix = path.getFileSystem().supportedFileAttributeViews().contains("posix");
        if (posix && parent != null && Files.isReadable(parent)) {
            syncFolder(parent); // elsewhere folders cannot be opened, and need not be
        }
    }

    /**
     * Moves a folder or file that is on the disk to its place, where nothing is yet but an empty
     * folder; and brings that to the disk.
     *
     * @param made what was made, in the same folder as {@code place}
     * @param place where it goes
     * @throws IOException if it cannot be moved
     * @throws FolderRefusedException if something is there
     */
    public static void publish(Path made, Path place) throws IOException {
        try {
            Files.move(made, place, StandardCopyOption.ATOMIC_MOVE);
        } catch (DirectoryNotEmptyException | FileAlreadyExistsException e) {
            throw notEmpty(place);
        } catch (IOException e) {
            if (Files.exists(place) && !isEmpty(place)) {
                throw notEmpty(place);
            }
            throw e;
        }
        sync(place.getParent());
    }

    /**
     * Refuses a place where something is.
     *
     * @param place to be filled
     */
    public static void checkEmpty(Path place) {
        if (Files.isSymbolicLink(place)) {
            throw new FolderRefusedException(
                    "The folder is a symbolic link",
                    place,
                    "Name the folder itself, empty or missing.");
        }
        try {
            if (Files.exists(place, LinkOption.NOFOLLOW_LINKS) && !isEmpty(place)) {
                throw notEmpty(place);
            }
        } catch (IOException e) {
            throw new StoreIoException("A folder could not be looked at: path=" + place, e);
        }
    }

    private static FolderRefusedException notEmpty(Path place) {
        return new FolderRefusedException(
                "The folder is not empty", place, "Name an empty folder, or one that is missing.");
    }

    private static boolean isEmpty(Path folder) throws IOException {
        return Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS) && list(folder).isEmpty();
    }

    /**
     * What is in a folder.
     *
     * @param folder which
     * @return its files and folders, by name
     * @throws IOException if it cannot be read
     */
    public static List<Path> list(Path folder) throws IOException {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            entries.forEach(found::add);
        }
        found.sort(null);
        return found;
    }

    /**
     * Deletes a file, or a folder with all that is in it. Follows no link.
     *
     * @param path which; nothing is done where it is missing
     * @throws IOException if something cannot be deleted
     */
    public static void delete(Path path) throws IOException {
        if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            for (Path inside : list(path)) {
                delete(inside);
            }
        }
        try {
            Files.deleteIfExists(path);
        } catch (NoSuchFileException e) {
            return; // somebody else was faster
        }
    }

    /**
     * Tells a failed write as what it most likely is.
     *
     * @param doing what was being done
     * @param path where
     * @param e what was caught
     * @return full, or failed
     */
    public static VarveException failed(String doing, Path path, IOException e) {
        Path there = Files.exists(path) ? path : path.toAbsolutePath().getParent();
        // What was begun may be deleted by now, so the room there is says little.
        if (StoreFullException.isMeantBy(e) || !isRefused(e) && hasNoRoom(there)) {
            return new StoreFullException(
                    "The disk is full: " + doing + " path=" + path,
                    "Make room and do it again; what was begun was taken back.",
                    e);
        }
        return new StoreIoException("Failed: " + doing + " path=" + path, e);
    }

    /** A file system that is read-only, or has no such thing, has often no room either. */
    private static boolean isRefused(IOException e) {
        return e instanceof AccessDeniedException
                || e instanceof NoSuchFileException
                || e instanceof FileAlreadyExistsException
                || isReadOnly(e);
    }

    static boolean isReadOnly(IOException e) {
        return String.valueOf(e.getMessage()).contains("Read-only file system");
    }

    private static boolean hasNoRoom(Path there) {
        try {
            return Files.getFileStore(there).getUsableSpace() < NO_ROOM;
        } catch (IOException e) {
            return false; // then it is told as the I/O error it most likely is
        }
    }
}
