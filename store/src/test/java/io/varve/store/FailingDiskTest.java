package io.varve.store;

import static io.varve.store.TestEvents.assertSound;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A disk that fails at the n-th write or sync of the log: by a library loaded before the C library,
 * in a process of its own; built here, where there is a compiler.
 */
class FailingDiskTest {
    /**
     * Fails calls on data.mdb from the n-th on, once the file "fail" is there, for ever or once.
     */
    private static final String SHIM =
            """
            #define _GNU_SOURCE
            #include <dlfcn.h>
            #include <errno.h>
            #include <stdio.h>
            #include <stdlib.h>
            #include <string.h>
            #include <sys/uio.h>
            #include <unistd.h>

            static int left = -1;

            static int fails(const char *call, int fd) {
                const char *wanted = getenv("FAIL_CALL");
                const char *trigger = getenv("FAIL_TRIGGER");
                char link[64], name[512];
                if (!wanted || !trigger || strcmp(wanted, call)) return 0;
                snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
                ssize_t length = readlink(link, name, sizeof name - 1);
                if (length < 12) return 0;
                name[length] = 0;
                if (strcmp(name + length - 12, "log/data.mdb")) return 0;
                if (access(trigger, F_OK)) return 0;
                if (left < 0) left = atoi(getenv("FAIL_AFTER"));
                if (left > 0) { left--; return 0; }
                errno = atoi(getenv("FAIL_ERRNO"));
                return 1;
            }
            #define REAL(name) ((__typeof__(&name)) dlsym(RTLD_NEXT, #name))
            int fdatasync(int fd) {
                return fails("sync", fd) ? -1 : REAL(fdatasync)(fd);
            }
            ssize_t pwrite(int fd, const void *b, size_t n, off_t o) {
                return fails("write", fd) ? -1 : REAL(pwrite)(fd, b, n, o);
            }
            ssize_t pwrite64(int fd, const void *b, size_t n, off64_t o) {
                return fails("write", fd) ? -1 : REAL(pwrite64)(fd, b, n, o);
            }
            ssize_t pwritev(int fd, const struct iovec *v, int c, off_t o) {
                return fails("write", fd) ? -1 : REAL(pwritev)(fd, v, c, o);
            }
            ssize_t pwritev64(int fd, const struct iovec *v, int c, off64_t o) {
                return fails("write", fd) ? -1 : REAL(pwritev64)(fd, v, c, o);
            }
            """;

    private static final int EIO = 5;

    @TempDir static Path built;
    @TempDir Path folder;
    private static Path library;

    @BeforeAll
    static void build() throws Exception {
        Path source = Files.writeString(built.resolve("shim.c"), SHIM);
        library = built.resolve("shim.so");
        boolean compiled =
                run("cc", "-shared", "-fPIC", "-o", library.toString(), source.toString(), "-ldl")
                        == 0;
        Assumptions.assumeTrue(compiled, "there is no C compiler, so no disk can be made to fail");
    }

    private static int run(String... command) throws InterruptedException {
        try {
            return new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException e) {
            return -1; // there is no such command here
        }
    }

    @ParameterizedTest
    @CsvSource({"sync,0,5", "sync,1,5", "write,0,5", "write,1,5", "write,0,30", "write,1,30"})
    void shouldStopAndSayThatTheOutcomeIsUnknown(String call, int after, int errno)
            throws Exception {
        List<String> lines = child("sync", call, after, errno);
        String outcome = lines.get(lines.size() - 2);
        assertTrue(outcome.startsWith("failed AppendOutcomeUnknownException"), lines.toString());
        assertEquals("then StoreFailedException", lines.get(lines.size() - 1));
        checkReopened(lines, after + 2);
    }

    @Test
    void shouldStopWhenALaterSyncFails() throws Exception {
        List<String> lines = child("async", "sync", 0, EIO);
        // Unknown where a commit was under way when the sync failed.
        String outcome = lines.get(lines.size() - 2);
        assertTrue(
                outcome.matches("failed (StoreFailed|AppendOutcomeUnknown)Exception"),
                lines.toString());
        assertEquals("then StoreFailedException", lines.get(lines.size() - 1));
        checkReopened(lines, Integer.MAX_VALUE);
    }

    /** What was acknowledged is there, and of what was not at most what was under way. */
    private void checkReopened(List<String> lines, int mostMore) {
        long acknowledged = lines.stream().filter(line -> line.matches("\\d+")).count();
        try (EventStore store = EventStore.open(TestEvents.restless(folder.resolve("store")))) {
            int found = assertSound(store).size();
            assertTrue(found >= acknowledged, found + " of " + acknowledged);
            assertTrue(found - acknowledged <= mostMore, found + " of " + acknowledged);
            store.append(TestEvents.stream("a"), ExpectedVersion.any(), TestEvents.event("again"));
        }
    }

    private List<String> child(String durability, String call, int after, int errno)
            throws Exception {
        Path store = folder.resolve("store");
        Path trigger = folder.resolve("fail");
        ProcessBuilder builder =
                new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        FailingChild.class.getName(),
                        store.toString(),
                        trigger.toString(),
                        durability);
        builder.environment().put("LD_PRELOAD", library.toString());
        builder.environment().put("FAIL_CALL", call);
        builder.environment().put("FAIL_AFTER", Integer.toString(after));
        builder.environment().put("FAIL_ERRNO", Integer.toString(errno));
        builder.environment().put("FAIL_TRIGGER", trigger.toString());
        Process process = builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
        List<String> lines = process.inputReader().lines().toList();
        assertEquals(0, process.waitFor(), lines.toString());
        return lines;
    }
}
