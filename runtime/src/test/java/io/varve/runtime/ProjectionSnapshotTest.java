package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.Partition;
import io.varve.projections.Projection;
import io.varve.runtime.ReadModelRecovery.Reason;
import io.varve.store.EventStore;
import io.varve.store.state.Checkpoint;
import io.varve.store.state.StateConfig;
import io.varve.store.state.StateEnvironment;
import io.varve.store.state.StateTransaction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Read models begin with the newest snapshot that can be used, and apply the tail alone. */
class ProjectionSnapshotTest extends RuntimeTestBase {
    private static final ProjectionConfig ON_DEMAND = ProjectionConfig.defaults();

    private final List<Long> seen = Collections.synchronizedList(new ArrayList<>());
    private Path models;
    private Path generation;

    @BeforeEach
    void locate() {
        models = folder.resolve("models");
        generation = ReadModelFiles.generation(models, "digest");
    }

    private Projection projection() {
        return digest("digest", note -> seen.add(note.number()));
    }

    private ProjectionRuntime running(ProjectionConfig config) {
        return running(models, config, new StateLog());
    }

    private ProjectionRuntime running(Path at, ProjectionConfig config, StateLog told) {
        ProjectionRuntime runtime =
                closing(
                        ProjectionRuntime.builder(store, at)
                                .listener(told)
                                .add(projection(), config)
                                .build());
        runtime.start();
        return runtime;
    }

    private static ProjectionConfig with(SnapshotPolicy policy) {
        return ProjectionConfig.defaults().withSnapshotPolicy(policy);
    }

    /** A snapshot behind each of some counts of events, and some events more. */
    private List<ProjectionSnapshot> derive(int more, int... counts) throws Exception {
        int keep = Math.max(1, counts.length);
        List<ProjectionSnapshot> made = new ArrayList<>();
        try (ProjectionRuntime runtime = running(with(SnapshotPolicy.onDemand().keep(keep)))) {
            int from = 0;
            for (int count : counts) {
                append(1, from, count);
                from += count;
                assertComplete(runtime, "digest");
                made.add(0, runtime.snapshot("digest"));
            }
            append(1, from, more);
            assertComplete(runtime, "digest");
            assertEquals(made, runtime.snapshots("digest"));
        }
        seen.clear();
        return made;
    }

    private static List<Long> numbers(long from, long to) {
        return LongStream.range(from, to).boxed().toList();
    }

    private ReadModelRecovery restart() throws Exception {
        try (ProjectionRuntime runtime = running(ON_DEMAND)) {
            assertComplete(runtime, "digest");
            assertEquals(seen.size(), runtime.status("digest").applied());
            return runtime.status("digest").recovery().orElseThrow();
        }
    }

    /** As one that was computed from the first event on. */
    private void assertSameAsFromZero() throws Exception {
        Path fresh = folder.resolve("fresh");
        try (ProjectionRuntime runtime = running(fresh, ON_DEMAND, new StateLog())) {
            assertComplete(runtime, "digest");
        }
        assertEquals(
                ReadModelFiles.rows(ReadModelFiles.generation(fresh, "digest"), projection()),
                ReadModelFiles.rows(generation, projection()));
    }

    @Test
    void shouldReadTheTailAloneBehindASnapshot() throws Exception {
        ProjectionSnapshot snapshot = derive(30, 200, 300).get(0);
        assertEquals(499, snapshot.position());
        assertEquals(1, snapshot.version());
        ReadModelFiles.delete(generation);
        ReadModelRecovery recovery = restart();
        assertEquals(Reason.DELETED, recovery.reason());
        assertEquals(499, recovery.position());
        assertEquals(List.of(), recovery.passedOver());
        assertEquals(numbers(500, 530), seen);
        assertSameAsFromZero();
    }

    @Test
    void shouldBeginWithASnapshotWhenDamageIsFoundWhileRunning() throws Exception {
        derive(30, 500);
        ReadModelFiles.flip(
                generation.resolve("data.mdb"),
                ReadModelFiles.stored(Notes.expected(store, serde, 529)));
        StateLog told = new StateLog();
        ProjectionRuntime runtime = running(models, ON_DEMAND, told);
        append(1, 530, 10);
        ReadModelRecovery recovery = told.awaitRecoveries(1).get(0);
        assertEquals(Reason.DAMAGED, recovery.reason());
        assertEquals(499, recovery.position());
        assertComplete(runtime, "digest");
        assertEquals(numbers(500, 540), List.copyOf(seen).subList(seen.size() - 40, seen.size()));
        runtime.close();
        assertSameAsFromZero();
    }

