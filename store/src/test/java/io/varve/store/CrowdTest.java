package io.varve.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * More appenders than anybody should have, in a heap that would not hold what waits if waiting cost
 * much, also on a disk that is slow: nothing is lost, and each is answered.
 */
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CrowdTest {
    /** Each sync takes a twentieth of a second. */
    private static final String SHIM =
            """
            #define _GNU_SOURCE
            #include <dlfcn.h>
            #include <unistd.h>

            int fdatasync(int fd) {
                usleep(50000);
                return ((int (*)(int)) dlsym(RTLD_NEXT, "fdatasync"))(fd);
            }
            """;

    private static final int THREADS = 2_000;
    private static final int VIRTUAL_THREADS = 10_000;
    private static final String HEAP = "48m";

    /** The stacks of virtual threads that wait, and what they append, lie in it. */
    private static final String VIRTUAL_HEAP = "256m";

    @TempDir Path folder;

    @Test
    void shouldServeThousandsOfThreads() throws Exception {
        assertServed(List.of(), HEAP, "platform", THREADS);
    }

    @Test
    void shouldServeThousandsOfVirtualThreads() throws Exception {
        Assumptions.assumeTrue(Runtime.version().feature() >= 21, "needs virtual threads");
        assertServed(List.of(), VIRTUAL_HEAP, "virtual", VIRTUAL_THREADS);
    }

    @Test
    void shouldServeThousandsOfThreadsFromASlowDisk() throws Exception {
        Path source = Files.writeString(folder.resolve("slow.c"), SHIM);
        Path library = folder.resolve("slow.so");
        Assumptions.assumeTrue(
                compiled(source, library), "there is no C compiler, so no disk can be made slow");
        assertServed(List.of("LD_PRELOAD=" + library), HEAP, "platform", THREADS);
    }

    private static boolean compiled(Path source, Path library) throws InterruptedException {
        try {
            return new ProcessBuilder(
                                    "cc",
                                    "-shared",
                                    "-fPIC",
                                    "-o",
                                    library.toString(),
                                    source.toString(),
                                    "-ldl")
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false; // there is no such command here
        }
    }

    private void assertServed(List<String> environment, String heap, String kind, int threads)
            throws Exception {
        Path store = folder.resolve("store");
        try (ChildJvm child = ChildJvm.with(environment, heap, Crowd.class, store, kind, threads)) {
            assertEquals(List.of("failed 0"), child.lines());
            assertEquals(0, child.exitCode());
        }
        try (EventStore again = EventStore.open(store)) {
            assertEquals(threads * Crowd.ROUNDS, TestEvents.assertSound(again).size());
        }
    }

    /** Appends from many threads at once, a kilobyte each time. */
    static final class Crowd {
        static final int ROUNDS = 2;

        private Crowd() {}

        public static void main(String[] arguments) throws Exception {
            int threads = Integer.parseInt(arguments[2]);
            CountDownLatch ended = new CountDownLatch(threads);
            AtomicLong failed = new AtomicLong();
            Executor executor = executor(arguments[1]);
            try (EventStore store = EventStore.open(Path.of(arguments[0]))) {
                for (int t = 0; t < threads; t++) {
                    StreamId mine = TestEvents.stream("t" + t);
                    executor.execute(
                            () -> {
                                try {
                                    append(store, mine);
                                } catch (RuntimeException | Error e) {
                                    failed.incrementAndGet();
                                } finally {
                                    ended.countDown();
                                }
                            });
                }
                boolean all = ended.await(1, TimeUnit.MINUTES);
                System.out.println(all ? "failed " + failed : "left " + ended.getCount());
                System.out.flush();
                if (!all) {
                    Runtime.getRuntime().halt(4);
                }
            }
        }

        private static Executor executor(String kind) throws ReflectiveOperationException {
            return kind.equals("virtual")
                    ? (Executor)
                            Executors.class
                                    .getMethod("newVirtualThreadPerTaskExecutor")
                                    .invoke(null)
                    : body -> new Thread(null, body, "crowd", 256 << 10).start();
        }

        private static void append(EventStore store, StreamId mine) {
            for (int i = 0; i < ROUNDS; i++) {
                AppendResult result = store.append(mine, expected(i), TestEvents.event(i, 1_000));
                if (result.version() != i) {
                    throw new IllegalStateException(result.toString());
                }
            }
        }

        private static ExpectedVersion expected(int round) {
            return round == 0 ? ExpectedVersion.noStream() : ExpectedVersion.exactly(round - 1);
        }
    }
}
