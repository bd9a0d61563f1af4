package io.varve.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.runtime.PositionBound;
import io.varve.runtime.ProjectionSnapshot;
import io.varve.runtime.ProjectionStatus;
import io.varve.runtime.Rebuild;
import io.varve.store.Category;
import io.varve.store.EventBatch;
import io.varve.store.EventCursor;
import io.varve.store.EventQuery;
import io.varve.store.EventStore;
import io.varve.store.NewEvent;
import io.varve.store.ProgressListener;
import io.varve.store.StoreConfig;
import io.varve.store.StreamId;
import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.errors.StoreFullException;
import io.varve.store.serde.EventSerde;
import io.varve.store.serde.Serde;
import io.varve.store.serde.Serdes;
import io.varve.store.snapshot.Loaded;
import io.varve.store.snapshot.SaveOutcome;
import io.varve.store.snapshot.SnapshotPolicy;
import io.varve.store.snapshot.SnapshotStore;
import io.varve.store.snapshot.StreamSnapshots;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Each kind of writer meets a map that is full and cannot grow, as somebody reads for long: that is
 * said in an error of ours, nothing that was acknowledged is lost, reading goes on, all opens
 * again, and when the reader has ended it goes on by itself. All maps begin with 1 MiB.
 *
 * <p>{@code mvn verify -Pfaults -Dtest=FullMapTest}, as anybody.
 */
