package io.varve.projections.testing;

import io.varve.projections.EmittedEvent;
import io.varve.projections.Outbox;
import io.varve.projections.Projection;
import io.varve.projections.ProjectionTask;
import io.varve.projections.Source;
import io.varve.projections.StoreRef;
import io.varve.store.state.Checkpoint;
import io.varve.store.state.StateEnvironment;
import io.varve.store.state.StateView;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** One projection over one environment on the heap. */
final class Replica implements AutoCloseable {
    private static final UUID LOG = new UUID(0, 0);

    private final Projection projection;
    private final Map<String, Source> sources = new HashMap<>();
    private final StateEnvironment environment;
    private ProjectionTask task;

    /** Of what the log has of it. */
    private final List<EmittedEvent> emitted = new ArrayList<>();

    Replica(Projection projection) {
        this.projection = projection;
        projection.topology().sources().forEach(s -> sources.put(s.category(), s));
        this.environment = StateEnvironment.inMemory(projection.topology().tables());
        this.task = new ProjectionTask(projection.topology(), environment);
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

    /** The one of several that has a store. */
    static Replica having(List<Replica> replicas, StoreRef<?, ?> ref) {
        List<Replica> having =
                replicas.stream()
                        .filter(r -> r.projection.topology().stores().contains(ref.name()))
                        .toList();
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
        task.close();
        task = new ProjectionTask(projection.topology(), environment);
        task.appended(mark());
        long next = task.checkpoint().map(c -> c.position() + 1).orElse(0L);
        for (PipedEvent event : events.subList((int) next, events.size())) {
            process(event);
        }
    }

    /**
     * Applies all events, committing after each n-th and at the end. Each commit is followed by a
     * restart, so that the next event meets what was written and not what is remembered.
     */
    void replay(List<PipedEvent> events, int commitEvery) {
        for (PipedEvent event : events) {
            process(event);
            long position = event.position();
            if ((position + 1) % commitEvery == 0 || position == events.size() - 1) {
                commit(position);
                restart(events.subList(0, (int) position + 1));
            }
        }
    }

    @Override
    public void close() {
        task.close();
        environment.close();
    }
}
