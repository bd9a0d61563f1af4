package io.varve.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An index whose rows are sound, each for itself, and do not fit the end of the log. */
class MisfitIndexTest {
    private static final List<String> FILES = List.of("data.mdb", "varve.sync");

    @TempDir Path base;
    private Path folder;
    private Path index;
    private final StreamId stream = TestEvents.stream("s");

    /** Its index is that of an earlier time, when there were three events, with another head. */
    @BeforeEach
    void make() throws IOException {
        folder = base.resolve("store");
        index = folder.resolve("index");
        append(3);
        Path kept = Files.createDirectory(base.resolve("kept"));
        for (String file : FILES) {
            Files.copy(index.resolve(file), kept.resolve(file));
        }
        append(2);
        for (String file : FILES) {
            Files.copy(
                    kept.resolve(file), index.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        }
        IndexRows.change(index, "heads", "", IndexRows.Change.FORGE);
    }

    private void append(int events) {
        try (EventStore store = EventStore.open(StoreConfig.at(folder))) {
            for (int i = 0; i < events; i++) {
                store.append(stream, ExpectedVersion.any(), TestEvents.event("e"));
            }
        }
    }

    private void assertWhole() {
        try (EventStore store = EventStore.open(StoreConfig.at(folder))) {
            assertEquals(4, store.version(stream).orElse(-1));
            assertEquals(5, store.readList(EventQuery.stream(stream)).size());
        }
    }

    @Test
    void shouldBeBuiltAgainAsTheLogIsRight() {
        assertWhole();
        assertWhole();
    }

    @Test
    void shouldBeBuiltAgainByTheOneCall() {
        ClosedStore.rebuildIndex(StoreConfig.at(folder), ProgressListener.none());
        assertWhole();
    }
}
