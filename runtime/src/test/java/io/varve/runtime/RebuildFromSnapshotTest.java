package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.Projection;
import io.varve.store.StreamId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** A rebuild that is told to begins with a snapshot, and applies what comes behind it alone. */
class RebuildFromSnapshotTest extends RuntimeTestBase {
    private final List<Long> seen = new CopyOnWriteArrayList<>();

    private Projection projection(int version) {
        Projection digest = digest("one", note -> seen.add(note.number()));
        return Projection.of("one", version, digest.topology());
    }

    private ProjectionRuntime running(ProjectionConfig config) {
        ProjectionRuntime runtime =
                closing(
                        ProjectionRuntime.builder(store, folder.resolve("models"))
                                .add(projection(1), config)
                                .build());
        runtime.start();
        return runtime;
    }

    private ProjectionRuntime running() {
        return running(ProjectionConfig.defaults());
    }

    /** Numbers are positions. */
    private void append(ProjectionRuntime runtime, int count) throws InterruptedException {
        append(1, store.head() + 1, count);
        await(runtime);
    }

    private void await(ProjectionRuntime runtime) throws InterruptedException {
        assertTrue(runtime.awaitPosition("one", store.head(), Notes.LONG));
    }

    private Rebuild caughtUp(Rebuild rebuild) throws InterruptedException {
        assertTrue(rebuild.await(Notes.LONG));
        return rebuild;
    }

    private void assertSeen(long from) {
        assertEquals(LongStream.rangeClosed(from, store.head()).boxed().toList(), seen);
    }

    private void assertWhole(ProjectionRuntime runtime) throws InterruptedException {
        PositionBound bound = PositionBound.at(store.head());
        try (ReadView view = runtime.readView("one", bound, Notes.LONG)) {
            assertEquals(Notes.expected(store, serde, view.position()), Notes.digestOf(view));
        }
    }

    @Test
    void shouldApplyWhatComesBehindTheNewestSnapshotAlone() throws Exception {
        ProjectionRuntime runtime = running();
        append(runtime, 40);
        runtime.snapshot("one");
        append(runtime, 40);
        runtime.snapshot("one");
        append(runtime, 10);
        seen.clear();
        Rebuild rebuild = caughtUp(runtime.rebuild("one", RebuildStart.newestSnapshot()));
        assertSeen(80);
        assertEquals(79, rebuild.progress().begunAt());
        assertEquals(89, rebuild.progress().position());
        rebuild.promote();
        assertWhole(runtime);
        append(runtime, 10);
        runtime.close();
        // It says whose it is: another place would be taken for rows of somebody else.
        ProjectionRuntime again = running();
        assertEquals(2, again.status("one").generations().live().number());
        assertEquals(Optional.empty(), again.status("one").recovery());
        assertWhole(again);
    }

    @Test
    void shouldBeginWithTheFirstEventUnlessToldOtherwise() throws Exception {
        ProjectionRuntime runtime = running();
        append(runtime, 40);
        runtime.snapshot("one");
        seen.clear();
        Rebuild rebuild = caughtUp(runtime.rebuild("one"));
        assertSeen(0);
        assertEquals(-1, rebuild.progress().begunAt());
    }

    @Test
    void shouldBeginWithTheNewestSnapshotUpToAPosition() throws Exception {
        ProjectionRuntime runtime = running();
        append(runtime, 40);
        runtime.snapshot("one");
        append(runtime, 40);
        runtime.snapshot("one");
        for (long most : new long[] {78, 39, 38}) {
            seen.clear();
            Rebuild rebuild = caughtUp(runtime.rebuild("one", RebuildStart.snapshotUpTo(most)));
            assertEquals(most >= 39 ? 39 : -1, rebuild.progress().begunAt());
            assertSeen(most >= 39 ? 40 : 0);
            rebuild.cancel();
        }
        assertThrows(IllegalArgumentException.class, () -> RebuildStart.snapshotUpTo(-1));
        assertEquals(OptionalLong.empty(), RebuildStart.firstEvent().snapshotUpTo());
    }

    @Test
    void shouldPassOverSnapshotsThatAreDamagedOrOfAnotherDefinition() throws Exception {
        ProjectionRuntime runtime = running();
        append(runtime, 40);
        runtime.snapshot("one");
        append(runtime, 40);
        Path newest = runtime.snapshot("one").folders().get(0);
        ReadModelFiles.flipAt(newest.resolve("data.mdb"), 5_000);
        ProjectionConfig config = ProjectionConfig.defaults();
        RebuildStart start = RebuildStart.newestSnapshot();
        Rebuild same = caughtUp(runtime.rebuild("one", start));
        assertEquals(39, same.progress().begunAt());
        assertEquals(1, same.progress().passedOver().size());
        assertTrue(
                same.progress().passedOver().get(0).startsWith(newest.getFileName() + ": "),
                same.progress().passedOver()::toString);
        assertEquals(Optional.empty(), same.progress().begunAnew());
        same.cancel();
        Rebuild other = caughtUp(runtime.rebuild(projection(2), config, start));
        assertEquals(-1, other.progress().begunAt());
        assertEquals(List.of(), other.progress().passedOver(), "none is of this version");
        other.cancel();
        seen.clear();
        Rebuild divided = caughtUp(runtime.rebuild(projection(1), config.withPartitions(2), start));
        assertEquals(-1, divided.progress().begunAt());
        divided.promote();
        assertWhole(runtime);
    }

