package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Snapshots are due when the policy says so: not later, and not before. */
class SnapshotDueTest extends RuntimeTestBase {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

    /** Commits after each of 400 events of 16 bytes, a second apart; where one was due. */
    private static List<Long> due(SnapshotPolicy policy) {
        SnapshotDue due = new SnapshotDue(policy);
        due.begin(-1, Optional.empty(), NOON);
        return due(due, 0, 400);
    }

    private static List<Long> due(SnapshotDue due, long from, long to) {
        List<Long> at = new ArrayList<>();
        for (long i = from; i < to; i++) {
            if (due.isDue(i, 16 * (i + 1), NOON.plusSeconds(i + 1))) {
                at.add(i);
            }
        }
        return at;
    }

    @Test
    void shouldBeDueAfterSoManyEvents() {
        assertEquals(List.of(99L, 199L, 299L, 399L), due(SnapshotPolicy.everyEvents(100)));
    }

    @Test
    void shouldBeDueAfterSoManyBytes() {
        assertEquals(List.of(149L, 299L), due(SnapshotPolicy.everyBytes(16 * 149 + 1)));
    }

    @Test
    void shouldBeDueAfterSuchATime() {
        assertEquals(List.of(119L, 239L, 359L), due(SnapshotPolicy.every(Duration.ofMinutes(2))));
    }

    @Test
    void shouldBeDueAtWhatComesFirst() {
        assertEquals(
                List.of(89L, 179L, 269L, 359L),
                due(
                        SnapshotPolicy.everyEvents(90)
                                .orEveryBytes(1 << 20)
                                .orEvery(Duration.ofDays(1))));
    }

    @Test
    void shouldNotBeDueByItselfWhereItIsOnDemand() {
        assertEquals(List.of(), due(SnapshotPolicy.onDemand()));
    }

    @Test
    void shouldNotBeDueWhereNothingWasApplied() {
        SnapshotDue due = new SnapshotDue(SnapshotPolicy.every(Duration.ofSeconds(1)));
        due.begin(9, Optional.of(new SnapshotDue.Made(9, 160, NOON)), NOON.plusSeconds(60));
        assertEquals(List.of(), due(due, 9, 10));
    }

    @Test
    void shouldCountFromOneThatWasMadeByHand() {
        for (SnapshotPolicy policy :
                List.of(
                        SnapshotPolicy.everyEvents(100),
                        SnapshotPolicy.everyBytes(1_600),
                        SnapshotPolicy.every(Duration.ofSeconds(100)))) {
            SnapshotDue due = new SnapshotDue(policy);
            due.begin(-1, Optional.of(new SnapshotDue.Made(-1, 0, NOON)), NOON);
            assertEquals(List.of(), due(due, 0, 60), policy.toString());
            due.made(new SnapshotDue.Made(49, 16 * 50, NOON.plusSeconds(50)));
            due.made(new SnapshotDue.Made(9, 16 * 10, NOON.plusSeconds(10))); // came late
            assertEquals(List.of(149L, 249L), due(due, 60, 300), policy.toString());
        }
    }

    @Test
    void shouldMakeNoneByItselfWhereThoseMadeByHandAreEnough() throws Exception {
        AtomicInteger begun = new AtomicInteger();
        ProjectionConfig config =
                ProjectionConfig.defaults().withSnapshotPolicy(SnapshotPolicy.everyEvents(100));
        ProjectionRuntime runtime =
                closing(
                        ProjectionRuntime.builder(store, folder.resolve("models"))
                                .add(digest("digest", NOTHING), config)
                                .steps(
                                        step ->
                                                begun.addAndGet(
                                                        step.equals("snapshot.begun") ? 1 : 0))
                                .build());
        runtime.start();
        for (int i = 0; i < 6; i++) {
            append(1, 60 * i, 60);
            assertComplete(runtime, "digest");
            runtime.snapshot("digest");
        }
        append(1, 360, 100);
        assertComplete(runtime, "digest");
        long deadline = System.nanoTime() + Notes.LONG.toNanos();
        while (runtime.snapshots("digest").get(0).position() < 459) {
            assertTrue(System.nanoTime() < deadline);
            Polling.pause();
        }
        assertEquals(6 + 1, begun.get());
    }

    /** However often the process is started: from the newest one on, or from the first event. */
    @Test
    void shouldCountOverStarts() {
        for (SnapshotPolicy policy :
                List.of(
                        SnapshotPolicy.everyEvents(100),
                        SnapshotPolicy.everyBytes(1_600),
                        SnapshotPolicy.every(Duration.ofSeconds(100)))) {
            List<Long> at = new ArrayList<>();
            Optional<SnapshotDue.Made> newest =
                    Optional.of(new SnapshotDue.Made(-1, 0, NOON)); // as for every(time)
            for (long from = 0; from < 300; from += 30) {
                SnapshotDue due = new SnapshotDue(policy);
                due.begin(from - 1, newest, NOON.plusSeconds(from));
                for (long made : due(due, from, from + 30)) {
                    at.add(made);
                    newest =
                            Optional.of(
                                    new SnapshotDue.Made(
                                            made, 16 * (made + 1), NOON.plusSeconds(made + 1)));
                }
            }
            assertEquals(List.of(99L, 199L, 299L), at, policy.toString());
        }
    }

    @Test
    void shouldBeDueSoonWhereARowWasNeverInASnapshot() {
        SnapshotDue due = new SnapshotDue(SnapshotPolicy.every(Duration.ofDays(1)));
        due.begin(7, Optional.empty(), NOON);
        assertEquals(List.of(8L), due(due, 8, 20));
    }

    private List<ProjectionSnapshot> start(SnapshotPolicy policy, int from) throws Exception {
        ProjectionConfig config = ProjectionConfig.defaults().withSnapshotPolicy(policy);
        try (ProjectionRuntime runtime =
                ProjectionRuntime.builder(store, folder.resolve("models"))
                        .add(digest("digest", NOTHING), config)
                        .build()) {
            runtime.start();
            append(1, from, 30);
            assertComplete(runtime, "digest");
            return runtime.snapshots("digest");
        }
    }

    /** The process is never there for as long as it takes. */
    @Test
    void shouldMakeOneHoweverOftenTheProcessIsStarted() throws Exception {
        for (SnapshotPolicy policy :
                List.of(SnapshotPolicy.everyBytes(16 * 100), SnapshotPolicy.everyEvents(100))) {
            long deadline = System.nanoTime() + Notes.LONG.toNanos();
            int starts = 1;
            // One that is due as the runtime is closed is made by the next.
            for (int from = 0; start(policy, from).isEmpty(); from += 30) {
                assertTrue(System.nanoTime() < deadline, "starts=" + starts++);
            }
            ReadModelFiles.delete(folder.resolve("models"));
        }
    }
}
