package io.varve.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.errors.StoreClosedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class StoreMetricsTest {
    private static final StreamId STREAM = StreamId.of("orders", "1");

    @TempDir Path folder;

    @Test
    void shouldTellWhereALogBeginsAndEndsAndHowLargeItIs() throws Exception {
        try (EventStore store = EventStore.open(TestEvents.restless(folder))) {
            assertEquals(-1, store.metrics().head());
            for (int i = 0; i < 300; i++) {
                store.append(STREAM, ExpectedVersion.any(), TestEvents.event(i, 9));
            }
            store.retention().truncateBefore(200);
            StoreMetrics metrics = store.metrics();
            assertEquals(299, metrics.head());
            assertEquals(299, metrics.durablePosition());
            assertEquals(store.retention().firstPosition(), metrics.firstPosition());
            assertTrue(metrics.firstPosition() > 100);
            assertEquals(Files.size(folder.resolve("log/data.mdb")), metrics.logBytes());
            assertEquals(Files.size(folder.resolve("index/data.mdb")), metrics.indexBytes());
        }
    }

    @Test
    void shouldCountEventsAndStreams() {
        try (EventStore store = EventStore.open(TestEvents.restless(folder))) {
            assertCounts(store, 0, 0);
            store.append(STREAM, ExpectedVersion.any(), TestEvents.event("x"));
            assertEquals(1, TestEvents.all(store).size());
            assertCounts(store, 1, 1);
            for (int i = 1; i < 40; i++) {
                store.append(TestEvents.stream("" + i % 20), ExpectedVersion.any(), event(i));
            }
            assertCounts(store, 40, 21);
            store.append(new EventBatch().tombstone(STREAM));
            assertEquals(20, store.retention().truncateBefore(20).firstPosition());
            assertCounts(store, 21, 21);
        }
        try (EventStore store = EventStore.open(TestEvents.restless(folder))) {
            assertCounts(store, 21, 21);
        }
    }

    private static NewEvent event(int i) {
        return TestEvents.event(i, 9);
    }

    private static void assertCounts(EventStore store, int events, int streams) {
        StoreMetrics metrics = store.metrics();
        assertEquals(events, metrics.events());
        assertEquals(TestEvents.all(store).size(), metrics.events());
        assertEquals(streams, metrics.streams());
        assertEquals(store.streams().all().count(), metrics.streams());
    }

    @Test
    void shouldTellForHowLongTheOldestReaderReads() {
        try (EventStore store = EventStore.open(folder)) {
            store.append(STREAM, ExpectedVersion.any(), TestEvents.event(1, 9));
            store.append(STREAM, ExpectedVersion.any(), TestEvents.event(2, 9));
            assertReads(store, 0);
            store.read(
                    EventQuery.all(),
                    event -> {
                        Duration outer = assertReads(store, 1);
                        store.read(
                                EventQuery.stream(STREAM),
                                inner -> {
                                    assertTrue(assertReads(store, 2).compareTo(outer) > 0);
                                    return false;
                                });
                        assertReads(store, 1);
                        return true;
                    });
            assertReads(store, 0);
        }
    }

    private static Duration assertReads(EventStore store, int readers) {
        StoreMetrics metrics = store.metrics();
        assertEquals(readers, metrics.openReaders());
        assertEquals(readers == 0, metrics.oldestReader().isZero());
        return metrics.oldestReader();
    }

    @Test
    void shouldRefuseMetricsOfAClosedStore() {
        EventStore store = EventStore.open(folder);
        store.close();
        assertThrows(StoreClosedException.class, store::metrics);
    }
}
