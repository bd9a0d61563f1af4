package io.varve.runtime;

import io.varve.projections.CacheCounts;
import io.varve.store.StreamId;
import io.varve.store.state.StateView;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.StampedLock;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Writes several partitions, each on its own thread: all of them are given each event, and commit
 * at the same positions, together.
 *
 * <pre>
 *   worker     events ─────▶ ─────▶ commit ──────────────────▶ committed
 *   partition     └─ apply ──┴─ apply ──┴─ write ┆ gate ┆ commit ──┘
 * </pre>
 *
 * <p>One that is behind the others, because the process was killed between their commits or its
 * state was lost, is given the events that they have already; they pass over them. What was left
 * out there is left out here.
 */
final class PartitionWriters implements RowWriter {
    private static final int BATCH = 512;

    /** So many events must be in hand before the cache is full, for rows to be small. */
    private static final int MANY = 16 * BATCH;

    private final RuntimeContext context;
    private final StampedLock together;
    private final Watches watches;
    private final BooleanSupplier abandoned;
    private final List<PartitionThread> threads = new ArrayList<>();
    private final List<Activity> activities = new ArrayList<>();
    private final EventSlice.Entry[] batch = new EventSlice.Entry[BATCH];
    private int size;

    /** Events given at once: behind a full cache few at first, as a few may fill it again. */
    private int most = 1;

    /** Since the last commit. */
    private int given;

    /** The last position that is committed in any of them, and whether it is in all. */
    private long foremost;

    private boolean isTogether;

    PartitionWriters(ReadModel model, BooleanSupplier abandoned) {
        this.context = model.context();
        this.together = model.together();
        this.watches = model.watches();
        this.abandoned = abandoned;
        String name = model.projection().name();
        for (PartitionModel one : model.partitions()) {
            Activity activity = new Activity(name, model.progress(), context.watchdog());
            activities.add(activity);
            threads.add(
                    new PartitionThread(
                            new PartitionWriter(model, one),
                            name,
                            activity,
                            context.surroundings()));
        }
        try {
            threads.forEach(PartitionThread::start);
        } catch (Throwable e) {
            close();
            throw e;
        }
        compare();
    }

    private void compare() {
        foremost = threads.stream().mapToLong(one -> one.writer().committed()).max().orElseThrow();
        isTogether = committed() == foremost;
    }

    @Override
    public long committed() {
        long least = Long.MAX_VALUE;
        for (PartitionThread one : threads) {
            least = Math.min(least, one.writer().committed());
        }
        return least;
    }

    @Override
    public boolean isTogether() {
        return isTogether;
    }

    @Override
    public long applied() {
        return threads.stream().mapToLong(one -> one.writer().applied()).max().orElseThrow();
    }

    @Override
    public int dirty() {
        int dirty = 0;
        for (PartitionThread one : threads) {
            dirty += one.dirty();
        }
        return dirty;
    }

    @Override
    public boolean isFull() {
        for (PartitionThread one : threads) {
            if (one.isFull()) {
                return true;
            }
        }
        return false;
    }

    @Override
    public CacheCounts cacheCounts() {
        return threads.stream()
                .map(one -> one.writer().cacheCounts())
                .reduce(CacheCounts.NONE, CacheCounts::plus);
    }

    @Override
    public Map<String, Long> lateRecords() {
        return threads.stream()
                .map(one -> one.writer().lateRecords())
                .reduce(Map.of(), WorkerMeter::sum);
    }

    @Override
    public long tickDue() {
        return threads.stream().mapToLong(one -> one.writer().tickDue()).min().orElseThrow();
    }

    @Override
    public void tells(Activity told) {
        told.helpedBy(activities);
    }

    @Override
    public void apply(EventSlice.Entry entry) {
        batch[size++] = entry;
        given++;
        if (size >= most && most < BATCH) {
            settle();
            most = Math.min(BATCH, 2 * most);
        } else if (size == BATCH) {
            flush();
        }
    }

    @Override
    public boolean holds(StreamId stream) {
        settle();
        return threads.stream().allMatch(one -> one.writer().holds(stream));
    }

    @Override
    public Optional<DeadLetter> leftOutAhead(long position) {
        return threads.stream()
                .filter(one -> one.writer().committed() >= position)
                .flatMap(one -> letter(one.writer().model(), position).stream())
                .filter(letter -> letter.kind() != DeadLetter.Kind.WAITING)
                .findFirst();
    }

    private static Optional<DeadLetter> letter(PartitionModel model, long position) {
        if (model.letters().counts().equals(DeadLetterCounts.NONE)) {
            return Optional.empty();
        }
        try (StateView view = model.environment().ownView()) {
            return new LetterRows().find(view, position);
        }
    }

    private void flush() {
        if (size > 0) {
            EventSlice.Entry[] entries = Arrays.copyOf(batch, size);
            size = 0;
            submit(writer -> applyAll(entries, writer));
        }
    }

    private void applyAll(EventSlice.Entry[] entries, PartitionWriter writer) {
        long committed = writer.committed();
        for (EventSlice.Entry entry : entries) {
            if (abandoned.getAsBoolean()) {
                return;
            }
            if (entry.position() > committed) {
                writer.apply(entry);
            }
        }
    }

