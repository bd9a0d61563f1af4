package io.varve.store.lmdb;

import io.varve.store.errors.StoreCorruptedException;
import io.varve.store.errors.StoreIoException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.lmdbjava.CopyFlags;
import org.lmdbjava.Env;
import org.lmdbjava.LmdbException;
import org.lmdbjava.LmdbNativeException;

/**
 * Copies of an environment at one instant, made while it is written.
 *
 * <pre>
 *   make    the data file alone, without its free pages (with them where LMDB finds pages that are
 *           neither used nor free), in a folder of its own, on disk
 *   adopt   makes such a file, put into a folder, one that is opened without further proof
 * </pre>
 */
public final class HotCopy {
    /** What LMDB says when pages are neither in use nor free, which it does not copy compactly. */
    private static final int INCOMPATIBLE = -30784;

    private HotCopy() {}

    /**
     * Copies the newest instant. Those who write go on; room that is freed meanwhile is not used
     * again before the end. The map cannot grow meanwhile: a commit that needs that waits, and is
     * refused in the end.
     *
     * @param environment what to copy
     * @param folder an empty folder
     * @return the file that was made
     */
    public static Path make(LmdbEnvironment environment, Path folder) {
        return finish(folder, copied(environment, folder));
    }

    /**
     * Likewise, and tells when the instant is taken: what is committed from then on is not in it.
     * Where pages are neither used nor free it may be, as LMDB begins twice then.
     *
     * @param environment what to copy
     * @param folder an empty folder
     * @param taken is run once, on another thread, before this returns or throws
     * @return the file that was made
     */
    public static Path make(LmdbEnvironment environment, Path folder, Runnable taken) {
        Path file;
        FirstBytes begun = new FirstBytes(folder.resolve(DataFile.NAME), taken);
        try {
            file = copied(environment, folder);
        } finally {
            begun.end();
        }
        return finish(folder, file);
    }

    private static Path copied(LmdbEnvironment environment, Path folder) {
        Path file = folder.resolve(DataFile.NAME);
        environment.gate().enter();
        try {
            copy(environment.map().readable(), folder, file);
            return file;
        } catch (LmdbException e) {
            throw environment.translate(e, "copying to=" + folder);
        } catch (IOException e) {
            throw DurableFiles.failed("copying an environment", folder, e);
        } finally {
            environment.gate().leave();
        }
    }

    private static Path finish(Path folder, Path file) {
        try {
            if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
                Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
            }
            DurableFiles.sync(file);
            DurableFiles.sync(folder);
            return file;
        } catch (IOException e) {
            throw DurableFiles.failed("copying an environment", folder, e);
        }
    }

    private static void copy(Env<NativeBytes> env, Path folder, Path file) throws IOException {
        try {
            env.copy(folder.toFile(), CopyFlags.MDB_CP_COMPACT);
        } catch (LmdbNativeException e) {
            if (e.getResultCode() != INCOMPATIBLE) {
                throw e;
            }
            Files.deleteIfExists(file);
            env.copy(folder.toFile());
        }
    }

    /**
     * Says of a folder into which such a file was put that it was left closed and whole.
     *
     * @param folder with the file in it, which is on disk and of which all is known to be right;
     *     the names in it, and its own, are for the caller to bring to the disk, in this order
     * @throws StoreCorruptedException if its pages do not fit together
     */
    public static void adopt(Path folder) {
        try {
            Structure found = StructureCheck.check(folder);
            if (!found.isSound()) {
                throw new StoreCorruptedException(
                        "the copy's pages do not fit together: path="
                                + folder
                                + " problem="
                                + found.problems().get(0),
                        "Use another copy.");
            }
            SyncFile.makeUnpublished(
                    folder, SyncState.CLOSED, DataFile.newestMeta(folder), new byte[] {1});
        } catch (IOException e) {
            throw new StoreIoException("A copy could not be taken over: path=" + folder, e);
        }
    }
}
