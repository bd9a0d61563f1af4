package io.varve.store;

import io.varve.store.lmdb.Uninterrupted;
import java.nio.file.Path;

/**
 * What can be done with a store that nobody has open, and that perhaps cannot be opened any more.
 * Thread-safe. See also {@link Backups} and {@link Salvage}.
 */
public final class ClosedStore {
    private ClosedStore() {}

    /**
     * Reads a whole store that nobody has open, as {@link EventStore#verify} does; however damaged
     * it is, this ends with a report. Nothing is written but the lock, and on a medium that is
     * read-only not even that. What opening would refuse is among the problems, in the same words;
     * that this user may not write is a note. A folder that is missing, or holds no store, is a
     * problem as well.
     *
     * <p>A log that was open with {@link Durability.Async} when the machine went down is what it
     * will be only when it was opened again: {@link VerificationReport.Kind#NOT_CLOSED} says so.
     * After a crash of the process alone it is verified as it is.
     *
     * @param folder of the store
     * @param listener is told how many bytes of the log were read, about
     * @return what was found
     * @throws io.varve.store.errors.StoreLockedException if somebody has it open, or its log or
     *     index by a link
     * @throws io.varve.store.errors.StoreIoException if this user may not look into the folder
     */
    public static VerificationReport verify(Path folder, ProgressListener listener) {
        return Uninterrupted.call(() -> StoreVerifier.verify(folder, listener));
    }

    /**
     * Builds the index of a store that nobody has open again, from the log alone: beside the old
     * one, which stays in its place until the new one is on the disk.
     *
     * @param config of the store
     * @param listener is told how many events of the log were read
     * @throws io.varve.store.errors.StoreLockedException if somebody has it open
     * @throws io.varve.store.errors.FolderRefusedException if there is no store
     * @throws io.varve.store.errors.StoreCorruptedException if the log is damaged, or lacks events
     *     that the old index tells of; the old index stays
     * @throws io.varve.store.errors.StoreFullException if there is no room; the old index stays
     */
    public static void rebuildIndex(StoreConfig config, ProgressListener listener) {
        Uninterrupted.call(
                () -> {
                    IndexRebuild.run(config, listener);
                    return config;
                });
    }
}
