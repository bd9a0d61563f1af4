package io.varve.projections.testing;

import io.varve.projections.EmittedEvent;
import io.varve.projections.Projection;
import io.varve.projections.Source;
import io.varve.projections.StoreRef;
import io.varve.projections.StoreTransition;
import io.varve.projections.Tick;
import io.varve.projections.Topology;
import io.varve.projections.query.ReadOnlyKeyValueStore;
import io.varve.projections.query.ReadOnlyVersionedStore;
import io.varve.store.EventHeaders;
import io.varve.store.StreamId;
import io.varve.store.state.Checkpoint;
import io.varve.store.state.StateView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs projections in a test: synchronous, on the heap, without threads, clock or files. Events go
 * through their serde and back, as they would through a log.
 *
 * <pre>{@code
 * try (TopologyTestDriver driver = new TopologyTestDriver(departures)) {
 *     driver.pipe("flights", "LH454", new Departed("FRA"));
 *     assertEquals(1L, driver.store(DEPARTURES).get("FRA").orElseThrow());
 *     driver.crash();
 *     driver.assertRebuildMatches();
 * }
 * }</pre>
 *
 * <p>What projections emit is appended after each commit, in the order of the projections, and
 * piped to those that read it. It keeps all that was piped. Not for threads: one at a time.
 */
public final class TopologyTestDriver implements AutoCloseable {
    /** Of one commit; what goes on for longer goes on for ever. */
    private static final int MOST_EMITTED = 100_000;

    private final List<Replica> replicas = new ArrayList<>();
    private final List<PipedEvent> events = new ArrayList<>();
    private final List<Emission> emissions = new ArrayList<>();
    private final Map<StreamId, Long> nextVersion = new HashMap<>();
    private int commitEvery = 1;
    private long time;
    private long lastTick = Long.MIN_VALUE;
    private boolean crashing;
    private boolean applying;
    private RuntimeException failure;

    /**
     * Runs projections beside each other, over the same events.
     *
     * @param projections one or more, with different names
     */
    public TopologyTestDriver(Projection... projections) {
        if (projections.length == 0) {
            throw new IllegalArgumentException("There is nothing to test. Give a projection.");
        }
        for (Projection projection : projections) {
            Replica.checkNew(projection, replicas);
            replicas.add(new Replica(projection));
        }
    }

    /**
     * Runs a topology as a projection named {@code test}.
     *
     * @param topology to run
     */
    public TopologyTestDriver(Topology topology) {
        this(Projection.of("test", 1, topology));
    }

    /**
     * Commits after each n-th position only; 1 to begin with. Reading a store commits as well.
     *
     * @param n 1 or more
     * @return this
     */
    public TopologyTestDriver commitEvery(int n) {
        if (n < 1) {
            throw new IllegalArgumentException("Commits come after 1 or more events: n=" + n + ".");
        }
        commitEvery = n;
        return this;
    }

    /**
     * From now on loses all that is in memory after each commit, as {@link #crash} does.
     *
     * @return this
     */
    public TopologyTestDriver crashAfterEachCommit() {
        crashing = true;
        return this;
    }

    /**
     * Lets time pass for events that are piped without one. Projections do not see it: that is
     * {@link #advanceWallClockTime}.
     *
     * @param by how much, negative for events that come out of order
     * @return this
     */
    public TopologyTestDriver advanceTime(Duration by) {
        time = PipedEvent.later(time, by);
        return this;
    }

    /**
     * Lets the clock go on, and pipes a {@link Tick} that says so: windows of streams with ticks
     * close, and what is scheduled by the clock is done.
     *
     * @param by how much, from the time of the event before, or the latest tick if that is later;
     *     events that are piped without a time have the new one
     * @return this
     * @throws IllegalArgumentException if no projection asks for ticks, or the time cannot be
     * @throws io.varve.projections.ProjectionException if code failed; the tick is taken back then
     */
    public TopologyTestDriver advanceWallClockTime(Duration by) {
        if (by.isNegative()) {
            throw new IllegalArgumentException("The clock does not go back: by=" + by + ".");
        }
        if (replicas.stream().noneMatch(one -> one.projection().topology().hasTicks())) {
            throw new IllegalArgumentException(
                    "No projection asks for ticks. Call withTicks of Consumed or StreamsBuilder.");
        }
        long now = PipedEvent.later(Math.max(time, lastTick), by);
        checkUsable();
        pipe(PipedEvent.tick(events.size(), nextVersion.getOrDefault(Tick.STREAM, 0L), now));
        lastTick = now;
        return this;
    }

