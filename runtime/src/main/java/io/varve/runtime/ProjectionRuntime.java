package io.varve.runtime;

import io.varve.projections.Projection;
import io.varve.projections.StoreRef;
import io.varve.projections.query.RangeQuery;
import io.varve.store.EventStore;
import io.varve.store.errors.StoreClosedException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.function.Supplier;

/**
 * Runs projections over an event store: keeps their read models up to date, and lets them be read.
 *
 * <pre>{@code
 * try (ProjectionRuntime runtime = ProjectionRuntime.builder(store, folder).add(revenue).build()) {
 *     runtime.start();
 *     AppendResult result = orders.append("order-7", ExpectedVersion.any(), List.of(placed));
 *     PositionBound bound = PositionBound.at(result.lastPosition());
 *     try (ReadView view = runtime.readView("revenue", bound, Duration.ofSeconds(5))) {
 *         view.store(REVENUE).get("customer-1");
 *     }
 * }
 * }</pre>
 *
 * <p>Thread-safe. Close it before its store.
 */
public final class ProjectionRuntime implements AutoCloseable {
    private static final Duration WATCH_IDLE = Duration.ofSeconds(5);

    private final HostedProjections projections = new HostedProjections();
    private final EventStore store;
    private final Path folder;
    private final ProjectionListener listener;
    private final UnhostedProjections unhosted;
    private final HealthNotes notes;
    private final RuntimeContext context;
    private final RuntimeConfig config;
    private final OpenViews views;
    private final WatchThreads watching;
    private final EventRing ring;
    private final SnapshotThread snapshots = new SnapshotThread();
    private final LogTailer tailer;
    private final Thread tailing;
    private final String name;
    private final JmxBeans beans;
    private final Object lifecycle = new Object();
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile boolean started;
    private volatile boolean closing;
    private volatile Thread closer;
    private volatile OptionalLong headAtClose = OptionalLong.empty();

    ProjectionRuntime(ProjectionRuntimeBuilder builder) {
        config = builder.config();
        watching = WatchThreads.of(WATCH_IDLE, config.shutdownTimeout());
        name = builder.shownName();
        beans = new JmxBeans(this, builder.jmxName());
        views = new OpenViews(config.viewLimit());
        ring = new EventRing(config.ringSlots());
        store = builder.store();
        List<ProjectionRuntimeBuilder.Configured> all = builder.projections();
        folder = builder.folder();
        listener = builder.listener();
        unhosted = new UnhostedProjections(store, folder);
        notes = new HealthNotes(store, unhosted);
        Sources sources = new Sources();
        context =
                new RuntimeContext(
                        store,
                        History.of(store),
                        ring,
                        sources,
                        new SharedSlices(),
                        config,
                        views,
                        snapshots,
                        builder.isTruncatedAllowed(),
                        new Watchdog(config.stuckAfter()),
                        watching,
                        () -> started,
                        builder.steps(),
                        Surroundings.REAL);
        for (ProjectionRuntimeBuilder.Configured one : all) {
            projections.add(host(one.projection(), one.config()), folder);
        }
        SliceReader log = new StoreSliceReader(store, sources::all, config);
        tailer = new LogTailer(log, ring, Lookout.Alarm.of(store));
        tailing = new Thread(tailer, "varve-tailer");
        tailing.setDaemon(true);
    }

    private HostedProjection host(Projection projection, ProjectionConfig how) {
        ProjectionFolder.checkApart(store.config().path(), folder, projection.name());
        return new HostedProjection(projection, how, folder, context, listener);
    }

    /**
     * Begins a runtime.
     *
     * <p>Runtimes on one store that run at the same time have projections of different names, in
     * whatever folders: what a projection holds in the log goes by its name. One that another
     * runtime has is failed with {@link ProjectionHostedException}. A runtime that comes later, in
     * another folder, takes over what one of the same name has held.
     *
     * @param store whose events are projected; stays open longer than the runtime
     * @param folder for the read models, in a sub-folder of its name for each projection; made
     *     where it is missing
     * @return a builder without projections
     */
    public static ProjectionRuntimeBuilder builder(EventStore store, Path folder) {
        return new ProjectionRuntimeBuilder(store, folder);
    }

