package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.errors.StoreClosedException;
import io.varve.store.errors.WaitTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A read model as of other times is what plain Java makes of the events up to then. */
class TimeTravelTest extends LedgerTestBase {
    @ParameterizedTest
    @ValueSource(longs = {0, 4_000, TimeTravel.DEFAULT_OVERLAY_BYTES})
    void shouldBeWhatPlainJavaMakesOfTheEventsUpToThen(long overlayBytes) throws Exception {
        RuntimeConfig often = RuntimeConfig.defaults().withSlotEvents(7).withCatchUpBatchEvents(30);
        ProjectionRuntime runtime = ledger(often, SnapshotPolicy.onDemand().keep(3));
        TimeTravel travel = travel(runtime).withOverlayBytes(overlayBytes);
        for (int round = 0; round < 6; round++) {
            appendAndWait(runtime, random.nextInt(1, 70));
            if (round % 2 == 1) {
                runtime.snapshot(Ledger.CATEGORY);
            }
            for (int i = 0; i < 3; i++) {
                assertAsOf(travel, random.nextLong(-1, store.head() + 1));
            }
        }
        assertNothingLeft();
    }

    @Tag("long")
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void shouldBeWhatPlainJavaMakesOfThemWithManySeeds(long seed) throws Exception {
        random = new SplittableRandom(seed);
        shouldBeWhatPlainJavaMakesOfTheEventsUpToThen(random.nextLong(0, 20_000));
    }

    @Test
    void shouldBeginWithTheNewestSnapshotBefore() throws Exception {
        ProjectionRuntime runtime = ledger();
        appendAndWait(runtime, 100);
        runtime.snapshot(Ledger.CATEGORY);
        appendAndWait(runtime, 100);
        runtime.snapshot(Ledger.CATEGORY);
        appendAndWait(runtime, 100);
        applied.set(0);
        assertAsOf(travel(runtime), 99);
        assertEquals(0, applied.get());
        assertAsOf(travel(runtime), 150);
        assertEquals(51, applied.get());
        assertAsOf(travel(runtime), 98);
        assertEquals(51 + 99, applied.get());
        assertAsOf(travel(runtime), 299);
        assertEquals(51 + 99, applied.get());
    }

    @Test
    void shouldPassOverASnapshotThatIsDamaged() throws Exception {
        ProjectionRuntime runtime = ledger();
        appendAndWait(runtime, 100);
        runtime.snapshot(Ledger.CATEGORY);
        appendAndWait(runtime, 100);
        Path damaged = runtime.snapshot(Ledger.CATEGORY).folders().get(0).resolve("data.mdb");
        appendAndWait(runtime, 100);
        byte[] bytes = Files.readAllBytes(damaged);
        bytes[bytes.length / 2] ^= 4;
        Files.write(damaged, bytes);
        applied.set(0);
        assertAsOf(travel(runtime), 250);
        assertEquals(151, applied.get());
    }

    @Test
    void shouldShowWhatTheProjectionHasNotAppliedYet() throws Exception {
        ProjectionRuntime runtime = ledger();
        appendAndWait(runtime, 50);
        runtime.pause(Ledger.CATEGORY);
        append(50);
        assertAsOf(travel(runtime), 70);
        assertAsOf(travel(runtime), 99);
        assertEquals(49, runtime.status(Ledger.CATEGORY).position());
    }

    @Test
    void shouldBeAsOfTheTimeOfACommit() throws Exception {
        ProjectionRuntime runtime = ledger();
        for (int i = 0; i < 20; i++) {
            append(3);
        }
        appendAndWait(runtime, 1);
        for (long position = 0; position < events.size(); position += 6) {
            long at = store.commitTimeMillis(position);
            long last = position;
            while (last < store.head() && store.commitTimeMillis(last + 1) == at) {
                last++;
            }
            try (ReadView view = travel(runtime).asOf(Instant.ofEpochMilli(at))) {
                assertEquals(last, view.position());
                assertEquals(expected(last), Ledger.Rows.of(view));
            }
        }
        try (ReadView view = travel(runtime).asOf(Instant.EPOCH)) {
            assertEquals(-1, view.position());
        }
    }

    @Test
    void shouldRefuseWhatHasNotHappenedYet() throws Exception {
        ProjectionRuntime runtime = ledger();
        appendAndWait(runtime, 10);
        PositionUnavailableException e =
                assertThrows(PositionUnavailableException.class, () -> travel(runtime).asOf(10));
        assertEquals(10, e.position());
        assertEquals(9, e.head());
        assertThrows(IllegalArgumentException.class, () -> travel(runtime).asOf(-2));
    }

    @Test
    void shouldRefuseWhatLiesBeforeTheLogAndTheSnapshots() throws Exception {
        ProjectionRuntime runtime = ledger(RuntimeConfig.defaults(), SnapshotPolicy.onDemand());
        for (int i = 0; i < 10; i++) {
            append(1);
        }
        appendAndWait(runtime, 1);
        runtime.snapshot(Ledger.CATEGORY);
        appendAndWait(runtime, 5);
        assertEquals(8, store.retention().truncateBefore(8).firstPosition());
        PositionUnavailableException e =
                assertThrows(PositionUnavailableException.class, () -> travel(runtime).asOf(9));
        assertEquals(8, e.firstPosition());
        assertThrows(PositionUnavailableException.class, () -> travel(runtime).asOf(Instant.EPOCH));
        assertAsOf(travel(runtime), 10);
        assertAsOf(travel(runtime), 12);
    }

