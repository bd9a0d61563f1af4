package io.varve.store.lmdb;

import io.varve.store.errors.FolderRefusedException;
import io.varve.store.errors.StoreIoException;
import io.varve.store.errors.StoreLockedException;
import io.varve.store.errors.VarveException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Holds a folder for one opener on this machine: a file lock keeps other processes out, a registry
 * keeps this process out, which a file lock would let in. The lock file names the process. The
 * operating system gives the lock back when a process dies, however it dies.
 *
 * <p>The lock file must not be opened by anybody else in the process that holds it, not even for
 * reading: closing it again would take the lock away. A log that two processes write then notices
 * it: {@code Log.checkEnd}. Where the lock file was deleted while it was held, LMDB's own still
 * says that somebody is there.
 *
 * <p>Thread-safe.
 */
public final class FolderLock implements AutoCloseable {
    private static final String FILE = "varve.lock";

    private final Path folder;

    /** Null where nobody can write, and there is no lock file. */
    private final FileChannel channel;

    /** What keeps this process out. */
    private final HeldFolders held;

    /** Made ahead, too. */
    private final StoreIoException keeping;

    private volatile boolean closed;
    private volatile boolean kept;

    /** The last of those that are held until the process ends, and the one before this. */
    private static FolderLock lastKept;

    private FolderLock keptBefore;

    private FolderLock(Path folder, HeldFolders held, FileChannel channel) {
        this.folder = folder;
        this.held = held;
        this.channel = channel;
        keeping = keeping();
    }

    /**
     * Takes a folder.
     *
     * @param folder made, for its owner alone, where it is missing
     * @return the lock; close it
     * @throws StoreLockedException if somebody has it
     */
    public static FolderLock take(Path folder) {
        return take(makeFolder(folder), FolderLock::lock);
    }

    /**
     * Takes a folder that is only read. Where this user may write nothing no lock file can be made,
     * and who holds one there, as of a folder that is mounted twice, keeps it.
     *
     * @param folder that is there
     * @return the lock; close it
     * @throws StoreLockedException if somebody has it
     */
    public static FolderLock takeToRead(Path folder) {
        checkDefault(folder);
        try {
            return take(folder.toRealPath(), FolderLock::lockToRead);
        } catch (IOException e) {
            throw new StoreIoException("A folder could not be looked at: path=" + folder, e);
        }
    }

    /**
     * Whether somebody has a folder. Writes nothing.
     *
     * @param folder with a lock file, or without
     * @return true also where that cannot be told
     */
    public static boolean isHeld(Path folder) {
        Path file = folder.resolve(FILE);
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        try {
            take(folder.toRealPath(), FolderLock::probe).close();
            return false;
        } catch (StoreLockedException e) {
            return true;
        } catch (IOException | VarveException e) {
            return Files.exists(file);
        }
    }

    /** How the file of a folder is locked; null where it need not be. */
    private interface Locking {
        FileChannel lock(Path folder) throws IOException;
    }

    private static FolderLock take(Path real, Locking locking) {
        Path file = real.resolve(FILE);
        HeldFolders held = HeldFolders.claim(real, file);
        try {
            FolderLock lock =
                    new FolderLock(real, held, Uninterrupted.retry(() -> locking.lock(real)));
            lock.claimFile(file);
            return lock;
        } catch (IOException e) {
            held.release();
            throw DurableFiles.failed("locking a folder", real, e);
        } catch (RuntimeException | Error e) {
            held.release();
            throw e;
        }
    }

