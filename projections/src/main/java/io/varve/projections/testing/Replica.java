package io.varve.projections.testing;

import io.varve.projections.EmittedEvent;
import io.varve.projections.LateRecord;
import io.varve.projections.OutOfOrderEventException;
import io.varve.projections.Outbox;
import io.varve.projections.Projection;
import io.varve.projections.ProjectionTask;
import io.varve.projections.Source;
import io.varve.projections.StoreRef;
import io.varve.projections.StoreTransition;
import io.varve.projections.Topology;
import io.varve.projections.TopologyException;
import io.varve.store.bytes.BytesView;
import io.varve.store.state.Checkpoint;
import io.varve.store.state.StateEnvironment;
import io.varve.store.state.StateTransaction;
import io.varve.store.state.StateView;
import io.varve.store.state.Table;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;

/** One projection over one environment on the heap. */
final class Replica implements AutoCloseable {
    private static final UUID LOG = new UUID(0, 0);

    /** Behind a position, -1 before the first, it goes on with another definition. */
    private record Redefinition(long behind, Projection projection) {}

    private final Projection first;
    private final List<Redefinition> redefinitions = new ArrayList<>();
    private final Map<String, Source> sources = new HashMap<>();
    private Projection projection;
    private StateEnvironment environment;
    private ProjectionTask task;

    /** Of what the log has of it. */
    private final List<EmittedEvent> emitted = new ArrayList<>();

    private final List<LateRecord> late = new ArrayList<>();

    Replica(Projection projection) {
        this.first = projection;
        this.environment = StateEnvironment.inMemory(projection.topology().tables());
        begin(projection);
    }

    private void begin(Projection definition) {
        projection = definition;
        sources.clear();
        projection.topology().sources().forEach(s -> sources.put(s.category(), s));
        begin();
    }

    private void begin() {
        task = new ProjectionTask(projection.topology(), environment);
        task.appended(mark());
        late.removeIf(record -> record.position() > committed()); // they come again
        task.lateRecords().onEach(late::add);
    }

    /** The last position; -1 before the first commit. */
    long committed() {
        return task.checkpoint().map(Checkpoint::position).orElse(-1L);
    }

    /** Goes on with what is committed, and another definition. */
    StoreTransition redefine(Projection next) {
        StoreTransition transition =
                StoreTransition.between(projection.topology().describeStores(), next.topology());
        if (!transition.isPossible()) {
            throw new TopologyException(
                    "Rows cannot be gone on with: projection="
                            + next.name()
                            + " "
                            + transition.changed(),
                    "Leave these stores as they are, give them other names, or build anew. Rows"
                            + " that are to have a time and had none: an operator was put behind a"
                            + " table that had none behind it.");
        }
        Set<String> tables = new HashSet<>(projection.topology().tables());
        tables.addAll(next.topology().tables());
        StateEnvironment other = StateEnvironment.inMemory(tables);
        try (StateView view = environment.view();
                StateTransaction transaction = other.begin()) {
            projection.topology().tables().forEach(table -> copy(table, view, transaction));
            view.checkpoint().ifPresent(transaction::checkpoint);
            transition.apply(transaction);
            transaction.commit();
        }
        redefinitions.add(new Redefinition(committed(), next));
        close();
        environment = other;
        begin(next);
        return transition;
    }

    private static void copy(String table, StateView from, StateTransaction to) {
        Table target = to.table(table);
        BytesView all = new BytesView();
        from.table(table)
                .scan(
                        all,
                        all,
                        (key, value) -> {
                            target.put(key, value);
                            return true;
                        });
    }

    /** Another that goes through the same events and definitions. */
    Replica rebuilt(List<PipedEvent> events, int commitEvery) {
        Replica again = new Replica(first);
        int from = 0;
        for (Redefinition one : redefinitions) {
            int end = (int) one.behind() + 1;
            again.replay(events.subList(0, end), from, commitEvery);
            again.takeEmitted();
            again.redefine(one.projection());
            from = end;
        }
        again.replay(events, from, commitEvery);
        return again;
    }

    /** Compares it with another that goes through the same. */
    void compareRebuilt(List<PipedEvent> events, int commitEvery) {
        try (Replica rebuilt = rebuilt(events, commitEvery)) {
            String circumstances =
                    "last position=" + (events.size() - 1) + " commitEvery=" + commitEvery;
            new RebuildComparison(this, rebuilt, circumstances).run();
        }
    }

    /** Refuses to let time pass where it would do nothing. */
    static void checkTicks(List<Replica> replicas) {
        if (replicas.stream().noneMatch(one -> one.projection.topology().hasTicks())) {
            throw new IllegalArgumentException(
                    "No projection asks for ticks. Call withTicks of Consumed or StreamsBuilder.");
        }
    }

    /** One for each. */
    static List<Replica> of(Projection... projections) {
        if (projections.length == 0) {
            throw new IllegalArgumentException("There is nothing to test. Give a projection.");
        }
        List<Replica> replicas = new ArrayList<>();
        for (Projection projection : projections) {
            checkNew(projection, replicas);
            replicas.add(new Replica(projection));
        }
        return replicas;
    }

    /** Refuses a name that another has. */
    private static void checkNew(Projection projection, List<Replica> others) {
        if (others.stream().anyMatch(one -> one.projection.name().equals(projection.name()))) {
            throw new IllegalArgumentException(
                    "Two projections of one name: projection="
                            + projection.name()
                            + ". Rename one of them.");
        }
    }

