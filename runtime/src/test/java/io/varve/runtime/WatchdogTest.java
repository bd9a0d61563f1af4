package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.errors.StoreFullException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;

/** A stuck worker is told from one that waits. */
class WatchdogTest extends RuntimeTestBase {
    private static final Duration SOON = Duration.ofSeconds(1);

    private record Told(String projection, StuckWorker stuck) {}

    private final List<Told> told = new CopyOnWriteArrayList<>();
    private final ProjectionListener listener =
            new ProjectionListener() {
                @Override
                public void onStuck(String projection, StuckWorker stuck) {
                    told.add(new Told(projection, stuck));
                    throw new IllegalStateException("rude");
                }
            };

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + Notes.LONG.toNanos();
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < deadline, "not in time");
            Polling.pause();
        }
    }

    private ProjectionRuntimeBuilder builder() {
        return ProjectionRuntime.builder(store, folder.resolve("models"))
                .listener(listener)
                .config(RuntimeConfig.defaults().withStuckAfter(SOON));
    }

    private ProjectionRuntime running(ProjectionRuntimeBuilder builder) {
        ProjectionRuntime runtime = closing(builder.build());
        runtime.start();
        return runtime;
    }

    /** Told of one that is stuck, and lets it go on, but does not come back before it may. */
    @Test
    void shouldHaveEndedWhenItsRuntimeIsClosed() throws Exception {
        Gate gate = new Gate(1);
        CountDownLatch back = new CountDownLatch(1);
        AtomicReference<Thread> watchdog = new AtomicReference<>();
        ProjectionListener slow =
                new ProjectionListener() {
                    @Override
                    public void onStuck(String projection, StuckWorker stuck) {
                        watchdog.set(Thread.currentThread());
                        gate.opened.countDown();
                        try {
                            back.await();
                        } catch (InterruptedException e) {
                            throw new IllegalStateException(e);
                        }
                    }
                };
        ProjectionRuntime runtime = running(builder().listener(slow).add(digest("one", gate)));
        append(1, 0, 3);
        await(() -> watchdog.get() != null);
        assertComplete(runtime, "one");
        Thread closing = new Thread(runtime::close, "closing");
        closing.start();
        await(() -> !closing.isAlive() || isWaitingForTheWatchdog(closing));
        assertTrue(closing.isAlive(), "closed before its watchdog has ended");
        back.countDown();
        closing.join();
        assertFalse(watchdog.get().isAlive());
    }

    private static boolean isWaitingForTheWatchdog(Thread closing) {
        return Arrays.stream(closing.getStackTrace())
                .anyMatch(frame -> frame.getClassName().equals(Watchdog.class.getName()));
    }

    private long tellings(String projection) {
        return told.stream().filter(one -> one.projection().equals(projection)).count();
    }

    @Test
    void shouldTellOnceWhereAProjectionIsStuck() throws Exception {
        Gate first = new Gate(2);
        Gate second = new Gate(5);
        ProjectionRuntime runtime =
                running(builder().add(digest("one", first)).add(digest("two", second)));
        Instant before = Instant.now();
        append(1, 0, 3);
        await(() -> tellings("one") == 1);
        Told one = told.get(0);
        assertEquals(2, one.stuck().position());
        assertTrue(
                one.stuck().stackTrace().stream()
                        .anyMatch(frame -> frame.getClassName().equals(Gate.class.getName())),
                one.stuck()::lines);
        assertFalse(one.stuck().since().isBefore(before.minusMillis(1)));
        assertEquals(ProjectionActivity.STUCK, runtime.status("one").activity());
        assertEquals(Optional.of(one.stuck()), runtime.status("one").stuck());
        // The other is in its turn, later: by then the first was looked at again and again.
        append(1, 3, 3);
        await(() -> tellings("two") == 1);
        assertEquals(1, tellings("one"));
        first.opened.countDown();
        second.opened.countDown();
        assertComplete(runtime, "one");
        assertComplete(runtime, "two");
        await(() -> runtime.status("one").activity() == ProjectionActivity.IDLE);
        assertEquals(Optional.empty(), runtime.status("one").stuck());
        assertEquals(2, told.size());
    }

    @Test
    void shouldTellAgainOfAnotherTime() throws Exception {
        Gate first = new Gate(2);
        Gate second = new Gate(3);
        ProjectionRuntime runtime =
                running(builder().add(digest("one", first.andThen(second)::accept)));
        append(1, 0, 10);
        await(() -> tellings("one") == 1);
        first.opened.countDown();
        await(() -> tellings("one") == 2);
        assertEquals(3, told.get(1).stuck().position());
        second.opened.countDown();
        assertComplete(runtime, "one");
    }

    @Test
    void shouldNotTakeAWaitForStuck() throws Exception {
        Gate gate = new Gate(1);
        ProjectionConfig patient =
                ProjectionConfig.defaults()
                        .withErrorPolicy(
                                ErrorPolicy.retry(9, Duration.ofSeconds(30), ErrorPolicy.fail()));
        ProjectionRuntime runtime =
                running(
                        builder()
                                .add(digest("retries", WatchdogTest::refuse), patient)
                                .add(Notes.digest("idle", "others", serde, NOTHING))
                                .add(digest("stuck", gate)));
        append(1, 0, 1);
        await(() -> runtime.status("retries").activity() == ProjectionActivity.RETRYING);
        await(() -> runtime.status("idle").activity() == ProjectionActivity.IDLE);
        append(1, 1, 1);
        // Whoever began to wait before it was stuck would have been told of as well.
        await(() -> tellings("stuck") == 1);
        assertEquals(1, told.size());
        assertEquals(ProjectionActivity.RETRYING, runtime.status("retries").activity());
        Health health = runtime.health();
        assertEquals(Health.Status.DEGRADED, health.status());
        assertEquals(
                List.of(HealthProblem.Kind.RETRYING, HealthProblem.Kind.STUCK),
                health.problems().stream().map(HealthProblem::kind).toList());
        gate.opened.countDown();
    }

    @Test
    void shouldNotTakeAThrottledRebuildForStuck() throws Exception {
        append(1, 0, 1_000);
        Gate gate = new Gate(1_000);
        ProjectionRuntime runtime =
                running(
                        builder()
                                .config(
                                        RuntimeConfig.defaults()
                                                .withStuckAfter(SOON)
                                                .withSlotEvents(10))
                                .add(digest("one", NOTHING))
                                .add(digest("stuck", gate)));
        Gate first = new Gate(0);
        Rebuild rebuild = runtime.rebuild(digest("one", first));
        rebuild.throttle(1);
        first.entered.await();
        first.opened.countDown();
        await(() -> rebuild.progress().position() >= 0);
        append(1, 1_000, 1);
        // Whoever began to wait before it was stuck would have been told of as well.
        await(() -> tellings("stuck") == 1);
        gate.opened.countDown();
        assertEquals(0, tellings("one"));
        assertTrue(rebuild.progress().position() < 999);
    }

    /** What is live goes on meanwhile, and is not meant. */
    @Test
    void shouldTellWhichRebuildIsStuck() throws Exception {
        append(1, 0, 5);
        Gate gate = new Gate(3);
        try (Logged logged = new Logged(Level.WARNING)) {
            ProjectionRuntime runtime = running(builder().add(digest("one", NOTHING)));
            Rebuild rebuild = runtime.rebuild(digest("one", gate));
            await(() -> tellings("one") == 1);
            LogRecord said = logged.of("A projection is stuck").get(0);
            assertTrue(
                    said.getMessage().contains("projection=one generation=2 v1 position=3"),
                    said.getMessage());
            assertEquals(new GenerationId(2, 1), told.get(0).stuck().generation());
            assertEquals(ProjectionActivity.STUCK, rebuild.progress().activity());
            assertEquals(Optional.of(told.get(0).stuck()), rebuild.progress().stuck());
            assertEquals(Optional.empty(), rebuild.progress().remaining());
            Health health = runtime.health();
            assertEquals(Health.Status.DEGRADED, health.status());
            assertEquals(1, health.problems().size(), health.problems().toString());
            HealthProblem problem = health.problems().get(0);
            assertEquals("REBUILD_STUCK", problem.kind().name());
            assertTrue(problem.what().startsWith("generation=2 v1 position=3"), problem.what());
            assertTrue(problem.remedy().contains("cancelRebuild(\"one\")"), problem.remedy());
            assertComplete(runtime, "one");
            gate.opened.countDown();
            assertTrue(rebuild.await(Notes.LONG));
            assertTrue(runtime.health().isUp());
        }
    }

    private static void refuse(Notes.Note note) {
        throw new IllegalStateException("on purpose: " + note);
    }

    @Test
    void shouldTellWaitingForRoomFromRetrying() {
        Progress progress =
                new Progress("one", new GenerationId(1, 1), StateLog.told("one", listener));
        assertEquals(ProjectionActivity.NONE, progress.doing());
        Activity activity = new Activity("one", progress, new Watchdog(Duration.ofDays(1)));
        activity.begin();
        assertEquals(ProjectionActivity.WORKING, progress.doing());
        activity.waits();
        assertEquals(ProjectionActivity.IDLE, progress.doing());
        StoreFullException full = new StoreFullException("No room", "Make some.", null);
        progress.retrying(Optional.of(new ProjectionRetry(7, 1, Instant.now(), full)));
        assertEquals(ProjectionActivity.WAITING_FOR_ROOM, progress.doing());
        progress.retrying(
                Optional.of(new ProjectionRetry(7, 1, Instant.now(), new IllegalStateException())));
        assertEquals(ProjectionActivity.RETRYING, progress.doing());
        activity.works();
        assertEquals(ProjectionActivity.WORKING, progress.doing());
        activity.end();
        assertEquals(ProjectionActivity.NONE, progress.doing());
    }

    @Test
    void shouldRestWhileAllWaitAndEndWithTheLast() throws Exception {
        Watchdog watchdog = new Watchdog(SOON);
        assertEquals(Optional.empty(), watchdog.thread());
        Activity one =
                new Activity(
                        "one",
                        new Progress("one", new GenerationId(1, 1), StateLog.told("one", listener)),
                        watchdog);
        Activity two =
                new Activity(
                        "two",
                        new Progress("two", new GenerationId(1, 1), StateLog.told("two", listener)),
                        watchdog);
        one.begin();
        two.begin();
        Thread thread = watchdog.thread().orElseThrow();
        one.waits();
        two.waits();
        await(() -> thread.getState() == Thread.State.WAITING);
        two.works();
        two.step(5);
        await(() -> tellings("two") == 1);
        assertEquals(5, told.get(0).stuck().position());
        two.step();
        assertEquals(Optional.empty(), two.stuck());
        two.waits();
        await(() -> thread.getState() == Thread.State.WAITING);
        one.end();
        assertTrue(thread.isAlive());
        two.end();
        thread.join(Notes.LONG.toMillis());
        assertFalse(thread.isAlive());
        // And begins anew with the next.
        one.begin();
        await(() -> tellings("one") == 1);
        one.end();
    }
}
