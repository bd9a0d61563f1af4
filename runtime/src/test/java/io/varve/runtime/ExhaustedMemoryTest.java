package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The memory of a process runs out, down to the last byte. */
@Timeout(120)
class ExhaustedMemoryTest {
    @TempDir Path folder;

    @Test
    void shouldFailWhoUsesUpMemoryAndLetAllOthersGoOnByThemselves() throws Exception {
        letOthersGoOn(3);
    }

    @Test
    @Tag("long")
    void shouldFailWhoUsesUpMemoryInOnePartition() throws Exception {
        letOthersGoOn(1);
    }

    private void letOthersGoOn(int partitions) throws Exception {
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
    @Test
    void shouldKeepMoreLargeRowsThanThereIsMemory() throws Exception {
        keep(1_300_000, 60, 3);
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
