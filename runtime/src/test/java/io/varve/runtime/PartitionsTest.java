package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.Consumed;
import io.varve.projections.EventStream;
import io.varve.projections.Materialized;
import io.varve.projections.Partition;
import io.varve.projections.Projection;
import io.varve.projections.StoreRef;
import io.varve.projections.StreamsBuilder;
import io.varve.projections.query.RangeQuery;
import io.varve.store.StreamId;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.serde.Serdes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** A projection in several partitions: its threads, its files, its failures. */
class PartitionsTest extends RuntimeTestBase {
    private static final int COUNT = 4;
    private static final StoreRef<Long, Long> ONE_BY_ONE = StoreRef.of("one-by-one");
    private static final StoreRef<Long, Notes.Digest> DIGESTS = StoreRef.of("digests");

    /** Counts by number and digests by author, after it has shown each note to a hook. */
    private Projection counting(Consumer<Notes.Note> hook) {
        StreamsBuilder builder = new StreamsBuilder();
        EventStream<String, Notes.Note> notes =
                builder.stream(Notes.CATEGORY, Consumed.with(serde));
        notes.groupBy((key, note) -> note.number())
                .count(Materialized.as(ONE_BY_ONE, Serdes.int64(), Serdes.int64()));
        notes.groupBy((key, note) -> note.author())
                .aggregate(
                        () -> Notes.Digest.NOTHING,
                        (key, note, digest) -> {
                            hook.accept(note);
                            return digest.add(note);
                        },
                        Materialized.as(DIGESTS, Serdes.int64(), AuthorDigests.DIGEST_SERDE));
        return Projection.of("notes", 1, builder.build());
    }

    private ProjectionRuntime running(Projection projection, int partitions) {
        return running(projection, ProjectionConfig.defaults().withPartitions(partitions));
    }

    /** With a listener of its own: {@link #states} sees one life. */
    private ProjectionRuntime running(Projection projection, ProjectionConfig how) {
        ProjectionRuntime runtime =
                closing(
                        ProjectionRuntime.builder(store, folder.resolve("models"))
                                .add(projection, how)
                                .config(
                                        RuntimeConfig.defaults()
                                                .withStuckAfter(Duration.ofMillis(50))
                                                .withShutdownTimeout(Duration.ofSeconds(20)))
                                .build());
        runtime.start();
        return runtime;
    }

    /** Throws also while a partition's thread looks at it. */
    private static final class Unlookable extends RuntimeException {
        private static final long serialVersionUID = 1L;

        @Override
        public synchronized Throwable getCause() {
            if (Thread.currentThread().getName().matches("varve-projection-notes-[0-9]")) {
                throw new IllegalStateException("on purpose");
            }
            return super.getCause();
        }
    }

    @Test
    void shouldFailWhateverIsThrownWhileAFailureIsDealtWith() throws Exception {
        append(1, 0, 10);
        ProjectionRuntime runtime =
                running(
                        counting(
                                note -> {
                                    if (note.number() == 7) {
                                        throw new Unlookable();
                                    }
                                }),
                        FAILING.withPartitions(COUNT));
        assertThrows(
                ProjectionFailedException.class,
                () -> runtime.awaitPosition("notes", 9, Duration.ofSeconds(20)));
        assertEquals(ProjectionState.FAILED, runtime.status("notes").state());
    }

    private Path partition(int generation, int number) {
        return folder.resolve("models")
                .resolve("notes")
                .resolve("generation-" + generation + "-v1")
                .resolve("partition-" + number + "-of-" + COUNT);
    }

    private static int owner(long author) {
        BytesWriter bytes = new BytesWriter();
        Serdes.int64().serialize(author, bytes);
        return Partition.of(bytes.view(), COUNT);
    }

    private void assertWhole(ProjectionRuntime runtime) throws InterruptedException {
        PositionBound bound = PositionBound.at(store.head());
        try (ReadView view = runtime.readView("notes", bound, Notes.LONG)) {
            assertShowsAllUpTo(view.position(), view);
        }
    }

    private static void assertShowsAllUpTo(long position, ReadView view) {
        long counted = view.store(ONE_BY_ONE).all().stream().mapToLong(Map.Entry::getValue).sum();
        long digested =
                view.store(DIGESTS).all().stream().mapToLong(row -> row.getValue().count()).sum();
        assertEquals(position + 1, counted);
        assertEquals(position + 1, digested);
    }