    /**
     * Opens the read models and starts all projections, each behind its checkpoint. One whose read
     * model cannot be opened, or was derived from another history, has then failed; the others run.
     *
     * @throws io.varve.store.errors.StoreLockedException if a read model is in use by another
     *     runtime; nothing is started then
     * @throws IllegalStateException if it is started already
     */
    public void start() {
        synchronized (lifecycle) {
            if (closing) {
                throw new StoreClosedException("runtime");
            }
            if (started) {
                throw new IllegalStateException("The runtime is started already; start it once");
            }
            HostedProjections.beforeChanges(projections.all(), this::startAll);
            unhosted.log(projections.names());
            tailing.start();
            views.start();
            beans.open(projections.names());
        }
    }

    private void startAll() {
        projections.open();
        if (closing) {
            // A listener has closed it on the news that a projection cannot start.
            projections.all().forEach(HostedProjection::closeUnstarted);
            throw new StoreClosedException("runtime, by a listener");
        }
        started = true;
        tailer.skipToHead();
        projections.all().forEach(HostedProjection::start);
    }

    /**
     * Waits until the read model of a projection has applied and committed everything up to a
     * position.
     *
     * @param projection its name
     * @param position of the log
     * @param timeout how long to wait at most
     * @return whether it was reached in time
     * @throws ProjectionPausedException if it is paused before it, or while this waits
     * @throws ProjectionFailedException if the projection has failed before it, or was refused at
     *     the start, whatever its read model had reached
     * @throws IllegalStateException if the runtime is not started, or this is the projection's own
     *     thread, as that of its listener is, which would wait for itself
     * @throws StoreClosedException if the runtime is closed
     * @throws InterruptedException if the thread was interrupted
     */
    public boolean awaitPosition(String projection, long position, Duration timeout)
            throws InterruptedException {
        Objects.requireNonNull(timeout, "timeout");
        return projections.find(projection).reads().await(position, timeout);
    }

    /**
     * Waits until a projection is live: it has applied what was in the log, and gets events as they
     * are committed. True at once if it is; under steady appends, or while it tries an event again,
     * it may be a little behind. One that is paused is not live until it is resumed and has caught
     * up.
     *
     * @param projection its name
     * @param timeout how long to wait at most
     * @return whether it is live in time
     * @throws ProjectionFailedException if the projection has failed before that
     * @throws IllegalStateException as {@link #awaitPosition}
     * @throws StoreClosedException if the runtime is closed
     * @throws InterruptedException if the thread was interrupted
     */
    public boolean awaitLive(String projection, Duration timeout) throws InterruptedException {
        Objects.requireNonNull(timeout, "timeout");
        return projections.find(projection).reads().awaitLive(timeout);
    }

    /**
     * Opens a view of the read model of a projection, once it is new enough. It may be newer.
     *
     * @param projection its name
     * @param bound how new it must be
     * @param timeout how long to wait for that at most
     * @return the view, for this thread; close it soon
     * @throws io.varve.store.errors.WaitTimeoutException if it was not new enough in time
     * @throws ProjectionPausedException if it is paused before the bound
     * @throws ProjectionFailedException if the projection has failed before the bound, or has
     *     nothing to read
     * @throws io.varve.store.errors.LimitExceededException if 1,024 views of it are open: close
     *     views; the projection goes on meanwhile
     * @throws IllegalStateException if the runtime is not started; or this is the projection's own
     *     thread, as that of its listener is, and the bound is not reached: it would wait for
     *     itself
     * @throws StoreClosedException if the runtime is closed
     * @throws InterruptedException if the thread was interrupted
     */
    public ReadView readView(String projection, PositionBound bound, Duration timeout)
            throws InterruptedException {
        Objects.requireNonNull(bound, "bound");
        Objects.requireNonNull(timeout, "timeout");
        return projections.find(projection).reads().readView(bound, timeout);
    }

    /**
     * Looks at the read model of a projection as of other times than now.
     *
     * @param projection its name
     * @return looks at nothing yet
     */
    public TimeTravel timeTravel(String projection) {
        return new TimeTravel(projections.find(projection));
    }

    /**
     * The events that a projection has left out, to be looked at, retried and discarded.
     *
     * @param projection its name
     * @return its dead letters
     */
    public DeadLetters deadLetters(String projection) {
        return projections.find(projection).reads().deadLetters();
    }

