package io.varve.runtime;

import io.varve.projections.Projection;
import io.varve.store.errors.EventsTruncatedException;
import io.varve.store.errors.StoreClosedException;
import io.varve.store.errors.StoreCorruptedException;
import io.varve.store.state.Checkpoint;
import io.varve.store.state.StateEnvironment;
import io.varve.store.state.StateView;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.BooleanSupplier;

/**
 * The read model of a generation with what belongs to it: keyed state, snapshots, what it holds in
 * the log. If it is damaged, another takes its place while readers wait. Opened, begun anew and
 * closed by one thread at a time; read by anyone.
 */
final class OpenReadModel {
    /** Behind the name of the folder of a read model. */
    static final String SNAPSHOTS = ".snapshots";

    /** Damage found so often since the start is not put right by beginning anew. */
    private static final int MOST_RECOVERIES = 3;

    private final Projection projection;
    private final Path folder;
    private final RuntimeContext context;
    private final Progress progress;
    private final Snapshots snapshots;
    private final int keep;
    private final int maxLetters;
    private final Watches watches;
    private final BooleanSupplier closing;
    private final ProjectionHold hold;
    private final SnapshotSchedule schedule;
    private final StateOpening state;
    // Held for writing while one environment takes the place of another.
    private final ReentrantReadWriteLock opening = new ReentrantReadWriteLock();
    private volatile Optional<StateEnvironment> environment = Optional.empty();
    private volatile Optional<LetterDesk> desk = Optional.empty();
    private volatile Runnable whenDamaged = () -> {};
    private volatile boolean paused;
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
        this.maxLetters = config.maxDeadLetters();
        this.closing = closing;
        this.projection = projection;
        this.folder = folder;
        this.context = context;
        this.progress = progress;
        Path kept = folder.resolveSibling(folder.getFileName() + SNAPSHOTS);
        this.snapshots = new Snapshots(kept, projection);
        this.keep = config.snapshotPolicy().keep();
        this.hold =
                new ProjectionHold(context.store().retention(), projection.name(), id, snapshots);
        this.schedule =
                new SnapshotSchedule(
                        projection.name(),
                        snapshots,
                        config.snapshotPolicy(),
                        context.snapshots(),
                        () -> environment);
        progress.whenCommitted(this::committed);
        List<String> tables = new ArrayList<>(projection.topology().tables());
        tables.addAll(
                List.of(Definition.TABLE, Life.TABLE, LetterRows.LETTERS, LetterRows.QUARANTINE));
        this.state =
                new StateOpening(
                        projection, StateOpening.config(folder, tables), snapshots, context);
    }

    /** Opens it, or begins it anew where it cannot be gone on with. */
    void open() {
        take(state.open(hold.isKnown()));
    }

    private void take(StateOpening.Opened opened) {
        StateEnvironment taken = opened.environment();
        environment = Optional.of(taken);
        paused = opened.found().paused();
        progress.opened(opened.position());
        Definition.check(projection, folder, taken);
        LetterBook letters = new LetterBook(projection.name(), maxLetters);
        letters.load(taken);
        schedule.begin(opened.position());
        holdEvents(taken, letters);
        ReadModel model =
                new ReadModel(
                        projection,
                        taken,
                        context,
                        letters,
                        watches,
                        progress,
                        hold.start(),
                        watches.committing());
        desk = Optional.of(new LetterDesk(model, closing));
        taken.onDamage(damage -> whenDamaged.run());
        opened.recovery().ifPresent(progress::recovered);
    }

    private void committed(Progress now) {
        schedule.committed(now.position(), now.bytesRead());
    }

    /** Keeps the events behind the checkpoint in the log, or sees that they are gone. */
    private void holdEvents(StateEnvironment opened, LetterBook letters) {
        long next = progress.position() + 1;
        boolean fresh = progress.position() < 0;
        try {
            boolean skips = fresh && context.truncatedAllowed();
            hold.begin(skips ? hold.firstPosition() : next, opened, progress, letters);
        } catch (EventsTruncatedException e) {
            throw new HistoryTruncatedException(projection.name(), folder, next, e.firstPosition());
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
            StateEnvironment broken = environment.orElseThrow();
            StoreCorruptedException damage = broken.damage().orElseThrow();
            if (++recoveries > MOST_RECOVERIES) {
                throw damage; // the disk, or the memory, does not hold what is written
            }
            hold.stopFollowing();
            watches.end(damage); // which is why their views are closed
            readers.closeViews();
            broken.close();
            take(state.beginAnew(damage, paused));
        } catch (Throwable e) {
            closeUnstarted();
            throw e;
        } finally {
            opening.writeLock().unlock();
        }
    }

    /** Whether nothing is to be applied until it is resumed, also over restarts. */
    boolean isPaused() {
        return paused;
    }

    /** Sets it; waits while another environment takes the place of this one, which knows it too. */
    void setPaused(boolean now) {
        opening.readLock().lock();
        try {
            Life.setPaused(environment.orElseThrow(), now);
            paused = now;
        } finally {
            opening.readLock().unlock();
        }
    }

    /** What is open; empty before, after, and where opening has failed. */
    Optional<StateEnvironment> environment() {
        return environment;
    }

    /** Where its dead letters are asked for; of what is open, or was at the end. */
    Optional<LetterDesk> desk() {
        return desk;
    }

    /** Opens a view; waits while another environment takes the place of this one. */
    StateView view() {
        opening.readLock().lock();
        try {
            return environment
                    .orElseThrow(() -> new StoreClosedException("projection=" + projection.name()))
                    .view();
        } finally {
            opening.readLock().unlock();
        }
    }

    /** The last position that can be read, also if a worker was given up on the way. */
    long visible() {
        if (environment.isEmpty()) {
            return progress.position();
        }
        try (StateView view = view()) {
            return view.checkpoint().map(Checkpoint::position).orElse(-1L);
        }
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
        return snapshots.make(environment.orElseThrow(), keep);
    }

    List<ProjectionSnapshot> snapshots() {
        return snapshots.list();
    }

    /** What it takes to look at other times of it. */
    Timeline timeline(Readers readers) {
        Path overlays = folder.resolveSibling(ProjectionFolder.OVERLAYS);
        return new Timeline(projection, context, readers, snapshots, overlays);
    }

    /** Takes {@link #open} back. */
    void closeUnstarted() {
        hold.stopFollowing();
        environment.ifPresent(StateEnvironment::close);
        environment = Optional.empty();
    }

    /** Closes it; the hold moves to where it has come. */
    void close() {
        hold.stopFollowing();
        environment.ifPresent(StateEnvironment::close);
        desk.ifPresent(of -> hold.end(progress.position(), of.model().letters()));
    }
}