    @Test
    void shouldShowOneInstantWhileEventsCome() throws Exception {
        ProjectionRuntime runtime = running(counting(NOTHING), COUNT);
        Thread appending =
                new Thread(
                        () -> {
                            for (int i = 0; i < 400; i++) {
                                append(i % 13, i * 3L, 3);
                            }
                        });
        appending.start();
        long last = -1;
        int views = 0;
        while (appending.isAlive() || views < 50) {
            try (ReadView view = runtime.readView("notes", PositionBound.any(), Notes.LONG)) {
                assertTrue(view.position() >= last);
                last = view.position();
                assertShowsAllUpTo(last, view);
            }
            views++;
        }
        appending.join();
        assertWhole(runtime);
        assertEquals(1_200, runtime.status("notes").applied());
        assertEquals(1_200, runtime.metrics("notes").processTotal());
        assertEquals(2_400, lookups(runtime));
    }

    private static long lookups(ProjectionRuntime runtime) {
        var cache = runtime.metrics("notes").cache();
        return cache.hits() + cache.misses();
    }

    @Test
    void shouldKeepEachPartitionInAFolderOfItsOwn() throws Exception {
        append(1, 0, 100);
        try (ProjectionRuntime runtime = running(counting(NOTHING), COUNT)) {
            assertWhole(runtime);
        }
        for (int number = 0; number < COUNT; number++) {
            assertTrue(Files.exists(partition(1, number).resolve("data.mdb")));
        }
        assertFalse(Files.exists(partition(1, 0).resolveSibling("data.mdb")));
    }

    @Test
    void shouldRefuseAnotherNumberUntilItIsRebuilt() throws Exception {
        append(1, 0, 100);
        try (ProjectionRuntime runtime = running(counting(NOTHING), 1)) {
            assertWhole(runtime);
        }
        ProjectionRuntime runtime = running(counting(NOTHING), COUNT);
        assertChanged(runtime, 1, COUNT);
        append(2, 0, 50);
        Rebuild rebuild = runtime.rebuild("notes");
        assertTrue(rebuild.await(Notes.LONG));
        rebuild.promote();
        assertWhole(runtime);
        runtime.close();

        assertChanged(running(counting(NOTHING), 2), COUNT, 2);
        assertChanged(running(counting(NOTHING), 1), COUNT, 1);
        runtime = running(counting(NOTHING), COUNT);
        assertEquals(0, runtime.status("notes").applied());
        assertWhole(runtime);
        // What was computed in another number is gone back to as it is.
        runtime.rollback("notes");
        assertWhole(runtime);
        assertEquals(1, runtime.status("notes").generations().live().number());
    }

    private static void assertChanged(ProjectionRuntime runtime, int was, int is) {
        ChangedPartitionsException changed =
                assertInstanceOf(
                        ChangedPartitionsException.class,
                        runtime.status("notes").failure().orElseThrow());
        assertEquals(was, changed.was());
        assertEquals(is, changed.is());
        if (is != COUNT) {
            runtime.close();
        }
    }

    @Test
    void shouldGoOverToAnotherNumberWhileItIsRead() throws Exception {
        append(1, 0, 100);
        ProjectionRuntime runtime = running(counting(NOTHING), 1);
        assertWhole(runtime);
        Rebuild rebuild =
                runtime.rebuild(
                        counting(NOTHING), ProjectionConfig.defaults().withPartitions(COUNT));
        assertTrue(rebuild.await(Notes.LONG));
        assertWhole(runtime);
        rebuild.promote();
        runtime.discard("notes");
        append(2, 0, 100);
        assertWhole(runtime);
        assertTrue(Files.exists(partition(2, 0).resolve("data.mdb")));
    }

    @Test
    void shouldTellWhereAPartitionIsStuckAndShowTheLastInstant() throws Exception {
        Gate gate = new Gate(5);
        ProjectionRuntime runtime = running(counting(gate), COUNT);
        append(1, 0, 5);
        assertWhole(runtime);
        append(2, 5, 1);
        gate.entered.await();
        StuckWorker stuck = awaitStuck(runtime);
        assertEquals(5, stuck.position());
        assertTrue(
                stuck.stackTrace().stream()
                        .anyMatch(frame -> frame.getClassName().equals(Gate.class.getName())),
                stuck::lines);
        try (ReadView view = runtime.readView("notes", PositionBound.any(), Duration.ZERO)) {
            assertShowsAllUpTo(4, view);
        }
        gate.opened.countDown();
        assertWhole(runtime);
    }