    /**
     * Opens views of several projections at one and the same position: that of the foremost of them
     * when they were asked, or a little behind it. None of them waits for another, and nobody else
     * notices; one that is far behind lets the caller wait until it gets there, while the views of
     * the others are open already and grow older. Each of them makes one commit more for it, at
     * that position.
     *
     * @param projections their names, one or more
     * @param bound how new they must be
     * @param timeout how long to wait for the slowest at most
     * @return the views, for this thread; close them soon
     * @throws io.varve.store.errors.WaitTimeoutException if one of them did not get there in time
     * @throws ProjectionFailedException if one of them has failed
     * @throws ProjectionPausedException if one of them is paused, which {@link #readView} can read
     * @throws io.varve.store.errors.LimitExceededException if 1,024 views of one of them are open:
     *     close views; projections go on meanwhile
     * @throws StoreClosedException if the runtime is closed, or one of them removed meanwhile
     * @throws InterruptedException if the thread was interrupted
     */
    public ReadViews readViews(Set<String> projections, PositionBound bound, Duration timeout)
            throws InterruptedException {
        Objects.requireNonNull(projections, "projections");
        Objects.requireNonNull(bound, "bound");
        Objects.requireNonNull(timeout, "timeout");
        long deadline = System.nanoTime() + Progress.nanos(timeout);
        if (projections.isEmpty()) {
            throw new IllegalArgumentException("Name one projection or more: projections=[]");
        }
        Map<String, Supplier<Generation>> live = new LinkedHashMap<>();
        projections.forEach(name -> live.put(name, this.projections.find(name)::live));
        return new ConsistentRead(live, bound).open(deadline);
    }

    /**
     * Watches rows of a read model: the listener is told how they are, then of each commit that
     * changes some of them, in order, none left out and none told twice. A listener that cannot
     * keep up delays nobody; it is told the newest rows as a whole then, see {@link WatchListener}.
     *
     * <p>It goes on when another generation is live, of which it is told what differs, and waits
     * while the projection is paused, of which {@link ProjectionListener#onStateChange} tells.
     *
     * @param projection its name
     * @param store of the projection
     * @param query which rows; neither reversed nor limited
     * @param listener is told
     * @param <K> keys
     * @param <V> values
     * @return the watch; close it when it is no longer needed
     * @throws ProjectionFailedException if the projection has failed
     * @throws StoreClosedException if the runtime is closed
     * @throws io.varve.projections.TopologyException if the projection has no such store
     */
    public <K, V> Watch watch(
            String projection,
            StoreRef<K, V> store,
            RangeQuery<K> query,
            WatchListener<K, V> listener) {
        Objects.requireNonNull(listener, "listener");
        return projections.find(projection).reads().watch(store, query, listener, watching);
    }

    /**
     * Watches one row, as above.
     *
     * @param projection its name
     * @param store of the projection
     * @param key of the row, which need not be there yet
     * @param listener is told
     * @param <K> keys
     * @param <V> values
     * @return the watch; close it when it is no longer needed
     * @throws ProjectionFailedException if the projection has failed
     * @throws StoreClosedException if the runtime is closed
     * @throws io.varve.projections.TopologyException if the projection has no such store
     */
    public <K, V> Watch watch(
            String projection, StoreRef<K, V> store, K key, WatchListener<K, V> listener) {
        return watch(projection, store, RangeQuery.only(key), listener);
    }

    /**
     * Publishes rows of a read model to any number of subscribers, at the pace of each: how they
     * are, then how they change. What changes while nothing is requested comes together in one
     * update, in which each row has its newest value; so a slow subscriber delays nobody, and is
     * never told what is outdated. At most 10,000 changed rows, or 16 MiB of them, are kept for
     * one; beyond that it is told all rows anew, as they are when it requests them.
     *
     * <p>Signals come one at a time, on threads of the runtime's; a subscriber may block. It gets
     * {@code onError} with what {@link WatchListener#onEnd} says, or with an {@link
     * IllegalArgumentException} where it requests less than one update; and nothing more when it
     * cancels or throws, which is logged. There is no {@code onComplete}.
     *
     * @param projection its name
     * @param store of the projection
     * @param query which rows; neither reversed nor limited; {@link RangeQuery#only} for one
     * @param <K> keys
     * @param <V> values
     * @return the publisher; each subscription begins with the rows as they are then
     * @throws ProjectionFailedException if the projection has failed
     * @throws StoreClosedException if the runtime is closed
     * @throws io.varve.projections.TopologyException if the projection has no such store
     */
    public <K, V> Flow.Publisher<WatchUpdate<K, V>> publisher(
            String projection, StoreRef<K, V> store, RangeQuery<K> query) {
        return projections.find(projection).reads().publisher(store, query, watching);
    }