    @Test
    void shouldEndEarlyWhenItIsAskedTo() throws Exception {
        RuntimeConfig small = RuntimeConfig.defaults().withSlotEvents(10);
        ProjectionRuntime runtime = ledger(small, SnapshotPolicy.onDemand());
        appendAndWait(runtime, 200);
        TimeTravel travel = travel(runtime).withOverlayBytes(0);
        List<ReplayProgress> seen = new ArrayList<>();
        CancellationException stop = new CancellationException();
        assertEquals(
                stop,
                assertThrows(
                        CancellationException.class,
                        () ->
                                travel.withProgress(
                                                now -> {
                                                    seen.add(now);
                                                    if (now.position() >= 99) {
                                                        throw stop;
                                                    }
                                                })
                                        .asOf(150)));
        assertEquals(-1, seen.get(0).position());
        assertEquals(150, seen.get(0).target());
        assertEquals(99, seen.get(seen.size() - 1).position());
        assertThrows(WaitTimeoutException.class, () -> travel.withTimeout(Duration.ZERO).asOf(150));
        Thread.currentThread().interrupt();
        assertThrows(InterruptedException.class, () -> travel.asOf(150));
        assertFalse(Thread.interrupted());
        TimeTravel closing = travel.withProgress(now -> runtime.close());
        assertThrows(StoreClosedException.class, () -> closing.asOf(150));
        assertNothingLeft();
    }

    @Test
    void shouldCloseAViewWithItsRuntimeAndDeleteItsFolder() throws Exception {
        ProjectionRuntime runtime = ledger();
        appendAndWait(runtime, 100);
        ReadView view = travel(runtime).withOverlayBytes(0).asOf(50);
        try (Stream<Path> files = Files.list(overlays())) {
            assertEquals(1, files.count());
        }
        runtime.close();
        assertThrows(StoreClosedException.class, view::position);
        assertNothingLeft();
    }

    @Test
    void shouldExpireWithTheRowsBelowIt() throws Exception {
        RuntimeConfig limited = RuntimeConfig.defaults().withViewLimit(Duration.ofMillis(200));
        ProjectionRuntime runtime = ledger(limited, SnapshotPolicy.onDemand());
        appendAndWait(runtime, 50);
        runtime.pause(Ledger.CATEGORY);
        append(50);
        ReadView view = asOf80(runtime);
        while (runtime.views().open() > 0) {
            Polling.pause();
        }
        assertThrows(ViewExpiredException.class, () -> view.store(Ledger.BALANCES).count());
    }

    @Test
    void shouldDelayNeitherTheProjectionNorItsReaders() throws Exception {
        ProjectionRuntime runtime = ledger();
        appendAndWait(runtime, 100);
        TimeTravel travel =
                travel(runtime)
                        .withProgress(
                                progress -> {
                                    append(1);
                                    awaitHead(runtime);
                                });
        try (ReadView view = travel.asOf(50)) {
            assertEquals(expected(50), Ledger.Rows.of(view));
        }
        assertTrue(store.head() > 100);
    }

    @Test
    void shouldReadSnapshotsThatAreReplacedMeanwhile() throws Exception {
        ProjectionRuntime runtime = ledger(RuntimeConfig.defaults(), SnapshotPolicy.onDemand());
        appendAndWait(runtime, 20);
        AtomicBoolean stop = new AtomicBoolean();
        List<FutureTask<Integer>> travellers = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            travellers.add(new FutureTask<>(() -> travelUntil(stop, runtime)));
            new Thread(travellers.get(i)).start();
        }
        for (int i = 0; i < 12; i++) {
            runtime.snapshot(Ledger.CATEGORY);
            appendAndWait(runtime, 10);
        }
        stop.set(true);
        for (FutureTask<Integer> one : travellers) {
            assertTrue(one.get(1, TimeUnit.MINUTES) > 0);
        }
        assertNothingLeft();
    }

    private int travelUntil(AtomicBoolean stop, ProjectionRuntime runtime) throws Exception {
        int times = 0;
        SplittableRandom own = new SplittableRandom(Thread.currentThread().getId());
        do {
            long most = runtime.status(Ledger.CATEGORY).position();
            long bytes = own.nextBoolean() ? 0 : TimeTravel.DEFAULT_OVERLAY_BYTES;
            assertAsOf(travel(runtime).withOverlayBytes(bytes), own.nextLong(-1, most + 1));
            times++;
        } while (!stop.get());
        return times;
    }

    /** Rows that expire while they are computed are computed again. */
    private ReadView asOf80(ProjectionRuntime runtime) throws InterruptedException {
        while (true) {
            try {
                return travel(runtime).asOf(80);
            } catch (ViewExpiredException e) {
                Polling.pause();
            }
        }
    }
}