    private static StuckWorker awaitStuck(ProjectionRuntime runtime) {
        while (runtime.status("notes").stuck().isEmpty()) {
            Polling.pause();
        }
        return runtime.status("notes").stuck().orElseThrow();
    }

    @Test
    void shouldLeaveAFailedEventOutOfAllPartitions() throws Exception {
        boolean[] mended = {false};
        Consumer<Notes.Note> hook =
                note -> {
                    if (note.number() == 7 && !mended[0]) {
                        throw new IllegalStateException("seven");
                    }
                };
        ProjectionConfig how =
                ProjectionConfig.defaults()
                        .withErrorPolicy(ErrorPolicy.deadLetter())
                        .withPartitions(COUNT);
        ProjectionRuntime runtime = running(counting(hook), how);
        append(1, 0, 10);
        append(2, 0, 5);
        runtime.awaitPosition("notes", store.head(), Notes.LONG);
        assertEquals(new DeadLetterCounts(1, 2, 0), runtime.status("notes").deadLetters());
        try (ReadView view = runtime.readView("notes", PositionBound.any(), Notes.LONG)) {
            assertEquals(
                    12, view.store(ONE_BY_ONE).all().stream().mapToLong(Map.Entry::getValue).sum());
            for (long number = 7; number < 10; number++) {
                assertTrue(view.store(ONE_BY_ONE).get(number).isEmpty());
                assertTrue(view.deadLetter(number).isPresent());
            }
        }
        runtime.close();

        mended[0] = true;
        runtime = running(counting(hook), how);
        DeadLetters letters = runtime.deadLetters("notes");
        StreamId stream = StreamId.of(Notes.CATEGORY, "author-1");
        assertEquals(List.of(stream), letters.streams());
        assertEquals(3, letters.list().size());
        assertEquals(3, letters.retry(stream, Notes.LONG).applied());
        assertEquals(DeadLetterCounts.NONE, letters.count());
        assertWhole(runtime);
    }

    /** As if it had been killed when some partitions had committed the retry, and others not. */
    @Test
    void shouldEndARetryThatWasKilledBetweenPartitions() throws Exception {
        boolean[] mended = {false};
        Consumer<Notes.Note> hook =
                note -> {
                    if (note.number() == 7 && !mended[0]) {
                        throw new IllegalStateException("seven");
                    }
                };
        ProjectionConfig how =
                ProjectionConfig.defaults()
                        .withErrorPolicy(ErrorPolicy.deadLetter())
                        .withPartitions(COUNT);
        append(1, 0, 10);
        try (ProjectionRuntime runtime = running(counting(hook), how)) {
            runtime.awaitPosition("notes", store.head(), Notes.LONG);
        }
        Path place = partition(1, owner(1));
        Path old = folder.resolve("old");
        Files.move(place, old);
        ReadModelFiles.copy(old, place);
        mended[0] = true;
        try (ProjectionRuntime runtime = running(counting(hook), how)) {
            StreamId stream = StreamId.of(Notes.CATEGORY, "author-1");
            assertEquals(3, runtime.deadLetters("notes").retry(stream, Notes.LONG).applied());
            assertWhole(runtime);
        }
        ReadModelFiles.delete(place);
        Files.move(old, place);
        ProjectionRuntime runtime = running(counting(hook), how);
        append(1, 10, 1);
        assertWhole(runtime);
        assertEquals(List.of(), runtime.deadLetters("notes").list());
    }

    /** Lets the next run go on with a copy, so that what it is copied from can be put back. */
    private Path keep(int number) throws IOException {
        Path kept = folder.resolve("kept-" + number);
        Files.move(partition(1, number), kept);
        ReadModelFiles.copy(kept, partition(1, number));
        return kept;
    }

    private void putBack(Path kept, int number) throws IOException {
        ReadModelFiles.delete(partition(1, number));
        Files.move(kept, partition(1, number));
    }

