package io.varve.store.lmdb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.varve.store.EventStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class SyncFileTest {
    private static final byte[] TOO_LONG = new byte[4096];

    @TempDir Path folder;

    @Test
    @EnabledOnOs(OS.LINUX)
    void shouldCloseItsFileWhereItsFirstWriteFails() throws Exception {
        EventStore.open(folder).close();
        Path log = folder.resolve("log").toRealPath();
        MetaPage meta = DataFile.newestMeta(log);
        assertThrows(
                RuntimeException.class, () -> SyncFile.open(log, SyncState.SYNCED, meta, TOO_LONG));
        assertEquals(List.of(), openIn(log));
    }

    private static List<Path> openIn(Path folder) throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return open.filter(Files::isSymbolicLink)
                    .map(SyncFileTest::target)
                    .filter(file -> file.startsWith(folder))
                    .toList();
        }
    }

    /** Nothing of one that is closed meanwhile. */
    private static Path target(Path link) {
        try {
            return Files.readSymbolicLink(link);
        } catch (IOException e) {
            return link;
        }
    }
}