    /**
     * Appends an event at the time of the one before, or at 0 if it is the first, and applies it.
     *
     * @param category of the stream; a projection reads it
     * @param key of the stream
     * @param event known to the category's serde
     * @return its position: 0, 1, 2 and so on, those of emitted events in between
     * @throws io.varve.projections.ProjectionException if code of a projection failed; the event is
     *     taken back then
     */
    public long pipe(String category, String key, Object event) {
        return pipe(category, key, event, time);
    }

    /**
     * Appends an event and applies it.
     *
     * @param category of the stream; a projection reads it
     * @param key of the stream
     * @param event known to the category's serde
     * @param eventTimeMillis milliseconds since 1970, within those that a log has
     * @return its position, as above
     * @throws io.varve.projections.ProjectionException likewise
     */
    public long pipe(String category, String key, Object event, long eventTimeMillis) {
        return pipe(category, key, event, eventTimeMillis, EventHeaders.NONE);
    }

    /**
     * Appends an event with headers, and applies it, as above.
     *
     * @param category of the stream; a projection reads it
     * @param key of the stream
     * @param event known to the category's serde
     * @param eventTimeMillis milliseconds since 1970, within those that a log has
     * @param headers of the event
     * @return its position
     */
    public long pipe(
            String category, String key, Object event, long eventTimeMillis, EventHeaders headers) {
        checkUsable();
        StreamId stream = StreamId.of(category, key);
        long version = nextVersion.getOrDefault(stream, 0L);
        Source source = Replica.source(replicas, category);
        PipedEvent piped =
                PipedEvent.of(
                        events.size(), stream, version, eventTimeMillis, headers, source, event);
        pipe(piped);
        return piped.position();
    }

    private void pipe(PipedEvent piped) {
        apply(piped);
        nextVersion.put(piped.stream(), piped.version() + 1);
        time = piped.eventTimeMillis();
        if (events.size() % commitEvery == 0) {
            commit();
        }
    }

    private void apply(PipedEvent piped) {
        applying = true;
        try {
            replicas.forEach(replica -> replica.process(piped));
        } catch (RuntimeException e) {
            // Some projections, or some stores of one, have seen it: back to what all have seen.
            replicas.forEach(replica -> replica.restart(events));
            throw e;
        } finally {
            applying = false;
        }
        events.add(piped);
    }

    /**
     * Commits what was piped since the last commit.
     *
     * @throws io.varve.projections.ProjectionException if a row could not be encoded; the driver is
     *     of no use then
     */
    public void commit() {
        checkUsable();
        if (events.isEmpty()) {
            return;
        }
        try {
            int before = events.size();
            do {
                if (events.size() - before > MOST_EMITTED) {
                    throw Emission.withoutEnd(events.size() - before);
                }
                replicas.forEach(replica -> replica.commit(events.size() - 1));
                if (crashing) {
                    replicas.forEach(replica -> replica.restart(events));
                }
            } while (appendEmitted());
        } catch (RuntimeException e) {
            failure = e;
            throw e;
        }
    }

    /** Appends what was emitted and committed; false if that was nothing. */
    private boolean appendEmitted() {
        List<Emission> next = new ArrayList<>();
        for (Replica replica : replicas) {
            replica.takeEmitted()
                    .forEach(event -> next.add(new Emission(replica.projection(), event)));
        }
        for (Emission one : next) {
            EmittedEvent event = one.event();
            long version = nextVersion.merge(event.stream(), 1L, Long::sum) - 1;
            PipedEvent piped =
                    PipedEvent.of(events.size(), version, one.projection().name(), event);
            events.add(piped);
            emissions.add(one);
            replicas.forEach(replica -> replica.process(piped));
        }
        return !next.isEmpty();
    }

