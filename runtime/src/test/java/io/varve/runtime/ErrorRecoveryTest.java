package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.CacheSize;
import io.varve.projections.Consumed;
import io.varve.projections.Materialized;
import io.varve.projections.Partition;
import io.varve.projections.Projection;
import io.varve.projections.StoreRef;
import io.varve.projections.StreamsBuilder;
import io.varve.store.StreamId;
import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.errors.StoreFullException;
import io.varve.store.errors.StoreIoException;
import io.varve.store.serde.Serde;
import io.varve.store.serde.Serdes;
import io.varve.store.state.StateConfig;
import io.varve.store.state.StateEnvironment;
import io.varve.store.state.StateTransaction;
import io.varve.store.state.StateView;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.StampedLock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A worker whose commits fail, because of a row or because there is no room. */
class ErrorRecoveryTest extends RuntimeTestBase {
    private static final StoreRef<String, Long> SUMS = StoreRef.of("sums");

    /**
     * A real environment whose commits find no room for a while, or are done and then fail all the
     * same.
     */
    private static final class Cramped extends ForwardingEnvironment {
        private final StateEnvironment real;
        private final AtomicInteger refusals;
        private final AtomicInteger losses;

        Cramped(StateEnvironment real, AtomicInteger refusals, AtomicInteger losses) {
            this.real = real;
            this.refusals = refusals;
            this.losses = losses;
        }

        @Override
        StateEnvironment real() {
            return real;
        }

        @Override
        void commit(StateTransaction begun) {
            if (refusals.getAndDecrement() > 0) {
                throw new StoreFullException("No room: test=true", "Make some.", null);
            }
            begun.commit();
            if (losses.getAndDecrement() > 0) {
                throw new StoreIoException("No answer: test=true", "Ask again.", null);
            }
        }
    }

    private final Sources sources = new Sources();
    private final AtomicInteger refusals = new AtomicInteger();
    private final AtomicInteger losses = new AtomicInteger();
    private StateEnvironment environment;
    private Progress progress;
    private ReadModel model;
    private LetterBook letters;
    private ProjectionWorker worker;
    private Thread thread;

    private void start(Projection projection, ErrorPolicy policy) {
        environment = new Cramped(open(projection, "model"), refusals, losses);
        start(projection, policy, List.of(environment));
    }

    private StateEnvironment open(Projection projection, String name) {
        StateConfig config =
                StateConfig.at(folder.resolve(name))
                        .withTables(projection.topology().tables().toArray(String[]::new))
                        .withTables(Life.TABLE, LetterRows.LETTERS, LetterRows.QUARANTINE);
        return closing(StateEnvironment.open(config));
    }

    private PartitionModel partition(
            Projection projection, Partition partition, StateEnvironment environment) {
        letters =
                new LetterBook(
                        projection.name(),
                        1_000,
                        new LetterPurge(
                                projection.name(), LetterRetention.defaults(), Clock.systemUTC()));
        letters.load(environment);
        return new PartitionModel(partition, environment, letters);
    }

    private void start(
            Projection projection, ErrorPolicy policy, List<StateEnvironment> environments) {
        progress =
                new Progress(
                        projection.name(),
                        new GenerationId(1, 1),
                        StateLog.told(projection.name(), states));
        List<PartitionModel> partitions = new ArrayList<>();
        for (StateEnvironment one : environments) {
            Partition partition = new Partition(partitions.size(), environments.size());
            partitions.add(partition(projection, partition, one));
        }
        RuntimeContext context =
                new RuntimeContext(
                        store,
                        History.of(store),
                        new EventRing(4),
                        sources,
                        new SharedSlices(),
                        RuntimeConfig.defaults(),
                        new OpenViews(Duration.ZERO),
                        new SnapshotThread(),
                        false,
                        new Watchdog(Duration.ofSeconds(30)),
                        Runnable::run,
                        () -> true,
                        step -> {},
                        Surroundings.REAL);
        model =
                new ReadModel(
                        projection,
                        partitions,
                        context,
                        new Watches(),
                        progress,
                        0,
                        new ReentrantLock(),
                        new StampedLock(),
                        CacheSize.DEFAULT,
                        false);
        goOn(policy);
        closing(this::stop);
    }

    /** Another worker, behind the last commit. */
    private void goOn(ErrorPolicy policy) {
        worker =
                new ProjectionWorker(
                        model,
                        policy,
                        sources.add(model.projection().topology()),
                        new ReentrantLock(),
                        new CommitPoints(),
                        new Pace());
        thread = new Thread(worker, "varve-projection-test");
        thread.start();
    }

    private void stop() throws InterruptedException {
        worker.stop();
        thread.join();
    }

    @Test
    void shouldWaitForRoomAndGoOnByItself() throws Exception {
        refusals.set(3);
        append(1, 0, 50);
        start(digest("one", NOTHING), ErrorPolicy.fail());
        ProjectionRetry retry = awaitRetry();
        assertEquals(0, retry.position());
        assertEquals(StoreFullException.class, retry.failure().getClass());
        assertTrue(progress.await(49, Notes.LONG, () -> false));
        assertEquals(Optional.empty(), progress.retry());
        assertEquals(50, progress.applied());
        assertEquals(0, letters.counts().retriable());
        // A worker has no seat here whose tailer would bring more.
        stop();
        assertEquals(Optional.empty(), progress.failure());
    }

    private ProjectionRetry awaitRetry() {
        long deadline = System.nanoTime() + Notes.LONG.toNanos();
        while (System.nanoTime() < deadline) {
            Optional<ProjectionRetry> retry = progress.retry();
            if (retry.isPresent()) {
                return retry.get();
            }
            Polling.pause();
        }
        throw new AssertionError("does not wait");
    }

