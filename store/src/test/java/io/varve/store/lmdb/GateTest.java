package io.varve.store.lmdb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.errors.StoreClosedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Who is let in, and when somebody is alone. */
class GateTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    /** The common pool has one thread on two cores, which whoever waits would keep for himself. */
    private static final Executor OWN_THREAD = body -> new Thread(body).start();

    private final Gate gate = new Gate("gate");

    @Test
    void shouldLetInAgainWhoMustGoInBeforeHeCanLeave() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch shutting = new CountDownLatch(1);
        CompletableFuture<Void> nested =
                CompletableFuture.runAsync(
                        () -> {
                            gate.enter();
                            inside.countDown();
                            await(shutting);
                            for (int i = 0; i < 1_000; i++) {
                                gate.enter();
                                gate.leave();
                            }
                            gate.leave();
                        },
                        OWN_THREAD);
        inside.await();
        shutting.countDown();
        assertTrue(gate.shut(LONG));
        nested.get(60, TimeUnit.SECONDS);
        gate.open();
    }

    @Test
    void shouldGiveUpOnWhoStaysAndLetOthersInThen() {
        gate.enter();
        assertFalse(gate.shut(Duration.ofMillis(30)));
        gate.enter();
        gate.leave();
        gate.leave();
        assertTrue(gate.shut(LONG));
        gate.open();
    }

    @Test
    void shouldRefuseThoseWhoComeAfterItIsClosed() {
        gate.enter();
        AtomicInteger left = new AtomicInteger();
        assertFalse(gate.close(Duration.ofMillis(10), left::incrementAndGet));
        assertThrows(StoreClosedException.class, gate::enter);
        int before = left.get();
        gate.leave();
        assertEquals(before + 1, left.get());
    }

    @Test
    void shouldLetNobodyInWhileSomebodyIsAlone() throws Exception {
        crowd(3, 60); // who wants to be alone waits until each of them has had the processor
    }

    @Test
    @Tag("long")
    void shouldLetNobodyOfManyInWhileSomebodyIsAlone() throws Exception {
        crowd(6, 300);
    }

    /** Many who go in, some twice, while somebody wants to be alone again and again. */
    private void crowd(int threads, int times) throws Exception {
        AtomicInteger inside = new AtomicInteger();
        AtomicBoolean alone = new AtomicBoolean();
        AtomicBoolean over = new AtomicBoolean();
        List<CompletableFuture<Void>> all = new ArrayList<>();
        for (int thread = 0; thread < threads; thread++) {
            boolean twice = thread % 2 == 0;
            all.add(
                    CompletableFuture.runAsync(
                            () -> goInAndOut(twice, inside, alone, over), OWN_THREAD));
        }
        for (int i = 0; i < times; i++) {
            assertTrue(gate.shut(LONG));
            alone.set(true);
            assertEquals(0, inside.get());
            alone.set(false);
            gate.open();
        }
        over.set(true);
        for (CompletableFuture<Void> one : all) {
            one.get(60, TimeUnit.SECONDS);
        }
    }

    private void goInAndOut(
            boolean twice, AtomicInteger inside, AtomicBoolean alone, AtomicBoolean over) {
        while (!over.get()) {
            gate.enter();
            inside.incrementAndGet();
            assertFalse(alone.get());
            if (twice) {
                gate.enter();
                assertFalse(alone.get());
                gate.leave();
            }
            inside.decrementAndGet();
            gate.leave();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