    /**
     * What projections have emitted to a category, in order, of everything that was piped.
     *
     * @param category given to {@code to}
     * @param type of the events
     * @param <E> the same
     * @return the events
     * @throws IllegalArgumentException if no projection emits to this category, or an event is of
     *     another type
     */
    public <E> List<EmittedRecord<E>> emitted(String category, Class<E> type) {
        commit();
        Replica.checkSink(replicas, category);
        return emissions.stream()
                .filter(one -> one.event().stream().category().equals(category))
                .map(one -> one.as(type))
                .toList();
    }

    /**
     * Reads a store, with everything that was piped before each call of its methods.
     *
     * @param ref of the store; only one of the projections has it
     * @param <K> keys
     * @param <V> values
     * @return the store, good until the driver is closed
     */
    public <K, V> ReadOnlyKeyValueStore<K, V> store(StoreRef<K, V> ref) {
        return new DriverStore<>(Replica.having(replicas, ref), ref, this::commit);
    }

    /**
     * Reads a versioned store likewise; refuses one without versions.
     *
     * @param ref of the store
     * @param <K> keys
     * @param <V> values
     * @return the store, good until the driver is closed
     */
    public <K, V> ReadOnlyVersionedStore<K, V> versionedStore(StoreRef<K, V> ref) {
        return new DriverVersions<>(Replica.having(replicas, ref), ref, this::commit);
    }

    /**
     * Reads a store of one of several projections.
     *
     * @param projection its name
     * @param ref of the store
     * @param <K> keys
     * @param <V> values
     * @return the store, good until the driver is closed
     */
    public <K, V> ReadOnlyKeyValueStore<K, V> store(String projection, StoreRef<K, V> ref) {
        return new DriverStore<>(replica(projection), ref, this::commit);
    }

    /**
     * The last committed position of a projection.
     *
     * @param projection its name
     * @return -1 before the first commit
     */
    public long committed(String projection) {
        try (StateView view = replica(projection).environment().view()) {
            return view.checkpoint().map(Checkpoint::position).orElse(-1L);
        }
    }

    private Replica replica(String projection) {
        return replicas.stream()
                .filter(replica -> replica.projection().name().equals(projection))
                .findFirst()
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "No such projection: projection="
                                                + projection
                                                + ". Use one that was given to the driver."));
    }

    /**
     * Kills all projections, loses what was not committed, and applies it again from the events.
     */
    public void crash() {
        checkUsable();
        replicas.forEach(replica -> replica.restart(events));
    }

    /**
     * Goes on with another definition of a projection and the rows of the one before, from the next
     * event on.
     *
     * @param changed of the same name
     * @return which stores were kept
     * @throws io.varve.projections.TopologyException if a store has changed; nothing has happened
     *     then
     */
    public StoreTransition redefine(Projection changed) {
        Replica replica = replica(changed.name());
        commit();
        return replica.redefine(changed);
    }

    /**
     * Builds each projection again from all events, with commits of other sizes, and compares all
     * tables byte for byte. One that was redefined is redefined at the same position again.
     *
     * @throws AssertionError at the first row that differs, with its store, its key and the last
     *     position
     */
    public void assertRebuildMatches() {
        commit();
        for (Replica replica : replicas) {
            for (int size : new int[] {1, 7, Math.max(1, events.size())}) {
                try (Replica rebuilt = replica.rebuilt(events, size)) {
                    String circumstances =
                            "last position=" + (events.size() - 1) + " commitEvery=" + size;
                    new RebuildComparison(replica, rebuilt, circumstances).run();
                }
            }
        }
    }

    private void checkUsable() {
        if (applying) {
            throw PipedEvent.usedInside();
        }
        if (failure != null) {
            throw new IllegalStateException(
                    "A commit has failed before. Correct what it tells of, and begin with a new driver.",
                    failure);
        }
    }

    /** Lets go of everything. */
    @Override
    public void close() {
        replicas.forEach(Replica::close);
    }
}