    /**
     * The name that it is shown by, in JMX and in meters: {@link ProjectionRuntimeBuilder#name}, or
     * that of its folder; with {@code -2}, {@code -3} behind it where another runtime of that name
     * is shown in JMX already. There it appears soon after its start; this waits for that.
     *
     * @return the name
     */
    public String name() {
        return beans.name().orElse(name);
    }

    /**
     * How many read views are open, and for how long.
     *
     * @return as it is now
     */
    public ViewStatus views() {
        return views.status();
    }

    /**
     * How all projections are doing. After {@link #close} this is how they ended.
     *
     * @return in the order they were added
     */
    public List<ProjectionStatus> status() {
        return projections.all().stream().map(HostedProjection::status).toList();
    }

    /**
     * How a projection is doing.
     *
     * @param projection its name
     * @return its status
     */
    public ProjectionStatus status(String projection) {
        return projections.find(projection).status();
    }

    /**
     * The figures of all projections. After {@link #close} they are as of then.
     *
     * @return at this moment
     */
    public RuntimeMetrics metrics() {
        List<ProjectionMetrics> all =
                projections.all().stream().map(HostedProjection::metrics).toList();
        return new RuntimeMetrics(headAtClose.orElseGet(store::head), all, views.status().oldest());
    }

    /**
     * The figures of a projection.
     *
     * @param projection its name
     * @return at this moment
     */
    public ProjectionMetrics metrics(String projection) {
        return projections.find(projection).metrics();
    }

    /**
     * Makes a snapshot of a read model as of its newest commit, on this thread; the projection goes
     * on. If there is one of that position already, it is made again in its place. The next that
     * {@link SnapshotPolicy} asks for is due as if this had been made by it.
     *
     * <p>Of several partitions a copy each is made at once, all of one position: commits wait until
     * each has begun. Where another generation becomes live meanwhile, as by a promotion, it is
     * made of that.
     *
     * @param projection its name
     * @return the snapshot, which is on the disk
     * @throws NothingToSnapshotException if nothing is committed yet
     * @throws PartitionsApartException if a partition is catching up with the others
     * @throws ProjectionBusyException if the read model is damaged or deleted, and another takes
     *     its place
     * @throws ProjectionFailedException if the projection has failed and has nothing to read
     * @throws io.varve.store.errors.StoreFullException if there is no room
     * @throws io.varve.store.errors.StoreCorruptedException if the read model is damaged
     * @throws StoreClosedException if the runtime is closed
     */
    public ProjectionSnapshot snapshot(String projection) {
        return projections.find(projection).reads().snapshot();
    }

    /**
     * The snapshots that a projection could begin with, the newest first: those of its definition
     * and of this history of the log, with no event behind them gone, as far as is known. Manifests
     * are looked at each time; damage of data is found when a snapshot is used.
     *
     * @param projection its name
     * @return none if none was made
     * @throws StoreClosedException if the store is closed
     */
    public List<ProjectionSnapshot> snapshots(String projection) {
        return projections.find(projection).live().readModel().snapshots();
    }

    /**
     * The snapshots in the folder of a projection's live generation that it would pass over if it
     * had to begin with one, and why: damaged ones, those of another definition or history of the
     * log, and those behind which events are gone.
     *
     * @param projection its name
     * @return none if {@link #snapshots} has all
     * @throws StoreClosedException if the store is closed
     */
    public List<UnusableSnapshot> unusableSnapshots(String projection) {
        return projections.find(projection).live().readModel().unusableSnapshots();
    }

