package io.varve.store.lmdb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.errors.StoreIoException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lmdbjava.Txn;

/** Memory runs out while a change is begun: before LMDB has begun it, or afterwards. */
class LostChangeTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Gate gate = new Gate("a test");
    private final AtomicReference<Txn<NativeBytes>> lost = new AtomicReference<>();

    @TempDir private Path folder;

    private LmdbMap map;

    @BeforeEach
    void open() {
        NativeLibrary.begin();
        map = LmdbMap.toWrite(folder, new LmdbOptions(1 << 20, 2, true, "Restore it."));
    }

    @AfterEach
    void close() {
        map.env().close();
    }

    private void fail(Supplier<Txn<NativeBytes>> way) {
        OutOfMemoryError none = new OutOfMemoryError("none");
        Supplier<Txn<NativeBytes>> failing =
                () -> {
                    lost.set(way.get());
                    throw none;
                };
        assertEquals(none, assertThrows(OutOfMemoryError.class, () -> map.beginWriting(failing)));
    }

    /** Begins as the environment does; returns how often that had to be settled first. */
    private int write() {
        AtomicInteger settled = new AtomicInteger();
        ReentrantLock lock = new ReentrantLock();
        map.lockSettled(
                lock,
                () -> {
                    settled.incrementAndGet();
                    map.settle(gate, PATIENCE);
                });
        try (Txn<NativeBytes> change = map.beginWriting()) {
            change.commit();
        } finally {
            lock.unlock();
        }
        return settled.get();
    }

    @Test
    void shouldGoOnWhereNothingWasBegun() {
        assertEquals(0, write());
        fail(() -> null);
        assertEquals(1, write());
        assertEquals(0, write());
    }

    @Test
    void shouldRefuseToWaitForAChangeThatNobodyCanEnd() {
        fail(() -> map.env().txnWrite());
        for (int i = 0; i < 2; i++) {
            StoreIoException refused =
                    assertThrows(StoreIoException.class, () -> map.settle(gate, PATIENCE));
            assertTrue(refused.getMessage().contains("start the process"), refused::getMessage);
            assertTrue(map.hasLostChange()); // so that it is not unmapped
            assertFalse(gate.isShut()); // who reads goes on
        }
        lost.get().close(); // as nobody could
        assertEquals(1, write());
        assertEquals(0, write());
    }
}
