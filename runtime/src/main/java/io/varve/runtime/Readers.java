package io.varve.runtime;

import io.varve.projections.Projection;
import io.varve.projections.RowSelection;
import io.varve.projections.StoreRef;
import io.varve.projections.query.RangeQuery;
import io.varve.store.errors.VarveException;
import io.varve.store.state.StateView;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Those who read one read model: views, cuts and watches. Thread-safe. */
final class Readers {
    private final Projection projection;
    private final Progress progress;
    private final OpenViews open;
    private final Supplier<StateView> state;
    private final Runnable check;
    private final BooleanSupplier paused;
    private final Set<ReadView> views = ConcurrentHashMap.newKeySet();
    private final CommitPoints points = new CommitPoints();
    private final Watches watches = new Watches();

    /**
     * Nobody so far.
     *
     * @param open all views of the runtime
     * @param state opens a view of what is committed
     * @param check throws if the read model is closed, or there is nothing to read
     * @param paused whether it stands still until somebody resumes it
     */
    Readers(
            Projection projection,
            OpenViews open,
            Progress progress,
            Supplier<StateView> state,
            Runnable check,
            BooleanSupplier paused) {
        this.projection = projection;
        this.open = open;
        this.progress = progress;
        this.state = state;
        this.check = check;
        this.paused = paused;
    }

    /** The projection's name. */
    String name() {
        return projection.name();
    }

    /** Opens a view of what is committed. */
    ReadView openView() {
        check.run();
        return register(state.get());
    }

    /** Opens a view of what is committed that may be open for as long as it takes. */
    ReadView openForLong() {
        ReadView view = openView();
        open.remove(view);
        return view;
    }

    /** Opens a view of rows that were computed for it alone, which is closed with the others. */
    ReadView register(StateView rows) {
        ReadView view = view(rows);
        views.add(view);
        open.add(view);
        try {
            // closeViews() may have missed it
            check.run();
        } catch (VarveException e) {
            view.close();
            closed(view);
            throw e;
        }
        return view;
    }

    /** Throws if the read model is closed, or there is nothing to read. */
    void checkOpen() {
        check.run();
    }

    private ReadView view(StateView view) {
        try {
            return new ReadView(projection.name(), projection.topology(), view, this::closed);
        } catch (Throwable e) {
            view.close();
            throw e;
        }
    }

    private void closed(ReadView view) {
        views.remove(view);
        open.remove(view);
    }

    /** Closes all views; one in the middle of a call when the call ends. */
    void closeViews() {
        views.forEach(ReadView::closeSoon);
    }

    /** How many nanoseconds each view has been open. */
    long[] ages(long now) {
        return views.stream().mapToLong(view -> now - view.openedAt()).toArray();
    }

    /** What is to be done right at a commit. */
    CommitPoints points() {
        return points;
    }

    /** Who is told of commits. */
    Watches watches() {
        return watches;
    }

    /** The last position committed. */
    long position() {
        return progress.position();
    }

    /**
     * Has something done at a commit; refuses if there will be none.
     *
     * @return false if one worker has ended, and it is not known yet whether another begins
     */
    boolean add(CommitPoint point) {
        check.run();
        boolean added = points.add(point);
        if (!added) {
            refuseEnded();
        }
        return added;
    }

    /**
     * Waits for a worker, after {@link #add} was in vain.
     *
     * @param moved ends the wait, as another generation is live
     * @return false if nothing has come of it in time
     */
    boolean awaitWorker(Duration timeout, BooleanSupplier moved) throws InterruptedException {
        return progress.awaitAny(
                () -> points.isOpen() || moved.getAsBoolean() || isPaused(), timeout);
    }

    /** Does something while nobody can commit. */
    <T> T betweenCommits(Supplier<T> action) {
        watches.committing().lock();
        try {
            return action.get();
        } finally {
            watches.committing().unlock();
        }
    }

    /** Rows to be followed. */
    <K, V> RowSelection<K, V> select(StoreRef<K, V> store, RangeQuery<K> query) {
        return projection.topology().select(store, query);
    }

    /** Throws if the worker has failed, or the runtime is closed. */
    void refuseFailed() {
        if (progress.state() == ProjectionState.FAILED) {
            throw progress.failed();
        }
        check.run();
    }

    /** Throws if the worker has failed or is paused, or the runtime is closed. */
    void refuseEnded() {
        refuseFailed();
        if (isPaused()) {
            throw paused();
        }
    }

    ProjectionPausedException paused() {
        return new ProjectionPausedException(projection.name(), progress.position());
    }

    /**
     * Whether somebody has paused it. One that goes back to being live stands still for a moment as
     * well, and nobody has to resume it.
     */
    boolean isPaused() {
        return progress.state() == ProjectionState.PAUSED && paused.getAsBoolean();
    }

    /** A worker begins. */
    void begin() {
        points.open();
        progress.wake();
    }

    /**
     * A worker has ended, or is left behind. Watches end if none can come after it; they wait where
     * one may. Again does nothing.
     */
    void end() {
        points.close();
        try {
            refuseFailed();
        } catch (VarveException e) {
            watches.end(e);
        }
    }
}
