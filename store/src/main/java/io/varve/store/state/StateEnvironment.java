package io.varve.store.state;

import io.varve.store.errors.StoreCorruptedException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Named tables of bytes and a checkpoint: see the package for threads and durability. */
public interface StateEnvironment extends AutoCloseable {
    /**
     * Opens an environment in a folder, and makes it first where there is none.
     *
     * @param config where, and with which tables
     * @return the environment; close it
     * @throws io.varve.store.errors.StoreLockedException if it is open already
     * @throws StoreCorruptedException if its file is damaged, or what it is cannot be proved
     * @throws io.varve.store.errors.IncompatibleStoreException if the folder holds an LMDB file of
     *     another program
     * @throws io.varve.store.errors.FolderRefusedException if it is the folder of an event store
     */
    static StateEnvironment open(StateConfig config) {
        return LmdbStateEnvironment.open(config);
    }

    /**
     * An environment on the heap, gone when closed: for tests and for what is computed once.
     *
     * @param tables the names of its tables
     * @return the environment
     */
    static StateEnvironment inMemory(Set<String> tables) {
        return new InMemoryStateEnvironment(tables);
    }

    /**
     * An environment of changes over a view, which shows the rows of the view but for those that
     * were changed. The view is only read; it stays the caller's, and open as long as this is.
     * Changes are kept on the heap up to a limit, looked at between transactions, then moved to a
     * folder. They are gone when it is closed; a killed process leaves the folder behind.
     *
     * <p>Used by one thread at a time, as the view is, with all its views.
     *
     * @param base of these tables at least
     * @param tables the names of its tables
     * @param memoryBytes the limit, 0 or more; rows count with 100 bytes more than they have
     * @param folder for the changes from there on; missing or empty
     * @return the environment; close it
     * @throws IllegalArgumentException if the limit is negative
     */
    static StateEnvironment overlay(
            StateView base, Set<String> tables, long memoryBytes, Path folder) {
        return new OverlayEnvironment(base, tables, memoryBytes, folder);
    }

    /**
     * The names of its tables.
     *
     * @return as given when it was opened
     */
    Set<String> tables();

    /**
     * Reads all tables at one instant. There may be 1,024 views at once.
     *
     * @return a view; close it
     * @throws io.varve.store.errors.LimitExceededException if there are so many; writing and
     *     syncing go on
     */
    StateView view();

    /**
     * The same for whoever keeps the environment up to date, and soon closes it: some dozens of
     * these may be open beside as many others as there can be.
     *
     * @return a view; close it
     */
    default StateView ownView() {
        return view();
    }

    /**
     * Begins a change; waits while another is going on.
     *
     * @return a transaction; close it
     */
    StateTransaction begin();

    /** Brings everything committed to the disk, what it was derived from first. */
    void sync();

    /**
     * Up to where it is on disk: what a crash of the machine leaves.
     *
     * @return the checkpoint of the last sync; empty where it had none
     */
    default Optional<Checkpoint> synced() {
        return Optional.empty();
    }

    /**
     * Copies all tables and the checkpoint, as of one instant, into a folder, while others commit;
     * the copy has no free pages. It is read back and checked, and it is on disk when this returns.
     *
     * @param folder missing, or empty
     * @return what was made; nothing is left behind if this throws
     * @throws io.varve.store.errors.FolderRefusedException if something is there
     * @throws io.varve.store.errors.StoreFullException if there is no room for it
     * @throws StoreCorruptedException if what was copied is damaged
     */
    StateCopy copyTo(Path folder);

    /**
     * Likewise, and tells when the instant is taken, which is long before the copy is made: what is
     * committed from then on is not in it, mostly. Several environments that belong together are
     * copied as of one instant by keeping commits back until each has told; whether it has
     * succeeded is seen in {@link StateCopy#checkpoint}: where the file has pages that were lost in
     * a crash, the copy may be of a later instant.
     *
     * @param folder missing, or empty
     * @param taken is run on any thread, once, before this returns; perhaps not if this throws
     * @return what was made; nothing is left behind if this throws
     * @throws io.varve.store.errors.FolderRefusedException if something is there
     * @throws io.varve.store.errors.StoreFullException if there is no room for it
     * @throws StoreCorruptedException if what was copied is damaged
     */
    default StateCopy copyTo(Path folder, Runnable taken) {
        StateCopy copy = copyTo(folder);
        taken.run();
        return copy;
    }

    /**
     * The first damage that was found since it was opened, by whoever read; or that its files were
     * deleted, by who wrote or synced. What it holds is not to be gone on with any more.
     *
     * @return empty where none was found
     */
    default Optional<StoreCorruptedException> damage() {
        return Optional.empty();
    }

    /**
     * Sets who is told of the first damage: by the thread that found it, before it is thrown there;
     * at once, if damage was found already.
     *
     * @param listener instead of an earlier one; quick, and throws nothing
     */
    default void onDamage(Consumer<StoreCorruptedException> listener) {}

    /**
     * Syncs and closes. Waits for open views for a few seconds; those still open then keep the
     * memory mapped until the process ends, so that they cannot crash it. Where its files were
     * deleted there is nothing to sync, and that is no error. Closing twice does nothing.
     *
     * @throws io.varve.store.errors.StoreIoException if memory had run out, and LMDB has a change
     *     that nobody can end: what was committed is kept, and the folder stays locked until the
     *     process ends
     */
    @Override
    void close();
}
