package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Read models that were open when the machine stopped: what they wrote since their last sync is not
 * trusted. The process is killed, and then their files say that this was in another run of the
 * machine.
 */
class CrashedMachineTest extends RuntimeTestBase {
    private static final int EVENTS = 50;

    private ProjectionRuntime running(int partitions, AtomicLong given) {
        ProjectionRuntime runtime =
                closing(
                        ProjectionRuntime.builder(store, folder.resolve("models"))
                                .listener(states)
                                .add(
                                        digest("one", note -> given.incrementAndGet()),
                                        ProjectionConfig.defaults().withPartitions(partitions))
                                .build());
        runtime.start();
        return runtime;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void shouldGoBackToTheLastSyncAndApplyTheTail(int partitions) throws Exception {
        append(1, 0, EVENTS);
        try (ProjectionRuntime runtime = running(partitions, new AtomicLong())) {
            assertComplete(runtime, "one");
        }
        store.close(); // all is synced so far
        try (ChildJvm child =
                new ChildJvm(
                        LifeChild.class, folder, "promote.halted", "promote", partitions, true)) {
            assertEquals(7, child.exitCode());
        }
        openStore();
        int files = 0;
        try (Stream<Path> all =
                Files.walk(ReadModelFiles.generation(folder.resolve("models"), "one"))) {
            for (Path file : all.filter(one -> one.endsWith("varve.sync")).toList()) {
                ofAnotherRun(file);
                files++;
            }
        }
        assertEquals(partitions, files);
        long head = store.head();
        AtomicLong given = new AtomicLong();
        try (ProjectionRuntime runtime = running(partitions, given)) {
            assertComplete(runtime, "one");
            assertEquals(Optional.empty(), runtime.status("one").recovery());
            assertTrue(given.get() > 0, "nothing was applied again");
            assertTrue(given.get() <= head + 1 - EVENTS, given + " of " + (head + 1));
            assertEquals(List.of(), runtime.deadLetters("one").list());
        }
    }

    /** Whoever has seen what is live sees it again. */
    @Test
    void shouldHaveOnDiskWhatWasPromoted() throws Exception {
        append(1, 0, EVENTS);
        store.close();
        try (ChildJvm child =
                new ChildJvm(LifeChild.class, folder, "promote.written", "promote", 1, false)) {
            assertEquals(7, child.exitCode());
        }
        openStore();
        ofAnotherRun(folder.resolve("models/one/generation-2-v1/varve.sync"));
        AtomicLong given = new AtomicLong();
        try (ProjectionRuntime runtime = running(1, given)) {
            assertComplete(runtime, "one");
            assertEquals(Optional.empty(), runtime.status("one").recovery());
            assertEquals(0, given.get(), "applied again");
        }
    }

    /** As {@code SyncState} of the store has it: two slots, of which each has a sum of its own. */
    private static void ofAnotherRun(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        for (int at = 0; at + 1_024 <= bytes.length; at += 4_096) {
            byte[] boot = Arrays.copyOf("another-run".getBytes(StandardCharsets.US_ASCII), 64);
            System.arraycopy(boot, 0, bytes, at + 64, boot.length);
            CRC32C sum = new CRC32C();
            sum.update(bytes, at + 12, 1_024 - 12);
            ByteBuffer.wrap(bytes)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putInt(at + 8, (int) sum.getValue());
        }
        Files.write(file, bytes);
    }
}
