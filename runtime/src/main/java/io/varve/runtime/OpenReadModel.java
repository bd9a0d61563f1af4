package io.varve.runtime;

import io.varve.projections.Partition;
import io.varve.projections.Projection;
import io.varve.store.errors.EventsTruncatedException;
import io.varve.store.errors.HoldFollowedException;
import io.varve.store.errors.StoreClosedException;
import io.varve.store.errors.StoreCorruptedException;
import io.varve.store.errors.StoreIoException;
import io.varve.store.errors.VarveException;
import io.varve.store.state.StateEnvironment;
import io.varve.store.state.StateView;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.concurrent.locks.StampedLock;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * The read model of a generation with what belongs to it: keyed state, snapshots, what it holds in
 * the log. If it is damaged, another takes its place while readers wait. Opened, begun anew and
 * closed by one thread at a time; read by anyone.
 */
final class OpenReadModel {
    /** Damage found so often since the start is not put right by beginning anew. */
    private static final int MOST_RECOVERIES = 3;

    private final Projection projection;
    private final Path folder;
    private final RuntimeContext context;
    private final Progress progress;
    private final List<OpenPartition> partitions;
    private final ModelSnapshots snapshots;
    private final int keep;
    private final ProjectionConfig config;
    private final Watches watches;
    private final BooleanSupplier closing;
    private final ProjectionHold hold;
    private final SnapshotSchedule schedule;
    // Held for writing while one environment takes the place of another.
    private final ReentrantReadWriteLock opening = new ReentrantReadWriteLock();
    private volatile Optional<LetterDesk> desk = Optional.empty();
    private volatile Runnable whenDamaged = () -> {};
    private final StampedLock together = new StampedLock();
    private final ModelPause pause;
    private volatile long begunAt = -1;
    private int recoveries;

    OpenReadModel(
            GenerationId id,
            Projection projection,
            ProjectionConfig config,
            Path folder,
            RuntimeContext context,
            Progress progress,
            Watches watches,
            BooleanSupplier closing) {
        this.watches = watches;
        this.config = config;
        this.closing = closing;
        this.projection = projection;
        this.folder = folder;
        this.context = context;
        this.progress = progress;
        this.partitions =
                IntStream.range(0, config.partitions())
                        .mapToObj(number -> new Partition(number, config.partitions()))
                        .map(one -> new ReadModelPlace(projection.name(), id, one))
                        .map(one -> new OpenPartition(projection, one, config, folder, context))
                        .toList();
        this.pause = new ModelPause(partitions);
        this.snapshots = new ModelSnapshots(projection, partitions, together, context::reached);
        this.keep = config.snapshotPolicy().keep();
        this.hold =
                new ProjectionHold(
                        context.store().retention(), projection.name(), id, snapshots::needed);
        this.schedule =
                new SnapshotSchedule(
                        projection.name(), snapshots, config.snapshotPolicy(), context.snapshots());
        progress.whenCommitted(now -> schedule.committed(now.position(), now.bytesRead()));
    }

    /**
     * Opens it, or begins it anew where it cannot be gone on with.
     *
     * @param known before, by the catalogue in its folder: what is held in the log may be for one
     *     in another folder
     * @param paused whether it was paused, whatever is found
     */
    void open(Known known, boolean paused) {
        PartitionFolders.check(projection.name(), folder, partitions.size());
        Known expected = hold.expected(known);
        take(ofEach(one -> one.open(expected)), paused);
    }

    /**
     * Makes the newest snapshot of another read model up to a position the beginning of this one,
     * which is neither open nor there; does nothing if there is none that can be used.
     *
     * @return newer ones that could not be used, and why
     */
    List<String> restore(OpenReadModel other, long most) {
        if (other.partitions.size() != partitions.size()) {
            return List.of();
        }
        try {
            return Threads.map(
                            partitions,
                            "varve-restoring-" + projection.name(),
                            one ->
                                    one.restore(
                                            other.partitions.get(one.partition().number()), most))
                    .stream()
                    .flatMap(List::stream)
                    .toList();
        } catch (Throwable e) {
            PartitionFolders.deleteQuietly(folder);
            throw e;
        }
    }

    /**
     * Whether it has failed, and could not be opened or is open to no avail, for a reason that may
     * have passed.
     */
    boolean mayBeOpenedAgain() {
        return (!canGoOn() || pause.isRefused())
                && progress.failure()
                        .filter(why -> desk.isPresent() || ProjectionFailedException.isPassing(why))
                        .isPresent();
    }