    /**
     * Whether all projections keep up with the log and have applied all of it, and if not, which do
     * not and why. How far those have got that are paused is not judged. May be asked for every
     * second.
     *
     * @return at this moment
     */
    public Health health() {
        List<ProjectionCondition> all =
                projections.all().stream().map(ProjectionCondition::of).toList();
        return HealthCheck.of(
                config,
                started && !closing,
                ring.failure(),
                all.stream().anyMatch(ProjectionCondition::hasTicks)
                        ? Ticker.failure(store)
                        : Optional.empty(),
                all,
                closing ? List.of() : notes.of(all));
    }

    /**
     * As {@link #add(Projection, ProjectionConfig)} with {@link ProjectionConfig#defaults}.
     *
     * @param projection whose name no other has
     */
    public void add(Projection projection) {
        add(projection, ProjectionConfig.defaults());
    }

    /**
     * Adds a projection, which starts at once if the runtime is started. Nobody waits for it. One
     * whose read model cannot be opened has then failed, as with {@link #start}.
     *
     * <p>Others can ask for it by then. Until it is opened its rows and dead letters are refused
     * with {@link ProjectionStartingException}; pause, resume and removal come behind its start.
     *
     * @param projection whose name no other has
     * @param how it runs
     * @throws io.varve.store.errors.StoreLockedException if its read model is in use; it is not
     *     added then
     * @throws ProjectionHostedException if one of this name is being removed; it is not added then
     * @throws io.varve.store.errors.FolderRefusedException if its folder is that of the store
     * @throws IllegalArgumentException if there is one of this name
     * @throws StoreClosedException if the runtime is closed
     */
    public void add(Projection projection, ProjectionConfig how) {
        HostedProjection added = host(projection, Objects.requireNonNull(how, "config"));
        synchronized (lifecycle) {
            if (closing) {
                throw new StoreClosedException("runtime");
            }
            HostedProjections.beforeChanges(List.of(added), () -> begin(added));
            if (started) {
                beans.show(projections.names());
            }
        }
    }

    private void begin(HostedProjection added) {
        projections.add(added, folder);
        if (started) {
            projections.open(added, () -> closing);
            added.start();
        }
    }

    /**
     * Removes a projection: stops it behind the events in hand, commits, closes its views. What it
     * keeps in the log is given back, so the events behind its last commit may be truncated from
     * now on. A rebuild of it is suspended, or cancelled and deleted with the rest.
     *
     * @param projection its name, which may be added again
     * @param data what becomes of its read model
     * @throws ProjectionStuckException if its code does not come back within {@link
     *     RuntimeConfig#shutdownTimeout}: it is removed, but its folder stays locked until it does,
     *     and nothing is deleted but for a rebuild, which is gone with the next start
     * @throws StoreClosedException if the runtime is closed
     */
    public void remove(String projection, RemovedData data) {
        Objects.requireNonNull(data, "data");
        projections.leave(projection, one -> one.remove(data == RemovedData.DELETE));
        beans.show(projections.names());
    }

    /**
     * Lets go of what a projection holds in the log that no runtime has any more: it was renamed,
     * or is no longer deployed. Until then all events from its last commit on are kept, of which
     * {@link Health#notes} tells. Works before {@link #start} too. One that this runtime has is
     * removed with {@link #remove} instead; those of another runtime on the store are not known
     * before that is started.
     *
     * @param projection its name
     * @param data what becomes of its read model in the folder of this runtime. One that is kept
     *     goes on when it is added again, unless events behind its last commit were truncated
     * @return what was done
     * @throws ProjectionHostedException if this runtime has it, or another on the same store, or
     *     its code has not come back since it was removed
     * @throws io.varve.store.errors.StoreLockedException if its folder is in use
     * @throws io.varve.store.errors.FolderRefusedException if its folder is that of the store, or
     *     inside it
     * @throws io.varve.store.errors.StoreIoException if its folder cannot be deleted; nothing was
     *     let go of then
     * @throws IllegalArgumentException if there is nothing of this name, neither in the log nor in
     *     the folder of this runtime
     * @throws StoreClosedException if the runtime is closed
     */
    public ForgottenProjection forget(String projection, RemovedData data) {
        Objects.requireNonNull(projection, "projection");
        Objects.requireNonNull(data, "data");
        synchronized (lifecycle) {
            if (closing) {
                throw new StoreClosedException("runtime");
            }
            if (projections.names().contains(projection)) {
                throw ProjectionHostedException.here(projection, folder);
            }
            return unhosted.forget(projection, data == RemovedData.DELETE);
        }
    }

