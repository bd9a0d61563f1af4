package io.varve.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.runtime.PositionBound;
import io.varve.runtime.ProjectionStatus;
import io.varve.runtime.ReadView;
import io.varve.runtime.Rebuild;
import io.varve.store.Backups;
import io.varve.store.EventCursor;
import io.varve.store.EventQuery;
import io.varve.store.ProgressListener;
import io.varve.store.errors.StoreFullException;
import io.varve.store.errors.VarveException;
import io.varve.store.transfer.EventExport;
import io.varve.store.transfer.TransferFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each kind of writer meets a disk of its own that is full, or a map that is: that is said in an
 * error of ours, nothing that was acknowledged is lost, reading goes on, all opens again while it
 * is full, and when there is room it goes on by itself.
 *
 * <p>{@code mvn verify -Pfaults -Dtest='io.varve.faults.FullDiskTest'}, as root.
 */
@Tag("faults")
class FullDiskTest {
    private static final long MAP = 1L << 30;
    private static final int MOST = 100_000;

    // What goes wrong on purpose is looked at in other ways. Kept, as loggers are held weakly.
    private static final Logger QUIET = Logger.getLogger("io.varve");

    static {
        QUIET.setLevel(Level.OFF);
    }

    @TempDir Path folder;

    /** Who writes, and where. */
    enum Writer {
        LOG("log/log"),
        INDEX("log/index"),
        READ_MODEL("models"),
        DEAD_LETTER("models"),
        SNAPSHOT("models/rows/generation-1-v1.snapshots"),
        REBUILD("models"),
        BACKUP("backups"),
        EXPORT("exports");

        private final String place;

        Writer(String place) {
            this.place = place;
        }
    }

    static List<Arguments> all() {
        List<Arguments> all = new ArrayList<>();
        for (SmallDisk.Type type : SmallDisk.Type.values()) {
            for (Writer writer : Writer.values()) {
                all.add(Arguments.of(writer, type));
            }
        }
        return all;
    }

    @ParameterizedTest
    @MethodSource("all")
    void shouldLoseNothingOnAFullDiskAndGoOnWhenThereIsRoom(Writer writer, SmallDisk.Type type)
            throws Exception {
        boolean there = type.isThere();
        if (!there) {
            System.out.println("skipped: " + type + " needs root, mount, losetup, cc, mkfs");
        }
        Assumptions.assumeTrue(there, type + " cannot be mounted by this user");
        Path data = Files.createDirectory(folder.resolve("data"));
        try (SmallDisk disk = SmallDisk.make(folder, type)) {
            disk.serve(data.resolve(writer.place));
            Files.createDirectories(data.resolve("backups"));
            Files.createDirectories(data.resolve("exports"));
            FullStack stack = new FullStack(data);
            stack.open(MAP);
            try {
                run(writer, disk, stack);
            } finally {
                stack.closeOrSayThatItIsFull();
            }
            stack.open(MAP);
            try (stack) {
                stack.assertSound();
            }
        }
        System.out.println(writer + " on " + type + " done");
    }

    private void run(Writer writer, SmallDisk disk, FullStack stack) throws Exception {
        stack.append(300, 200);
        stack.settle();
        stack.runtime().snapshot(FullStack.ROWS);
        disk.fill();
        untilFull(writer, stack);
        look(stack);
        for (int i = 0; i < 2; i++) {
            stack.closeOrSayThatItIsFull();
            stack.open(MAP);
            look(stack);
        }
        untilFull(writer, stack);
        disk.clear();
        goesOn(writer, stack);
    }

    /** Reading goes on; and so do those who write to another disk. */
    private static void look(FullStack stack) throws InterruptedException {
        stack.assertRead();
        stack.assertRows();
    }

    /** Writes until it is said that it is full. */
    private void untilFull(Writer writer, FullStack stack) throws Exception {
        switch (writer) {
            case LOG -> assertThrows(StoreFullException.class, () -> stack.append(MOST, 5_000));
            case INDEX -> fillIndex(stack);
            case READ_MODEL, DEAD_LETTER -> fillModel(stack, writer == Writer.DEAD_LETTER);
            case SNAPSHOT ->
                    assertThrows(
                            StoreFullException.class,
                            () -> stack.runtime().snapshot(FullStack.ROWS));
            case REBUILD -> rebuildWithoutRoom(stack);
            case BACKUP -> assertThrows(StoreFullException.class, () -> backup(stack));
            case EXPORT -> assertThrows(StoreFullException.class, () -> export(stack));
        }
    }