    /** Whether it is open, and has all it needs. */
    boolean canGoOn() {
        // Without a desk, there was no room for what a new one keeps of itself.
        return isOpen() && desk.isPresent();
    }

    /** Position of the snapshot that a rebuild has begun with; -1 for none. */
    long begunAt() {
        return begunAt;
    }

    /** Does something with each partition at once; closes all if one fails. */
    private List<StateOpening.Opened> ofEach(Function<OpenPartition, StateOpening.Opened> open) {
        try {
            return Threads.map(partitions, "varve-opening-" + projection.name(), open);
        } catch (Throwable e) {
            Each.of(partitions, OpenPartition::closeUnstarted);
            throw e;
        }
    }

    private void take(List<StateOpening.Opened> opened, boolean paused) {
        pause.found(opened, paused);
        progress.opened(
                opened.stream().mapToLong(StateOpening.Opened::position).min().orElseThrow());
        boolean apart =
                opened.stream().mapToLong(StateOpening.Opened::position).distinct().count() > 1;
        List<PartitionModel> models = partitions.stream().map(one -> one.model(!apart)).toList();
        begunAt = models.stream().mapToLong(one -> one.read(Life::begunAt)).min().orElseThrow();
        progress.readBefore(models.get(0).read(Life::bytesRead));
        schedule.begin(progress.position(), progress.bytesRead());
        holdEvents(models);
        ReadModel model =
                new ReadModel(
                        projection,
                        models,
                        context,
                        watches,
                        progress,
                        hold.start(),
                        watches.committing(),
                        together,
                        config.cacheSize(),
                        config.snapshotPolicy().everyBytes() > 0);
        desk = Optional.of(new LetterDesk(model, closing));
        models.forEach(one -> one.environment().onDamage(damage -> whenDamaged.run()));
        opened.forEach(one -> one.recovery().ifPresent(progress::recovered));
    }

    /** Keeps the events behind the checkpoint in the log, or sees that they are gone. */
    private void holdEvents(List<PartitionModel> models) {
        long next = progress.position() + 1;
        boolean fresh = progress.position() < 0;
        try {
            boolean skips = fresh && context.truncatedAllowed();
            hold.begin(
                    skips ? hold.firstPosition() : next,
                    this::sync,
                    progress,
                    () -> PartitionModel.oldestLetter(models));
        } catch (EventsTruncatedException e) {
            throw fresh
                    ? new HistoryTruncatedException(projection.name(), e.firstPosition())
                    : new HistoryTruncatedException(
                            projection.name(), folder, next, e.firstPosition());
        } catch (HoldFollowedException e) {
            // No runtime has a projection of this name, as it could be taken.
            throw ProjectionHostedException.leftBehind(projection.name(), folder.getParent());
        }
    }

    /** Sets what is done at once when damage is found, by the thread that finds it. */
    void whenDamaged(Runnable told) {
        whenDamaged = told;
    }

    /**
     * Begins anew in place of one in which damage was found.
     *
     * @param readers whose views are closed; watches end, as rows go back in time
     * @throws StoreCorruptedException if it was begun anew too often
     */
    void beginAnew(Readers readers) {
        opening.writeLock().lock();
        try {
            environments(); // refuses what is closed, and not to be begun anew before it is opened
            StoreCorruptedException damage = desk.orElseThrow().model().damage().orElseThrow();
            if (++recoveries > MOST_RECOVERIES) {
                throw damage; // the disk, or the memory, does not hold what is written
            }
            hold.stopFollowing();
            watches.end(damage); // which is why their views are closed
            readers.closeViews();
            boolean stands = pause.stands();
            take(ofEach(one -> one.openAgain(stands)), stands);
        } catch (Throwable e) {
            closeUnstarted();
            throw e;
        } finally {
            opening.writeLock().unlock();
        }
    }

    /** Whether nothing is to be applied until it is resumed, also over restarts. */
    boolean isPaused() {
        return pause.stands();
    }

    /** Sets it; waits while another environment takes the place of this one, which knows it too. */
    void setPaused(boolean now) {
        opening.readLock().lock();
        try {
            pause.set(now, environments());
        } finally {
            opening.readLock().unlock();
        }
    }