    @Test
    void shouldPassOverSnapshotsThatAreDamaged() throws Exception {
        List<ProjectionSnapshot> made = derive(30, 200, 200, 100);
        SplittableRandom random = new SplittableRandom(11);
        flipOne(made.get(0).folders().get(0).resolve("data.mdb"), random);
        flipOne(made.get(1).folders().get(0).resolve("manifest"), random);
        ReadModelFiles.delete(generation);
        ReadModelRecovery recovery = restart();
        assertEquals(199, recovery.position());
        assertEquals(2, recovery.passedOver().size(), recovery.passedOver().toString());
        assertEquals(numbers(200, 530), seen);
        assertSameAsFromZero();
    }

    @Test
    void shouldTellOfSnapshotsThatCannotBeUsed() throws Exception {
        List<ProjectionSnapshot> made = derive(30, 100, 100, 100);
        Path newest = made.get(0).folders().get(0);
        Path middle = made.get(1).folders().get(0);
        ProjectionRuntime runtime = running(ON_DEMAND);
        assertComplete(runtime, "digest");
        assertEquals(List.of(), runtime.unusableSnapshots("digest"));
        ReadModelFiles.flipAt(newest.resolve("data.mdb"), 5_000);
        ReadModelFiles.flipAt(middle.resolve("manifest"), 100);
        assertEquals(List.of(made.get(0), made.get(2)), runtime.snapshots("digest"));
        assertEquals(List.of(middle), unusable(runtime), "data are read when they are used");
        runtime.timeTravel("digest").asOf(320).close();
        assertEquals(List.of(made.get(2)), runtime.snapshots("digest"));
        assertEquals(List.of(newest, middle), unusable(runtime));
        for (UnusableSnapshot one : runtime.unusableSnapshots("digest")) {
            assertTrue(one.why().contains(one.folder().toString()), one::toString);
        }
        ReadModelFiles.flipAt(newest.resolve("data.mdb"), 5_000);
        runtime.timeTravel("digest").asOf(320).close();
        assertEquals(List.of(middle), unusable(runtime), "it was put right");
    }

    private static List<Path> unusable(ProjectionRuntime runtime) {
        return runtime.unusableSnapshots("digest").stream().map(UnusableSnapshot::folder).toList();
    }

    @Test
    void shouldTellOfSnapshotsThatARecoveryHasFoundDamaged() throws Exception {
        Path newest = derive(30, 100, 100).get(0).folders().get(0);
        ReadModelFiles.flipAt(newest.resolve("data.mdb"), 5_000);
        ReadModelFiles.delete(generation);
        ProjectionRuntime runtime = running(ON_DEMAND);
        assertComplete(runtime, "digest");
        assertEquals(List.of(newest), unusable(runtime));
    }

    @Test
    void shouldTellOfSnapshotsOfAnotherLog() throws Exception {
        List<ProjectionSnapshot> made = derive(30, 100);
        store.close();
        ReadModelFiles.delete(folder.resolve("log"));
        store = EventStore.open(folder.resolve("log"));
        append(2, 0, 200);
        ProjectionRuntime runtime = running(ON_DEMAND);
        assertComplete(runtime, "digest");
        assertEquals(List.of(), runtime.snapshots("digest"));
        assertEquals(List.of(made.get(0).folders().get(0)), unusable(runtime));
        assertTrue(runtime.unusableSnapshots("digest").get(0).why().contains("another store"));
    }

    @Test
    void shouldNoticeEachBitOfASnapshot() throws Exception {
        flipBits(80);
    }

    @Test
    @Tag("long")
    void shouldNoticeManyBitsOfASnapshot() throws Exception {
        flipBits(2_000);
    }

    private void flipBits(int times) throws Exception {
        ProjectionSnapshot snapshot = derive(30, 500).get(0);
        SplittableRandom random = new SplittableRandom(12);
        History history = History.of(store);
        Path target = folder.resolve("target");
        Snapshots snapshots =
                new Snapshots(snapshot.folders().get(0).getParent(), projection(), Partition.WHOLE);
        for (int i = 0; i < times; i++) {
            Path file = snapshot.folders().get(0).resolve(i % 4 == 0 ? "manifest" : "data.mdb");
            byte[] whole = Files.readAllBytes(file);
            flipOne(file, random);
            Snapshots.Restored restored = snapshots.restoreNewest(history, target);
            assertEquals(Optional.empty(), restored.snapshot());
            assertEquals(1, restored.passedOver().size());
            assertFalse(Files.exists(target));
            Files.write(file, whole);
        }
        assertTrue(snapshots.restoreNewest(history, target).snapshot().isPresent());
    }

