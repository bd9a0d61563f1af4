package io.varve.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The library that is unpacked to be loaded, of processes that are killed. */
class NativeLibraryTest {
    @TempDir Path folder;

    private ChildJvm child(String more) {
        String options = "JAVA_TOOL_OPTIONS=-Djava.io.tmpdir=" + temporary() + more;
        return ChildJvm.with(List.of(options), "64m", HoldingChild.class, folder.resolve("store"));
    }

    private Path temporary() {
        return folder.resolve("temporary");
    }

    private List<String> left(Path where) throws IOException {
        try (Stream<Path> files = Files.list(where)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> !name.startsWith("hsperfdata"))
                    .toList();
        }
    }

    @Test
    void shouldLeaveNoLibraryBehindWhereAProcessIsKilled() throws Exception {
        Files.createDirectory(temporary());
        try (ChildJvm child = child("")) {
            assertEquals("open head=-1", child.line());
            child.kill();
        }
        assertEquals(List.of(), left(temporary()));
    }

    @Test
    void shouldUnpackTheLibraryWhereTheUserWantsIt() throws Exception {
        Files.createDirectory(temporary());
        Path wanted = Files.createDirectory(folder.resolve("wanted"));
        try (ChildJvm child = child(" -Dlmdbjava.extract.dir=" + wanted)) {
            assertEquals("open head=-1", child.line());
            assertTrue(left(wanted).get(0).startsWith("lmdbjava-native-library"));
            child.kill();
        }
        assertEquals(List.of(), left(temporary()));
        assertEquals(1, left(wanted).size());
    }
}
