package io.varve.projections.testing;

import io.varve.projections.LateRecord;
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
import java.time.Duration;
import java.util.List;
import java.util.Objects;

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

    private final List<Replica> replicas;
    private final PipedLog log = new PipedLog();
    private int commitEvery = 1;
    private long time;
    private long lastTick = Long.MIN_VALUE;
    private boolean crashing;
    private boolean applying;
    private Throwable failure;

    /**
     * Runs projections beside each other, over the same events.
     *
     * @param projections one or more, with different names
     */
    public TopologyTestDriver(Projection... projections) {
        replicas = Replica.of(projections);
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
        Replica.checkTicks(replicas);
        long now = PipedEvent.later(Math.max(time, lastTick), by);
        checkUsable();
        pipe(log.nextTick(now));
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
     *     taken back then, as it is after an Error that is thrown as it is
     * @throws io.varve.projections.DueWorkException if it did at what was due by then; likewise,
     *     and the next event meets the same
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
        Source source = Replica.source(replicas, category);
        StreamId stream = StreamId.of(category, key);
        return pipe(log.next(stream, eventTimeMillis, headers, source, event));
    }

    /**
     * Appends an event once more, as a producer does that tries again without a key for its append:
     * with the same stream, time and headers, so the same id if it has one, and the next position.
     * For topologies that are to notice this; what an engine gives again is {@link #redeliver}.
     *
     * @param position of an event that was piped, or emitted
     * @return the position of the duplicate
     * @throws IllegalArgumentException if there is no such event
     * @throws io.varve.projections.ProjectionException likewise
     */
    public long pipeDuplicate(long position) {
        checkUsable();
        return pipe(log.again(position));
    }

    private long pipe(PipedEvent piped) {
        apply(piped);
        time = piped.eventTimeMillis();
        if (log.size() % commitEvery == 0) {
            commit();
        }
        return piped.position();
    }

    private void apply(PipedEvent piped) {
        applying = true;
        try {
            replicas.forEach(replica -> replica.process(piped));
        } catch (Throwable e) { // an Error of the projection's code, too: the test goes on
            // Some projections, or some stores of one, have seen it: back to what all have seen.
            replicas.forEach(replica -> replica.restart(log.events()));
            throw e;
        } finally {
            applying = false;
        }
        log.append(piped);
    }

    /**
     * Commits what was piped since the last commit.
     *
     * @throws io.varve.projections.ProjectionException if a row could not be encoded; the driver is
     *     of no use then
     */
    public void commit() {
        checkUsable();
        if (log.size() == 0) {
            return;
        }
        try {
            int before = log.size();
            do {
                if (log.size() - before > MOST_EMITTED) {
                    throw Emission.withoutEnd(log.size() - before);
                }
                replicas.forEach(replica -> replica.commit(log.size() - 1));
                if (crashing) {
                    replicas.forEach(replica -> replica.restart(log.events()));
                }
            } while (appendEmitted());
        } catch (Throwable e) {
            failure = e;
            throw e;
        }
    }

    /** Appends what was emitted and committed; false if that was nothing. */
    private boolean appendEmitted() {
        List<PipedEvent> next = log.appendEmitted(replicas);
        next.forEach(event -> replicas.forEach(replica -> replica.process(event)));
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
        return log.emitted(category, type);
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
        return new DriverStore<>(Replica.named(replicas, projection), ref, this::commit);
    }

    /**
     * The last committed position of a projection.
     *
     * @param projection its name
     * @return -1 before the first commit
     */
    public long committed(String projection) {
        return Replica.named(replicas, projection).committed();
    }

    /**
     * Kills all projections, loses what was not committed, and applies it again from the events.
     */
    public void crash() {
        redeliver(0);
    }

    /**
     * Crashes, and gives the last events again: those that were not committed, as {@link #crash}
     * does, and committed ones before them, which change nothing, as a position is applied once.
     *
     * @param n how many at least, committed or not; all, if there are fewer
     * @throws AssertionError if a committed event was applied again
     */
    public void redeliver(int n) {
        checkUsable();
        if (n < 0) {
            throw new IllegalArgumentException("0 or more events are given again: n=" + n + ".");
        }
        replicas.forEach(replica -> replica.redeliver(log.events(), n));
    }

    /**
     * The records that came too late for a table, or to be kept by a join of streams, in order,
     * those of the first projection first; one for each window that it would have fallen into.
     *
     * @return none, mostly
     */
    public List<LateRecord> lateRecords() {
        return replicas.stream().flatMap(replica -> replica.late().stream()).toList();
    }

    /**
     * Those that came too late for one table, or join.
     *
     * @param table of windows or versions, or a join; only one of the projections has it
     * @return likewise
     */
    public List<LateRecord> lateRecords(StoreRef<?, ?> table) {
        return Replica.keeping(replicas, Objects.requireNonNull(table, "table")).late().stream()
                .filter(late -> late.store().equals(table.name()))
                .toList();
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
        Replica replica = Replica.named(replicas, changed.name());
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
            for (int size : new int[] {1, 7, Math.max(1, log.size())}) {
                replica.compareRebuilt(log.events(), size);
            }
        }
    }

    private void checkUsable() {
        if (applying) {
            throw PipedEvent.usedInside();
        }
        if (failure != null) {
            throw PipedLog.ofNoUse(failure);
        }
    }

    /**
     * Closes all processors, and lets go of everything.
     *
     * @throws io.varve.projections.ProcessorCloseException if a processor fails to close
     */
    @Override
    public void close() {
        Replica.closeAll(replicas);
    }
}