    @Test
    void shouldBeginInAllPartitions() throws Exception {
        ProjectionRuntime runtime = running(ProjectionConfig.defaults().withPartitions(3));
        for (int author = 0; author < 20; author++) {
            append(author, author * 3, 3);
        }
        await(runtime);
        runtime.snapshot("one");
        append(runtime, 5);
        seen.clear();
        Rebuild rebuild = caughtUp(runtime.rebuild("one", RebuildStart.newestSnapshot()));
        assertEquals(59, rebuild.progress().begunAt());
        assertEquals(List.of(60L, 61L, 62L, 63L, 64L), seen.stream().distinct().sorted().toList());
        rebuild.promote();
        assertWhole(runtime);
        runtime.close();
        ProjectionRuntime again = running(ProjectionConfig.defaults().withPartitions(3));
        assertEquals(Optional.empty(), again.status("one").recovery());
        assertWhole(again);
    }

    @Test
    void shouldTellOfWhichPartitionTheSnapshotWasDamaged() throws Exception {
        ProjectionRuntime runtime = running(ProjectionConfig.defaults().withPartitions(2));
        append(runtime, 40);
        Path second = runtime.snapshot("one").folders().get(1);
        ReadModelFiles.flipAt(second.resolve("data.mdb"), 5_000);
        Rebuild rebuild = caughtUp(runtime.rebuild("one", RebuildStart.newestSnapshot()));
        List<String> passedOver = rebuild.progress().passedOver();
        assertEquals(1, passedOver.size());
        assertTrue(passedOver.get(0).startsWith("partition=1 of 2 "), passedOver::toString);
        rebuild.promote();
        assertWhole(runtime);
    }

    @Test
    void shouldRunThoughTheSnapshotIsOfOneThatWasPaused() throws Exception {
        ProjectionRuntime runtime = running();
        append(runtime, 40);
        runtime.pause("one");
        runtime.snapshot("one");
        append(1, 40, 10);
        Rebuild rebuild = caughtUp(runtime.rebuild("one", RebuildStart.newestSnapshot()));
        assertEquals(49, rebuild.progress().position());
        rebuild.promote();
        assertWhole(runtime);
    }

    @Test
    void shouldHaveTheDeadLettersOfTheSnapshot() throws Exception {
        Projection failing =
                digest(
                        "one",
                        note -> {
                            if (note.number() == 7) {
                                throw new IllegalStateException("on purpose");
                            }
                        });
        ProjectionRuntime runtime =
                closing(
                        ProjectionRuntime.builder(store, folder.resolve("models"))
                                .add(
                                        failing,
                                        ProjectionConfig.defaults()
                                                .withErrorPolicy(ErrorPolicy.deadLetter()))
                                .build());
        runtime.start();
        append(runtime, 20);
        runtime.snapshot("one");
        Rebuild rebuild =
                caughtUp(
                        runtime.rebuild(
                                projection(1),
                                ProjectionConfig.defaults(),
                                RebuildStart.newestSnapshot()));
        assertEquals(13, rebuild.progress().deadLetters().retriable());
        rebuild.promote();
        StreamId stream = StreamId.of(Notes.CATEGORY, "author-1");
        assertEquals(13, runtime.deadLetters("one").retry(stream, Notes.LONG).applied());
        assertWhole(runtime);
    }

    @Test
    void shouldGoOnAfterARestartAndStillSayWhatItHasBegunWith() throws Exception {
        ProjectionRuntime runtime = running();
        append(runtime, 40);
        runtime.snapshot("one");
        append(runtime, 10);
        Rebuild rebuild = caughtUp(runtime.rebuild("one", RebuildStart.newestSnapshot()));
        runtime.close();
        assertEquals(RebuildPhase.SUSPENDED, rebuild.progress().phase());
        seen.clear();
        ProjectionRuntime again = running();
        Rebuild same = caughtUp(again.rebuild("one"));
        assertEquals(rebuild.generation(), same.generation());
        assertEquals(39, same.progress().begunAt());
        assertEquals(List.of(), seen);
        assertEquals(Optional.of(Duration.ZERO), same.progress().remaining());
        same.promote();
        assertWhole(again);
        assertFalse(again.status("one").generations().isRebuildPending());
    }
}