    /** Its merges wait for room; what is acknowledged meanwhile is in the log. */
    static void fillIndex(FullStack stack) {
        long before = stack.store().metrics().indexBytes();
        try {
            stack.append(2_000, 20);
        } catch (StoreFullException e) {
            // It may say so.
        }
        assertEquals(before, stack.store().metrics().indexBytes(), "there was room");
    }

    /** Merges go on by themselves. */
    private static void awaitIndex(FullStack stack, long before) {
        for (int i = 0; i < MOST && stack.store().metrics().indexBytes() == before; i++) {
            stack.append(20, false);
        }
        assertTrue(stack.store().metrics().indexBytes() > before, "is not merged");
    }

    static void fillModel(FullStack stack, boolean wrong) throws InterruptedException {
        for (int i = 0; i < MOST; i++) {
            stack.append(2_000, wrong);
            ProjectionStatus status = stack.runtime().status(FullStack.ROWS);
            if (status.retry().isPresent()) {
                isFull(status.retry().get().failure());
                return;
            }
            status.failure().ifPresent(FullDiskTest::isFull);
            if (i % 100 == 99) {
                stack.runtime()
                        .awaitPosition(FullStack.ROWS, stack.store().head(), Duration.ofMillis(50));
            }
        }
        throw new AssertionError("is never full");
    }

    static void isFull(Throwable failure) {
        for (Throwable one = failure; one != null; one = one.getCause()) {
            if (one instanceof StoreFullException) {
                return;
            }
        }
        throw new AssertionError("says not that it is full", failure);
    }

    /** It may not begin, or wait for room. */
    private static void rebuildWithoutRoom(FullStack stack) throws InterruptedException {
        try {
            Rebuild rebuild = stack.runtime().rebuild(FullStack.ROWS);
            assertTrue(!rebuild.await(Duration.ofMillis(300)), "there is room");
        } catch (VarveException e) {
            if (stack.runtime().rebuilds().isEmpty()) {
                isFull(e);
            }
        }
    }

    private static void backup(FullStack stack) {
        stack.store().backup(stack.folder().resolve("backups/one"), ProgressListener.none());
    }

    private static void export(FullStack stack) {
        EventExport.write(
                stack.store(),
                EventQuery.all(),
                TransferFormat.JSON_LINES,
                stack.folder().resolve("exports/one"),
                ProgressListener.none());
    }

    /** Without being asked to; and what was refused is done when it is asked for again. */
    private static void goesOn(Writer writer, FullStack stack) throws Exception {
        long index = stack.store().metrics().indexBytes();
        stack.append(100, 200);
        stack.settle();
        look(stack);
        switch (writer) {
            case INDEX -> awaitIndex(stack, index);
            case SNAPSHOT -> stack.runtime().snapshot(FullStack.ROWS);
            case REBUILD -> promote(stack);
            case BACKUP -> {
                backup(stack);
                Path one = stack.folder().resolve("backups/one");
                assertTrue(Backups.verify(one, ProgressListener.none()).isClean());
                assertNothingLeft(one.getParent());
            }
            case EXPORT -> {
                export(stack);
                assertNothingLeft(stack.folder().resolve("exports"));
            }
            default -> {
                // It has gone on.
            }
        }
        assertTrue(stack.runtime().status(FullStack.ROWS).failure().isEmpty());
    }

    static void promote(FullStack stack) throws InterruptedException {
        Rebuild rebuild =
                stack.runtime().rebuilds().stream()
                        .findFirst()
                        .orElseGet(() -> stack.runtime().rebuild(FullStack.ROWS));
        assertTrue(rebuild.await(Stack.LONG));
        rebuild.promote();
        stack.settle();
        stack.assertRows();
    }

    private static void assertNothingLeft(Path place) throws IOException {
        try (Stream<Path> files = Files.list(place)) {
            assertEquals(List.of("one"), files.map(file -> file.getFileName().toString()).toList());
        }
    }

    /**
     * A map that is full grows, whoever reads meanwhile: a cursor in the midst of the log, and a
     * view of a read model.
     */
    @Test
    void shouldGrowAFullMapWhileOthersRead() throws Exception {
        FullStack stack = new FullStack(folder.resolve("data"));
        stack.open(1 << 20);
        try (stack) {
            stack.append(100, 200);
            stack.settle();
            try (EventCursor cursor = stack.store().cursor(EventQuery.all());
                    ReadView view =
                            stack.runtime()
                                    .readView(FullStack.ROWS, PositionBound.any(), Stack.LONG)) {
                assertEquals(0, cursor.next().position());
                stack.append(2_000, 5_000);
                for (long next = 1; cursor.hasNext(); next++) {
                    assertEquals(next, cursor.next().position());
                }
                assertEquals(99, view.position());
            }
            stack.assertSound();
        }
    }
}
