package io.varve.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.bytes.BytesView;
import io.varve.store.errors.IncompatibleStoreException;
import io.varve.store.errors.StoreCorruptedException;
import io.varve.store.errors.StoreIoException;
import io.varve.store.errors.StoreLockedException;
import io.varve.store.serde.EventSerde;
import io.varve.store.serde.Serdes;
import io.varve.store.state.StateConfig;
import io.varve.store.state.StateEnvironment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What somebody who meant harm has found once. */
class HardenedStoreTest {
    private static final StreamId A = TestEvents.stream("a");

    @TempDir Path folder;

    @Test
    void shouldNotWriteOverWhatAnotherProcessHasAppended() throws Exception {
        Path path = folder.resolve("store");
        EventStore store = EventStore.open(path);
        store.append(A, ExpectedVersion.any(), TestEvents.event("mine"));
        // Reading the lock files takes the locks away, as the operating system has them.
        for (String folder : List.of("", "log", "index")) {
            for (String file : List.of("varve.lock", "lock.mdb")) {
                Path lock = path.resolve(folder).resolve(file);
                if (Files.exists(lock)) {
                    Files.readAllBytes(lock);
                }
            }
        }
        int acknowledged = 0;
        try (ChildJvm child = new ChildJvm(AppendingChild.class, path, 1)) {
            for (; acknowledged < 5; acknowledged++) {
                assertTrue(child.line() != null);
            }
            child.kill();
        }
        StoreCorruptedException refused =
                assertThrows(
                        StoreCorruptedException.class,
                        () -> store.append(A, ExpectedVersion.any(), TestEvents.event("over it")));
        assertTrue(refused.getMessage().contains("Another process"), refused.getMessage());
        store.close();
        try (EventStore again = EventStore.open(path)) {
            assertTrue(TestEvents.assertSound(again).size() >= 1 + acknowledged);
        }
    }

    @Test
    void shouldGiveTheFolderBackWhenTheLastReaderHasEnded() throws Exception {
        EventStore store = openImpatiently();
        store.append(A, ExpectedVersion.any(), TestEvents.event("x"));
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread reader =
                new Thread(
                        () ->
                                store.read(
                                        EventQuery.all(),
                                        event -> {
                                            inside.countDown();
                                            await(leave);
                                            return event.payload().length() > 0;
                                        }));
        reader.setUncaughtExceptionHandler((thread, e) -> failure.set(e));
        reader.start();
        await(inside);
        store.close();
        leave.countDown();
        reader.join();
        assertEquals(null, failure.get());
        try (EventStore again = EventStore.open(folder)) {
            assertEquals(0, again.head());
        }
    }

    /** Closing it does not wait long for readers. */
    private EventStore openImpatiently() {
        return ShortPatience.open(() -> EventStore.open(folder));
    }