    /**
     * Pauses a projection until it is resumed, over restarts too. It can be read meanwhile; the
     * events it has not applied are kept in the log.
     *
     * <p>A pause belongs to the generation of the read model that is live: one that is promoted
     * runs, and one that {@link #rollback} goes back to is paused if it was when it was live last.
     *
     * @param projection its name
     * @throws ProjectionStuckException if its code does not come back within {@link
     *     RuntimeConfig#shutdownTimeout}; it is paused when it does
     * @throws ProjectionFailedException if it has no read model that could go on
     * @throws StoreClosedException if the runtime is closed
     */
    public void pause(String projection) {
        projections.find(projection).pause();
    }

    /**
     * Lets a projection go on behind its last commit that was paused, or has failed; starts one
     * that could not be started for want of room on the disk, and opens one anew whose files could
     * no longer be written, or not be made anew. Where that fails again, it is as it was: also
     * paused, if it was.
     *
     * @param projection its name
     * @throws ProjectionStuckException if its code has not come back since it was paused
     * @throws ProjectionFailedException if it has no read model that could go on
     * @throws StoreClosedException if the runtime is closed
     */
    public void resume(String projection) {
        projections.find(projection).resume();
    }

    /**
     * Begins to compute a read model anew, with the definition it has, or goes on with a rebuild
     * that was interrupted. Where the code has changed since without a change of version, {@link
     * Rebuild#cancel} that one first. One that cannot be gone on with is begun anew: {@link
     * RebuildProgress#begunAnew} tells why.
     *
     * @param projection its name
     * @return the rebuild, which runs; errors as those of {@link #rebuild(Projection)}
     */
    public Rebuild rebuild(String projection) {
        return rebuild(projection, RebuildStart.firstEvent());
    }

    /**
     * As {@link #rebuild(String)}, beginning with a snapshot of the live read model, so that only
     * the events behind it are applied. One that was interrupted goes on from where it is, whatever
     * it has begun with.
     *
     * @param projection its name
     * @param start what it begins with
     * @return the rebuild, which runs; errors as those of {@link #rebuild(Projection,
     *     ProjectionConfig, RebuildStart)}
     */
    public Rebuild rebuild(String projection, RebuildStart start) {
        return projections.find(projection).rebuild(start);
    }

    /**
     * Begins to compute a read model with another definition of a projection, beside the live one,
     * or goes on with a rebuild that was interrupted or has failed, if it was of the same version;
     * one of another version makes way for it, is deleted, and told as cancelled. Errors are
     * treated by {@link ProjectionConfig#rebuildErrorPolicy}, if there is one, until it is
     * promoted.
     *
     * @param changed a projection of the same name, of any version
     * @return the rebuild, which runs
     * @throws RebuildInProgressException if there is one of this projection
     * @throws ProjectionFailedException if it cannot begin
     * @throws StoreClosedException if the runtime is closed
     */
    public Rebuild rebuild(Projection changed) {
        return rebuild(changed, projections.find(changed.name()).config());
    }

    /**
     * As {@link #rebuild(Projection)}, to run in another way once it is promoted; in another number
     * of partitions at once.
     *
     * @param changed a projection of the same name, of any version
     * @param how it runs
     * @return the rebuild, which runs
     */
    public Rebuild rebuild(Projection changed, ProjectionConfig how) {
        return rebuild(changed, how, RebuildStart.firstEvent());
    }

    /**
     * As {@link #rebuild(Projection, ProjectionConfig)}, beginning with a snapshot of the live read
     * model. There is none of another version; one of the same version and definition, whose
     * functions alone were changed, is found.
     *
     * @param changed a projection of the same name, of any version
     * @param how it runs
     * @param start what it begins with
     * @return the rebuild, which runs
     * @throws RebuildInProgressException if there is one of this projection
     * @throws ProjectionFailedException if it cannot begin
     * @throws io.varve.store.errors.StoreFullException if there is no room for a copy of the
     *     snapshot; nothing is left of it
     * @throws StoreClosedException if the runtime is closed
     */
    public Rebuild rebuild(Projection changed, ProjectionConfig how, RebuildStart start) {
        return projections.find(changed.name()).rebuild(changed, how, start);
    }

