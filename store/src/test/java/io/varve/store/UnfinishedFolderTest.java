package io.varve.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.varve.store.lmdb.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Folders that are made beside each other: nobody takes for a leftover what another makes. */
class UnfinishedFolderTest {
    private static final int THREADS = 6;
    private static final int EACH = 40;

    @TempDir Path folder;

    @Test
    void shouldLetSeveralBeMadeAtOnce() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            List<Callable<Void>> work = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                String name = "t" + thread + "-";
                work.add(
                        () -> {
                            for (int i = 0; i < EACH; i++) {
                                make(name + i);
                            }
                            return null;
                        });
            }
            for (Future<Void> one : threads.invokeAll(work)) {
                one.get();
            }
        } finally {
            threads.shutdown();
        }
        make("last"); // deletes what two have left to each other
        assertEquals(THREADS * EACH + 1, DurableFiles.list(folder).size());
    }

    private void make(String name) throws IOException {
        try (UnfinishedFolder made = UnfinishedFolder.begin(folder.resolve(name))) {
            Files.writeString(made.folder().resolve("file"), name);
            made.publish();
        }
        assertEquals(name, Files.readString(folder.resolve(name).resolve("file")));
    }

    @Test
    void shouldDeleteWhatNobodyHas() throws IOException {
        leave("locked-once", true, Duration.ZERO);
        leave("hardly-begun", false, Duration.ofHours(1));
        Path now = leave("being-made", false, Duration.ZERO);
        make("one");
        assertEquals(List.of(now, folder.resolve("one")), DurableFiles.list(folder));
    }

    private Path leave(String name, boolean lock, Duration age) throws IOException {
        Path left = Files.createDirectory(folder.resolve("." + name + ".x.varve-unfinished"));
        Files.createFile(left.resolve("file"));
        if (lock) {
            Files.createFile(left.resolve("varve.lock"));
        }
        Files.setLastModifiedTime(left, FileTime.from(Instant.now().minus(age)));
        return left;
    }
}
