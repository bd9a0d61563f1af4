package io.varve.store.lmdb;

import io.varve.store.errors.IncompatibleStoreException;
import io.varve.store.errors.StoreCorruptedException;
import io.varve.store.errors.StoreIoException;
import java.io.IOException;
import java.nio.file.Path;

/** Whether this version knows what an environment's file of syncs says. */
public final class SyncFormat {
    private SyncFormat() {}

    /**
     * Refuses an environment whose file of syncs a newer version wrote: which of its commits are on
     * disk cannot be told. Changes nothing.
     *
     * @param folder of an environment that nobody has open, or of none
     * @throws IncompatibleStoreException if so
     * @throws StoreCorruptedException if the file of syncs is damaged
     * @throws StoreIoException if it cannot be read
     */
    public static void check(Path folder) {
        try {
            SyncFile.read(folder);
        } catch (IOException e) {
            throw new StoreIoException("A file could not be looked at: path=" + folder, e);
        }
    }
}
