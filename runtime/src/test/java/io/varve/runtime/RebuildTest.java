package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.Consumed;
import io.varve.projections.Grouped;
import io.varve.projections.Materialized;
import io.varve.projections.Projection;
import io.varve.projections.StoreRef;
import io.varve.projections.StreamsBuilder;
import io.varve.store.ExpectedVersion;
import io.varve.store.Hold;
import io.varve.store.NewEvent;
import io.varve.store.StreamId;
import io.varve.store.errors.StoreClosedException;
import io.varve.store.serde.Serdes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A read model is computed anew beside the live one, and takes its place. */
class RebuildTest extends RuntimeTestBase {
    static final StoreRef<String, Long> COUNTS = StoreRef.of("counts");

    private ProjectionRuntime quiet(Projection... projections) {
        ProjectionRuntimeBuilder builder =
                ProjectionRuntime.builder(store, folder.resolve("models"));
        for (Projection projection : projections) {
            builder.add(projection);
        }
        ProjectionRuntime runtime = closing(builder.build());
        runtime.start();
        return runtime;
    }

    private List<String> generations(String name) throws IOException {
        try (Stream<Path> paths = Files.list(folder.resolve("models").resolve(name))) {
            return paths.map(path -> path.getFileName().toString())
                    .filter(one -> one.startsWith("generation"))
                    .sorted()
                    .toList();
        }
    }

    private List<String> holds() {
        return store.retention().holds().stream().map(Hold::name).sorted().toList();
    }

    /** There was a folder for it until it was refused; nothing is left to be resumed. */
    @Test
    void shouldAdviseARebuildAgainAndNoFolderWhereItsEventsAreGone() throws Exception {
        ProjectionRuntime runtime = started(RuntimeConfig.defaults(), digest("one", NOTHING));
        for (int i = 0; i < 10; i++) {
            append(1, i, 1);
        }
        assertComplete(runtime, "one");
        assertEquals(8, store.retention().truncateBefore(8).firstPosition());
        ProjectionFailedException refused =
                assertThrows(
                        ProjectionFailedException.class,
                        () -> runtime.rebuild(digest("one", NOTHING)));
        assertTrue(refused.remedy().contains("rebuild again"), refused.remedy());
        assertFalse(refused.remedy().contains("resume"), refused.remedy());
        HistoryTruncatedException cause =
                assertInstanceOf(HistoryTruncatedException.class, refused.getCause());
        assertEquals(8, cause.firstPosition());
        assertFalse(cause.getMessage().contains("generation-2"), cause.getMessage());
        append(1, 10, 1);
        assertTrue(runtime.awaitPosition("one", 10, Notes.LONG));
    }

    /** Counts notes by author, another definition under the name of the digests. */
    private Projection counting(String name, int version) {
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream("notes", Consumed.with(Notes.serde()))
                .groupByKey(Grouped.keySerde(Serdes.utf8()))
                .count(Materialized.as(COUNTS, Serdes.utf8(), Serdes.int64()));
        return Projection.of(name, version, builder.build());
    }

    /** A digest whose functions may be changed, with another serde object and so another source. */
    private Projection changed(int version, Consumer<Notes.Note> hook) {
        return Projection.of("one", version, Notes.digest("one", Notes.serde(), hook).topology());
    }

    private static Rebuild caughtUp(Rebuild rebuild) throws InterruptedException {
        assertTrue(rebuild.await(Notes.LONG), "caught up");
        return rebuild;
    }