    /**
     * One has a letter still, one is behind it, the others have retried it: whether that which is
     * behind can apply the event is not known before it comes there.
     */
    @Test
    void shouldEndNoRetryThatAPartitionHasNotComeTo() throws Exception {
        long bad =
                LongStream.range(5, 10).filter(n -> owner(n) != owner(1)).findFirst().orElseThrow();
        boolean[] mended = {false};
        Consumer<Notes.Note> hook =
                note -> {
                    if (note.number() == bad && !mended[0]) {
                        throw new IllegalStateException("bad");
                    }
                };
        ProjectionConfig how =
                ProjectionConfig.defaults()
                        .withErrorPolicy(ErrorPolicy.deadLetter())
                        .withPartitions(COUNT);
        append(1, 0, 5);
        try (ProjectionRuntime runtime = running(counting(hook), how)) {
            assertWhole(runtime);
        }
        Path behind = keep(owner(1));
        append(1, 5, 5);
        try (ProjectionRuntime runtime = running(counting(hook), how)) {
            assertTrue(runtime.awaitPosition("notes", store.head(), Notes.LONG));
        }
        Path withLetter = keep(owner(bad));
        mended[0] = true;
        StreamId stream = StreamId.of(Notes.CATEGORY, "author-1");
        try (ProjectionRuntime runtime = running(counting(hook), how)) {
            runtime.deadLetters("notes").retry(stream, Notes.LONG);
            assertWhole(runtime);
        }
        putBack(behind, owner(1));
        putBack(withLetter, owner(bad));
        mended[0] = false;
        ProjectionRuntime runtime = running(counting(hook), how);
        assertTrue(runtime.awaitPosition("notes", append(2, 0, 1), Notes.LONG));
        try (ReadView view = runtime.readView("notes", PositionBound.any(), Notes.LONG)) {
            assertTrue(view.store(ONE_BY_ONE).get(bad).isEmpty(), "applied in part");
        }
        mended[0] = true;
        runtime.deadLetters("notes").retry(stream, Notes.LONG);
        assertWhole(runtime);
    }

    @Test
    void shouldBeReadWhilePausedAndAfterAFailure() throws Exception {
        ProjectionRuntime runtime =
                running(
                        counting(
                                note -> {
                                    if (note.number() == 7) {
                                        throw new IllegalStateException("seven");
                                    }
                                }),
                        FAILING.withPartitions(COUNT));
        append(1, 0, 5);
        assertWhole(runtime);
        runtime.pause("notes");
        append(1, 5, 1);
        try (ReadView view = runtime.readView("notes", PositionBound.any(), Duration.ZERO)) {
            assertShowsAllUpTo(4, view);
        }
        runtime.resume("notes");
        assertWhole(runtime);
        append(1, 6, 5);
        while (runtime.status("notes").state() != ProjectionState.FAILED) {
            Polling.pause();
        }
        try (ReadView view = runtime.readView("notes", PositionBound.any(), Duration.ZERO)) {
            assertShowsAllUpTo(6, view);
        }
    }

    /** More than are handed to the threads at once, once that has grown to its full size. */
    @Test
    void shouldApplyEachEventOfALongBacklog() throws Exception {
        for (int author = 0; author < 10; author++) {
            append(author, 0, 300);
        }
        assertWhole(running(counting(NOTHING), COUNT));
    }

    @Test
    void shouldRecoverOneDamagedPartitionFromItsSnapshot() throws Exception {
        append(3, 0, 300);
        append(4, 0, 300);
        ProjectionRuntime runtime = running(counting(NOTHING), COUNT);
        assertWhole(runtime);
        ProjectionSnapshot snapshot = runtime.snapshot("notes");
        assertEquals(store.head(), snapshot.position());
        assertEquals(List.of(snapshot), runtime.snapshots("notes"));
        for (int number = 0; number < COUNT; number++) {
            Path snapshots = snapshot.folders().get(number).getParent();
            assertEquals(partition(1, number) + ".snapshots", snapshots.toString());
        }
        assertEquals(COUNT, snapshot.folders().size());
        append(3, 300, 10);
        assertWhole(runtime);
        Notes.Digest digest;
        try (ReadView view = runtime.readView("notes", PositionBound.any(), Notes.LONG)) {
            digest = view.store(DIGESTS).get(3L).orElseThrow();
        }
        runtime.close();
        ReadModelFiles.flip(
                partition(1, owner(3)).resolve("data.mdb"), ReadModelFiles.stored(digest));

        runtime = running(counting(NOTHING), COUNT);
        append(3, 310, 5);
        assertWhole(runtime);
        ReadModelRecovery recovery = runtime.status("notes").recovery().orElseThrow();
        assertEquals(ReadModelRecovery.Reason.DAMAGED, recovery.reason());
        assertEquals(snapshot.position(), recovery.position());
        assertTrue(recovery.detail().startsWith("partition=" + owner(3) + " of " + COUNT));
        assertTrue(
                Files.exists(
                        partition(1, owner(3))
                                .resolveSibling(
                                        partition(1, owner(3)).getFileName() + ".set-aside")));
        assertFalse(
                Files.exists(
                        partition(1, (owner(3) + 1) % COUNT)
                                .resolveSibling(
                                        "partition-"
                                                + (owner(3) + 1) % COUNT
                                                + "-of-"
                                                + COUNT
                                                + ".set-aside")));
    }

