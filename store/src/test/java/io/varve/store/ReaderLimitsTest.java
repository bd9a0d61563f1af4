package io.varve.store;

import static io.varve.store.TestEvents.assertSound;
import static io.varve.store.TestEvents.event;
import static io.varve.store.TestEvents.stream;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.errors.LimitExceededException;
import io.varve.store.errors.StoreFullException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Readers that stay too long, are too many, or were killed. */
class ReaderLimitsTest {
    private static final StreamId A = stream("a");

    /** Reads at once. */
    private static final int MOST = 1024;

    @TempDir Path folder;

    /** How many reads fit into each other, on a thread with room for them. */
    private static int nest(EventStore store) throws InterruptedException {
        int[] reached = {-1};
        Thread thread = new Thread(null, () -> reached[0] = nest(store, 0), "nest", 256 << 20);
        thread.start();
        thread.join();
        return reached[0];
    }

    private static int nest(EventStore store, int depth) {
        int[] reached = {depth};
        try {
            store.read(
                    EventQuery.all().limit(1),
                    event -> {
                        reached[0] = nest(store, depth + 1);
                        return true;
                    });
        } catch (LimitExceededException e) {
            assertEquals(MOST, e.limit());
        }
        return reached[0];
    }

    private static void assertRoom(int readers) {
        assertTrue(readers >= MOST && readers < MOST * 5 / 4, "readers=" + readers);
    }

    @Test
    void shouldSayThatThereAreTooManyReadersAndGoOnAfterwards() throws Exception {
        try (EventStore store = EventStore.open(folder)) {
            store.append(A, ExpectedVersion.any(), event("x"));
            for (int round = 0; round < 3; round++) {
                assertRoom(nest(store));
                store.append(A, ExpectedVersion.exactly(round), event("x"));
                assertEquals(round + 2, assertSound(store).size());
            }
        }
    }

    @Test
    void shouldHaveAllReadersAgainAfterAKill() throws Exception {
        try (EventStore store = EventStore.open(folder)) {
            store.append(A, ExpectedVersion.any(), event("x"));
        }
        for (int round = 0; round < 3; round++) {
            try (ChildJvm child = new ChildJvm(NestedReads.class, folder)) {
                assertEquals("inside", child.line());
                child.kill();
            }
            try (EventStore store = EventStore.open(folder)) {
                assertRoom(nest(store));
                store.append(A, ExpectedVersion.exactly(round), event("x"));
            }
        }
    }

    /** Has as many reads open as there can be, and stays there. */
    static final class NestedReads {
        private NestedReads() {}

        public static void main(String[] arguments) {
            EventStore store = EventStore.open(Path.of(arguments[0]));
            new Thread(null, () -> nestAndStay(store, 0), "nest", 256 << 20).start();
        }

        private static void nestAndStay(EventStore store, int depth) {
            try {
                store.read(
                        EventQuery.all().limit(1),
                        event -> {
                            nestAndStay(store, depth + 1);
                            return true;
                        });
            } catch (LimitExceededException e) {
                System.out.println("inside");
                System.out.flush();
                java.util.concurrent.locks.LockSupport.park();
            }
        }
    }

    /** What is not read any more cannot be written over while a reader stays: a few pages each. */
    @Test
    void shouldGrowByAFewPagesForEachAppendWhileAReaderStays() throws IOException {
        Path file = folder.resolve("log").resolve("data.mdb");
        int appends = 100;
        try (EventStore store = EventStore.open(folder)) {
            append(store, appends);
            long[] sizes = {Files.size(file), 0, 0};
            store.read(
                    EventQuery.all().limit(1),
                    event -> {
                        append(store, appends);
                        sizes[1] = size(file);
                        return true;
                    });
            assertTrue(sizes[1] - sizes[0] < appends * 10L * 4096, "grew by " + sizes[1]);
            append(store, 3 * appends);
            sizes[2] = Files.size(file);
            assertTrue(
                    sizes[2] - sizes[1] < (sizes[1] - sizes[0]) / 2,
                    "pages are not used again: " + sizes[0] + " " + sizes[1] + " " + sizes[2]);
            assertEquals(5 * appends, assertSound(store).size());
        }
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void append(EventStore store, int appends) {
        for (int i = 0; i < appends; i++) {
            store.append(A, ExpectedVersion.any(), event("x"));
        }
    }

    @Test
    void shouldSayThatTheMapCannotGrowUnderAReaderAndGrowAfterwards() {
        StoreConfig config = TestEvents.restless(folder);
        try (EventStore store = ShortPatience.open(() -> EventStore.open(config))) {
            store.append(A, ExpectedVersion.any(), event("x"));
            long[] appended = {1};
            store.read(
                    EventQuery.all(),
                    event -> {
                        // On the reader's own thread: waiting for itself would never end.
                        assertThrows(
                                StoreFullException.class,
                                () -> {
                                    while (true) {
                                        store.append(
                                                A,
                                                ExpectedVersion.exactly(appended[0] - 1),
                                                event(appended[0], 50_000));
                                        appended[0]++;
                                    }
                                });
                        assertEquals(appended[0] - 1, store.head());
                        assertEquals(0, event.position());
                        return true;
                    });
            store.append(A, ExpectedVersion.exactly(appended[0] - 1), event(1, 3_000_000));
            assertEquals(appended[0] + 1, assertSound(store).size());
        }
    }
}