    /** It may have been made only now. */
    private void claimFile(Path file) {
        try {
            held.claim(file);
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    /** The lock files that an environment's folder, and the one around it, are held by. */
    static List<Path> filesFor(Path folder) {
        return Stream.of(folder, folder.getParent())
                .filter(Objects::nonNull)
                .map(held -> held.resolve(FILE))
                .filter(Files::exists)
                .toList();
    }

    /**
     * Makes a folder, for its owner alone, where it is missing.
     *
     * @param folder which
     * @return its real path
     */
    public static Path makeFolder(Path folder) {
        checkDefault(folder);
        try {
            DurableFiles.makeFolders(folder, owner(folder, "rwx------"));
            return folder.toRealPath();
        } catch (FileAlreadyExistsException e) {
            throw new FolderRefusedException(
                    "There is a file, or a link to no folder, in the place of a folder",
                    Path.of(e.getFile()),
                    "Name a folder, or a path where nothing is yet.");
        } catch (IOException e) {
            throw DurableFiles.failed("making a folder", folder, e);
        }
    }

    /**
     * Refuses a path inside an archive, or of another file system of Java's own making.
     *
     * @param path of a file or folder
     */
    public static void checkDefault(Path path) {
        if (path.getFileSystem() != FileSystems.getDefault()) {
            throw new FolderRefusedException(
                    "The path is not of the machine's own file system",
                    path,
                    "Name a file or folder that the operating system knows.");
        }
    }

    /**
     * File attributes that keep others out, where the file system knows such.
     *
     * @param path on which file system
     * @param permissions as in {@code rw-------}
     * @return none or one
     */
    public static FileAttribute<?>[] owner(Path path, String permissions) {
        if (!path.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            return new FileAttribute<?>[0];
        }
        Set<PosixFilePermission> set = PosixFilePermissions.fromString(permissions);
        return new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(set)};
    }

    /**
     * The real path of the folder.
     *
     * @return without symbolic links
     */
    public Path folder() {
        return folder;
    }

    /**
     * From now on it is held until the process ends, as what is in the folder cannot be closed; who
     * wants it is told so.
     *
     * @return what to tell who wanted to close
     */
    public StoreIoException keep() {
        kept = true;
        reach();
        try {
            held.keep();
            return keeping();
        } catch (OutOfMemoryError none) {
            return keeping;
        }
    }

    /**
     * Keeps it from the garbage collector, which would close the file and so give the lock away;
     * its number could be another file's then. Makes nothing, as there may be no memory.
     */
    private void reach() {
        synchronized (FolderLock.class) {
            if (lastKept != this && keptBefore == null) {
                keptBefore = lastKept;
                lastKept = this;
            }
        }
    }

    /**
     * Whether it is held until the process ends.
     *
     * @return whether {@link #keep} was called
     */
    public boolean isKept() {
        return kept;
    }

    private StoreIoException keeping() {
        return new StoreIoException(
                "Not closed, as memory ran out when LMDB had begun a change, which nobody can end"
                        + " now; the folder stays locked: path="
                        + folder,
                HeldFolders.END,
                null);
    }

    private static FileChannel lock(Path folder) throws IOException {
        Path file = folder.resolve(FILE);
        FolderRights.checkNoLink(file);
        PlainFile.checkRegular(file, LinkOption.NOFOLLOW_LINKS);
        FileChannel channel =
                FileChannel.open(
                        file,
                        Set.of(
                                StandardOpenOption.CREATE,
                                StandardOpenOption.READ,
                                StandardOpenOption.WRITE,
                                LinkOption.NOFOLLOW_LINKS),
                        owner(file, "rw-------"));
        lock(folder, channel, false);
        try {
            LockFile.checkUnused(folder);
            byte[] pid =
                    Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.UTF_8);
            channel.truncate(0);
            channel.write(ByteBuffer.wrap(pid), 0);
            return channel;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static FileChannel lockToRead(Path folder) throws IOException {
        try {
            return lock(folder);
        } catch (FileSystemException e) {
            if (!DurableFiles.isReadOnly(e) && !(e instanceof AccessDeniedException)) {
                throw e;
            }
            return probe(folder);
        }
    }

    /** Locks a file that is there without writing to it. */
    private static FileChannel probe(Path folder) throws IOException {
        Path file = folder.resolve(FILE);
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            return null;
        }
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
        lock(folder, channel, true);
        return channel;
    }

    private static void lock(Path folder, FileChannel channel, boolean shared) throws IOException {
        try {
            FileLock lock = channel.tryLock(Long.MAX_VALUE - 1, 1, shared);
            if (lock == null) {
                throw new StoreLockedException(folder, readPid(channel));
            }
        } catch (OverlappingFileLockException e) {
            // Not closed: that would take the lock away from who has it in this process.
            throw new StoreLockedException(folder, ProcessHandle.current().pid());
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static long readPid(FileChannel channel) throws IOException {
        ByteBuffer text = ByteBuffer.allocate(20);
        int read = channel.read(text, 0);
        try {
            return Long.parseLong(
                    new String(text.array(), 0, Math.max(0, read), StandardCharsets.UTF_8).trim());
        } catch (NumberFormatException e) {
            return -1; // taken this very moment: the holder has not written its number yet
        }
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            throw new StoreIoException(
                    "A folder's lock could not be given back: path=" + folder, e);
        } finally {
            held.release();
            closed = true;
        }
    }
}
