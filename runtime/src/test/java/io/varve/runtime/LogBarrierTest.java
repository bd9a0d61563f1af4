package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.Durability;
import io.varve.store.EventStore;
import io.varve.store.StoreConfig;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A read model is not on disk before the log it was computed from. */
class LogBarrierTest extends RuntimeTestBase {
    @Test
    void shouldBringTheLogToTheDiskBeforeTheReadModel() throws Exception {
        store.close();
        store =
                EventStore.open(
                        StoreConfig.at(folder.resolve("lazy"))
                                .withDurability(Durability.async(Duration.ofHours(1))));
        ProjectionRuntime runtime = started(RuntimeConfig.defaults(), digest("digest", NOTHING));
        long last = append(1, 0, 100);
        assertTrue(store.durablePosition() < last);
        assertTrue(runtime.awaitPosition("digest", last, Notes.LONG));
        // Asked by who truncates, the projection syncs; what it names is what a crash leaves.
        store.retention().truncateBefore(last);
        assertEquals(last, store.durablePosition());
        long next = append(1, 100, 100);
        assertTrue(runtime.awaitPosition("digest", next, Notes.LONG));
        runtime.close();
        assertEquals(next, store.durablePosition());
    }
}
