package io.varve.runtime;

import io.varve.projections.ProjectionTask;
import io.varve.projections.RowSelection;
import io.varve.projections.StoreRef;
import io.varve.projections.query.RangeQuery;
import io.varve.store.errors.Logs;
import io.varve.store.errors.SerdeException;
import io.varve.store.errors.VarveException;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * One watch. Who writes to the read model leaves changes as bytes, and never waits; a thread of the
 * runtime's, one at a time, decodes them and calls the listener.
 *
 * <pre>
 *              view opened between two commits           too much has come together
 *   DETACHED ──────────────────────────────────▶ FOLLOWING ──────────────────────▶ LOST
 *       ▲                                            │                               │
 *       │◀── another generation is live, and what ───┘                               │
 *       │    was left by the one before is told                                      │
 *       └───────────────────── the listener is ready for more ───────────────────────┘
 * </pre>
 *
 * <p>The view is opened while nobody can commit, and from that moment on changes are left here:
 * nothing is lost or told twice in between. Only while FOLLOWING does it collect any. No listener
 * runs while it is open, however long its rows take.
 */
final class LiveQuery<K, V> implements Watch {
    static final int MOST_ROWS = 10_000;
    static final long MOST_BYTES = 16 << 20;

    private enum State {
        DETACHED,
        FOLLOWING,
        LOST
    }

    /** A generation that is followed. */
    private record Source<K, V>(Readers readers, RowSelection<K, V> selection) {}

    /** Who is told, and whether he wants more at the moment. */
    record Target<K, V>(
            WatchListener<K, V> listener, PendingRows pending, BooleanSupplier wantsMore) {
        /** One that is told each commit. */
        static <K, V> Target<K, V> of(WatchListener<K, V> listener) {
            return new Target<>(listener, new PendingRows.Commits(), () -> true);
        }
    }

    private final String projection;
    private final Supplier<Readers> live;
    private final StoreRef<K, V> store;
    private final RangeQuery<K> query;
    private final WatchListener<K, V> listener;
    private final BooleanSupplier wantsMore;
    private final WatchThreads threads;
    private final Consumer<LiveQuery<?, ?>> whenClosed;

    /** Held while the listener is called. */
    private final ReentrantLock delivery = new ReentrantLock();

    // All below: under this object's monitor.
    private final PendingRows pending;
    private State state = State.DETACHED;
    private Optional<Source<K, V>> source = Optional.empty();
    private Optional<VarveException> reason = Optional.empty();
    private boolean scheduled;
    private boolean apart; // and told when that is over

    private volatile boolean closed;

    /**
     * Follows nothing yet; see {@link #lookAgain}.
     *
     * @param live who reads the generation that is live
     */
    LiveQuery(
            String projection,
            Supplier<Readers> live,
            StoreRef<K, V> store,
            RangeQuery<K> query,
            Target<K, V> target,
            WatchThreads threads,
            Consumer<LiveQuery<?, ?>> whenClosed) {
        this.projection = projection;
        this.live = live;
        this.store = store;
        this.query = query;
        this.listener = target.listener();
        this.pending = target.pending();
        this.wantsMore = target.wantsMore();
        this.threads = threads;
        this.whenClosed = whenClosed;
    }

    @Override
    public boolean isOpen() {
        return !closed;
    }

    String projection() {
        return projection;
    }

    /** Another generation may be live, or more be wanted. */
    synchronized void lookAgain() {
        apart = false;
        schedule();
    }

    /** Keeps what a commit has changed; called by who commits. */
    void committed(ProjectionTask task, long position) {
        keep(new ChangedRows(position, collect(task)));
    }

    /** Keeps what the commits of several partitions have changed, in order. */
    void committed(List<ChangedRows.Row> rows, long position) {
        keep(ChangedRows.ofPartitions(position, rows));
    }

    /** Not all of what was changed is known: all rows are told. */
    synchronized void lost() {
        if (state == State.FOLLOWING) {
            pending.clear();
            state = State.LOST;
            schedule();
        }
    }

    /** What a commit has changed, or more than is kept of it. */
    List<ChangedRows.Row> collect(ProjectionTask task) {
        try {
            return followed()
                    .map(from -> ChangedRows.of(task, from.selection(), MOST_ROWS, MOST_BYTES))
                    .orElse(List.of());
        } catch (RuntimeException e) {
            // The rows are committed: that they cannot be told is no failure of the projection.
            end(failed(e));
            return List.of();
        }
    }

    private synchronized Optional<Source<K, V>> followed() {
        return state == State.FOLLOWING && reason.isEmpty() && !closed ? source : Optional.empty();
    }

    private synchronized void keep(ChangedRows commit) {
        boolean followed = state == State.FOLLOWING && reason.isEmpty() && !closed;
        if (commit.rows().isEmpty() || !followed) {
            return;
        }
        pending.add(commit);
        if (pending.rows() > MOST_ROWS || pending.bytes() > MOST_BYTES) {
            pending.clear();
            state = State.LOST;
        }
        schedule();
    }

    /**
     * No more comes of a generation: ends the watch, unless another is live, which it goes over to.
     */
    void ended(VarveException why) {
        if (isMoved()) {
            lookAgain();
        } else {
            end(why);
        }
    }

    private synchronized boolean isMoved() {
        return source.filter(one -> one.readers() != live.get()).isPresent();
    }

    /** Ends it with a reason, behind what is pending. */
    synchronized void end(VarveException why) {
        if (reason.isEmpty() && !closed) {
            reason = Optional.of(why);
            schedule();
        }
    }

    private WatchFailedException failed(Throwable cause) {
        return new WatchFailedException(projection, cause);
    }

    /** Under the monitor. */
    private void schedule() {
        if (!scheduled) {
            scheduled = true;
            threads.execute(this::deliver);
        }
    }