    @Test
    void shouldEndAtOnceWhileItWaitsForRoom() throws Exception {
        refusals.set(Integer.MAX_VALUE);
        append(1, 0, 5);
        start(digest("one", NOTHING), ErrorPolicy.defaults());
        awaitRetry();
        stop();
        assertEquals(-1, progress.position());
        assertEquals(Optional.empty(), progress.failure());
    }

    @Test
    void shouldLeaveOutAnEventThoughThereIsNoRoomForItsLetterAtFirst() throws Exception {
        append(1, 0, 2);
        append(2, 0, 1);
        refusals.set(2);
        start(
                digest(
                        "one",
                        note -> {
                            if (note.author() == 1 && note.number() == 1) {
                                throw new IllegalStateException("wrong");
                            }
                        }),
                ErrorPolicy.deadLetter());
        assertTrue(progress.await(2, Notes.LONG, () -> false));
        assertEquals(new DeadLetterCounts(1, 0, 0), letters.counts());
        assertEquals(2, progress.applied());
    }

    @Test
    void shouldKnowOfALetterWhoseCommitWasDoneAndThenFailed() throws Exception {
        append(1, 0, 2);
        losses.set(1);
        start(
                digest(
                        "one",
                        note -> {
                            if (note.number() == 0) {
                                throw new IllegalStateException("wrong");
                            }
                        }),
                ErrorPolicy.deadLetter());
        thread.join();
        assertEquals(StoreIoException.class, progress.failure().orElseThrow().getClass());
        progress.moveTo(ProjectionState.CATCHING_UP);
        goOn(ErrorPolicy.deadLetter());
        assertTrue(progress.await(1, Notes.LONG, () -> false));
        assertEquals(new DeadLetterCounts(1, 1, 0), letters.counts());
        assertEquals(0, progress.applied());
    }

    /** In one commit there is no room in a partition, and another does not hear of its own. */
    @Test
    void shouldEndWhereAPartitionMayHaveCommittedThoughAnotherHasNoRoom() throws Exception {
        append(1, 0, 3);
        append(2, 0, 3);
        refusals.set(1);
        losses.set(1);
        Projection digest = digest("one", NOTHING);
        AtomicInteger never = new AtomicInteger();
        start(
                digest,
                ErrorPolicy.fail(),
                List.of(
                        new Cramped(open(digest, "first"), refusals, never),
                        new Cramped(open(digest, "second"), never, losses)));
        thread.join();
        assertEquals(StoreIoException.class, progress.failure().orElseThrow().getClass());
        progress.moveTo(ProjectionState.CATCHING_UP);
        goOn(ErrorPolicy.fail());
        assertTrue(progress.await(5, Notes.LONG, () -> false));
    }

    /** Refuses to write some values. */
    private static Serde<Long> refusing(Set<Long> values) {
        return new Serde<>() {
            @Override
            public void serialize(Long value, BytesWriter out) {
                if (values.contains(value)) {
                    throw new IllegalStateException("cannot write " + value);
                }
                out.putLong(value);
            }

            @Override
            public Long deserialize(BytesView in) {
                return in.getLong(0);
            }
        };
    }

    /** Adds up the numbers of all notes; no sum that contains a wrong number can be written. */
    private Projection sums(Set<Long> unwritable) {
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream(Notes.CATEGORY, Consumed.with(serde))
                .groupBy((key, note) -> "all")
                .aggregate(
                        () -> 0L,
                        (key, note, sum) -> sum + note.number(),
                        Materialized.as(SUMS, Serdes.utf8(), refusing(unwritable)));
        return Projection.of("sums", 1, builder.build());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 49, 98, 99})
    void shouldFindTheEventThatMakesARowUnwritableAmongAllThatChangedIt(int wrong)
            throws Exception {
        // Each author writes one note, so that nothing waits; all have changed the same row.
        for (int author = 0; author < 100; author++) {
            append(author, author == wrong ? 1_000_000 : 1, 1);
        }
        Set<Long> unwritable = new HashSet<>();
        for (long sum = 1_000_000; sum <= 1_000_100; sum++) {
            unwritable.add(sum);
        }
        start(sums(unwritable), ErrorPolicy.deadLetter());
        assertTrue(progress.await(99, Notes.LONG, () -> false));
        assertEquals(new DeadLetterCounts(1, 0, 0), letters.counts());
        assertEquals(wrong, letters.oldest());
        assertTrue(letters.holds(StreamId.of(Notes.CATEGORY, "author-" + wrong)));
        stop();
        try (StateView view = environment.view()) {
            BytesView sum = new BytesView();
            assertTrue(view.table("sums").get(BytesView.of("all".getBytes()), sum));
            assertEquals(99, sum.getLong(0));
        }
    }

    @Test
    void shouldEndBeforeTheEventThatMakesARowUnwritableIfThePolicySaysSo() throws Exception {
        for (int author = 0; author < 10; author++) {
            append(author, 1, 1);
        }
        start(sums(Set.of(6L, 7L, 8L, 9L, 10L)), ErrorPolicy.fail());
        Throwable failure = states.awaitFailure("sums");
        assertEquals("cannot write 6", failure.getCause().getMessage());
        assertEquals(4, progress.position());
        assertSame(failure, progress.failure().orElseThrow());
        assertEquals(List.of(ProjectionState.FAILED), states.of("sums").subList(2, 3));
    }
}
