package io.varve.store;

import static io.varve.store.TestEvents.event;
import static io.varve.store.TestEvents.stream;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.errors.VarveException;
import java.io.Closeable;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A process that may open no more files. */
@EnabledOnOs({OS.LINUX, OS.MAC})
class OpenFilesTest {
    private static final int MOST_FILES = 256;

    @TempDir Path folder;

    @Test
    void shouldSayThatTheNativeLibraryCannotBeLoaded() throws Exception {
        List<String> environment =
                List.of("JAVA_TOOL_OPTIONS=-Djava.io.tmpdir=" + folder.resolve("none"));
        try (ChildJvm child = ChildJvm.with(environment, "256m", Opening.class, folder, "once")) {
            String told = child.line();
            assertTrue(told.startsWith("refused: A library could not be loaded"), told);
            assertTrue(told.contains("ulimit -n") && told.contains("java.io.tmpdir"), told);
        }
    }

    @Test
    void shouldSayThatTooManyFilesAreOpenWhateverIsNotLoadedYet() throws Exception {
        told("fresh");
    }

    @Test
    void shouldSayThatTooManyFilesAreOpenAndOpenTheStoreOnceThereAreFewer() throws Exception {
        List<String> told = told("loaded");
        assertEquals("opened", told.get(told.size() - 1));
    }

    private List<String> told(String how) throws Exception {
        try (EventStore store = EventStore.open(folder.resolve("store"))) {
            store.append(stream("a"), ExpectedVersion.any(), event("x"));
        }
        try (ChildJvm child = ChildJvm.withOpenFiles(MOST_FILES, Opening.class, folder, how)) {
            List<String> lines = child.lines();
            assertEquals(0, child.exitCode(), lines::toString);
            assertTrue(lines.size() > 1, lines::toString);
            List<String> failed = lines.stream().filter(line -> !line.equals("opened")).toList();
            assertTrue(failed.size() > 0, lines::toString);
            failed.forEach(line -> assertTrue(line.contains("ulimit -n"), line));
            return lines;
        }
    }

    /**
     * Opens a store with no file to spare, then with one, and so on, and prints what it is told.
     */
    static final class Opening {
        private static final int MOST_TRIES = 40;

        private Opening() {}

        public static void main(String[] arguments) throws Exception {
            Path store = Path.of(arguments[0]).resolve("store");
            if (arguments[1].equals("once")) {
                tryToOpen(store);
                return;
            }
            if (arguments[1].equals("loaded")) {
                EventStore.open(store).close();
            }
            loadJava();
            loadClasses();
            Deque<Closeable> files = openAll();
            boolean opened = false;
            for (int i = 0; i < MOST_TRIES && !opened; i++) {
                opened = tryToOpen(store);
                files.pop().close();
            }
        }

        /** What Java itself reads at the first use, and could not read later. */
        private static void loadJava() throws IOException {
            UUID.randomUUID();
            FileChannel.open(Path.of("/dev/null")).close();
        }

        /** Each class is a file, which cannot be read later. */
        private static void loadClasses() throws Exception {
            Class<?> any = EventStore.class;
            Path place = Path.of(any.getProtectionDomain().getCodeSource().getLocation().toURI());
            try (Stream<Path> all = Files.walk(place)) {
                for (Path file : all.filter(one -> one.toString().endsWith(".class")).toList()) {
                    String name = place.relativize(file).toString();
                    name = name.substring(0, name.length() - ".class".length());
                    Class.forName(name.replace('/', '.'), false, any.getClassLoader());
                }
            }
        }

        private static Deque<Closeable> openAll() throws IOException {
            Deque<Closeable> files = new ArrayDeque<>();
            try {
                while (true) {
                    files.push(new FileInputStream("/dev/null"));
                }
            } catch (IOException e) {
                return files; // as many as there can be
            }
        }

        private static boolean tryToOpen(Path store) {
            try {
                EventStore.open(store).close();
                System.out.println("opened");
                return true;
            } catch (VarveException e) {
                System.out.println("refused: " + e.getMessage());
            } catch (Throwable e) {
                System.out.println("raw: " + e);
            }
            return false;
        }
    }
}
