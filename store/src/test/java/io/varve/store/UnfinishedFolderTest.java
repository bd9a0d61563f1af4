package io.varve.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.varve.store.lmdb.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
        leave("locked-once", "file", "varve.lock");
        leave("hardly-begun");
        leave("half-deleted", "file");
        make("one");
        assertEquals(List.of(folder.resolve("one")), DurableFiles.list(folder));
    }

    @Test
    void shouldKeepWhatIsBeingMade() throws IOException {
        try (UnfinishedFolder first = UnfinishedFolder.begin(folder.resolve("first"))) {
            make("second");
            first.publish();
        }
        assertEquals(2, DurableFiles.list(folder).size());
    }

    private void leave(String name, String... files) throws IOException {
        Path left = Files.createDirectory(folder.resolve("." + name + ".x.varve-unfinished"));
        for (String file : files) {
            Files.createFile(left.resolve(file));
        }
    }
}
