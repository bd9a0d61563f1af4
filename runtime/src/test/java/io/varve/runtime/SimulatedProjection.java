package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.CacheSize;
import io.varve.projections.Consumed;
import io.varve.projections.Materialized;
import io.varve.projections.Partition;
import io.varve.projections.Projection;
import io.varve.projections.StoreRef;
import io.varve.projections.StreamsBuilder;
import io.varve.store.StreamId;
import io.varve.store.serde.Serdes;
import io.varve.store.state.StateView;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.StampedLock;
import java.util.function.Consumer;

/**
 * One projection of a {@link Simulation}: a real worker with all it uses, whose turns are given to
 * it; and what must be true of it.
 */
final class SimulatedProjection {
    private static final StoreRef<Long, Notes.Digest> BY_AUTHOR = StoreRef.of("by-author");

    private final Simulation simulation;
    private final Projection projection;
    final int number;
    final ErrorPolicy policy;
    final List<SimulatedPartition> partitions = new ArrayList<>();
    private final ReentrantLock writing = new ReentrantLock();
    private final CommitPoints points = new CommitPoints();
    final Map<Long, Integer> failed = new HashMap<>();

    /** Authors of whom there was a letter. */
    final Set<Integer> troubled = new HashSet<>();

    private ReadModel model;
    private Progress progress;
    private ProjectionWorker worker;
    private boolean inTurn;

    SimulatedProjection(Simulation simulation, int number, ErrorPolicy policy, int count) {
        this.simulation = simulation;
        this.number = number;
        this.policy = policy;
        this.projection = PROJECTIONS.get(number);
        Set<String> tables = new HashSet<>(projection.topology().tables());
        tables.addAll(List.of(Life.TABLE, LetterRows.LETTERS, LetterRows.QUARANTINE));
        for (int i = 0; i < count; i++) {
            Partition one = new Partition(i, count);
            partitions.add(new SimulatedPartition(this, simulation, one, tables));
        }
    }

    /** Made once: they meet the simulation that runs. */
    private static final List<Projection> PROJECTIONS = List.of(make(0), make(1), make(2));

    private static Projection make(int number) {
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream(Notes.CATEGORY, Consumed.with(Simulation.SERDE))
                .peek((key, note) -> Simulation.running.meet(number, note))
                .groupBy((key, note) -> note.author())
                .aggregate(
                        () -> Notes.Digest.NOTHING,
                        (key, note, digest) -> digest.add(note),
                        Materialized.as(
                                BY_AUTHOR, Serdes.int64(), Serdes.record(Notes.Digest.class)));
        return Projection.of("simulated-" + number, 1, builder.build());
    }

    /** Code of the user: fails as often as the event says. */
    void meet(SimulatedEvent event) {
        int times = failed.getOrDefault(event.position(), 0);
        if (times < simulation.failures(event)) {
            failed.put(event.position(), times + 1);
            simulation.failures++;
            throw new IllegalStateException("simulated");
        }
    }

    static Progress progress(String name) {
        return new Progress(name, new GenerationId(1, 1), new Untold());
    }

    /** As at a start. */
    void open() {
        progress = progress(projection.name());
        List<PartitionModel> models = partitions.stream().map(one -> one.open(projection)).toList();
        progress.opened(committed());
        model =
                new ReadModel(
                        projection,
                        models,
                        simulation.context,
                        new Watches(),
                        progress,
                        simulation.base,
                        new ReentrantLock(),
                        new StampedLock(),
                        CacheSize.DEFAULT,
                        false);
    }

    private long committed() {
        return partitions.stream().mapToLong(SimulatedPartition::committed).min().orElseThrow();
    }

    void begin() {
        points.open();
        worker =
                new ProjectionWorker(
                        model,
                        policy,
                        simulation.context.sources().add(projection.topology()),
                        writing,
                        points,
                        new Pace());
        inTurn(worker::begin);
    }

    /** Does something of its own; others may go on in the midst of it, but not itself. */
    private void inTurn(Runnable one) {
        inTurn = true;
        simulation.threads.of(projection.name(), one);
        inTurn = false;
    }

    boolean isRunning() {
        return worker != null;
    }

    /** Whether it can be given a turn: it may be in the middle of one, and wait. */
    boolean isFree() {
        return worker != null && !inTurn;
    }

    void turn() {
        boolean[] goesOn = new boolean[1];
        inTurn(() -> goesOn[0] = worker.turn());
        if (!goesOn[0]) {
            end();
        }
        partitions.forEach(SimulatedPartition::checkIfChanged);
    }

    private void end() {
        inTurn(worker::end);
        worker = null;
        points.close();
        simulation.context.sources().remove(projection.topology());
        if (progress.state() == ProjectionState.FAILED) {
            simulation.died++;
            Throwable why = progress.failure().orElseThrow();
            boolean known =
                    EventErrors.position(why).isPresent()
                                    && policy.last() instanceof ErrorPolicy.Fail
                            || why.toString().contains("simulated=true");
            if (!known) {
                throw new AssertionError("failed of what was not simulated", why);
            }
        }
    }

