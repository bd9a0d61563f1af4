package io.varve.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the first version wrote reads as it did then. */
class GoldenStoreTest {
    @TempDir Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"golden-v0.zip", "golden-v1.zip"})
    void shouldReadTheStoreThatIsKept(String name) throws IOException {
        GoldenFiles.unpack(name, folder);
        assertReadsAsWritten(folder);
    }

    @ParameterizedTest
    @ValueSource(strings = {"golden-v0.zip", "golden-v1.zip"})
    void shouldReadTheStoreThatIsKeptWithoutItsIndex(String name) throws IOException {
        GoldenFiles.unpack(name, folder);
        TestEvents.deleteIndex(folder);
        assertReadsAsWritten(folder);
    }

    @Test
    void shouldWriteWhatIsKept() {
        GoldenStore.write(folder);
        assertReadsAsWritten(folder);
    }

    private static void assertReadsAsWritten(Path folder) {
        List<GoldenStore.Golden> expected = GoldenStore.events();
        StoreIdentity identity;
        try (EventStore store = EventStore.open(folder)) {
            identity = store.identity();
            assertEquals(0, identity.incarnation());
            List<RecordedEvent> events = TestEvents.assertSound(store);
            assertEquals(expected.size(), events.size());
            for (int i = 0; i < events.size(); i++) {
                assertSame(expected.get(i), events.get(i));
            }
            assertEquals(
                    expected.size(),
                    store.streams().all().mapToLong(info -> info.version() + 1).sum());
            StreamId stream = expected.get(0).stream();
            long version = store.version(stream).orElseThrow();
            store.append(stream, ExpectedVersion.exactly(version), TestEvents.event("new"));
        }
        try (EventStore store = EventStore.open(folder)) {
            assertEquals(identity, store.identity());
            assertEquals(expected.size() + 1, TestEvents.assertSound(store).size());
        }
    }

    private static void assertSame(GoldenStore.Golden expected, RecordedEvent event) {
        assertEquals(expected.stream(), event.stream());
        assertEquals(expected.version(), event.version());
        assertEquals(expected.event().type(), event.type());
        assertEquals(expected.event().headers(), event.headers());
        assertEquals(expected.commitTime(), event.commitTimeMillis());
        long time = expected.event().eventTimeMillis().orElse(expected.commitTime());
        assertEquals(time, event.eventTimeMillis());
        assertArrayEquals(expected.event().payload(), event.payload());
    }
}