    private void deliver() {
        delivery.lock();
        try {
            for (Optional<Runnable> next = next(); next.isPresent(); next = next()) {
                next.get().run();
            }
        } catch (RuntimeException | Error e) {
            WatchThreads.log("Watch ended", projection, e);
            tellEnd(failed(e));
        } finally {
            delivery.unlock();
        }
    }

    /** What to tell next; empty if there is nothing, and then somebody will schedule it again. */
    private synchronized Optional<Runnable> next() {
        if (closed) {
            return Optional.empty();
        }
        boolean wanted = wantsMore.getAsBoolean();
        if (wanted && !pending.isEmpty()) {
            ChangedRows changed = pending.poll().orElseThrow();
            RowSelection<K, V> selection = source.orElseThrow().selection();
            return Optional.of(
                    () -> listener.onChanges(changed.position(), changed.decoded(selection)));
        }
        if (reason.isPresent()) {
            return Optional.of(() -> tellEnd(reason.get()));
        }
        if (wanted && !apart && (state != State.FOLLOWING || isMoved())) {
            return Optional.of(this::follow);
        }
        scheduled = false;
        return Optional.empty();
    }

    /** Follows the live generation, and tells its rows, or how they differ from what was told. */
    private void follow() {
        Readers readers = live.get();
        Optional<Source<K, V>> old = source();
        Optional<Runnable> told = Optional.empty();
        Optional<ReadView> before = leave(old);
        try {
            Source<K, V> next = new Source<>(readers, readers.select(store, query));
            Optional<ReadView> joined = join(next);
            if (joined.isPresent()) {
                told = Optional.of(whatToTell(old, before, next, joined.get()));
            }
        } catch (SerdeException e) {
            throw e;
        } catch (PartitionsApartException e) {
            awaitTogether(readers);
        } catch (VarveException e) {
            givesUp(readers, e);
        } finally {
            before.ifPresent(ReadView::close);
        }
        told.ifPresent(Runnable::run);
    }

    /** Looks again when the worker has brought its partitions to one position. */
    private void awaitTogether(Readers readers) {
        synchronized (this) {
            state = State.DETACHED;
            apart = true;
        }
        try {
            readers.add(new TogetherPoint(this::lookAgain));
        } catch (VarveException e) {
            lookAgain();
            givesUp(readers, e);
        }
    }

    private synchronized Optional<Source<K, V>> source() {
        return source;
    }

    /** Lets a generation go; returns a view of exactly what was told of it, if it can be had. */
    private Optional<ReadView> leave(Optional<Source<K, V>> old) {
        return old.flatMap(
                from ->
                        from.readers()
                                .betweenCommits(() -> isLeft() ? viewOf(from) : Optional.empty()));
    }

    private synchronized boolean isLeft() {
        boolean complete = state == State.FOLLOWING && pending.isEmpty();
        pending.clear();
        state = State.DETACHED;
        source.ifPresent(one -> one.readers().watches().remove(this));
        return complete;
    }

    private static Optional<ReadView> viewOf(Source<?, ?> left) {
        try {
            return Optional.of(left.readers().openForLong());
        } catch (VarveException e) {
            // It is closed, or discarded already; then all rows are told.
            Logs.of(LiveQuery.class).log(Level.DEBUG, "Cannot be compared: {0}", e.getMessage());
            return Optional.empty();
        }
    }

    /** Follows a generation from the commit on that the view shows; empty if it is closed. */
    private Optional<ReadView> join(Source<K, V> next) {
        return next.readers().betweenCommits(() -> joined(next, next.readers().openForLong()));
    }

    private Optional<ReadView> joined(Source<K, V> next, ReadView view) {
        try {
            synchronized (this) {
                if (!closed) {
                    source = Optional.of(next);
                    state = State.FOLLOWING;
                    next.readers().watches().add(this);
                }
            }
            // Who has ended it just now may have missed this one.
            next.readers().refuseFailed();
        } catch (RuntimeException e) {
            view.close();
            throw e;
        }
        if (closed) {
            view.close();
            return Optional.empty();
        }
        return Optional.of(view);
    }

    /** What becomes of a generation that is live no more does not matter. */
    private void givesUp(Readers readers, VarveException why) {
        synchronized (this) {
            state = State.DETACHED;
            pending.clear();
        }
        if (live.get() == readers) {
            end(why);
        }
    }

    private Runnable whatToTell(
            Optional<Source<K, V>> old,
            Optional<ReadView> told,
            Source<K, V> next,
            ReadView opened) {
        try (ReadView now = opened) {
            long position = now.position();
            Optional<List<RowChange<K, V>>> changes =
                    told.flatMap(
                            before ->
                                    RowDifference.of(
                                            before,
                                            old.orElseThrow().selection(),
                                            now,
                                            next.selection()));
            if (changes.isEmpty()) {
                List<Map.Entry<K, V>> rows = now.rows(next.selection());
                return () -> listener.onRows(position, rows);
            }
            return changes.get().isEmpty()
                    ? () -> {}
                    : () -> listener.onChanges(position, changes.get());
        }
    }

    private void tellEnd(VarveException why) {
        if (stop()) {
            WatchThreads.tellEnd(projection, () -> listener.onEnd(why));
        }
    }

    @Override
    public void close() {
        stop();
        threads.awaitCall(projection, delivery);
    }

    /** Tells nothing more; returns whether it was this call that stopped it. */
    boolean stop() {
        Optional<Source<K, V>> left;
        synchronized (this) {
            if (closed) {
                return false;
            }
            closed = true;
            left = source;
            pending.clear();
        }
        left.ifPresent(from -> from.readers().watches().remove(this));
        whenClosed.accept(this);
        return true;
    }
}