    @Test
    void shouldTellOfSnapshotsThatSomePartitionsLack() throws Exception {
        append(3, 0, 30);
        ProjectionRuntime runtime = running(counting(NOTHING), COUNT);
        assertWhole(runtime);
        List<Path> folders = runtime.snapshot("notes").folders();
        assertEquals(List.of(), runtime.unusableSnapshots("notes"));
        ReadModelFiles.delete(folders.get(1));
        assertEquals(List.of(), runtime.snapshots("notes"));
        List<UnusableSnapshot> alone = runtime.unusableSnapshots("notes");
        assertEquals(COUNT - 1, alone.size());
        assertEquals(folders.get(0), alone.get(0).folder());
        assertTrue(alone.get(0).why().startsWith("other partitions have none"), alone::toString);
    }

    private static List<Long> positions(ProjectionSnapshot snapshot) throws Exception {
        List<Long> positions = new ArrayList<>();
        for (Path copy : snapshot.folders()) {
            positions.add(SnapshotManifest.read(copy).checkpoint().position());
        }
        return positions;
    }

    @Test
    void shouldMakeSnapshotsOfOnePositionWhileEventsCome() throws Exception {
        ProjectionRuntime runtime = running(counting(NOTHING), COUNT);
        append(1, 0, 1);
        assertWhole(runtime);
        AtomicBoolean enough = new AtomicBoolean();
        Thread appending =
                new Thread(
                        () -> {
                            for (int i = 0; !enough.get(); i++) {
                                append(i % 13, i * 3L, 3);
                            }
                        });
        appending.start();
        try {
            for (int i = 0; i < 4; i++) {
                ProjectionSnapshot made = runtime.snapshot("notes");
                List<Long> each = positions(made);
                assertEquals(Collections.nCopies(COUNT, made.position()), each);
                assertEquals(made, runtime.snapshots("notes").get(0));
                assertTrue(runtime.awaitPosition("notes", made.position() + 1, Notes.LONG));
            }
        } finally {
            enough.set(true);
            appending.join();
        }
        assertWhole(runtime);
    }

    /** Each of its partitions waits, on its thread, until all are as far. */
    private ProjectionRuntime meeting(String step, AtomicInteger met) {
        CyclicBarrier all = new CyclicBarrier(COUNT);
        ProjectionRuntime runtime =
                closing(
                        ProjectionRuntime.builder(store, folder.resolve("models"))
                                .add(
                                        counting(NOTHING),
                                        ProjectionConfig.defaults().withPartitions(COUNT))
                                .steps(
                                        reached -> {
                                            if (reached.equals(step)) {
                                                await(all);
                                                met.incrementAndGet();
                                            }
                                        })
                                .build());
        runtime.start();
        return runtime;
    }