    /** Why a paused one cannot be gone on with as it is. */
    Optional<Throwable> trouble() {
        return partitions.stream().flatMap(one -> one.trouble().stream()).findFirst();
    }

    /** Whether there are rows; not so before, after, and where opening has failed. */
    boolean isOpen() {
        return partitions.stream().allMatch(one -> one.environment().isPresent());
    }

    private List<StateEnvironment> environments() {
        return partitions.stream()
                .map(one -> one.environment().orElseThrow(this::unopened))
                .toList();
    }

    /** It could not be begun anew, is closed, or another takes its place just now. */
    private VarveException unopened() {
        if (closing.getAsBoolean()) {
            return progress.closed();
        }
        return progress.failure().isPresent()
                ? progress.failed()
                : ProjectionBusyException.damaged(projection.name());
    }

    /** Brings what is committed to the disk. */
    void sync() {
        environments().forEach(StateEnvironment::sync);
    }

    /** Where its dead letters are asked for; of what is open, or was at the end. */
    Optional<LetterDesk> desk() {
        return desk;
    }

    /** Likewise; waits while another environment takes the place of this one. */
    Optional<LetterDesk> nextDesk() {
        return whenTaken(this::desk);
    }

    private <T> T whenTaken(Supplier<T> action) {
        opening.readLock().lock();
        try {
            return action.get();
        } finally {
            opening.readLock().unlock();
        }
    }

    /**
     * Opens a view; waits while another environment takes the place of this one.
     *
     * @throws PartitionsApartException if its partitions are not at one position
     */
    StateView view() {
        return whenTaken(
                () -> {
                    List<StateEnvironment> open = environments();
                    return open.size() == 1
                            ? open.get(0).view()
                            : PartitionedView.together(projection.name(), open, together);
                });
    }

    /** The last position that can be read, also if a worker was given up on the way. */
    long visible() {
        LongStream all = partitions.stream().mapToLong(OpenPartition::committed);
        return isOpen() ? whenTaken(() -> all.min().orElseThrow()) : progress.position();
    }

    /** A worker that goes on behind the last commit. */
    ProjectionWorker worker(
            ErrorPolicy policy, Sources.Decoders decoders, CommitPoints points, Pace pace) {
        LetterDesk served = desk.orElseThrow();
        ProjectionWorker worker =
                new ProjectionWorker(
                        served.model(), policy, decoders, served.writing(), points, pace);
        served.workerIs(worker.inbox());
        return worker;
    }

    DeadLetterCounts deadLetters() {
        return desk.map(LetterDesk::counts).orElse(DeadLetterCounts.NONE);
    }

    /** Makes a snapshot of the newest commit. */
    ProjectionSnapshot snapshot() {
        try {
            ProjectionSnapshot made = snapshots.make(keep);
            schedule.made(made, progress.bytesRead());
            return made;
        } catch (StoreClosedException e) {
            throw unopened();
        } catch (StoreIoException e) {
            throw trouble().isPresent() ? unopened() : e; // deleted meanwhile
        }
    }

    /** Why the last snapshot that was due could not be made, if so. */
    Optional<Throwable> snapshotFailure() {
        return schedule.failure();
    }

    List<ProjectionSnapshot> snapshots() {
        return snapshots.list(context.history());
    }

    List<UnusableSnapshot> unusableSnapshots() {
        return snapshots.unusable(context.history());
    }

    /** How its definition has changed while its rows were kept, the latest last. */
    List<DefinitionChange> changes() {
        return partitions.get(0).changes();
    }

    /** What it takes to look at other times of it. */
    Timeline timeline(Readers readers) {
        Path overlays = folder.resolveSibling(ProjectionFolder.OVERLAYS);
        return new Timeline(
                projection,
                context,
                readers,
                snapshots,
                config.cacheSize(),
                overlays,
                changes().stream().mapToLong(DefinitionChange::position).max());
    }

    /** Takes {@link #open} back. */
    void closeUnstarted() {
        hold.stopFollowing();
        snapshots.close();
        Each.of(partitions, OpenPartition::closeUnstarted);
    }

    /** Closes it; the hold moves to where it has come. */
    void close() {
        hold.stopFollowing();
        snapshots.close();
        Each.of(partitions, OpenPartition::close); // also where one cannot be synced
        desk.ifPresent(of -> hold.end(progress.position(), of.model()::oldestLetter));
    }
}