@Tag("faults")
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class FullMapTest {
    private static final String MAP = "varve.map.bytes";
    private static final String PATIENCE = "varve.patience.millis";
    private static final long MEBIBYTE = 1 << 20;
    private static final int STREAMS = 1_000;
    private static final int MOST = 200;

    // What goes wrong on purpose is looked at in other ways. Kept, as loggers are held weakly.
    private static final Logger QUIET = Logger.getLogger("io.varve");

    static {
        QUIET.setLevel(Level.OFF);
    }

    @TempDir Path folder;

    /** Who writes, while somebody reads the same. */
    enum Writer {
        LOG,
        READ_MODEL,
        DEAD_LETTER,
        /** Of a read model whose map is full. */
        SNAPSHOT,
        /** Beside a read model whose map is full. */
        REBUILD
    }

    @BeforeEach
    void beginSmall() {
        System.setProperty(MAP, String.valueOf(MEBIBYTE));
        System.setProperty(PATIENCE, "50");
    }

    @AfterEach
    void endSmall() {
        System.clearProperty(MAP);
        System.clearProperty(PATIENCE);
    }

    @ParameterizedTest
    @EnumSource
    void shouldLoseNothingInAFullMapAndGoOnWhenItCanGrow(Writer writer) throws Exception {
        FullStack stack = new FullStack(folder.resolve("data"));
        stack.open(MEBIBYTE);
        try {
            stack.append(100, 200);
            stack.settle();
            for (int i = 0; i < 2; i++) {
                during(
                        reader(writer, stack),
                        () -> {
                            untilFull(writer, stack);
                            look(stack);
                        });
                stack.closeOrSayThatItIsFull();
                stack.open(MEBIBYTE);
                look(stack);
            }
            during(
                    reader(writer, stack),
                    () -> {
                        untilFull(writer, stack);
                        besides(writer, stack);
                    });
            stack.append(100, 200);
            stack.assertSound();
            assertTrue(stack.runtime().status(FullStack.ROWS).failure().isEmpty());
        } finally {
            stack.close();
        }
        stack.open(MEBIBYTE);
        try (stack) {
            stack.assertSound();
        }
    }

    private interface Body {
        void run() throws Exception;
    }

    private static void during(Reader reader, Body body) throws Exception {
        try {
            body.run();
        } finally {
            reader.close();
        }
    }

    private static void look(FullStack stack) throws InterruptedException {
        stack.assertRead();
        stack.assertRows();
    }

    /** Keeps a map from growing, until it is closed. */
    private interface Reader {
        void close();
    }

    private static Reader reader(Writer writer, FullStack stack) throws Exception {
        return writer == Writer.LOG
                ? new Slow(inside -> stack.store().read(EventQuery.all(), event -> inside.stay()))
                : stack.runtime().readView(FullStack.ROWS, PositionBound.any(), Stack.LONG)::close;
    }

    private static void untilFull(Writer writer, FullStack stack) throws Exception {
        if (writer == Writer.LOG) {
            StoreFullException e =
                    assertThrows(StoreFullException.class, () -> stack.append(2_000, 5_000));
            assertTrue(e.getMessage().contains("cannot grow"), e.getMessage());
        } else {
            FullDiskTest.fillModel(stack, writer == Writer.DEAD_LETTER);
        }
    }

    /** What can be done all the same. */
    private static void besides(Writer writer, FullStack stack) throws Exception {
        look(stack);
        if (writer == Writer.SNAPSHOT) {
            ProjectionSnapshot made = stack.runtime().snapshot(FullStack.ROWS);
            assertEquals(stack.runtime().status(FullStack.ROWS).position(), made.position());
        } else if (writer == Writer.REBUILD) {
            Rebuild rebuild = stack.runtime().rebuild(FullStack.ROWS);
            assertTrue(rebuild.await(Stack.LONG), () -> "" + rebuild.progress());
            ProjectionStatus full = stack.runtime().status(FullStack.ROWS);
            assertTrue(full.retry().isPresent(), () -> "was not full: " + full);
            rebuild.promote();
            stack.settle(); // who reads what was live before is in nobody's way
            look(stack);
        }
    }

    /** Reads on a thread of its own, and stays inside. */
    private static final class Slow implements Reader {
        private final CountDownLatch inside = new CountDownLatch(1);
        private final CountDownLatch leave = new CountDownLatch(1);
        private final Thread thread;

        Slow(Consumer<Slow> read) throws InterruptedException {
            thread = new Thread(() -> read.accept(this), "slow-reader");
            thread.setDaemon(true);
            thread.start();
            inside.await();
        }

        boolean stay() {
            inside.countDown();
            try {
                leave.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            return false;
        }

        @Override
        public void close() {
            leave.countDown();
            try {
                thread.join();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    /** Who looks for a stream is inside for an instant only; nor does a cursor stay. */
    @Test
    void shouldGrowTheMapOfTheIndexWhileACursorAndAStreamAreRead() throws Exception {
        StoreConfig config = StoreConfig.at(folder.resolve("log")).withMergeEvents(50);
        try (EventStore store = EventStore.open(config)) {
            append(store, 0);
            try (EventCursor cursor = store.cursor(EventQuery.all());
                    EventCursor stream = store.cursor(EventQuery.stream(stream(7)))) {
                assertEquals(0, cursor.next().position());
                assertEquals(7, stream.next().position());
                int batches = 1;
                while (store.metrics().indexBytes() <= 2 * MEBIBYTE) {
                    assertTrue(batches < MOST, "the index does not grow");
                    append(store, batches++);
                }
                assertEquals(1, cursor.next().position());
                assertEquals(STREAMS - 1L, last(cursor, STREAMS - 2));
            }
            assertEquals(List.of(), store.verify(ProgressListener.none()).problems());
        }
    }

    private static void append(EventStore store, int number) {
        EventBatch batch = new EventBatch();
        for (int i = 0; i < STREAMS; i++) {
            batch.add(stream(number * STREAMS + i), NewEvent.of("note", new byte[10]));
        }
        store.append(batch);
    }

    private static StreamId stream(int number) {
        return StreamId.of("notes", "a-stream-with-a-name-of-some-length-" + number);
    }

    /** The position of the so-manieth event behind the one that was read. */
    private static long last(EventCursor cursor, int count) {
        long position = -1;
        for (int i = 0; i < count; i++) {
            position = cursor.next().position();
        }
        return position;
    }

    /** Snapshots of streams; who reads one for long keeps others from being saved. */
    @Test
    void shouldLoadStatesWhileSnapshotsFindAFullMapAndSaveThemWhenItCanGrow() throws Exception {
        EventSerde<String> serde =
                EventSerde.of(String.class).type("note", String.class, Serdes.utf8()).build();
        Lingering states = new Lingering();
        try (EventStore store = EventStore.open(folder.resolve("log"));
                SnapshotStore snapshots = SnapshotStore.open(folder.resolve("snapshots"))) {
            Category<String> category = store.category("notes", serde);
            StreamSnapshots<byte[], String> large =
                    snapshots
                            .streams("large", category, states)
                            .fold(() -> new byte[0], (state, event) -> new byte[300_000])
                            .policy(SnapshotPolicy.everyEvents(1))
                            .build();
            category.append("a", "first");
            assertInstanceOf(SaveOutcome.Saved.class, large.load("a").outcome());
            int[] number = {0};
            during(
                    new Slow(inside -> states.linger(inside, () -> large.load("a"))),
                    () -> number[0] = saveUntilFull(category, large));
            for (int i = 0; i < number[0]; i++) {
                Loaded<byte[]> loaded = large.load("b-" + i);
                boolean last = i == number[0] - 1;
                assertEquals(last, loaded.outcome() instanceof SaveOutcome.Saved, "" + loaded);
                assertEquals(last ? 1 : 0, loaded.folded());
            }
        }
    }

    /** How many streams there are then, the last without a snapshot. */
    private static int saveUntilFull(
            Category<String> category, StreamSnapshots<byte[], String> large) {
        for (int number = 0; number < 100; number++) {
            category.append("b-" + number, "one");
            Loaded<byte[]> loaded = large.load("b-" + number);
            assertEquals(300_000, loaded.state().length);
            if (loaded.outcome() instanceof SaveOutcome.Failed failed) {
                assertInstanceOf(StoreFullException.class, failed.cause());
                return number + 1;
            }
        }
        throw new AssertionError("is never full");
    }

    /** States that one thread, once, takes long to read. */
    private static final class Lingering implements Serde<byte[]> {
        private final ThreadLocal<Slow> slow = new ThreadLocal<>();

        void linger(Slow inside, Runnable load) {
            slow.set(inside);
            load.run();
        }

        @Override
        public void serialize(byte[] value, BytesWriter out) {
            Serdes.bytes().serialize(value, out);
        }

        @Override
        public byte[] deserialize(BytesView in) {
            if (slow.get() != null) {
                slow.get().stay();
            }
            return Serdes.bytes().deserialize(in);
        }
    }
}