    @Test
    void shouldComputeAnewBesideTheLiveOneAndTakeItsPlace() throws Exception {
        append(1, 0, 10);
        ProjectionRuntime runtime = started(RuntimeConfig.defaults(), digest("one", NOTHING));
        assertComplete(runtime, "one");
        Rebuild rebuild = runtime.rebuild("one");
        assertEquals(new GenerationId(2, 1), rebuild.generation());
        append(1, 10, 5);
        caughtUp(rebuild);
        assertComplete(runtime, "one");
        assertEquals(
                new ProjectionGenerations(
                        new GenerationId(1, 1),
                        Optional.empty(),
                        Optional.of(new GenerationId(2, 1)),
                        true),
                runtime.status("one").generations());
        assertEquals(List.of(rebuild), runtime.rebuilds());
        rebuild.promote();
        assertEquals(RebuildPhase.PROMOTED, rebuild.progress().phase());
        assertEquals(List.of(), runtime.rebuilds());
        assertEquals(
                new ProjectionGenerations(
                        new GenerationId(2, 1),
                        Optional.of(new GenerationId(1, 1)),
                        Optional.empty(),
                        false),
                runtime.status("one").generations());
        append(1, 15, 5);
        assertComplete(runtime, "one");
        runtime.discard("one");
        assertEquals(List.of("generation-2-v1"), generations("one"));
        assertEquals(List.of("projection/one/generation-2"), holds());
        String remedy =
                assertThrows(NoPreviousGenerationException.class, () -> runtime.rollback("one"))
                        .remedy();
        assertTrue(remedy.contains("another version"), remedy);
        assertThrows(NoPreviousGenerationException.class, () -> runtime.discard("one"));
        runtime.close();
        ProjectionRuntime again = quiet(digest("one", NOTHING));
        append(1, 20, 5);
        assertComplete(again, "one");
        assertEquals(5, again.status("one").applied());
    }

    @Test
    void shouldKeepViewsOfTheOldOneUntilTheyAreClosed() throws Exception {
        append(1, 0, 10);
        ProjectionRuntime runtime = quiet(digest("one", NOTHING));
        assertComplete(runtime, "one");
        ReadView old = runtime.readView("one", PositionBound.any(), Notes.LONG);
        Rebuild rebuild = caughtUp(runtime.rebuild(counting("one", 2)));
        rebuild.promote();
        append(1, 10, 5);
        try (ReadView view = runtime.readView("one", PositionBound.at(14), Notes.LONG)) {
            assertEquals(15, view.store(COUNTS).get("author-1").orElseThrow());
        }
        assertEquals(10, Notes.digestOf(old).count());
        old.close();
        assertEquals(2, runtime.status("one").version());
        ReadView another = runtime.readView("one", PositionBound.any(), Notes.LONG);
        runtime.rollback("one");
        assertEquals(15, another.store(COUNTS).get("author-1").orElseThrow());
        assertComplete(runtime, "one");
        assertEquals(1, runtime.status("one").version());
        ReadView late = runtime.readView("one", PositionBound.any(), Notes.LONG);
        runtime.discard("one");
        assertThrows(StoreClosedException.class, another::position);
        assertEquals(15, Notes.digestOf(late).count());
        late.close();
    }

    /** Threads that append, read what they wrote, and never see a position go back. */
    @Test
    void shouldNeverHideWhatWasVisible() throws Exception {
        ProjectionRuntime runtime =
                started(
                        RuntimeConfig.defaults().withRingSlots(4).withSlotEvents(2),
                        digest("one", NOTHING));
        AtomicBoolean stop = new AtomicBoolean();
        AtomicLong reads = new AtomicLong();
        AtomicLong looks = new AtomicLong();
        CompletableFuture<Void> reader =
                CompletableFuture.runAsync(
                        () -> {
                            long last = -1;
                            for (int i = 0; !stop.get(); i++) {
                                long written = append(1, i, 1);
                                last = readAtLeast(runtime, written, last);
                                reads.incrementAndGet();
                            }
                        });
        CompletableFuture<Void> watcher =
                CompletableFuture.runAsync(
                        () -> {
                            long last = -1;
                            while (!stop.get()) {
                                last = readAtLeast(runtime, -1, last);
                                looks.incrementAndGet();
                            }
                        });
        for (int i = 0; i < 8; i++) {
            caughtUp(runtime.rebuild("one")).promote();
            // A view that is open over two promotions is closed by the second.
            awaitMore(reads, reader);
            awaitMore(looks, watcher);
        }
        stop.set(true);
        reader.get(60, TimeUnit.SECONDS);
        watcher.get(60, TimeUnit.SECONDS);
        assertComplete(runtime, "one");
        assertEquals(2, generations("one").size());
    }

    private static void awaitMore(AtomicLong count, CompletableFuture<Void> counting) {
        long before = count.get();
        while (count.get() == before && !counting.isDone()) {
            Polling.pause();
        }
    }