    void stop() {
        worker.stop();
    }

    void kill() {
        if (worker != null) {
            worker.abandon();
        }
    }

    /** Nothing comes to its disks any more. */
    void killDisks() {
        partitions.forEach(one -> one.disk.kill());
    }

    /** One of them. */
    SimulatedDisk disk() {
        int one = partitions.size() == 1 ? 0 : simulation.random.nextInt(partitions.size());
        return partitions.get(one).disk;
    }

    void forEachDisk(Consumer<SimulatedDisk> what) {
        partitions.forEach(one -> what.accept(one.disk));
    }

    /** Somebody asks for something at a commit. */
    void ask(long ahead) {
        long wanted = worker == null ? -1 : committed() + ahead;
        points.add(
                new CommitPoint() {
                    @Override
                    public long wanted(long done, long end) {
                        return wanted < done || wanted > end ? NONE : wanted;
                    }

                    @Override
                    public void reached(long position) {
                        assertEquals(position, committed(), "committed at the point");
                        simulation.points++;
                    }

                    @Override
                    public void ended() {}
                });
    }

    /** An operator deals with letters; the worker does it when it can. */
    void call(boolean all, boolean discard) {
        List<StreamId> held = List.copyOf(streams());
        if (worker != null && !held.isEmpty()) {
            StreamId any = held.get(simulation.random.nextInt(held.size()));
            for (StreamId one : all ? held : List.of(any)) {
                long first = first(one);
                worker.inbox()
                        .offer(
                                new LetterCall<Object>(
                                        discard
                                                ? work -> work.discard(first)
                                                : work -> work.retry(one)));
                simulation.calls++;
            }
        }
    }

    private long first(StreamId stream) {
        return letters().values().stream()
                .filter(one -> one.stream().equals(stream) && one.isRetriable())
                .mapToLong(DeadLetter::position)
                .min()
                .orElse(-1);
    }

    private Set<StreamId> streams() {
        Set<StreamId> held = new java.util.TreeSet<>(java.util.Comparator.comparing(StreamId::key));
        letters().values().stream()
                .filter(DeadLetter::isRetriable)
                .forEach(one -> held.add(one.stream()));
        return held;
    }

    /** One that was discarded in some partitions alone, as another had no room, can be retried. */
    private Map<Long, DeadLetter> letters() {
        Map<Long, DeadLetter> found = new HashMap<>();
        for (SimulatedPartition one : partitions) {
            one.letters()
                    .forEach(
                            (position, letter) ->
                                    found.merge(
                                            position, letter, (a, b) -> a.isRetriable() ? a : b));
        }
        return found;
    }

    Map<Long, Notes.Digest> rows(SimulatedDisk disk) {
        Map<Long, Notes.Digest> rows = new HashMap<>();
        try (StateView view = disk.view()) {
            projection.topology().store(BY_AUTHOR, view).forEach(rows::put);
        }
        return rows;
    }

    /** Whether there is nothing it could still do. */
    boolean isAtEnd() {
        return committed() == simulation.head();
    }

    /** Whether it has ended, as its policy wants it, before an event. */
    boolean hasFailed() {
        return worker == null && progress.state() == ProjectionState.FAILED;
    }

    /** What keeps it where it is. */
    SimulatedEvent next() {
        return simulation.log.get((int) (committed() + 1 - simulation.base));
    }

    /** What is left when all that could be put right was. */
    void checkEnd() {
        Set<Integer> poisoned = new HashSet<>();
        Map<Long, DeadLetter> left = letters();
        for (SimulatedEvent event : simulation.log) {
            DeadLetter letter = left.get(event.position() + simulation.base);
            if (letter != null && letter.isRetriable()) {
                boolean why = event.poison() || poisoned.contains(event.author());
                assertTrue(why, () -> "could have been applied: " + letter);
                poisoned.add(event.author());
            }
        }
    }

    @Override
    public String toString() {
        return "%s policy=%s committed=%d head=%d running=%s state=%s failure=%s retry=%s"
                .formatted(
                        projection.name(),
                        policy,
                        committed() - simulation.base,
                        simulation.head() - simulation.base,
                        isRunning(),
                        progress.state(),
                        progress.failure(),
                        progress.retry());
    }

    /** Nobody listens. */
    private static final class Untold implements Progress.Told {
        @Override
        public void state(ProjectionState now) {}

        @Override
        public void failure(Throwable cause) {}

        @Override
        public void failing(Throwable cause) {}

        @Override
        public void committed(long position) {}

        @Override
        public void deadLetter(DeadLetter letter, Throwable failure) {}

        @Override
        public void stuck(StuckWorker stuck, Optional<Thread> worker) {}

        @Override
        public void recovered(ReadModelRecovery how) {}

        @Override
        public boolean isLive() {
            return true;
        }

        @Override
        public boolean isRebuild() {
            return false;
        }
    }
}
