package io.varve.runtime;

import io.varve.projections.CacheCounts;
import io.varve.projections.ProjectionTask;
import io.varve.store.StreamId;
import io.varve.store.state.Checkpoint;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Writes one partition: rows, dead letters and checkpoint in one transaction. One thread at a time.
 */
final class PartitionWriter implements RowWriter {
    private static final Runnable NOTHING = () -> {};

    private final String projection;
    private final RuntimeContext context;
    private final PartitionModel model;
    private final LetterBook letters;
    private final ProjectionTask task;
    private final Progress progress;
    private final boolean keepsBytesRead;
    private final String written;
    private final String done;

    /** Of one of several partitions: what was committed and is not told yet. */
    private final Map<LiveQuery<?, ?>, List<ChangedRows.Row>> changed = new HashMap<>();

    private Activity activity;
    private long committed;
    private long applied;
    private long appliedCommitted;
    private long tickDue;

    /** Begins behind the checkpoint. */
    PartitionWriter(ReadModel whole, PartitionModel model) {
        this.projection = whole.projection().name();
        this.context = whole.context();
        this.model = model;
        this.letters = model.letters();
        // The writer before may have come to its end between a commit and knowing of it.
        letters.load(model.environment());
        this.progress = whole.progress();
        this.keepsBytesRead = whole.keepsBytesRead() && model.partition().number() == 0;
        this.written = "commit.written." + model.partition().number();
        this.done = "commit.done." + model.partition().number();
        // Until it belongs to a worker, nobody looks.
        this.activity = new Activity(projection, whole.progress(), context.watchdog());
        this.task =
                new ProjectionTask(
                        whole.projection().topology(),
                        model.environment(),
                        model.partition(),
                        whole.cacheSize(),
                        CaffeineRows.FACTORY);
        Watches watches = whole.watches();
        task.onCommit(
                model.partition().isWhole()
                        ? checkpoint -> watches.committed(task, checkpoint.position())
                        : checkpoint -> keep(watches.collect(task)));
        this.committed = task.checkpoint().map(Checkpoint::position).orElse(whole.start() - 1);
        this.tickDue = task.tickDue();
    }

    PartitionModel model() {
        return model;
    }

    private void keep(Map<LiveQuery<?, ?>, List<ChangedRows.Row>> rows) {
        rows.forEach(
                (query, some) ->
                        changed.computeIfAbsent(query, q -> new ArrayList<>()).addAll(some));
    }

    /** Moves what was committed, for those who follow it, to where that of others is. */
    void moveChanges(Map<LiveQuery<?, ?>, List<ChangedRows.Row>> to) {
        changed.forEach(
                (query, some) -> to.computeIfAbsent(query, q -> new ArrayList<>()).addAll(some));
        changed.clear();
    }

    @Override
    public long committed() {
        return committed;
    }

    @Override
    public boolean isTogether() {
        return true;
    }

    @Override
    public long applied() {
        return applied;
    }

    @Override
    public int dirty() {
        return task.dirty();
    }

    @Override
    public boolean isFull() {
        return task.isFull();
    }

    @Override
    public CacheCounts cacheCounts() {
        return task.cacheCounts();
    }

    @Override
    public Map<String, Long> lateRecords() {
        return task.lateRecords().byStore();
    }

    @Override
    public long tickDue() {
        return tickDue;
    }

    @Override
    public void tells(Activity told) {
        activity = told;
    }

    @Override
    public Optional<DeadLetter> leftOutAhead(long position) {
        return Optional.empty();
    }

    @Override
    public boolean holds(StreamId stream) {
        return letters.holds(stream);
    }

    @Override
    public void apply(EventSlice.Entry entry) {
        if (letters.holds(entry.stream())) {
            letters.addWaiting(
                    letter(entry, DeadLetter.Kind.WAITING, 0, Optional.empty(), context));
            return;
        }
        activity.step(entry.position());
        task.process(decoded(entry));
        applied++;
    }

    @Override
    public void applyLate(EventSlice.Entry entry, Predicate<PartitionModel> where) {
        if (where.test(model)) {
            activity.step(entry.position());
            task.processLate(decoded(entry));
            applied++;
        }
    }

    private EventSlice.Decoded decoded(EventSlice.Entry entry) {
        if (entry instanceof EventSlice.Poison poison) {
            throw new PoisonEventException(projection, poison);
        }
        return (EventSlice.Decoded) entry;
    }

    static DeadLetter letter(
            EventSlice.Entry entry,
            DeadLetter.Kind kind,
            int attempts,
            Optional<DeadLetter.Failure> failure,
            RuntimeContext context) {
        return new DeadLetter(
                entry.position(),
                kind,
                entry.stream(),
                entry.type(),
                attempts,
                failure,
                context.store().config().clock().instant());
    }

    @Override
    public void leaveOut(DeadLetter letter) {
        if (letter.kind() == DeadLetter.Kind.SKIPPED) {
            letters.addSkipped(letter);
        } else {
            letters.addDead(letter);
        }
    }

    @Override
    public void settle() {}

    @Override
    public void commit(long position) {
        commit(position, NOTHING);
    }

    /**
     * Commits.
     *
     * @param ready is called when everything is written, before it takes effect; what it throws
     *     takes it back
     */
    void commit(long position, Runnable ready) {
        activity.step();
        Checkpoint checkpoint = context.history().at(position);
        task.commit(
                checkpoint,
                transaction -> {
                    letters.writeTo(transaction);
                    if (keepsBytesRead) {
                        Life.keepBytesRead(transaction, progress.bytesRead());
                    }
                    ready.run();
                    context.reached(written);
                });
        context.reached(done);
        letters.committed();
        committed = position;
        appliedCommitted = applied;
        tickDue = task.tickDue();
    }

    @Override
    public void commitLate() {
        commit(committed);
    }

    @Override
    public void appended(long position) {
        task.appended(position);
    }

    @Override
    public void abandon() {
        letters.abandon();
        applied = appliedCommitted;
        task.abandon();
    }

    @Override
    public void close() {
        letters.abandon();
        EndedTask.close(projection, task);
    }
}
