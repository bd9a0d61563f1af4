package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The memory of a process runs out, down to the last byte. */
@Timeout(120)
class ExhaustedMemoryTest {
    @TempDir Path folder;

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void shouldFailWhoUsesUpMemoryAndLetAllOthersGoOnByThemselves(int partitions) throws Exception {
        List<String> told = new ArrayList<>();
        try (ChildJvm child = new ChildJvm(64, ExhaustedChild.class, folder, partitions)) {
            for (String line = child.line(); line != null; line = child.line()) {
                told.add(line);
            }
            child.exitCode();
        }
        assertEquals(
                List.of(
                        "failure=OutOfMemoryError",
                        "state=FAILED",
                        "complete=true",
                        "other=Optional.empty",
                        "gone=[]",
                        "closed=true"),
                told);
    }

    /**
     * What is copied on the way to the disk is copied once, and of few rows where they are large.
     */
    @ParameterizedTest
    @CsvSource({"1300000, 80, 1", "4000000, 25, 1", "1300000, 60, 3"})
    void shouldKeepMoreLargeRowsThanThereIsMemory(int bytes, int rows, int partitions)
            throws Exception {
        keep(bytes, rows, partitions);
    }

    @ParameterizedTest
    @Tag("long")
    @CsvSource({"1300000, 300, 1", "4000000, 100, 1", "1300000, 300, 3"})
    void shouldKeepManyMoreLargeRowsThanThereIsMemory(int bytes, int rows, int partitions)
            throws Exception {
        keep(bytes, rows, partitions);
    }

    private void keep(int bytes, int rows, int partitions) throws Exception {
        try (ChildJvm child =
                new ChildJvm(64, LargeRowsChild.class, folder, bytes, rows, partitions)) {
            assertEquals("reached=true", child.line());
            assertEquals("rows=" + rows, child.line());
            assertEquals("sound=true", child.line());
            assertEquals(0, child.exitCode());
        }
    }
}