    private static void await(CountDownLatch latch) {
        try {
            assertTrue(latch.await(60, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void shouldOpenAndCloseOnAnInterruptedThread() {
        Thread.currentThread().interrupt();
        EventStore store = EventStore.open(folder.resolve("store"));
        store.append(A, ExpectedVersion.any(), TestEvents.event("x"));
        store.close();
        StateConfig config = StateConfig.at(folder.resolve("state")).withTables("t");
        StateEnvironment.open(config).close();
        assertTrue(Thread.interrupted());
        EventStore.open(folder.resolve("store")).close();
        StateEnvironment.open(config).close();
    }

    @Test
    void shouldNotTakeALogForKeyedState() {
        Path path = folder.resolve("store");
        try (EventStore store = EventStore.open(path)) {
            store.append(A, ExpectedVersion.any(), TestEvents.event("x"));
            assertThrows(
                    StoreLockedException.class,
                    () -> StateEnvironment.open(StateConfig.at(path.resolve("log"))));
            store.append(A, ExpectedVersion.any(), TestEvents.event("y"));
        }
        assertThrows(
                IncompatibleStoreException.class,
                () -> StateEnvironment.open(StateConfig.at(path.resolve("log"))));
        try (EventStore again = EventStore.open(path)) {
            assertEquals(2, TestEvents.assertSound(again).size());
        }
    }

    @Test
    void shouldGoOnAfterAClockThatFails() {
        AtomicReference<RuntimeException> failing = new AtomicReference<>();
        Clock clock =
                new Clock() {
                    @Override
                    public ZoneId getZone() {
                        return ZoneOffset.UTC;
                    }

                    @Override
                    public Clock withZone(ZoneId zone) {
                        return this;
                    }

                    @Override
                    public Instant instant() {
                        if (failing.get() != null) {
                            throw failing.get();
                        }
                        return Instant.EPOCH;
                    }
                };
        try (EventStore store = EventStore.open(StoreConfig.at(folder).withClock(clock))) {
            failing.set(new IllegalStateException("no time"));
            assertThrows(
                    StoreIoException.class,
                    () -> store.append(A, ExpectedVersion.any(), TestEvents.event("x")));
            failing.set(null);
            store.append(A, ExpectedVersion.noStream(), TestEvents.event("y"));
            assertEquals(
                    List.of("y"), TestEvents.all(store).stream().map(TestEvents::text).toList());
        }
    }

    @Test
    void shouldNotGrowAFileToWhatADamagedPageNumberSays() throws Exception {
        try (EventStore store = EventStore.open(folder)) {
            store.append(A, ExpectedVersion.any(), TestEvents.event("x"));
        }
        Path file = folder.resolve("log").resolve("data.mdb");
        long size = Files.size(file);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            ByteBuffer pages = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
            for (int meta = 0; meta < 2; meta++) {
                channel.write(pages.clear().putLong(0, 1L << 30), meta * 4096L + 136);
            }
        }
        assertThrows(StoreCorruptedException.class, () -> EventStore.open(folder));
        assertEquals(size, Files.size(file));
    }

    @Test
    void shouldNotTakeAStreamForNewWhoseNameIsDamagedInTheIndex() throws Exception {
        Path path = folder.resolve("store");
        try (EventStore store = EventStore.open(path)) {
            for (int i = 0; i < 60; i++) {
                store.append(
                        TestEvents.stream("known" + i),
                        ExpectedVersion.noStream(),
                        TestEvents.event("x"));
            }
            TestEvents.appendMany(store, TestEvents.stream("later"), 1_100);
        }
        IndexRows.closeAsLarge(path.resolve("index")); // or opening it would notice
        Path index = path.resolve("index").resolve("data.mdb");
        Path sync = index.resolveSibling("varve.sync");
        byte[] whole = Files.readAllBytes(index);
        byte[] closed = Files.readAllBytes(sync);
        StreamId damaged = TestEvents.stream("known33");
        byte[] name = damaged.toString().getBytes(StandardCharsets.UTF_8);
        for (int bit = 0; bit < name.length * 8; bit += 3) { // each byte, and each bit
            byte[] flipped = whole.clone();
            int found = 0;
            for (int at = 0; at <= whole.length - name.length; at++) {
                if (Arrays.equals(whole, at, at + name.length, name, 0, name.length)) {
                    flipped[at + bit / 8] ^= (byte) (1 << bit % 8);
                    found++;
                }
            }
            assertTrue(found > 0);
            Files.write(index, flipped);
            Files.write(sync, closed);
            IndexDamage.forget(index.getParent()); // or it is built again, and right
            String told = "bit=" + bit;
            try (EventStore store = EventStore.open(path)) {
                assertThrows(
                        StoreCorruptedException.class,
                        () ->
                                store.append(
                                        damaged,
                                        ExpectedVersion.noStream(),
                                        TestEvents.event("again")),
                        told);
            }
        }
    }

    @Test
    void shouldShowNothingThroughAReleasedView() {
        BytesView view = BytesView.of(new byte[] {1, 2, 3});
        view.release();
        assertThrows(IndexOutOfBoundsException.class, () -> view.getByte(0));
    }

    /** By the time it looks, the memory may show another event, or be gone. */
    @Test
    void shouldAnswerNothingOnAThreadThatTheEventIsNotLentTo() throws Exception {
        try (EventStore store = EventStore.open(folder)) {
            store.append(TestEvents.stream("a"), ExpectedVersion.any(), TestEvents.event("x"));
            EventSerde<String> serde =
                    EventSerde.of(String.class).type("x", String.class, Serdes.utf8()).build();
            List<EventView> kept = new ArrayList<>();
            store.read(
                    EventQuery.all(),
                    event -> {
                        assertAnswersNothingElsewhere(event, serde);
                        assertEquals(0, event.position());
                        return kept.add(event);
                    });
            assertAnswersNothingElsewhere(kept.get(0), serde);
        }
    }

    private static void assertAnswersNothingElsewhere(EventView event, EventSerde<String> serde) {
        List<Function<EventView, ?>> answers =
                List.of(
                        EventView::position,
                        EventView::stream,
                        EventView::version,
                        EventView::type,
                        EventView::isTombstone,
                        EventView::eventTimeMillis,
                        EventView::commitTimeMillis,
                        EventView::headers,
                        EventView::payload,
                        EventView::toRecordedEvent,
                        e -> e.decode(serde));
        for (Function<EventView, ?> answer : answers) {
            CompletableFuture<?> other = CompletableFuture.supplyAsync(() -> answer.apply(event));
            Throwable why = assertThrows(CompletionException.class, other::join).getCause();
            assertInstanceOf(IllegalStateException.class, why);
        }
    }
}
