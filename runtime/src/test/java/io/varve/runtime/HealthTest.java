package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.EventStore;
import io.varve.store.StoreConfig;
import io.varve.store.StreamId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Whether a runtime does what it should. */
class HealthTest extends RuntimeTestBase {
    private static List<HealthProblem.Kind> kinds(Health health) {
        return health.problems().stream().map(HealthProblem::kind).toList();
    }

    private static void refuse(Notes.Note note) {
        throw new IllegalStateException("on purpose: " + note);
    }

    @Test
    void shouldBeUpOnlyWhileItRuns() throws Exception {
        ProjectionRuntime runtime = runtime(RuntimeConfig.defaults(), digest("one", NOTHING));
        assertEquals(Health.Status.DOWN, runtime.health().status());
        assertEquals(List.of(HealthProblem.Kind.NOT_RUNNING), kinds(runtime.health()));
        runtime.start();
        append(1, 0, 10);
        assertComplete(runtime, "one");
        assertEquals(new Health(Health.Status.UP, List.of(), List.of()), runtime.health());
        assertTrue(runtime.health().isUp());
        runtime.close();
        assertEquals(Health.Status.DOWN, runtime.health().status());
    }

    @Test
    void shouldBeDegradedWhereOneHasFailedAndDownWhereAllHave() throws Exception {
        ProjectionRuntime runtime =
                started(
                        RuntimeConfig.defaults(),
                        digest("wrong", HealthTest::refuse),
                        Notes.digest("late", "others", serde, HealthTest::refuse));
        append(1, 0, 1);
        Throwable failure = states.awaitFailure("wrong");
        Health one = runtime.health();
        assertEquals(Health.Status.DEGRADED, one.status());
        assertEquals(List.of(HealthProblem.Kind.FAILED), kinds(one));
        assertEquals(Optional.of("wrong"), one.problems().get(0).projection());
        assertSame(failure, one.problems().get(0).cause().orElseThrow());
        Notes.append(store, "others", serde, 1, 0, 1);
        states.awaitFailure("late");
        assertEquals(Health.Status.DOWN, runtime.health().status());
        assertEquals(2, runtime.health().problems().size());
    }

    @Test
    void shouldSayThatAProjectionLagsBehindTheHead() throws Exception {
        SetClock clock = new SetClock();
        Gate gate = new Gate(0);
        try (EventStore timed =
                        EventStore.open(StoreConfig.at(folder.resolve("timed")).withClock(clock));
                ProjectionRuntime runtime =
                        ProjectionRuntime.builder(timed, folder.resolve("models"))
                                .config(
                                        RuntimeConfig.defaults()
                                                .withHealthyLag(Duration.ofSeconds(5)))
                                .add(digest("slow", gate))
                                .add(digest("quick", NOTHING))
                                .build()) {
            runtime.start();
            Notes.append(timed, serde, 1, 0, 3);
            gate.entered.await();
            assertTrue(runtime.awaitPosition("quick", 2, Notes.LONG));
            clock.millis.addAndGet(5_000);
            assertEquals(Health.Status.UP, runtime.health().status());
            clock.millis.addAndGet(1);
            Health late = runtime.health();
            assertEquals(Health.Status.DEGRADED, late.status());
            assertEquals(List.of(HealthProblem.Kind.LAGGING), kinds(late));
            assertEquals("events=3 time=PT5.001S", late.problems().get(0).what());
            gate.opened.countDown();
            assertTrue(runtime.awaitPosition("slow", 2, Notes.LONG));
            assertTrue(runtime.health().isUp());
        }
    }

    @Test
    void shouldBeDownWhenTheLogCannotBeRead() throws Exception {
        ProjectionRuntime runtime = started(RuntimeConfig.defaults(), digest("one", NOTHING));
        states.await("one", ProjectionState.LIVE);
        store.close();
        states.awaitFailure("one");
        Health health = runtime.health();
        assertEquals(Health.Status.DOWN, health.status());
        assertEquals(
                List.of(HealthProblem.Kind.TAILER_FAILED, HealthProblem.Kind.FAILED),
                kinds(health));
        health.problems().forEach(HealthTest::assertSaysEachThingOnce);
    }

    private static void assertSaysEachThingOnce(HealthProblem problem) {
        List<String> sentences = List.of(problem.toString().split("[.:] +"));
        assertEquals(sentences.stream().distinct().toList(), sentences);
        assertTrue(problem.toString().endsWith(problem.remedy()), problem::toString);
    }

    @Test
    void shouldRefuseBoundsThatMakeNoSense() {
        RuntimeConfig defaults = RuntimeConfig.defaults();
        assertThrows(IllegalArgumentException.class, () -> defaults.withStuckAfter(Duration.ZERO));
        assertThrows(
                IllegalArgumentException.class,
                () -> defaults.withHealthyLag(Duration.ofMillis(-1)));
        assertEquals(Duration.ZERO, defaults.withHealthyLag(Duration.ZERO).healthyLag());
    }

    private static final ProjectionConfig PATIENT =
            ProjectionConfig.defaults()
                    .withErrorPolicy(
                            ErrorPolicy.retry(9, Duration.ofMillis(1), ErrorPolicy.fail()));