    @Test
    void shouldRememberNothingOfSnapshotsThatAreDeleted() {
        Snapshots snapshots =
                new Snapshots(folder.resolve("snapshots"), projection(), Partition.WHOLE);
        Set<String> tables = Set.of(Life.TABLE, LetterRows.LETTERS, LetterRows.QUARANTINE);
        StateConfig config =
                StateConfig.at(folder.resolve("model")).withTables(tables.toArray(String[]::new));
        try (StateEnvironment environment = StateEnvironment.open(config)) {
            for (int i = 0; i < 4; i++) {
                long position = append(1, i, 1);
                try (StateTransaction transaction = environment.begin()) {
                    transaction.checkpoint(
                            new Checkpoint(
                                    store.identity().storeId(),
                                    store.identity().incarnation(),
                                    position,
                                    store.chainHash(position)));
                    transaction.commit();
                }
                snapshots.make(environment, 2);
                snapshots
                        .openNewest(History.of(store), position, tables)
                        .orElseThrow()
                        .state()
                        .close();
            }
            assertEquals(2, snapshots.list(History.of(store)).size());
            assertEquals(2, snapshots.checkedCount());
        }
    }

    private static void flipOne(Path file, SplittableRandom random) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        Files.write(file, bytes);
    }

    @Test
    void shouldPassOverSnapshotsOfAnotherLog() throws Exception {
        derive(30, 500);
        store.close();
        ReadModelFiles.delete(folder.resolve("log"));
        store = EventStore.open(folder.resolve("log"));
        append(2, 0, 600);
        ReadModelRecovery recovery = restart();
        assertEquals(Reason.OTHER_HISTORY, recovery.reason());
        assertEquals(-1, recovery.position());
        assertEquals(1, recovery.passedOver().size());
        assertTrue(recovery.passedOver().get(0).contains("another store"));
        assertEquals(numbers(0, 600), seen);
    }

    @Test
    void shouldPassOverSnapshotsOfAnotherDefinition() throws Exception {
        ProjectionSnapshot snapshot = derive(30, 500).get(0);
        Snapshots others =
                new Snapshots(
                        snapshot.folders().get(0).getParent(),
                        Notes.digest("digest", "others", serde, NOTHING),
                        Partition.WHOLE);
        assertEquals(List.of(), others.list(History.of(store)));
        String why = others.unusable(History.of(store)).get(0).why();
        assertTrue(why.contains("another definition"), why);
        assertEquals(
                Optional.empty(),
                others.restoreNewest(History.of(store), folder.resolve("target")).snapshot());
    }

    @Test
    void shouldMakeSnapshotsByItselfAndKeepTheNewest() throws Exception {
        ProjectionRuntime runtime = running(with(SnapshotPolicy.everyEvents(100).keep(2)));
        for (int i = 0; i < 10; i++) {
            append(1, i * 100L, 100);
            assertComplete(runtime, "digest");
            awaitSnapshot(runtime, i * 100L + 99);
        }
        // The older ones go when the newest is there.
        List<Long> kept = List.of(999L, 899L);
        long deadline = System.nanoTime() + Notes.LONG.toNanos();
        while (!positions(runtime).equals(kept)) {
            assertTrue(System.nanoTime() < deadline, positions(runtime).toString());
            Polling.pause();
        }
    }

    private static List<Long> positions(ProjectionRuntime runtime) {
        return runtime.snapshots("digest").stream().map(ProjectionSnapshot::position).toList();
    }

    private static void awaitSnapshot(ProjectionRuntime runtime, long position) {
        long deadline = System.nanoTime() + Notes.LONG.toNanos();
        while (runtime.snapshots("digest").stream().noneMatch(s -> s.position() >= position)) {
            assertTrue(System.nanoTime() < deadline, "no snapshot at " + position);
            Polling.pause();
        }
    }

    @Test
    void shouldMakeSnapshotsByBytesAndByTime() throws Exception {
        ProjectionRuntime byBytes = running(with(SnapshotPolicy.everyBytes(16 * 100)));
        append(1, 0, 100);
        awaitSnapshot(byBytes, 99);
        byBytes.close();
        ProjectionRuntime byTime =
                running(
                        folder.resolve("timed"),
                        with(SnapshotPolicy.every(Duration.ofNanos(1))),
                        new StateLog());
        append(1, 100, 1);
        awaitSnapshot(byTime, 100);
    }

    @Test
    void shouldGoOnWhileASnapshotIsMade() throws Exception {
        ProjectionRuntime runtime = running(with(SnapshotPolicy.everyEvents(1).keep(3)));
        for (int i = 0; i < 300; i++) {
            append(1, i, 1);
        }
        assertComplete(runtime, "digest");
        ProjectionSnapshot last = runtime.snapshot("digest");
        assertEquals(299, last.position());
        assertEquals(last, runtime.snapshots("digest").get(0));
        assertTrue(runtime.snapshots("digest").size() <= 3);
    }

    @Test
    void shouldHaveNothingToSnapshotBeforeTheFirstEvent() throws Exception {
        ProjectionRuntime runtime = running(ON_DEMAND);
        assertThrows(NothingToSnapshotException.class, () -> runtime.snapshot("digest"));
        assertEquals(List.of(), runtime.snapshots("digest"));
    }

    /** Single appends, so that each event is a block. */
    private void appendOneByOne(int from, int count) {
        for (int i = 0; i < count; i++) {
            append(1, from + i, 1);
        }
    }

    @Test
    void shouldHoldWhatComesBehindTheOldestSnapshotThatIsKept() throws Exception {
        try (ProjectionRuntime runtime = running(with(SnapshotPolicy.onDemand().keep(1)))) {
            appendOneByOne(0, 10);
            assertComplete(runtime, "digest");
            runtime.snapshot("digest");
            appendOneByOne(10, 10);
            assertComplete(runtime, "digest");
            assertEquals(10, store.retention().truncateBefore(15).firstPosition());
            runtime.snapshot("digest");
            assertEquals(15, store.retention().truncateBefore(15).firstPosition());
            appendOneByOne(20, 5);
            assertComplete20(runtime);
        }
        assertEquals(20, store.retention().holds().get(0).position());
        ReadModelFiles.delete(generation);
        seen.clear();
        try (ProjectionRuntime runtime = running(ON_DEMAND)) {
            assertComplete20(runtime);
            assertEquals(19, runtime.status("digest").recovery().orElseThrow().position());
            assertEquals(numbers(20, 25), seen);
        }
    }

    @Test
    void shouldHoldTheSameAfterAListingThatCouldNotReadIt() throws Exception {
        ProjectionRuntime runtime = running(with(SnapshotPolicy.onDemand().keep(1)));
        appendOneByOne(0, 10);
        assertComplete(runtime, "digest");
        Path manifest = runtime.snapshot("digest").folders().get(0).resolve(SnapshotManifest.FILE);
        appendOneByOne(10, 10);
        assertComplete(runtime, "digest");
        byte[] whole = Files.readAllBytes(manifest);
        Files.delete(manifest);
        assertEquals(List.of(), runtime.snapshots("digest"));
        Files.write(manifest, whole);
        assertEquals(10, store.retention().truncateBefore(15).firstPosition());
    }

    private static void assertComplete20(ProjectionRuntime runtime) throws InterruptedException {
        assertTrue(runtime.awaitPosition("digest", 24, Notes.LONG));
    }

    @Test
    void shouldFailWhereNoSnapshotReachesTheBeginningOfTheLog() throws Exception {
        try (ProjectionRuntime runtime = running(ON_DEMAND)) {
            appendOneByOne(0, 10);
            assertComplete(runtime, "digest");
            runtime.snapshot("digest");
            appendOneByOne(10, 10);
            assertComplete(runtime, "digest");
        }
        store.retention().truncateBeforeRegardless(15);
        ReadModelFiles.delete(generation);
        ProjectionRuntime runtime = running(ON_DEMAND);
        assertInstanceOf(
                HistoryTruncatedException.class, runtime.status("digest").failure().orElseThrow());
    }

    @Test
    void shouldTakeASnapshotInPlaceOfAReadModelBehindTheBeginningOfTheLog() throws Exception {
        Path old = folder.resolve("old");
        try (ProjectionRuntime runtime = running(ON_DEMAND)) {
            appendOneByOne(0, 10);
            assertComplete(runtime, "digest");
        }
        copy(generation, old);
        try (ProjectionRuntime runtime = running(ON_DEMAND)) {
            appendOneByOne(10, 10);
            assertComplete(runtime, "digest");
            runtime.snapshot("digest");
        }
        ReadModelFiles.delete(generation);
        copy(old, generation);
        store.retention().truncateBeforeRegardless(15);
        seen.clear();
        appendOneByOne(20, 5);
        try (ProjectionRuntime runtime = running(ON_DEMAND)) {
            assertComplete20(runtime);
            ReadModelRecovery recovery = runtime.status("digest").recovery().orElseThrow();
            assertEquals(Reason.TRUNCATED, recovery.reason());
            assertEquals(19, recovery.position());
            assertEquals(numbers(20, 25), seen);
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        for (Path file : DurableFolder.list(from)) {
            Files.copy(file, to.resolve(file.getFileName()));
        }
    }
}