    /** Refuses a category that none of several emits to. */
    static void checkSink(List<Replica> replicas, String category) {
        boolean known =
                replicas.stream()
                        .flatMap(replica -> replica.projection.topology().sinks().stream())
                        .anyMatch(sink -> sink.category().equals(category));
        if (!known) {
            throw new IllegalArgumentException(
                    "No projection emits to this category: category="
                            + category
                            + ". Use one that was given to to().");
        }
    }

    /** What reads a category in one of several. */
    static Source source(List<Replica> replicas, String category) {
        return replicas.stream()
                .flatMap(replica -> replica.projection.topology().sources().stream())
                .filter(source -> source.category().equals(category))
                .findFirst()
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "No projection reads this category: category="
                                                + category
                                                + ". Use one that was given to stream()."));
    }

    /** The one of several that has a name. */
    static Replica named(List<Replica> replicas, String projection) {
        return replicas.stream()
                .filter(replica -> replica.projection.name().equals(projection))
                .findFirst()
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "No such projection: projection="
                                                + projection
                                                + ". Use one that was given to the driver."));
    }

    /** The one of several that has a store. */
    static Replica having(List<Replica> replicas, StoreRef<?, ?> ref) {
        return having(replicas, ref, topology -> topology.stores().contains(ref.name()));
    }

    /** The one of several that keeps something under the name of a store, such as a join. */
    static Replica keeping(List<Replica> replicas, StoreRef<?, ?> ref) {
        String part = ref.name() + "/";
        return having(
                replicas,
                ref,
                topology ->
                        topology.stores().contains(ref.name())
                                || topology.tables().stream().anyMatch(t -> t.startsWith(part)));
    }

    private static Replica having(
            List<Replica> replicas, StoreRef<?, ?> ref, Predicate<Topology> has) {
        List<Replica> having =
                replicas.stream().filter(r -> has.test(r.projection.topology())).toList();
        if (having.size() != 1) {
            throw new IllegalArgumentException(
                    (having.isEmpty() ? "No projection has" : "Several projections have")
                            + " this store: store="
                            + ref.name()
                            + " projections="
                            + replicas.stream().map(Replica::projection).toList()
                            + ". Use a StoreRef of a topology, with the projection's name if need be.");
        }
        return having.get(0);
    }

    Projection projection() {
        return projection;
    }

    StateEnvironment environment() {
        return environment;
    }

    void process(PipedEvent event) {
        Source source = sources.get(event.stream().category());
        if (source != null) {
            task.process(event.decoded(source));
        }
    }

    void commit(long position) {
        task.commit(new Checkpoint(LOG, 0, position, 0));
    }

    /** What is to be appended next; nothing that was given out before is given out again. */
    List<EmittedEvent> takeEmitted() {
        if (projection.topology().sinks().isEmpty()) {
            return List.of();
        }
        try (StateView view = environment.view()) {
            List<EmittedEvent> next = Outbox.next(view, mark(), Integer.MAX_VALUE);
            emitted.addAll(next);
            task.appended(mark());
            return next;
        }
    }

    /** Up to where of the log it has reacted, as that would say. */
    private long mark() {
        return emitted.isEmpty() ? -1 : emitted.get(emitted.size() - 1).position();
    }

    List<EmittedEvent> emitted() {
        return emitted;
    }

    /**
     * As after a kill: only what was committed is left, then the events behind it are applied
     * again.
     */
    void restart(List<PipedEvent> events) {
        redeliver(events, 0);
    }

    /** The same, and the last events are given again at least, committed or not. */
    void redeliver(List<PipedEvent> events, int atLeast) {
        try {
            task.close();
        } finally {
            begin();
            int next = (int) committed() + 1;
            int first = Math.min(next, Math.max(0, events.size() - atLeast));
            events.subList(first, next).forEach(this::processAgain);
            events.subList(next, events.size()).forEach(this::process);
        }
    }

    /** What is committed is refused, as its position is behind the checkpoint. */
    private void processAgain(PipedEvent event) {
        try {
            process(event);
        } catch (OutOfOrderEventException e) {
            return;
        }
        if (sources.containsKey(event.stream().category())) {
            throw new AssertionError(
                    "A committed event was applied again: projection="
                            + projection
                            + " position="
                            + event.position()
                            + ". The engine has to refuse it.");
        }
    }

    /** What came too late, of all that was applied. */
    List<LateRecord> late() {
        return late;
    }

    /**
     * Applies events, committing after each n-th and at the end. Each commit is followed by a
     * restart, so that the next event meets what was written and not what is remembered.
     */
    private void replay(List<PipedEvent> events, int from, int commitEvery) {
        for (PipedEvent event : events.subList(from, events.size())) {
            process(event);
            long position = event.position();
            if ((position + 1) % commitEvery == 0 || position == events.size() - 1) {
                commit(position);
                restart(events.subList(0, (int) position + 1));
            }
        }
    }

    /** Closes each, whatever becomes of one. */
    static void closeAll(List<Replica> replicas) {
        RuntimeException failure = null;
        for (Replica replica : replicas) {
            try {
                replica.close();
            } catch (RuntimeException e) {
                if (failure != null) {
                    e.addSuppressed(failure);
                }
                failure = e;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    @Override
    public void close() {
        try {
            task.close();
        } finally {
            environment.close();
        }
    }
}
