package io.varve.runtime;

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

/**
 * Holds a folder for one runtime on this machine, by a file that names the process. The operating
 * system gives it back when a process dies, however it dies.
 */
final class FileLocking implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(FileLocking.class.getName());

    private final FileChannel channel;

    private FileLocking(FileChannel channel) {
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
                long pid = pid(channel);
                channel.close();
                throw new StoreLockedException(folder, pid);
            }
            channel.truncate(0);
            channel.write(
                    ByteBuffer.wrap(
                            Long.toString(ProcessHandle.current().pid())
                                    .getBytes(StandardCharsets.UTF_8)),
                    0);
            return new FileLocking(channel);
        } catch (OverlappingFileLockException e) {
            // Not closed: that would take the lock away from who has it in this process.
            throw new StoreLockedException(folder, ProcessHandle.current().pid());
        } catch (IOException e) {
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
        try {
            channel.close();
        } catch (IOException e) {
            LOG.log(Level.WARNING, "A lock file could not be closed", e);
        }
    }
}
