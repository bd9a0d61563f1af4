package io.varve.runtime;

import io.varve.store.errors.Logs;
import io.varve.store.errors.StoreLockedException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Holds a folder for one runtime on this machine: a file lock keeps other processes out, a registry
 * by path keeps this process out before it so much as opens the file, which names the process. The
 * operating system gives it back when a process dies, however it dies.
 */
final class FileLocking implements AutoCloseable {
    /**
     * What this process holds, by path: in the system properties, because every class loader that
     * has loaded this class must see it. As soon as one of them opened and closed the file, and be
     * it because a channel was collected, the operating system would take the lock away from the
     * other.
     */
    private static final String HELD = "varve.file.";

    private final Path file;
    private final FileChannel channel;
    private final AtomicBoolean closed = new AtomicBoolean();

    private FileLocking(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * Takes a folder that exists.
     *
     * @throws StoreLockedException if somebody has it
     */
    static FileLocking take(Path folder, String name) throws IOException {
        // An interrupt closes channels; it is for the caller's code, and comes back afterwards.
        boolean interrupted = Thread.interrupted();
        try {
            while (true) {
                try {
                    return takeHere(folder, name);
                } catch (ClosedByInterruptException e) {
                    interrupted |= Thread.interrupted();
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static FileLocking takeHere(Path folder, String name) throws IOException {
        Path file = folder.toRealPath().resolve(name);
        if (System.getProperties().putIfAbsent(HELD + file, "held") != null) {
            throw new StoreLockedException(folder, ProcessHandle.current().pid());
        }
        try {
            return new FileLocking(file, lock(folder, file));
        } catch (IOException | RuntimeException | Error e) {
            release(file);
            throw e;
        }
    }

    private static void release(Path file) {
        System.getProperties().remove(HELD + file);
    }

    private static FileChannel lock(Path folder, Path file) throws IOException {
        FileChannel channel =
                FileChannel.open(
                        file,
                        Set.of(
                                StandardOpenOption.CREATE,
                                StandardOpenOption.READ,
                                StandardOpenOption.WRITE,
                                LinkOption.NOFOLLOW_LINKS),
                        DurableFolder.owner(file, "rw-------"));
        try {
            FileLock lock = channel.tryLock(Long.MAX_VALUE - 1, 1, false);
            if (lock == null) {
                throw new StoreLockedException(folder, pid(channel));
            }
            channel.truncate(0);
            channel.write(
                    ByteBuffer.wrap(
                            Long.toString(ProcessHandle.current().pid())
                                    .getBytes(StandardCharsets.UTF_8)),
                    0);
            return channel;
        } catch (OverlappingFileLockException e) {
            // By other code than ours, as the registry knew of nobody.
            channel.close();
            throw new StoreLockedException(folder, ProcessHandle.current().pid());
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static long pid(FileChannel channel) throws IOException {
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
        if (!closed.compareAndSet(false, true)) {
            return; // it may be held by somebody else by now
        }
        try {
            channel.close();
        } catch (IOException e) {
            Logs.of(FileLocking.class).log(Level.WARNING, "A lock file could not be closed", e);
        } finally {
            release(file);
        }
    }
}