    private static void await(CyclicBarrier all) {
        try {
            all.await(Notes.LONG.toSeconds(), TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void shouldMakeAndRestoreSnapshotsOfAllPartitionsAtOnce() throws Exception {
        append(1, 0, 40);
        append(2, 0, 40);
        AtomicInteger met = new AtomicInteger();
        ProjectionRuntime runtime = meeting("snapshot.begun", met);
        assertWhole(runtime);
        ProjectionSnapshot made = runtime.snapshot("notes");
        assertEquals(COUNT, met.get());
        append(3, 0, 10);
        runtime.close();
        for (int number = 0; number < COUNT; number++) {
            DurableFolder.delete(partition(1, number));
        }
        ProjectionRuntime again = meeting("recovery.begun", met);
        assertWhole(again);
        assertEquals(2 * COUNT, met.get());
        assertEquals(made.position(), again.status("notes").recovery().orElseThrow().position());
    }

    @Test
    void shouldKeepSnapshotsOfAllPartitionsWhereOneCannotBeMade() throws Exception {
        append(1, 0, 40);
        AtomicBoolean failing = new AtomicBoolean();
        AtomicInteger begun = new AtomicInteger();
        ProjectionRuntime runtime =
                closing(
                        ProjectionRuntime.builder(store, folder.resolve("models"))
                                .add(
                                        counting(NOTHING),
                                        ProjectionConfig.defaults()
                                                .withPartitions(COUNT)
                                                .withSnapshotPolicy(
                                                        SnapshotPolicy.onDemand().keep(1)))
                                .steps(
                                        step -> {
                                            if (step.equals("snapshot.begun")
                                                    && failing.get()
                                                    && begun.incrementAndGet() == COUNT) {
                                                throw new IllegalStateException("test");
                                            }
                                        })
                                .build());
        runtime.start();
        assertWhole(runtime);
        ProjectionSnapshot made = runtime.snapshot("notes");
        append(2, 0, 40);
        assertWhole(runtime);
        failing.set(true);
        assertThrows(IllegalStateException.class, () -> runtime.snapshot("notes"));
        assertEquals(List.of(made), runtime.snapshots("notes"));
        append(3, 0, 1);
        assertWhole(runtime); // commits are not kept back
    }

    @Test
    void shouldWatchRowsOfAllPartitionsCommitByCommit() throws Exception {
        append(1, 0, 3);
        ProjectionRuntime runtime = running(counting(NOTHING), COUNT);
        assertWhole(runtime);
        BlockingQueue<String> told = new LinkedBlockingQueue<>();
        WatchListener<Long, Long> listener =
                new WatchListener<>() {
                    @Override
                    public void onRows(long position, List<Map.Entry<Long, Long>> rows) {
                        told.add(position + " rows " + rows);
                    }

                    @Override
                    public void onChanges(long position, List<RowChange<Long, Long>> changes) {
                        List<String> texts = new ArrayList<>();
                        changes.forEach(
                                one -> texts.add(one.key() + "=" + one.value().orElse(-1L)));
                        told.add(position + " changes " + texts);
                    }
                };
        closing(runtime.watch("notes", ONE_BY_ONE, RangeQuery.all(), listener));
        assertEquals("2 rows [0=1, 1=1, 2=1]", told.poll(60, TimeUnit.SECONDS));
        append(2, 0, 5);
        assertEquals("7 changes [0=2, 1=2, 2=2, 3=1, 4=1]", told.poll(60, TimeUnit.SECONDS));
    }

    @Test
    void shouldBeLookedAtAsOfOtherTimes() throws Exception {
        append(1, 0, 40);
        ProjectionRuntime runtime = running(counting(NOTHING), COUNT);
        assertWhole(runtime);
        runtime.snapshot("notes");
        append(2, 0, 40);
        assertWhole(runtime);
        TimeTravel travel = runtime.timeTravel("notes");
        for (long position : new long[] {-1, 10, 39, 40, 60, 79}) {
            try (ReadView then = travel.asOf(position)) {
                assertShowsAllUpTo(position, then);
            }
        }
        assertTrue(travel.verify().isSound());
        assertEquals(2, travel.explain(ONE_BY_ONE, 7L).list().size());
        try (WhatIf whatIf = travel.whatIf()) {
            whatIf.append(Notes.CATEGORY, "author-3", new Notes.Note(3, 7));
            try (ReadView view = whatIf.view()) {
                assertEquals(3L, view.store(ONE_BY_ONE).get(7L).orElseThrow());
            }
        }
    }

    @Test
    void shouldEndItsThreadsWithTheRuntime() throws Exception {
        ProjectionRuntime runtime = running(counting(NOTHING), COUNT);
        append(1, 0, 3);
        assertWhole(runtime);
        assertEquals(COUNT, partitionThreads());
        runtime.close();
        assertEquals(0, partitionThreads());
    }

    private static long partitionThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().matches("varve-projection-notes-[0-9]"))
                .count();
    }
}
