package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.Projection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** From the log to the ring and back, with real threads: every position once, in order. */
class HandOverTest extends RuntimeTestBase {
    private final ExecutorService appenders = Executors.newCachedThreadPool();

    @AfterEach
    void stopAppenders() {
        appenders.shutdownNow();
    }

    /** Appends in batches of random size, by one author. */
    private Future<Long> appending(long author, long from, int events, Random random) {
        Callable<Long> work =
                () -> {
                    long number = from;
                    while (number < from + events) {
                        int count = (int) Math.min(from + events - number, 1 + random.nextInt(30));
                        append(author, number, count);
                        number += count;
                    }
                    return number;
                };
        return appenders.submit(work);
    }

    private static void awaitAll(List<Future<Long>> tasks) throws Exception {
        for (Future<Long> task : tasks) {
            task.get(60, TimeUnit.SECONDS);
        }
    }

    @RepeatedTest(3)
    void shouldHandOverFromLogToRingWhileOthersAppend() throws Exception {
        append(0, 0, 5_000);
        List<Future<Long>> tasks = new ArrayList<>();
        for (long author = 1; author <= 3; author++) {
            tasks.add(appending(author, 0, 3_000, new Random(author)));
        }
        ProjectionRuntime runtime =
                started(
                        RuntimeConfig.defaults().withSlotEvents(64).withCatchUpBatchEvents(500),
                        digest("one", NOTHING),
                        digest("two", NOTHING),
                        digest("three", NOTHING));
        awaitAll(tasks);
        for (String name : List.of("one", "two", "three")) {
            assertComplete(runtime, name);
            states.await(name, ProjectionState.LIVE);
            assertEquals(14_000, runtime.status(name).applied());
        }
    }

    @Test
    void shouldSurviveARingThatAlwaysOverflows() throws Exception {
        Random random = new Random(7);
        Consumer<Notes.Note> slow = note -> LockSupport.parkNanos(random.nextInt(100_000));
        ProjectionRuntime runtime = started(tiny(), digest("slow", slow), digest("quick", NOTHING));
        states.await("slow", ProjectionState.LIVE);
        awaitAll(
                List.of(
                        appending(1, 0, 3_000, new Random(1)),
                        appending(2, 0, 3_000, new Random(2))));
        assertComplete(runtime, "quick");
        assertComplete(runtime, "slow");
        states.await("slow", ProjectionState.LIVE, 2);
    }

    @Test
    void shouldResumeBehindTheCheckpoint() throws Exception {
        append(1, 0, 100);
        ProjectionRuntime first = started(RuntimeConfig.defaults(), digest("one", NOTHING));
        assertComplete(first, "one");
        first.close();
        append(1, 100, 50);
        AtomicLong lowest = new AtomicLong(Long.MAX_VALUE);
        ProjectionRuntime second =
                silent(digest("one", note -> lowest.accumulateAndGet(note.number(), Math::min)));
        second.start();
        assertComplete(second, "one");
        assertEquals(100, lowest.get());
        assertEquals(50, second.status("one").applied());
    }

    @Test
    void shouldStartAtTheHeadOfAnEmptyLog() throws Exception {
        ProjectionRuntime runtime = started(RuntimeConfig.defaults(), digest("one", NOTHING));
        states.await("one", ProjectionState.LIVE);
        assertEquals(-1, runtime.status("one").position());
        for (int i = 0; i < 20; i++) {
            append(1, i, 1);
            assertComplete(runtime, "one");
        }
    }

    /**
     * One after the other, each when all have nothing to do: whoever is not woken is not excused.
     */
    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void shouldWakeWhoHasNothingToDo(int projections) throws Exception {
        store.close();
        store = openedWithoutWaiting();
        Projection[] all = new Projection[projections];
        Arrays.setAll(all, i -> digest("projection-" + i, NOTHING));
        ProjectionRuntime runtime = started(tiny(), all);
        Random random = new Random(11);
        for (int i = 0; i < 2_000; i++) {
            append(1, i, 1);
            long last = store.head();
            if (random.nextInt(8) == 0) {
                LockSupport.parkNanos(random.nextInt(200_000));
            }
            int asked = random.nextInt(projections);
            if (random.nextInt(40) == 0) {
                runtime.pause("projection-" + asked);
                runtime.resume("projection-" + asked);
            }
            assertTrue(runtime.awaitPosition("projection-" + asked, last, Notes.LONG));
        }
        for (int i = 0; i < projections; i++) {
            assertComplete(runtime, "projection-" + i);
        }
    }