    private ProjectionRuntime patient(Consumer<Notes.Note> hook) {
        ProjectionRuntime runtime =
                closing(
                        ProjectionRuntime.builder(store, folder.resolve("models"))
                                .config(
                                        RuntimeConfig.defaults()
                                                .withShutdownTimeout(Duration.ofMillis(50)))
                                .listener(states)
                                .add(digest("one", hook), PATIENT)
                                .build());
        runtime.start();
        return runtime;
    }

    private static void awaitKinds(ProjectionRuntime runtime, HealthProblem.Kind... kinds) {
        long deadline = System.nanoTime() + Notes.LONG.toNanos();
        while (!kinds(runtime.health()).equals(List.of(kinds))) {
            assertTrue(System.nanoTime() < deadline, () -> runtime.health().toString());
            Polling.pause();
        }
    }

    @Test
    void shouldBeDegradedWhileSnapshotsThatAreDueCannotBeMade() throws Exception {
        Path inTheWay = folder.resolve("models/one/generation-1-v1.snapshots");
        Files.createDirectories(inTheWay.getParent());
        Files.writeString(inTheWay, "no folder");
        ProjectionConfig config = FAILING.withSnapshotPolicy(SnapshotPolicy.everyEvents(10));
        ProjectionRuntime runtime = started(RuntimeConfig.defaults());
        runtime.add(digest("one", NOTHING), config);
        append(1, 0, 10);
        assertComplete(runtime, "one");
        awaitKinds(runtime, HealthProblem.Kind.NO_SNAPSHOT);
        HealthProblem problem = runtime.health().problems().get(0);
        assertEquals(Health.Status.DEGRADED, runtime.health().status());
        assertEquals(Optional.of("one"), problem.projection());
        assertTrue(problem.cause().isPresent());
        Files.delete(inTheWay);
        append(1, 10, 10);
        assertComplete(runtime, "one");
        awaitKinds(runtime);
        assertEquals(1, runtime.snapshots("one").size());
    }

    @Test
    void shouldBeDegradedAlsoWhileTheOnlyProjectionTriesAgain() throws Exception {
        Gate gate = new Gate(0);
        AtomicInteger calls = new AtomicInteger();
        ProjectionRuntime runtime =
                patient(
                        note -> {
                            if (calls.incrementAndGet() > 1) {
                                gate.accept(note);
                            }
                            refuse(note);
                        });
        append(1, 0, 1);
        gate.entered.await();
        assertEquals(ProjectionActivity.WORKING, runtime.status("one").activity());
        assertEquals(Health.Status.DEGRADED, runtime.health().status());
        assertEquals(List.of(HealthProblem.Kind.RETRYING), kinds(runtime.health()));
        gate.opened.countDown();
        states.awaitFailure("one");
        assertEquals(Health.Status.DOWN, runtime.health().status());
    }

    private ProjectionRuntime refusing(ErrorPolicy policy) throws Exception {
        ProjectionConfig config = ProjectionConfig.defaults().withErrorPolicy(policy);
        ProjectionRuntime runtime = started(RuntimeConfig.defaults());
        runtime.add(digest("one", HealthTest::refuse), config);
        append(1, 0, 3);
        assertTrue(runtime.awaitPosition("one", 2, Notes.LONG));
        return runtime;
    }

    @Test
    void shouldBeDegradedWhileThereAreDeadLettersAndSayWhatToDo() throws Exception {
        ProjectionRuntime runtime = refusing(ErrorPolicy.deadLetter());
        Health health = runtime.health();
        assertEquals(Health.Status.DEGRADED, health.status(), "it gets on");
        assertEquals(List.of(HealthProblem.Kind.DEAD_LETTERS), kinds(health));
        HealthProblem problem = health.problems().get(0);
        assertEquals(Optional.of("one"), problem.projection());
        assertEquals("dead=1 waiting=2", problem.what());
        assertTrue(problem.remedy().contains("deadLetters(\"one\")"), problem.remedy());
        runtime.deadLetters("one").discard(StreamId.of(Notes.CATEGORY, "author-1"), Notes.LONG);
        assertTrue(runtime.health().isUp(), "they are left out because somebody wants it");
    }

    @Test
    void shouldBeUpWhereEventsAreSkippedAsWasWanted() throws Exception {
        ProjectionRuntime runtime = refusing(ErrorPolicy.skip());
        assertEquals(3, runtime.status("one").deadLetters().skipped());
        assertTrue(runtime.health().isUp());
    }

    @Test
    void shouldNotJudgeProjectionsThatArePaused() throws Exception {
        Gate gate = new Gate(0);
        AtomicInteger calls = new AtomicInteger();
        ProjectionRuntime runtime =
                patient(
                        note -> {
                            if (calls.incrementAndGet() > 1) {
                                gate.accept(note);
                            }
                            refuse(note);
                        });
        append(1, 0, 1);
        gate.entered.await();
        assertThrows(ProjectionStuckException.class, () -> runtime.pause("one"));
        gate.opened.countDown();
        states.await("one", ProjectionState.PAUSED);
        assertEquals(Optional.empty(), runtime.status("one").retry());
        assertEquals(new Health(Health.Status.UP, List.of(), List.of()), runtime.health());
        runtime.add(digest("two", HealthTest::refuse), FAILING);
        states.awaitFailure("two");
        assertEquals(Health.Status.DOWN, runtime.health().status(), "nothing else is to run");
    }
}