    /**
     * The rebuilds that were begun and are neither promoted nor cancelled. Those that wait since an
     * earlier start are told by {@link ProjectionGenerations#isRebuildPending}, and ended by {@link
     * #cancelRebuild}.
     *
     * @return in the order of their projections
     */
    public List<Rebuild> rebuilds() {
        return projections.all().stream().flatMap(one -> one.rebuilding().stream()).toList();
    }

    /**
     * Ends the rebuild of a projection, whether it runs, has failed, or was interrupted before a
     * restart, and deletes what it has computed. What it keeps in the log is given back. Where the
     * projection was added with {@link ProjectionConfig#withPrevious}, the next start begins
     * another.
     *
     * @param projection its name
     * @return false if there is none
     * @throws ProjectionStuckException if its code does not come back within {@link
     *     RuntimeConfig#shutdownTimeout}; it is cancelled all the same, and deleted once it does,
     *     or by the next start
     * @throws ProjectionFailedException if it is not known which generations there are
     * @throws StoreClosedException if the runtime is closed
     */
    public boolean cancelRebuild(String projection) {
        return projections.find(projection).cancelRebuild();
    }

    /**
     * Makes the previous generation of a read model live again, and the live one the previous. It
     * catches up from where it was stopped, so reads show an earlier position at first; unless it
     * was paused when it was live last, in which case it still is, until {@link #resume}.
     *
     * @param projection its name
     * @throws NoPreviousGenerationException if there is none
     * @throws ChangedDefinitionException if it was computed with another definition than is known
     *     since a restart; give that to {@link #rollback(Projection)}
     * @throws ProjectionFailedException if it cannot be gone on with
     * @throws ProjectionStuckException if the live generation is in the middle of a commit that
     *     does not end within {@link RuntimeConfig#shutdownTimeout}
     * @throws StoreClosedException if the runtime is closed
     */
    public void rollback(String projection) {
        projections.find(projection).rollback(Optional.empty());
    }

    /**
     * As {@link #rollback(String)}, where the previous generation was computed with another
     * definition.
     *
     * @param earlier the definition it was computed with
     */
    public void rollback(Projection earlier) {
        projections.find(earlier.name()).rollback(Optional.of(earlier));
    }

    /**
     * Deletes the previous generation of a read model. Views of it that are still open are closed,
     * and what it keeps in the log is given back.
     *
     * @param projection its name
     * @throws NoPreviousGenerationException if there is none
     * @throws ProjectionStuckException if its code does not come back within {@link
     *     RuntimeConfig#shutdownTimeout}; it is kept then, and can be discarded when it has
     * @throws StoreClosedException if the runtime is closed
     */
    public void discard(String projection) {
        projections.find(projection).discard();
    }

    /**
     * Stops all projections behind the events in hand, commits, and closes views and read models. A
     * projection that does not come back within {@link RuntimeConfig#shutdownTimeout} is left
     * behind and reported; its thread keeps nothing alive, but its folder stays locked.
     *
     * <p>Closing twice does nothing; a second caller waits for the first. A listener may call it.
     */
    @Override
    public void close() {
        boolean first;
        synchronized (lifecycle) {
            first = !closing;
            closing = true;
        }
        if (!first) {
            awaitClosed();
            return;
        }
        closer = Thread.currentThread();
        try {
            shutDown();
        } finally {
            headAtClose = OptionalLong.of(store.head());
            beans.close();
            watching.close();
            closed.countDown();
        }
    }

    private void shutDown() {
        long deadline = System.nanoTime() + config.shutdownTimeout().toNanos();
        projections.allAndLeaving().forEach(HostedProjection::stop);
        tailer.stop();
        ring.stop();
        views.stop();
        snapshots.stop();
        Threads.join(tailing, deadline);
        snapshots.join(deadline);
        try {
            projections.finish(deadline);
        } finally {
            context.watchdog().awaitEnd(deadline);
        }
    }

    private void awaitClosed() {
        // A listener must not wait for a close that waits for it.
        if (Thread.currentThread() == closer
                || projections.areOnTheirThread()
                || context.watchdog().isOnItsThread()) {
            return;
        }
        try {
            closed.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
