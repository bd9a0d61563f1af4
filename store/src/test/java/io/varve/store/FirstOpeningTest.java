package io.varve.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.varve.store.errors.VarveException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The first opening of a process, in which LMDB is loaded while the files are looked at. */
class FirstOpeningTest {
    private static final int EVENTS = 300;
    private static final int PAGE = 4096;

    @TempDir Path folder;
    private Path left;

    /** A store as a killed process leaves it. */
    @BeforeEach
    void leaveUnclosed() throws IOException {
        Path whole = folder.resolve("whole");
        left = folder.resolve("left");
        ReadingChild.fill(whole, EVENTS);
        try (EventStore store = EventStore.open(whole)) {
            TestEvents.copy(store.config().path(), left);
        }
    }

    private String opened(Path store) throws Exception {
        try (ChildJvm child = new ChildJvm(Opening.class, store)) {
            List<String> lines = child.lines();
            assertEquals(0, child.exitCode(), lines::toString);
            return String.join("; ", lines);
        }
    }

    /** Zeros all pages but the two that lead to them. */
    private void damage(String part) throws IOException {
        Path file = left.resolve(part).resolve("data.mdb");
        byte[] bytes = Files.readAllBytes(file);
        Arrays.fill(bytes, 2 * PAGE, bytes.length, (byte) 0);
        Files.write(file, bytes);
    }

    @Test
    void shouldOpenWhatAKilledProcessHasLeft() throws Exception {
        assertEquals("events=300; threads=[]", opened(left));
    }

    @Test
    void shouldBuildAnIndexAgainThatIsDamaged() throws Exception {
        damage("index");
        assertEquals("events=300; threads=[]", opened(left));
    }

    @Test
    void shouldRefuseALogThatIsDamagedWhateverTheIndexIs() throws Exception {
        damage("log");
        damage("index");
        Path index = left.resolve("index").resolve("data.mdb");
        byte[] before = Files.readAllBytes(index);
        assertEquals("refused: StoreCorruptedException; threads=[]", opened(left));
        assertArrayEquals(before, Files.readAllBytes(index));
    }

    @Test
    void shouldRefuseWhatAnotherProcessHasOpen() throws Exception {
        try (EventStore store = EventStore.open(left)) {
            assertEquals("refused: StoreLockedException; threads=[]", opened(left));
            assertEquals(EVENTS - 1, store.head());
        }
    }

    /** Opens a store, and says what it holds, or why not; and which threads of ours there are. */
    static final class Opening {
        private Opening() {}

        public static void main(String[] arguments) throws Exception {
            try (EventStore store = EventStore.open(Path.of(arguments[0]))) {
                System.out.println("events=" + TestEvents.assertSound(store).size());
            } catch (VarveException e) {
                System.out.println("refused: " + e.getClass().getSimpleName());
            }
            System.out.println("threads=" + threads());
        }

        private static List<String> threads() throws InterruptedException {
            List<Thread> all =
                    Thread.getAllStackTraces().keySet().stream()
                            .filter(thread -> thread.getName().startsWith("varve"))
                            .toList();
            for (Thread thread : all) {
                thread.join(10_000); // what was begun for nothing ends by itself
            }
            return all.stream().filter(Thread::isAlive).map(Thread::getName).toList();
        }
    }
}
