package io.varve.store.snapshot;

import io.varve.store.Category;
import io.varve.store.EventStore;
import io.varve.store.Retention;
import io.varve.store.errors.StoreClosedException;
import io.varve.store.errors.StoreCorruptedException;
import io.varve.store.serde.Serde;
import io.varve.store.state.StateConfig;
import io.varve.store.state.StateEnvironment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * A folder of snapshots; see the package. Thread-safe. One process at a time has a folder open.
 *
 * <pre>{@code
 * try (EventStore store = EventStore.open(folder);
 *         SnapshotStore snapshots = SnapshotStore.openIn(store)) {
 *     StreamSnapshots<Order, OrderEvent> orders =
 *             snapshots.streams("orders", store.category("orders", serde), Serdes.record(Order.class))
 *                     .fold(() -> Order.NONE, Order::apply)
 *                     .build();
 *     orders.update("order-7", order -> List.of(order.ship()));
 * }
 * }</pre>
 *
 * <p>The log keeps what a fold needs besides its snapshots: {@link Retention} ends there.
 *
 * <p>What is saved is written by a daemon thread of its own, which exists while there is something
 * to save, so that virtual threads may save as well; who saves waits for it.
 */
public final class SnapshotStore implements AutoCloseable {
    static final String LISTS = "lists";
    static final String ROWS = "snapshots";
    private static final long IDLE_SECONDS = 10;

    private final Path path;
    private final StateEnvironment environment;
    private final Set<String> names = ConcurrentHashMap.newKeySet();
    private final List<Retention.Following> followings = new ArrayList<>();
    private final ThreadPoolExecutor saver;

    private SnapshotStore(Path path, StateEnvironment environment) {
        this.path = path;
        this.environment = environment;
        this.saver =
                new ThreadPoolExecutor(
                        1,
                        1,
                        IDLE_SECONDS,
                        TimeUnit.SECONDS,
                        new LinkedBlockingQueue<>(),
                        SnapshotStore::daemon);
        saver.allowCoreThreadTimeOut(true);
    }

    private static Thread daemon(Runnable body) {
        Thread thread = new Thread(body, "varve-snapshots");
        thread.setDaemon(true);
        return thread;
    }

    /**
     * Opens a folder of snapshots, and makes it first where there is none. After a crash of the
     * machine it is as of its last sync.
     *
     * @param config where and how
     * @return the store; close it
     * @throws io.varve.store.errors.StoreLockedException if it is open already, in this process or
     *     another
     * @throws StoreCorruptedException if its file is cut short or its pages do not fit together
     * @throws io.varve.store.errors.IncompatibleStoreException if the folder holds an LMDB file of
     *     another program
     * @throws io.varve.store.errors.FolderRefusedException if it is the folder of an event store
     *     itself; see {@link #openIn}
     */
    public static SnapshotStore open(SnapshotConfig config) {
        StateConfig state =
                StateConfig.at(config.path())
                        .withTables(LISTS, ROWS)
                        .withInitialMapBytes(config.initialMapBytes())
                        .withRefusesChanged(false); // each is proved when it is used
        try {
            return new SnapshotStore(config.path(), StateEnvironment.open(state));
        } catch (StoreCorruptedException e) {
            StoreCorruptedException error =
                    new StoreCorruptedException(
                            "snapshots cannot be opened: path=" + config.path(),
                            "Delete the folder: snapshots are made again from the log.");
            error.initCause(e);
            throw error;
        }
    }

    /**
     * Opens a folder of snapshots with defaults.
     *
     * @param path the folder, of this snapshot store alone
     * @return the store; close it
     */
    public static SnapshotStore open(Path path) {
        return open(SnapshotConfig.at(path));
    }

    /**
     * Opens the folder {@code snapshots} inside that of an event store.
     *
     * @param store whose streams are folded
     * @return the store; close it
     */
    public static SnapshotStore openIn(EventStore store) {
        return open(store.config().path().resolve("snapshots"));
    }

    /**
     * Begins the snapshots of a fold.
     *
     * @param name of the fold, 1 to 100 bytes of UTF-8: stable, and no other fold here has it
     * @param category whose streams are folded
     * @param serde for the states
     * @param <S> the state
     * @param <E> the events
     * @return a builder
     */
    public <S, E> StreamSnapshotsBuilder<S, E> streams(
            String name, Category<E> category, Serde<S> serde) {
        return new StreamSnapshotsBuilder<>(this, name, category, serde);
    }

    /** Lets no second fold have the name, whose snapshots would take the place of the first's. */
    void takeName(String name) {
        if (!names.add(name)) {
            throw new IllegalStateException(
                    "Two folds of one name; share the first, or give the second a name of its own:"
                            + " name="
                            + name
                            + " path="
                            + path);
        }
    }

    void giveBackName(String name) {
        names.remove(name);
    }

    /** Has what a fold holds asked for until this is closed. */
    void closeWithIt(Retention.Following following) {
        synchronized (followings) {
            if (!saver.isShutdown()) {
                followings.add(following);
                return;
            }
        }
        following.close();
        throw new StoreClosedException("path=" + path);
    }

    StateEnvironment environment() {
        return environment;
    }

    /** Changes the environment on the thread that may: LMDB ties a transaction to it. */
    <T> T change(Supplier<T> change) {
        try {
            return CompletableFuture.supplyAsync(change, saver).join();
        } catch (RejectedExecutionException e) {
            throw new StoreClosedException("path=" + path);
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            if (e.getCause() instanceof Error cause) {
                throw cause;
            }
            throw e;
        }
    }

    /** Brings all snapshots to the disk. */
    public void sync() {
        environment.sync();
    }

    /**
     * Saves what is being saved, and gives the folder back. Folds of it cannot be used any more.
     * Closing twice does nothing.
     *
     * @throws io.varve.store.errors.StoreIoException if memory had run out, and LMDB has a change
     *     that nobody can end: what was committed is kept, and the folder stays locked until the
     *     process ends
     */
    @Override
    public void close() {
        synchronized (followings) {
            saver.shutdown();
            followings.forEach(Retention.Following::close);
            followings.clear();
        }
        environment.close();
    }

    @Override
    public String toString() {
        return "SnapshotStore[path=" + Objects.toString(path) + "]";
    }
}