    private static long readAtLeast(ProjectionRuntime runtime, long written, long last) {
        PositionBound bound = written < 0 ? PositionBound.any() : PositionBound.at(written);
        try (ReadView view = runtime.readView("one", bound, Notes.LONG)) {
            assertTrue(view.position() >= last, view.position() + " after " + last);
            assertEquals(view.position() + 1, Notes.digestOf(view).count());
            return view.position();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void shouldTakeOverThoseWhoWait() throws Exception {
        ProjectionRuntime runtime = quiet(digest("one", NOTHING));
        CompletableFuture<Boolean> waiting = new CompletableFuture<>();
        Thread waiter =
                new Thread(
                        () -> {
                            try {
                                waiting.complete(runtime.awaitPosition("one", 4, Notes.LONG));
                            } catch (Throwable e) {
                                waiting.completeExceptionally(e);
                            }
                        });
        waiter.start();
        while (waiter.getState() != Thread.State.TIMED_WAITING) {
            Polling.pause();
        }
        caughtUp(runtime.rebuild("one")).promote();
        runtime.discard("one");
        append(1, 0, 5);
        assertTrue(waiting.get(60, TimeUnit.SECONDS));
    }

    @Test
    void shouldGoBackToThePreviousOneWhichCatchesUp() throws Exception {
        append(1, 0, 10);
        ProjectionRuntime runtime = started(RuntimeConfig.defaults(), digest("one", NOTHING));
        caughtUp(runtime.rebuild("one")).promote();
        for (int i = 10; i < 20; i++) {
            append(1, i, 1);
        }
        assertComplete(runtime, "one");
        // The one to go back to still needs these.
        assertEquals(10, store.retention().truncateBefore(20).firstPosition());
        runtime.rollback("one");
        assertTrue(runtime.awaitPosition("one", 19, Notes.LONG));
        assertEquals(new GenerationId(1, 1), runtime.status("one").generations().live());
        assertEquals(20, runtime.status("one").applied());
        runtime.rollback("one");
        assertEquals(new GenerationId(2, 1), runtime.status("one").generations().live());
        runtime.discard("one");
        assertEquals(19, store.retention().truncateBefore(20).firstPosition());
    }

    @Test
    void shouldGoBackAfterARestartToo() throws Exception {
        append(1, 0, 10);
        ProjectionRuntime runtime = quiet(digest("one", NOTHING));
        caughtUp(runtime.rebuild(counting("one", 2))).promote();
        runtime.close();
        append(1, 10, 5);
        ProjectionRuntime again = quiet(counting("one", 2));
        assertTrue(again.awaitPosition("one", 14, Notes.LONG));
        String remedy =
                assertThrows(ChangedDefinitionException.class, () -> again.rollback("one"))
                        .remedy();
        assertTrue(remedy.contains("rollback(Projection)"), remedy);
        assertEquals(ProjectionState.LIVE, live(again));
        again.rollback(digest("one", NOTHING));
        assertComplete(again, "one");
        assertEquals(5, again.status("one").applied());
        again.close();
        ProjectionRuntime third = quiet(digest("one", NOTHING));
        assertComplete(third, "one");
        assertEquals(0, third.status("one").applied());
    }

    private static ProjectionState live(ProjectionRuntime runtime) {
        while (runtime.status("one").state() == ProjectionState.CATCHING_UP) {
            Polling.pause();
        }
        return runtime.status("one").state();
    }

    @Test
    void shouldCatchUpAtOnceWhereThereIsNothing() throws Exception {
        ProjectionRuntime runtime = started(RuntimeConfig.defaults(), digest("one", NOTHING));
        Rebuild rebuild = caughtUp(runtime.rebuild("one"));
        RebuildProgress progress = rebuild.progress();
        assertEquals(RebuildPhase.CAUGHT_UP, progress.phase());
        assertEquals(-1, progress.position());
        assertEquals(Optional.of(Duration.ZERO), progress.remaining());
        rebuild.promote();
        append(1, 0, 3);
        assertComplete(runtime, "one");
    }

    @Test
    void shouldRefuseToBePromotedBeforeItHasCaughtUp() throws Exception {
        append(1, 0, 10);
        ProjectionRuntime runtime = quiet(digest("one", NOTHING));
        assertComplete(runtime, "one");
        Gate gate = new Gate(5);
        Rebuild rebuild = runtime.rebuild(changed(1, gate));
        gate.entered.await();
        assertThrows(RebuildNotReadyException.class, rebuild::promote);
        assertFalse(rebuild.await(Duration.ofMillis(1)));
        append(1, 10, 5);
        assertComplete(runtime, "one");
        gate.opened.countDown();
        caughtUp(rebuild).promote();
        assertComplete(runtime, "one");
        assertThrows(RebuildNotReadyException.class, rebuild::promote);
        assertFalse(rebuild.cancel());
        assertTrue(rebuild.await(Duration.ZERO));
    }

    @Test
    void shouldRefuseTwoRebuildsOfOneAndAllowThoseOfTwo() throws Exception {
        append(1, 0, 100);
        ProjectionRuntime runtime =
                started(RuntimeConfig.defaults(), digest("one", NOTHING), digest("two", NOTHING));
        Rebuild one = runtime.rebuild("one");
        assertThrows(RebuildInProgressException.class, () -> runtime.rebuild("one"));
        Rebuild two = runtime.rebuild("two");
        assertEquals(List.of(one, two), runtime.rebuilds());
        caughtUp(two).promote();
        caughtUp(one).promote();
        append(1, 100, 10);
        assertComplete(runtime, "one");
        assertComplete(runtime, "two");
        caughtUp(runtime.rebuild("one")).promote();
        assertEquals(List.of("generation-2-v1", "generation-3-v1"), generations("one"));
    }

    @Test
    void shouldLeaveNothingOfOneThatIsCancelled() throws Exception {
        append(1, 0, 10);
        ProjectionRuntime runtime = started(RuntimeConfig.defaults(), digest("one", NOTHING));
        Rebuild rebuild = runtime.rebuild("one");
        assertTrue(rebuild.cancel());
        assertFalse(rebuild.cancel());
        assertEquals(RebuildPhase.CANCELLED, rebuild.progress().phase());
        assertThrows(RebuildNotReadyException.class, () -> rebuild.await(Notes.LONG));
        assertThrows(RebuildNotReadyException.class, rebuild::promote);
        assertEquals(List.of("generation-1-v1"), generations("one"));
        assertEquals(List.of("projection/one/generation-1"), holds());
        assertEquals(new GenerationId(3, 1), caughtUp(runtime.rebuild("one")).generation());
        assertComplete(runtime, "one");
    }

    @Test
    void shouldGoAsFastAsItMay() throws Exception {
        append(1, 0, 1_000);
        ProjectionRuntime runtime =
                started(RuntimeConfig.defaults().withSlotEvents(10), digest("one", NOTHING));
        assertComplete(runtime, "one");
        Gate gate = new Gate(0);
        Rebuild rebuild = runtime.rebuild(changed(1, gate));
        gate.entered.await();
        rebuild.throttle(1_000);
        assertThrows(IllegalArgumentException.class, () -> rebuild.throttle(0));
        assertEquals(OptionalLong.of(1_000), rebuild.progress().limit());
        long began = System.nanoTime();
        gate.opened.countDown();
        while (rebuild.progress().position() < 199) {
            Polling.pause();
        }
        long millis = (System.nanoTime() - began) / 1_000_000;
        assertTrue(millis >= 150, "200 events at 1,000 a second took ms=" + millis);
        RebuildProgress progress = rebuild.progress();
        assertEquals(RebuildPhase.CATCHING_UP, progress.phase());
        assertEquals(999, progress.head());
        assertTrue(progress.eventsPerSecond() > 0 && progress.eventsPerSecond() < 1_500);
        assertTrue(progress.remaining().orElseThrow().toMillis() > 100, "" + progress);
        rebuild.throttle(1);
        rebuild.unthrottle();
        caughtUp(rebuild).promote();
        assertComplete(runtime, "one");
    }

    @Test
    void shouldBeLimitedInsideABatch() throws Exception {
        append(1, 0, 1_000);
        ProjectionRuntime runtime =
                started(RuntimeConfig.defaults().withSlotEvents(100), digest("one", NOTHING));
        Gate first = new Gate(0);
        Gate second = new Gate(150);
        Rebuild rebuild = runtime.rebuild(changed(1, first.andThen(second)));
        first.entered.await();
        rebuild.throttle(1_000);
        first.opened.countDown();
        second.entered.await();
        RebuildProgress progress = rebuild.progress();
        assertEquals(149, progress.position()); // fifty of the second batch
        assertTrue(progress.eventsPerSecond() <= 1_000, progress::toString);
        assertTrue(progress.remaining().orElseThrow().toMillis() >= 850, progress::toString);
        second.opened.countDown();
        rebuild.unthrottle();
        caughtUp(rebuild).promote();
        assertComplete(runtime, "one");
    }

    @Test
    void shouldStopAtOnceThoughItIsSlow() throws Exception {
        append(1, 0, 1_000);
        ProjectionRuntime runtime =
                started(RuntimeConfig.defaults().withSlotEvents(10), digest("one", NOTHING));
        Gate gate = new Gate(0);
        Rebuild rebuild = runtime.rebuild(changed(1, gate));
        rebuild.throttle(1);
        gate.entered.await();
        gate.opened.countDown();
        while (rebuild.progress().position() < 0) {
            Polling.pause();
        }
        assertTrue(rebuild.cancel());
        Rebuild second = runtime.rebuild("one");
        second.throttle(1);
        runtime.close();
        assertEquals(RebuildPhase.SUSPENDED, second.progress().phase());
        assertThrows(StoreClosedException.class, second::promote);
        assertThrows(StoreClosedException.class, second::cancel);
    }

    @Test
    void shouldGoOnAfterARestartWhenItIsAskedForAgain() throws Exception {
        append(1, 0, 100);
        RuntimeConfig small =
                RuntimeConfig.defaults().withSlotEvents(10).withCatchUpBatchEvents(10);
        ProjectionRuntime runtime = started(small, digest("one", NOTHING));
        assertComplete(runtime, "one");
        Gate gate = new Gate(55);
        Rebuild rebuild = runtime.rebuild(changed(2, gate));
        gate.entered.await();
        Thread closer = new Thread(runtime::close);
        closer.start();
        while (rebuild.progress().phase() != RebuildPhase.SUSPENDED) {
            Polling.pause();
        }
        gate.opened.countDown();
        closer.join();
        long reached = rebuild.progress().position();
        assertTrue(reached >= 49, "" + reached);
        ProjectionRuntime again = quiet(digest("one", NOTHING));
        assertTrue(again.status("one").generations().isRebuildPending());
        assertEquals(List.of(), again.rebuilds());
        AtomicLong seen = new AtomicLong();
        Rebuild resumed = again.rebuild(changed(2, note -> seen.incrementAndGet()));
        assertEquals(rebuild.generation(), resumed.generation());
        caughtUp(resumed).promote();
        assertComplete(again, "one");
        assertEquals(99 - reached, seen.get());
        assertEquals(2, again.status("one").version());
    }

    @Test
    void shouldBeginAnewWhereAnotherDefinitionWasInterrupted() throws Exception {
        append(1, 0, 10);
        ProjectionRuntime runtime = quiet(digest("one", NOTHING));
        caughtUp(runtime.rebuild(counting("one", 1)));
        runtime.close();
        ProjectionRuntime again = quiet(digest("one", NOTHING));
        Rebuild other = again.rebuild("one");
        assertEquals(new GenerationId(3, 1), other.generation());
        caughtUp(other).promote();
        assertComplete(again, "one");
        assertEquals(List.of("generation-1-v1", "generation-3-v1"), generations("one"));
    }

    @Test
    void shouldFailAloneAndBeAskedForAgain() throws Exception {
        append(1, 0, 10);
        ProjectionConfig failing =
                ProjectionConfig.defaults().withRebuildErrorPolicy(ErrorPolicy.fail());
        ProjectionRuntime runtime =
                closing(
                        ProjectionRuntime.builder(store, folder.resolve("models"))
                                .add(digest("one", NOTHING), failing)
                                .listener(states)
                                .build());
        runtime.start();
        AtomicBoolean wrong = new AtomicBoolean(true);
        Projection mistaken =
                changed(
                        1,
                        note -> {
                            if (note.number() == 7 && wrong.get()) {
                                throw new IllegalStateException("on purpose");
                            }
                        });
        Rebuild rebuild = runtime.rebuild(mistaken);
        assertThrows(ProjectionFailedException.class, () -> rebuild.await(Notes.LONG));
        assertEquals(RebuildPhase.FAILED, rebuild.progress().phase());
        assertTrue(rebuild.progress().failure().isPresent());
        assertThrows(RebuildNotReadyException.class, rebuild::promote);
        append(1, 10, 5);
        assertComplete(runtime, "one");
        assertTrue(runtime.status("one").failure().isEmpty());
        wrong.set(false);
        Rebuild second = runtime.rebuild(mistaken);
        assertEquals(rebuild.generation(), second.generation());
        caughtUp(second).promote();
        assertComplete(runtime, "one");
    }

    @Test
    void shouldTreatPoisonAsItsOwnPolicySays() throws Exception {
        append(1, 0, 3);
        store.append(
                StreamId.of(Notes.CATEGORY, "author-9"),
                ExpectedVersion.any(),
                NewEvent.of("unheard-of", new byte[] {1}));
        append(1, 3, 3);
        ProjectionConfig config =
                ProjectionConfig.defaults()
                        .withErrorPolicy(ErrorPolicy.fail())
                        .withRebuildErrorPolicy(ErrorPolicy.skip());
        ProjectionRuntime runtime =
                closing(
                        ProjectionRuntime.builder(store, folder.resolve("models"))
                                .add(digest("one", NOTHING), config)
                                .listener(states)
                                .build());
        runtime.start();
        states.awaitFailure("one");
        caughtUp(runtime.rebuild("one")).promote();
        assertTrue(runtime.awaitPosition("one", 6, Notes.LONG));
        assertEquals(1, runtime.status("one").deadLetters().skipped());
        assertEquals(ProjectionState.LIVE, live(runtime));
        try (ReadView view = runtime.readView("one", PositionBound.at(6), Notes.LONG)) {
            assertEquals(6, Notes.digestOf(view).count());
        }
        // It is the live one now, and treated as such.
        store.append(
                StreamId.of(Notes.CATEGORY, "author-9"),
                ExpectedVersion.any(),
                NewEvent.of("unheard-of", new byte[] {1}));
        states.await("one", ProjectionState.FAILED, 2);
        assertInstanceOf(PoisonEventException.class, runtime.status("one").failure().orElseThrow());
    }

    @Test
    void shouldTakeThePlaceOfOneThatIsStuck() throws Exception {
        append(1, 0, 5);
        Gate gate = new Gate(3);
        ProjectionRuntime runtime =
                started(
                        RuntimeConfig.defaults().withShutdownTimeout(Duration.ofMillis(50)),
                        digest("one", gate));
        gate.entered.await();
        caughtUp(runtime.rebuild(changed(2, NOTHING))).promote();
        append(1, 5, 5);
        assertComplete(runtime, "one");
        assertThrows(ProjectionStuckException.class, () -> runtime.rollback("one"));
        assertEquals(new GenerationId(2, 2), runtime.status("one").generations().live());
        gate.opened.countDown();
        append(1, 10, 5);
        assertComplete(runtime, "one");
    }

    @Test
    void shouldTellTheListener() throws Exception {
        List<String> told = new java.util.concurrent.CopyOnWriteArrayList<>();
        ProjectionListener listener =
                new ProjectionListener() {
                    @Override
                    public void onLiveGeneration(
                            String projection, GenerationId from, GenerationId to) {
                        told.add(from + " > " + to);
                    }

                    @Override
                    public void onRebuild(
                            String projection, GenerationId generation, RebuildPhase phase) {
                        told.add(generation + " " + phase);
                    }
                };
        ProjectionRuntime runtime =
                closing(
                        ProjectionRuntime.builder(store, folder.resolve("models"))
                                .add(digest("one", NOTHING))
                                .listener(listener)
                                .build());
        runtime.start();
        caughtUp(runtime.rebuild("one")).promote();
        runtime.rollback("one");
        runtime.rebuild("one").cancel();
        told.removeIf(one -> one.equals("3 v1 CAUGHT_UP"));
        assertEquals(
                List.of(
                        "2 v1 CATCHING_UP",
                        "2 v1 CAUGHT_UP",
                        "1 v1 > 2 v1",
                        "2 v1 PROMOTED",
                        "2 v1 > 1 v1",
                        "3 v1 CATCHING_UP",
                        "3 v1 CANCELLED"),
                told.stream().distinct().toList());
    }

    @Test
    void shouldSuspendTheRebuildOfOneThatIsRemoved() throws Exception {
        append(1, 0, 10);
        ProjectionRuntime runtime = quiet(digest("one", NOTHING));
        Rebuild rebuild = caughtUp(runtime.rebuild("one"));
        runtime.remove("one", RemovedData.KEEP);
        assertEquals(RebuildPhase.SUSPENDED, rebuild.progress().phase());
        assertEquals(List.of(), holds());
        runtime.add(digest("one", NOTHING));
        assertTrue(runtime.status("one").generations().isRebuildPending());
        assertTrue(runtime.rebuild("one").cancel());
        assertEquals(List.of("generation-1-v1"), generations("one"));
        caughtUp(runtime.rebuild("one"));
        runtime.remove("one", RemovedData.DELETE);
        assertFalse(Files.exists(folder.resolve("models").resolve("one")));
    }

    @Test
    void shouldRefuseBeforeTheStart() {
        ProjectionRuntime runtime = runtime(RuntimeConfig.defaults(), digest("one", NOTHING));
        assertThrows(IllegalStateException.class, () -> runtime.rebuild("one"));
        assertThrows(IllegalStateException.class, () -> runtime.pause("one"));
        assertThrows(IllegalStateException.class, () -> runtime.rollback("one"));
        assertThrows(IllegalStateException.class, () -> runtime.remove("one", RemovedData.DELETE));
    }

    @Test
    void shouldTellWhenItHasCaughtUp() throws Exception {
        Gate gate = new Gate(3);
        append(1, 1, 5);
        ProjectionRuntime runtime = quiet(digest("one", NOTHING));
        assertTrue(runtime.awaitLive("one", Notes.LONG));
        Rebuild rebuild = runtime.rebuild(changed(2, gate));
        CompletableFuture<RebuildProgress> ready = rebuild.whenCaughtUp();
        CompletableFuture<Void> promoted = rebuild.whenCaughtUp().thenRun(rebuild::promote);
        gate.entered.await();
        assertFalse(ready.isDone());
        gate.opened.countDown();
        assertEquals(new GenerationId(2, 2), ready.get(1, TimeUnit.MINUTES).generation());
        promoted.get(1, TimeUnit.MINUTES);
        assertEquals(RebuildPhase.PROMOTED, rebuild.progress().phase());
        assertEquals(ready.get(), rebuild.whenCaughtUp().get(1, TimeUnit.MINUTES));
        assertTrue(runtime.awaitLive("one", Notes.LONG), "of the generation that is live now");
    }

    @Test
    void shouldTellWhyItWillNotCatchUp() throws Exception {
        append(1, 1, 5);
        ProjectionConfig failing =
                ProjectionConfig.defaults().withRebuildErrorPolicy(ErrorPolicy.fail());
        ProjectionRuntime runtime =
                closing(
                        ProjectionRuntime.builder(store, folder.resolve("models"))
                                .add(digest("one", NOTHING), failing)
                                .build());
        runtime.start();
        Rebuild failed =
                runtime.rebuild(
                        changed(
                                2,
                                note -> {
                                    throw new IllegalStateException("on purpose");
                                }));
        assertTrue(isRefused(failed.whenCaughtUp(), ProjectionFailedException.class));

        Gate gate = new Gate(3);
        Rebuild cancelled = runtime.rebuild(changed(2, gate));
        gate.entered.await();
        CompletableFuture<Boolean> cancelling = CompletableFuture.supplyAsync(cancelled::cancel);
        assertTrue(isRefused(cancelled.whenCaughtUp(), RebuildNotReadyException.class));
        gate.opened.countDown();
        assertTrue(cancelling.get(1, TimeUnit.MINUTES));

        Gate other = new Gate(3);
        Rebuild suspended = runtime.rebuild(changed(2, other));
        other.entered.await();
        CompletableFuture<Void> closing = CompletableFuture.runAsync(runtime::close);
        assertTrue(isRefused(suspended.whenCaughtUp(), StoreClosedException.class));
        other.opened.countDown();
        closing.get(1, TimeUnit.MINUTES);
    }

    private static boolean isRefused(CompletableFuture<?> future, Class<?> reason)
            throws Exception {
        try {
            future.get(1, TimeUnit.MINUTES);
            return false;
        } catch (ExecutionException e) {
            return reason.isInstance(e.getCause());
        }
    }

    @Test
    void shouldWaitUntilAProjectionIsLive() throws Exception {
        Gate gate = new Gate(3);
        append(1, 1, 5);
        ProjectionRuntime runtime = quiet(digest("one", gate));
        gate.entered.await();
        assertFalse(runtime.awaitLive("one", Duration.ofMillis(1)));
        CompletableFuture<Boolean> live =
                CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                return runtime.awaitLive("one", Notes.LONG);
                            } catch (InterruptedException e) {
                                throw new IllegalStateException(e);
                            }
                        });
        gate.opened.countDown();
        assertTrue(live.get(1, TimeUnit.MINUTES));
        runtime.pause("one");
        assertFalse(runtime.awaitLive("one", Duration.ofMillis(1)));
        runtime.resume("one");
        assertTrue(runtime.awaitLive("one", Notes.LONG));
        runtime.close();
        assertThrows(StoreClosedException.class, () -> runtime.awaitLive("one", Notes.LONG));
    }

    private ProjectionRuntime upgraded(Projection now, Projection before) {
        ProjectionRuntime runtime =
                closing(
                        ProjectionRuntime.builder(store, folder.resolve("models"))
                                .add(now, ProjectionConfig.defaults().withPrevious(before))
                                .build());
        runtime.start();
        return runtime;
    }

    @Test
    void shouldServeThePreviousDefinitionUntilTheNextIsPromoted() throws Exception {
        append(1, 1, 5);
        Projection before = digest("one", NOTHING);
        ProjectionRuntime first = quiet(before);
        assertComplete(first, "one");
        first.close();
        Gate gate = new Gate(4);
        ProjectionRuntime interrupted = upgraded(changed(2, gate), before);
        gate.entered.await();
        append(1, 6, 1);
        assertComplete(interrupted, "one");
        assertEquals(1, interrupted.status("one").version());
        gate.opened.countDown();
        interrupted.close();

        ProjectionRuntime runtime = upgraded(counting("one", 3), before);
        assertComplete(runtime, "one");
        Rebuild rebuild = runtime.rebuilds().get(0);
        caughtUp(rebuild).promote();
        assertEquals(3, runtime.status("one").version());
        try (ReadView view = runtime.readView("one", PositionBound.at(5), Notes.LONG)) {
            assertEquals(Optional.of(6L), view.store(COUNTS).get("author-1"));
        }
        runtime.close();

        ProjectionRuntime promoted = upgraded(counting("one", 3), before);
        assertEquals(3, promoted.status("one").version());
        assertEquals(List.of(), promoted.rebuilds());
        promoted.rollback("one");
        assertComplete(promoted, "one");
        assertEquals(1, promoted.status("one").version());
    }

    @Test
    void shouldBeginWithTheNextDefinitionWhereThePreviousHasNoReadModel() throws Exception {
        append(1, 1, 5);
        ProjectionRuntime runtime = upgraded(changed(2, NOTHING), digest("one", NOTHING));
        assertComplete(runtime, "one");
        assertEquals(2, runtime.status("one").version());
        assertEquals(List.of(), runtime.rebuilds());
        assertThrows(
                IllegalArgumentException.class,
                () -> upgraded(changed(2, NOTHING), changed(2, NOTHING)));
        assertThrows(
                IllegalArgumentException.class,
                () -> upgraded(changed(2, NOTHING), digest("two", NOTHING)));
    }

    @Test
    void shouldCommitNotEachSliceWhereALimitIsHigh() throws Exception {
        for (int i = 0; i < 20; i++) {
            append(1, 1 + i * 100, 100);
        }
        ProjectionRuntime runtime =
                started(RuntimeConfig.defaults().withSlotEvents(5), digest("one", NOTHING));
        assertTrue(runtime.awaitLive("one", Notes.LONG));
        Gate gate = new Gate(1);
        Rebuild rebuild = runtime.rebuild(changed(1, gate));
        gate.entered.await();
        rebuild.throttle(1_000_000_000);
        gate.opened.countDown();
        caughtUp(rebuild);
        long commits = rebuild.candidate().figures().metrics(Optional.empty()).commitTotal();
        assertTrue(commits < 200, "of 400 slices, commits=" + commits);
    }
}
