package io.varve.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.errors.StoreIoException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

class StoreConfigTest {
    @TempDir Path folder;

    @Test
    void shouldRefuseEachWrongValueByItsName() {
        StoreConfig right = StoreConfig.at(folder);
        Map<Executable, String> wrong = new LinkedHashMap<>();
        for (int bytes : new int[] {Integer.MIN_VALUE, -1, 0, (1 << 30) + 1, Integer.MAX_VALUE}) {
            wrong.put(() -> right.withMaxPayloadBytes(bytes), "maxPayloadBytes actual=" + bytes);
        }
        for (long bytes : new long[] {Long.MIN_VALUE, -1, 0, (1 << 20) - 1}) {
            wrong.put(() -> right.withInitialMapBytes(bytes), "initialMapBytes actual=" + bytes);
        }
        for (int events : new int[] {Integer.MIN_VALUE, -1, 0}) {
            wrong.put(() -> right.withMergeEvents(events), "mergeEvents actual=" + events);
        }
        wrong.forEach(StoreConfigTest::assertNamed);
    }

    private static void assertNamed(Executable call, String parts) {
        String message = assertThrows(IllegalArgumentException.class, call).getMessage();
        for (String part : parts.split(" ")) {
            assertTrue(message.contains(part), message + " lacks " + part);
        }
    }

    @Test
    void shouldRefuseIntervalsThatNeverOrAlwaysEnd() {
        for (Duration interval :
                new Duration[] {Duration.ZERO, Duration.ofMillis(-1), Duration.ofSeconds(-9)}) {
            assertNamed(() -> Durability.async(interval), "interval " + interval);
        }
    }

    @Test
    void shouldRefuseNullByItsName() {
        StoreConfig right = StoreConfig.at(folder);
        Map<Executable, String> wrong = new LinkedHashMap<>();
        wrong.put(() -> StoreConfig.at(null), "path");
        wrong.put(() -> right.withDurability(null), "durability");
        wrong.put(() -> right.withClock(null), "clock");
        wrong.forEach(
                (call, name) ->
                        assertEquals(
                                name, assertThrows(NullPointerException.class, call).getMessage()));
    }

    @Test
    void shouldTakeWhatIsJustInside() {
        StoreConfig right = StoreConfig.at(folder);
        assertEquals(1, right.withMaxPayloadBytes(1).maxPayloadBytes());
        assertEquals(1 << 30, right.withMaxPayloadBytes(1 << 30).maxPayloadBytes());
        assertEquals(1, right.withMergeEvents(1).mergeEvents());
        StoreConfig least = right.withInitialMapBytes(1 << 20).withMergeEvents(1);
        try (EventStore store = EventStore.open(least.withMaxPayloadBytes(1))) {
            assertEquals(1 << 20, store.config().initialMapBytes());
            store.append(TestEvents.stream("a"), ExpectedVersion.any(), TestEvents.event("x"));
            assertEquals(1, TestEvents.assertSound(store).size());
        }
    }

    @Test
    void shouldChangeOneThingAtATime() {
        StoreConfig right = StoreConfig.at(folder);
        Clock clock = Clock.systemDefaultZone();
        Durability async = Durability.async(Duration.ofMillis(5));
        StoreConfig changed =
                right.withDurability(async)
                        .withMaxPayloadBytes(7)
                        .withInitialMapBytes(1 << 21)
                        .withMergeEvents(9)
                        .withClock(clock)
                        .withTamperEvidence(true)
                        .withCreateIfMissing(false);
        assertEquals(new StoreConfig(folder, async, 7, 1 << 21, 9, clock, true, false), changed);
        assertEquals(StoreConfig.at(folder).maxPayloadBytes(), right.maxPayloadBytes());
        assertFalse(right.tamperEvidence());
        assertTrue(Files.notExists(folder.resolve("varve.lock")), "a configuration opens nothing");
    }

    @Test
    void shouldSayThatAMapHasNoPlaceInTheAddressSpace() {
        StoreConfig config = StoreConfig.at(folder).withInitialMapBytes(1L << 62);
        StoreIoException e =
                assertThrows(StoreIoException.class, () -> EventStore.open(config).close());
        assertTrue(e.remedy().contains("withInitialMapBytes"), e.remedy());
    }
}
