package io.varve.projections;

import io.varve.store.errors.StoreClosedException;
import io.varve.store.state.Checkpoint;
import io.varve.store.state.StateEnvironment;
import io.varve.store.state.StateTransaction;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Runs a topology over events, against an environment: the engine-facing side. Single-threaded,
 * deterministic, no clock. Changed values are kept decoded in memory until {@link #commit}, and as
 * many as a {@link CacheSize} allows beyond it.
 *
 * <pre>{@code
 * try (ProjectionTask task = new ProjectionTask(topology, environment)) {
 *     long next = task.checkpoint().map(c -> c.position() + 1).orElse(0L);
 *     for (SourceEvent event : eventsFrom(next)) {
 *         task.process(event);
 *     }
 *     task.commit(checkpoint);
 * }
 * }</pre>
 *
 * <pre>
 *            process                    commit
 *   ready ───────────▶ ready    ready ─────────▶ ready, checkpoint moved
 *     │ process or commit throws
 *     ▼
 *   failed ──abandon──▶ ready, as after the last commit
 * </pre>
 *
 * <p>A commit that throws has written nothing. If it was the store that failed (no room, say) the
 * changes are still there and the commit can be tried again; after an error in {@link #process}
 * only {@link #abandon} helps, as some rows may have seen the event and others not.
 */
public final class ProjectionTask implements AutoCloseable {
    private final TaskNodes nodes;
    private final StateEnvironment environment;
    private final Topology topology;
    private final TaskContext context;
    private final TaskStores taskStores;
    private final WriteBackStore<?, ?>[] stores;
    private Consumer<? super Checkpoint> committed = next -> {};
    private Optional<Checkpoint> checkpoint;
    private long last;
    private boolean failed;
    private boolean closed;

    /**
     * Prepares a topology to go on from the environment's checkpoint.
     *
     * @param topology to run
     * @param environment with a table for each of its stores, perhaps more; it stays the caller's,
     *     who lets nobody else write to it
     * @throws io.varve.store.errors.TableUnknownException if the environment lacks a table
     */
    public ProjectionTask(Topology topology, StateEnvironment environment) {
        this(topology, environment, Partition.WHOLE);
    }

    /**
     * Prepares one partition likewise, with a cache that lets all rows go when they do not fit.
     *
     * @param topology to run
     * @param environment of this partition alone
     * @param partition which one
     * @throws TopologyException if the topology cannot be partitioned
     * @throws io.varve.store.errors.TableUnknownException if the environment lacks a table
     */
    public ProjectionTask(Topology topology, StateEnvironment environment, Partition partition) {
        this(topology, environment, partition, CacheSize.DEFAULT, RowCache.Factory.NONE);
    }

    /**
     * Prepares one partition of a topology likewise. It is to be given all events, as the others
     * are, and keeps the rows whose keys are its own.
     *
     * @param topology to run
     * @param environment of this partition alone
     * @param partition which one
     * @param cacheSize of decoded rows, of all partitions together
     * @param caches decide which rows are kept where not all fit
     * @throws TopologyException if the topology cannot be partitioned
     * @throws io.varve.store.errors.TableUnknownException if the environment lacks a table
     */
    public ProjectionTask(
            Topology topology,
            StateEnvironment environment,
            Partition partition,
            CacheSize cacheSize,
            RowCache.Factory caches) {
        if (!partition.isWhole()) {
            topology.checkPartitionable();
        }
        this.topology = topology;
        this.environment = environment;
        this.context = new TaskContext(environment);
        this.taskStores = new TaskStores(topology, context, partition, cacheSize, caches);
        this.stores = taskStores.all().toArray(new WriteBackStore<?, ?>[0]);
        this.nodes = new TaskNodes(topology, context, taskStores);
        try {
            for (WriteBackStore<?, ?> store : stores) {
                store.tables().forEach(context.view()::table);
            }
            restart();
        } catch (RuntimeException | Error e) {
            nodes.closeAfter(e);
            throw e;
        } finally {
            context.closeView();
        }
    }

    private void restart() {
        checkpoint = context.view().checkpoint();
        last = checkpoint.map(Checkpoint::position).orElse(-1L);
        long time = Long.MIN_VALUE;
        for (WriteBackStore<?, ?> store : stores) {
            time = Math.max(time, store.expiry().restart(context.view()));
        }
        context.restart(time);
        failed = false;
    }

    /**
     * The last committed checkpoint.
     *
     * @return empty before the first commit
     */
    public Optional<Checkpoint> checkpoint() {
        return checkpoint;
    }

    /**
     * Applies one event; its category must be one of the sources, otherwise it does nothing but
     * count as seen.
     *
     * @param event whose position is behind all that were seen and behind the checkpoint; gaps are
     *     allowed
     * @throws OutOfOrderEventException if it is not; nothing has happened then
     * @throws ProjectionException if code failed, or {@link DueWorkException}; see {@link #abandon}
     */
    public void process(SourceEvent event) {
        checkUsable();
        long position = event.position();
        if (position <= last) {
            throw new OutOfOrderEventException(position, last);
        }
        apply(event);
        last = position;
    }

    /**
     * Applies an event that was left out when its turn came. That it was, and is applied late only
     * once, is for the caller to know: he commits it with rows of his own.
     *
     * @param event whose position is not behind the last that was seen
     * @throws IllegalArgumentException if it is; nothing has happened then
     * @throws IllegalStateException if the topology emits events; nothing has happened then
     * @throws ProjectionException if code of the user failed; call {@link #abandon}
     */
    public void processLate(SourceEvent event) {
        checkUsable();
        if (event.position() > last) {
            throw new IllegalArgumentException(
                    "The event's turn has not come yet: position="
                            + event.position()
                            + " last="
                            + last
                            + ". Feed it to process().");
        }
        if (!topology.sinks().isEmpty()) {
            throw TaskOutbox.late(event);
        }
        apply(event);
    }

    /**
     * Says up to where the log has what was emitted: that is not kept, and removed by commits.
     *
     * @param position never goes back; {@link Long#MAX_VALUE} where nothing emitted is of interest
     */
    public void appended(long position) {
        context.outbox().appended(position);
    }

    private void apply(SourceEvent event) {
        failed = true;
        nodes.process(event);
        failed = false;
    }

    /**
     * Rows changed and events emitted since the last commit: engines commit when they are many.
     *
     * @return 0 or more
     */
    public int dirty() {
        int dirty = context.outbox().size();
        for (WriteBackStore<?, ?> store : stores) {
            dirty += store.dirty();
        }
        return dirty;
    }

    /**
     * Whether changed rows take so much of the cache, or emitted events of memory, that they should
     * be committed before more events are applied.
     *
     * @return false for a while after each commit
     */
    public boolean isFull() {
        for (WriteBackStore<?, ?> store : stores) {
            if (store.isFull()) {
                return true;
            }
        }
        return context.outbox().isFull();
    }

    /**
     * How often rows were in memory when the topology asked for them, since the task was made.
     *
     * @return counted over all stores
     */
    public CacheCounts cacheCounts() {
        return taskStores.cacheCounts();
    }

    /**
     * When a tick would do something: an engine that is not behind appends one ({@link Tick}) once
     * the clock is there, and not another before that is applied.
     *
     * @return milliseconds since 1970; {@link Long#MAX_VALUE} if none would. Asked behind commits
     */
    public long tickDue() {
        checkUsable();
        return nodes.tickDue();
    }

    /**
     * The records that came too late for a table, which has dropped them.
     *
     * @return the same each time; it goes on with the task
     */
    public LateRecords lateRecords() {
        return context.lateRecords();
    }

    /**
     * Writes every changed row, in key order, what was emitted ({@link Outbox}), and the
     * checkpoint, in one transaction.
     *
     * @param next the checkpoint; its position is not before the last event seen
     * @throws ProjectionException if a value could not be encoded; call {@link #abandon}
     */
    public void commit(Checkpoint next) {
        commit(next, transaction -> {});
    }

    /**
     * Writes the same, and what the engine itself keeps beside it, in one transaction.
     *
     * @param next the checkpoint; its position is not before the last event seen
     * @param more changes other tables than the topology's; called once, behind the rows; what it
     *     throws takes everything back
     * @throws ProjectionException if a value could not be encoded; call {@link #abandon}
     */
    public void commit(Checkpoint next, Consumer<? super StateTransaction> more) {
        checkUsable();
        Objects.requireNonNull(more, "more");
        if (next.position() < last) {
            throw new IllegalArgumentException(
                    "The checkpoint is before the last event applied: position="
                            + next.position()
                            + " last="
                            + last
                            + ". Commit with the position of the last event.");
        }
        // Before the transaction, so that it can reuse the space that only this view still sees.
        context.closeView();
        try (StateTransaction transaction = environment.begin()) {
            for (WriteBackStore<?, ?> store : stores) {
                if (store.isDue()) {
                    store.writeTo(transaction);
                }
            }
            if (!topology.sinks().isEmpty()) {
                context.outbox().writeTo(transaction);
            }
            more.accept(transaction);
            transaction.checkpoint(next);
            transaction.commit();
        }
        try {
            committed.accept(next);
        } finally {
            for (WriteBackStore<?, ?> store : stores) {
                store.clean();
            }
            context.committed();
            context.outbox().committed();
            checkpoint = Optional.of(next);
            last = next.position();
        }
    }

    /**
     * Sets who is told of each commit, inside {@link #commit} and after the transaction, when
     * {@link #changes} tells what has changed.
     *
     * @param listener instead of an earlier one; it does not throw
     */
    public void onCommit(Consumer<? super Checkpoint> listener) {
        committed = Objects.requireNonNull(listener, "listener");
    }

    /**
     * The rows that the commit under way has changed, in key order: each once, with its last value.
     * A row may be told as removed that was never there, when it came and went between two commits.
     *
     * @param selection of rows
     * @param visitor takes them until it returns false
     */
    public void changes(RowSelection<?, ?> selection, RowSelection.ChangeVisitor visitor) {
        for (WriteBackStore<?, ?> store : stores) {
            if (store.name().equals(selection.store())) {
                store.changes(selection.range(), visitor);
            }
        }
    }

    /**
     * Looks at a row from now on.
     *
     * @param ref of the store it is in
     * @param key of the row, which need not be there
     * @param <K> keys
     * @param <V> values
     * @return sees what the events do to it that are given to {@link #process} from now on
     * @throws TopologyException if the topology has no such store
     */
    public <K, V> RowProbe<K, V> probe(StoreRef<K, V> ref, K key) {
        checkUsable();
        StoreDefinition<K, V> definition = topology.definition(ref);
        return new RowProbe<>(definition, taskStores.get(definition), key);
    }

    /**
     * Forgets all changes since the last commit (after an error), and goes back to its checkpoint.
     * Rows in memory are let go first, so that an {@code OutOfMemoryError} can be answered with it.
     */
    public void abandon() {
        checkOpen();
        forget();
        context.closeView();
        try {
            restart();
        } finally {
            context.closeView();
        }
    }

    /**
     * Releases its view, and closes the processors. Does not close the environment. What was not
     * committed is lost. Twice does nothing.
     *
     * @throws ProcessorCloseException if a processor fails to; everything is closed then
     */
    @Override
    public void close() {
        closed = true;
        forget();
        context.close();
        nodes.close();
    }

    private void forget() {
        context.outbox().forget();
        for (WriteBackStore<?, ?> store : stores) {
            store.abandon();
        }
    }

    private void checkOpen() {
        if (closed) {
            throw new StoreClosedException("projection task");
        }
    }

    private void checkUsable() {
        checkOpen();
        if (failed) {
            throw new IllegalStateException(
                    "An event was applied in part. Call abandon(), then go on from the checkpoint.");
        }
    }
}