    private void submit(PartitionThread.Task task) {
        boolean failed = false;
        for (PartitionThread one : threads) {
            one.submit(task);
            failed |= one.failure().isPresent();
        }
        if (failed) {
            settle();
        }
    }

    @Override
    public void applyLate(EventSlice.Entry entry, Predicate<PartitionModel> where) {
        submit(writer -> writer.applyLate(entry, where));
        settle();
    }

    @Override
    public void leaveOut(DeadLetter letter) {
        settle();
        for (PartitionThread one : threads) {
            PartitionWriter writer = one.writer();
            if (writer.committed() < letter.position()) {
                // In this one an earlier event of the stream may have failed, which others could
                // apply.
                boolean waits =
                        letter.kind() == DeadLetter.Kind.DEAD
                                && writer.model().letters().holds(letter.stream());
                if (waits) {
                    writer.model().letters().addWaiting(letter.waiting());
                } else {
                    writer.leaveOut(letter);
                }
            }
        }
    }

    @Override
    public void settle() {
        flush();
        threads.forEach(PartitionThread::awaitIdle);
        throwFailure();
    }

    private static long rank(Throwable failure) {
        OptionalLong position = EventErrors.position(failure);
        if (position.isPresent()) {
            return position.getAsLong();
        }
        return EventErrors.isLackOfRoom(failure) ? -1 : -2;
    }

    /**
     * That of the first event; before those of events, lack of room; before that, what nobody gets
     * past with these writers: what one has committed then it may not know.
     */
    private void throwFailure() {
        Optional<Throwable> first = Optional.empty();
        long firstRank = Long.MAX_VALUE;
        for (PartitionThread one : threads) {
            Optional<Throwable> failure = one.failure();
            if (failure.isPresent() && !(failure.get() instanceof CommitGate.Shut)) {
                long rank = rank(failure.get());
                if (rank < firstRank) {
                    first = failure;
                    firstRank = rank;
                }
            }
        }
        if (first.isPresent()) {
            if (first.get() instanceof Error e) {
                throw e;
            }
            throw (RuntimeException) first.get();
        }
    }

    @Override
    public void commit(long position) {
        if (given < MANY && isFull()) {
            most = 1;
        }
        given = 0;
        commitAll(
                writer ->
                        writer.committed() < position
                                ? OptionalLong.of(position)
                                : OptionalLong.empty());
    }

    @Override
    public void commitLate() {
        commitAll(
                writer ->
                        writer.model().letters().isChanged()
                                ? OptionalLong.of(writer.committed())
                                : OptionalLong.empty());
    }

    /** Commits each at a position, or not at all. */
    private void commitAll(Function<PartitionWriter, OptionalLong> position) {
        CommitGate gate = new CommitGate(threads.size(), context.surroundings());
        try {
            threads.forEach(one -> one.submit(new Commit(gate, position)));
            gate.awaitAll();
            commitAll(gate);
        } catch (Throwable e) {
            gate.insistOnShutting();
            throw e;
        }
        compare();
        tellChanges();
        throwFailure();
    }

    private void commitAll(CommitGate gate) {
        long stamp = together.writeLock();
        try {
            gate.open();
            context.reached("commit.opened");
            threads.forEach(PartitionThread::awaitIdle);
        } finally {
            together.unlockWrite(stamp);
        }
    }

    /** Only of an instant; what some have committed before others waits for these. */
    private void tellChanges() {
        if (isTogether) {
            Map<LiveQuery<?, ?>, List<ChangedRows.Row>> changed = new HashMap<>();
            threads.forEach(one -> one.writer().moveChanges(changed));
            if (!changed.isEmpty()) {
                watches.committed(changed, foremost);
            }
        }
    }

    private record Commit(CommitGate gate, Function<PartitionWriter, OptionalLong> position)
            implements PartitionThread.Task {
        @Override
        public void run(PartitionWriter writer) {
            try {
                OptionalLong at = position.apply(writer);
                if (at.isPresent()) {
                    writer.commit(at.getAsLong(), gate::arrive);
                } else {
                    gate.arrive();
                }
            } catch (Throwable e) {
                gate.shut();
                throw e;
            }
        }

        @Override
        public void dropped() {
            gate.shut();
        }
    }

    /** What emits has one partition. */
    @Override
    public void appended(long position) {}

    @Override
    public void abandon() {
        clear();
        for (int i = 0; i < threads.size(); i++) {
            threads.get(i).writer().abandon();
            threads.get(i).forget();
        }
    }

    /** Without iterators, as all that lets go of memory. */
    private void clear() {
        Arrays.fill(batch, null);
        size = 0;
        for (int i = 0; i < threads.size(); i++) {
            threads.get(i).clear();
        }
    }

    @Override
    public void close() {
        clear();
        for (int i = 0; i < threads.size(); i++) {
            threads.get(i).end();
            threads.get(i).writer().close();
        }
        if (!isTogether) {
            watches.lost();
        }
    }
}
