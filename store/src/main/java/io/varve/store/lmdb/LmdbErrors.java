package io.varve.store.lmdb;

import io.varve.store.errors.IncompatibleStoreException;
import io.varve.store.errors.LimitExceededException;
import io.varve.store.errors.StoreCorruptedException;
import io.varve.store.errors.StoreFailedException;
import io.varve.store.errors.StoreFullException;
import io.varve.store.errors.StoreIoException;
import io.varve.store.errors.VarveException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.lmdbjava.Dbi;
import org.lmdbjava.Env;
import org.lmdbjava.LmdbException;
import org.lmdbjava.LmdbNativeException;
import org.lmdbjava.Txn;

/** Turns what LMDB says, and what it says of itself by not being loaded, into our errors. */
public final class LmdbErrors {
    private static final int EIO = 5;
    private static final int ENOMEM = 12;
    private static final int EFBIG = 27;
    private static final int ENOSPC = 28;
    private static final int EDQUOT = 122;

    /** A short write is reported as EIO; with less room than this it was a full disk. */
    private static final long NO_ROOM = 1 << 20;

    private LmdbErrors() {}

    /**
     * Tells that a library could not be loaded, LMDB's mostly; a process does not try that twice.
     *
     * @param e what was caught
     * @param folder that was to be opened
     * @return the error, to be thrown
     */
    public static StoreIoException notLoaded(LinkageError e, Path folder) {
        return new StoreIoException(
                "A library could not be loaded: opening path="
                        + folder
                        + " os="
                        + System.getProperty("os.name")
                        + " arch="
                        + System.getProperty("os.arch")
                        + " temporary="
                        + System.getProperty("java.io.tmpdir"),
                "Where too many files are open, grant the process more (ulimit -n); the folder of"
                        + " temporary files, see java.io.tmpdir, must be there, be writable, have"
                        + " room, and allow libraries (no mount option noexec)."
                        + " Then start the process again.",
                e);
    }

    static VarveException translate(
            LmdbException e, String doing, Path folder, LmdbOptions options) {
        String where = ": " + doing + " path=" + folder;
        if (e instanceof LmdbNativeException.PageCorruptedException
                || e instanceof LmdbNativeException.PageNotFoundException
                || e instanceof Dbi.BadDbiException
                // Nobody else grows a map, so a meta page names pages that are not there.
                || e instanceof Dbi.MapResizedException
                // As the first that a transaction says: LMDB has met such pages on its way.
                || e instanceof Txn.BadException) {
            options.damaged().accept(folder);
            return damaged(e, where, options.remedy());
        }
        if (e instanceof Env.FileInvalidException || e instanceof Env.VersionMismatchException) {
            return new IncompatibleStoreException(
                    "The file is not an LMDB file of this version" + where,
                    "If it was one, it is damaged. " + options.remedy());
        }
        if (e instanceof LmdbNativeException.PanicException) {
            return new StoreFailedException(folder, e);
        }
        if (e instanceof Env.ReadersFullException) {
            return tooManyReaders(folder);
        }
        if (e instanceof LmdbNativeException nativeError) {
            int code = nativeError.getResultCode();
            if (code == ENOSPC
                    || code == EDQUOT
                    || code == EFBIG
                    || code == EIO && isFull(folder)) {
                return full(e, where);
            }
            if (code == ENOMEM) {
                return new StoreIoException(
                        "There is not so much address space" + where,
                        "Open it with a smaller initial map, see withInitialMapBytes, or grant the"
                                + " process more (ulimit -v).",
                        e);
            }
        }
        return new StoreIoException("LMDB refused" + where, e);
    }

    /** More are reading than there is room for. */
    static LimitExceededException tooManyReaders(Path folder) {
        return LimitExceededException.tooMany(
                "views and reads open at once: path=" + folder,
                LmdbOptions.READERS + 1L,
                LmdbOptions.READERS,
                "Close views, and let reads that are under way end; this limit is fixed. Nothing"
                        + " else is affected.");
    }

    private static VarveException damaged(LmdbException e, String where, String remedy) {
        StoreCorruptedException error =
                new StoreCorruptedException("the file's pages do not fit together" + where, remedy);
        error.initCause(e);
        return error;
    }

    private static StoreFullException full(LmdbException e, String where) {
        return new StoreFullException(
                "The disk is full, or a quota is reached" + where,
                "Make room and try again: nothing was lost, and reading goes on meanwhile.",
                e);
    }

    static boolean isFull(Path folder) {
        try {
            return Files.getFileStore(folder).getUsableSpace() < NO_ROOM;
        } catch (IOException e) {
            return false; // then it is told as the I/O error it most likely is
        }
    }
}