    /** The worker that was woken by commits is stuck; the tailer's own thread goes on for all. */
    @Test
    void shouldGoOnForOthersWhenWhoWaitedForCommitsIsStuck() throws Exception {
        Gate gate = new Gate(0);
        ProjectionRuntime runtime = started(RuntimeConfig.defaults(), digest("stuck", gate));
        states.await("stuck", ProjectionState.LIVE);
        append(1, 0, 1);
        gate.entered.await();
        runtime.add(digest("quick", NOTHING), FAILING);
        for (int i = 1; i < 50; i++) {
            append(1, i, 1);
            assertComplete(runtime, "quick");
        }
        gate.opened.countDown();
        assertComplete(runtime, "stuck");
    }

    @Test
    void shouldCountPositionsOfCategoriesItDoesNotRead() throws Exception {
        ProjectionRuntime runtime = started(RuntimeConfig.defaults(), digest("one", NOTHING));
        append(1, 0, 3);
        long last = Notes.append(store, "others", serde, 1, 0, 5);
        assertTrue(runtime.awaitPosition("one", last, Notes.LONG));
        assertEquals(last, runtime.status("one").position());
        assertEquals(3, runtime.status("one").applied());
    }

    @Test
    void shouldCommitInTimeWhenAProjectionIsSlow() throws Exception {
        append(1, 0, 40);
        Gate gate = new Gate(20);
        ProjectionRuntime runtime =
                started(
                        RuntimeConfig.defaults().withCommitInterval(Duration.ofNanos(1)),
                        digest("one", gate));
        gate.entered.await();
        assertEquals(15, runtime.status("one").position(), "after 16 events it looks at the clock");
        try (ReadView view = runtime.readView("one", PositionBound.any(), Notes.LONG)) {
            assertEquals(Notes.expected(store, serde, 15), Notes.digestOf(view));
        }
        gate.opened.countDown();
        assertComplete(runtime, "one");
    }

    @ParameterizedTest
    @ValueSource(longs = 11)
    void shouldSeeEveryPositionOnceInOrderUnderRandomDetach(long seed) throws Exception {
        detach(seed);
    }

    @ParameterizedTest
    @Tag("long")
    @ValueSource(longs = {12, 13, 14, 15, 16, 17, 18})
    void shouldSeeEveryPositionOnceInOrderUnderRandomDetachForLong(long seed) throws Exception {
        detach(seed);
    }

    private void detach(long seed) throws Exception {
        Random random = new Random(seed);
        try {
            long[] numbers = {0, 0, 0};
            for (int restart = 0; restart < 4; restart++) {
                List<Future<Long>> tasks = new ArrayList<>();
                for (int author = 0; author < numbers.length; author++) {
                    int events = random.nextInt(1_000);
                    tasks.add(
                            appending(
                                    author,
                                    numbers[author],
                                    events,
                                    new Random(random.nextLong())));
                    numbers[author] += events;
                }
                ProjectionRuntime runtime = silent(randomConfig(random), jittery(random));
                runtime.start();
                if (random.nextBoolean()) {
                    awaitAll(tasks);
                    assertAllComplete(runtime);
                }
                runtime.close();
                awaitAll(tasks);
            }
            ProjectionRuntime last = silent(randomConfig(random), jittery(random));
            last.start();
            assertAllComplete(last);
        } catch (AssertionError e) {
            throw new AssertionError("seed=" + seed, e);
        }
    }

    private static RuntimeConfig randomConfig(Random random) {
        return RuntimeConfig.defaults()
                .withRingSlots(2 << random.nextInt(3))
                .withSlotEvents(1 + random.nextInt(12))
                .withSlotBytes(16 + random.nextInt(200))
                .withCatchUpBatchEvents(1 + random.nextInt(100))
                .withMaxDirtyRows(1 + random.nextInt(2))
                .withShutdownTimeout(Duration.ofSeconds(60));
    }

    private Projection[] jittery(Random random) {
        Projection[] projections = new Projection[3];
        for (int i = 0; i < projections.length; i++) {
            Random own = new Random(random.nextLong());
            int patience = 1 + random.nextInt(200);
            projections[i] =
                    digest(
                            "p" + i,
                            note -> {
                                if (own.nextInt(patience) == 0) {
                                    LockSupport.parkNanos(own.nextInt(2_000_000));
                                }
                            });
        }
        return projections;
    }

    private void assertAllComplete(ProjectionRuntime runtime) throws InterruptedException {
        for (ProjectionStatus status : runtime.status()) {
            assertComplete(runtime, status.name());
        }
    }

    private ProjectionRuntime silent(Projection... projections) {
        return silent(RuntimeConfig.defaults(), projections);
    }

    /** Without the state log, which expects one runtime. */
    private ProjectionRuntime silent(RuntimeConfig config, Projection... projections) {
        ProjectionRuntimeBuilder builder =
                ProjectionRuntime.builder(store, folder.resolve("models")).config(config);
        for (Projection projection : projections) {
            builder.add(projection);
        }
        return closing(builder.build());
    }
}
