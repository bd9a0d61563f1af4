package io.varve.store;

import static io.varve.store.TestEvents.event;
import static io.varve.store.TestEvents.stream;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.errors.IncompatibleStoreException;
import io.varve.store.errors.VarveException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A store that a newer version wrote, with checksums that fit: it is refused and left as it is. */
class NewerFormatTest {
    private static final int UNKNOWN_FLAG = 16;
    private static final int UNKNOWN_KIND = 9;

    /** Who has it open and whether it was closed; the rest is what somebody wants to keep. */
    private static final Set<String> ALWAYS_WRITTEN =
            Set.of("varve.lock", "lock.mdb", "varve.sync");

    @TempDir Path folder;

    /** Three blocks, each of one event and with a preamble that names a stream. */
    private StoreIdentity threeBlocks() {
        try (EventStore store = EventStore.open(folder)) {
            for (int i = 0; i < 3; i++) {
                store.append(stream("s" + i), ExpectedVersion.noStream(), event("x" + i));
            }
            return store.identity();
        }
    }

    private TreeMap<String, Integer> files() throws IOException {
        TreeMap<String, Integer> sums = new TreeMap<>();
        try (var paths = Files.walk(folder)) {
            for (Path path : paths.filter(Files::isRegularFile).toList()) {
                if (!ALWAYS_WRITTEN.contains(path.getFileName().toString())) {
                    sums.put(path.toString(), Arrays.hashCode(Files.readAllBytes(path)));
                }
            }
        }
        return sums;
    }

    /** What is done with such a store changes nothing of it, however often. */
    private void assertRefused(Class<? extends VarveException> error, Executable use)
            throws Exception {
        TreeMap<String, Integer> before = files();
        assertTrue(before.size() >= 1, before::toString);
        for (int i = 0; i < 3; i++) {
            VarveException e = assertThrows(error, use);
            assertTrue(e.remedy().contains("newer version"), e.getMessage());
            TreeMap<String, Integer> after = files();
            after.keySet().retainAll(before.keySet());
            assertEquals(before, after);
        }
    }

    private void assertNotOpened(Class<? extends VarveException> error) throws Exception {
        assertRefused(error, () -> EventStore.open(folder).close());
    }

    @Test
    void shouldRefuseALogOfANewerFormat() throws Exception {
        StoreIdentity identity = threeBlocks();
        new Forger(folder).setLogFormat(identity, 2).write();
        assertNotOpened(IncompatibleStoreException.class);
        new Forger(folder).setLogFormat(identity, 1).write();
        try (EventStore store = EventStore.open(folder)) {
            assertEquals(3, TestEvents.assertSound(store).size());
        }
    }

    @ParameterizedTest
    @CsvSource({
        BlockFormat.FORMAT_VERSION + ",2",
        BlockFormat.FORMAT_VERSION + ",255",
        BlockFormat.FLAGS + "," + UNKNOWN_FLAG,
        BlockFormat.FLAGS + ",4",
        BlockFormat.FLAGS + ",128"
    })
    void shouldRefuseANewestBlockOfANewerFormat(int offset, int value) throws Exception {
        threeBlocks();
        new Forger(folder).set(2, offset, value).fixSums().write();
        assertNotOpened(IncompatibleStoreException.class);
    }

    @ParameterizedTest
    @CsvSource({
        BlockFormat.FORMAT_VERSION + ",2",
        BlockFormat.FLAGS + "," + UNKNOWN_FLAG,
        BlockFormat.FLAGS + ",4"
    })
    void shouldReadAroundAnOlderBlockOfANewerFormat(int offset, int value) throws Exception {
        threeBlocks();
        new Forger(folder).set(1, offset, value).fixSums().write();
        assertRefused(
                IncompatibleStoreException.class,
                () -> {
                    try (EventStore store = EventStore.open(folder)) {
                        assertEquals(1, store.readList(EventQuery.all().limit(1)).size());
                        assertEquals(1, store.readList(EventQuery.all().from(2)).size());
                        store.readList(EventQuery.all());
                    }
                });
    }

    @Test
    void shouldRefuseAPreambleThatTellsMoreThanItKnows() throws Exception {
        for (long block : List.of(0L, 2L)) {
            Path log = folder.resolve("log");
            threeBlocks();
            TestEvents.deleteIndex(folder);
            new Forger(folder).set(block, BlockFormat.SHA, UNKNOWN_KIND).fixSums().write();
            assertNotOpened(IncompatibleStoreException.class);
            Files.delete(log.resolve("data.mdb"));
            Files.delete(log.resolve("varve.sync"));
            TestEvents.deleteIndex(folder);
            Files.delete(folder.resolve("index").resolve("varve.sync"));
        }
    }

    @Test
    void shouldTellBackupsOfWhatIsNewer(@TempDir Path target) throws Exception {
        threeBlocks();
        new Forger(folder).set(1, BlockFormat.FORMAT_VERSION, 2).fixSums().write();
        assertRefused(
                IncompatibleStoreException.class,
                () -> {
                    try (EventStore store = EventStore.open(folder)) {
                        store.backup(target.resolve("backup"), ProgressListener.none());
                    }
                });
        assertTrue(Files.notExists(target.resolve("backup")));
    }
}
