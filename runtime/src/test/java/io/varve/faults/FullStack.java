package io.varve.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.Consumed;
import io.varve.projections.Materialized;
import io.varve.projections.Projection;
import io.varve.projections.StoreRef;
import io.varve.projections.StreamsBuilder;
import io.varve.runtime.DeadLetter;
import io.varve.runtime.ErrorPolicy;
import io.varve.runtime.PositionBound;
import io.varve.runtime.ProjectionConfig;
import io.varve.runtime.ProjectionRuntime;
import io.varve.runtime.ReadView;
import io.varve.store.EventBatch;
import io.varve.store.EventQuery;
import io.varve.store.EventStore;
import io.varve.store.ProgressListener;
import io.varve.store.StoreConfig;
import io.varve.store.StreamId;
import io.varve.store.errors.StoreFullException;
import io.varve.store.errors.VarveException;
import io.varve.store.serde.EventSerde;
import io.varve.store.serde.Serdes;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A store whose only projection keeps a row of each event, and a letter of each that is wrong: so
 * all that there is grows with each append.
 */
final class FullStack implements AutoCloseable {
    static final String ROWS = "rows";
    private static final String CATEGORY = "notes";
    private static final StoreRef<String, String> BY_NAME = StoreRef.of("by-name");
    private static final EventSerde<String> SERDE =
            EventSerde.of(String.class).type("note", String.class, Serdes.utf8()).build();

    private final Path folder;
    private EventStore store;
    private ProjectionRuntime runtime;

    /** The position of the last that was acknowledged. */
    private long acknowledged = -1;

    private int notes;

    FullStack(Path folder) {
        this.folder = folder;
    }

    Path folder() {
        return folder;
    }

    EventStore store() {
        return store;
    }

    ProjectionRuntime runtime() {
        return runtime;
    }

    /** As large a map as is asked for to begin with; the index is merged often. */
    void open(long mapBytes) {
        store =
                EventStore.open(
                        StoreConfig.at(folder.resolve("log"))
                                .withInitialMapBytes(mapBytes)
                                .withMergeEvents(50));
        runtime =
                ProjectionRuntime.builder(store, folder.resolve("models"))
                        .add(
                                rows(),
                                ProjectionConfig.defaults()
                                        .withMaxDeadLetters(1_000_000)
                                        .withErrorPolicy(ErrorPolicy.deadLetter()))
                        .jmx(false)
                        .build();
        runtime.start();
    }

    private static Projection rows() {
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream(CATEGORY, Consumed.with(SERDE))
                .peek(
                        (key, note) -> {
                            if (isWrong(note)) {
                                throw new IllegalStateException("wrong");
                            }
                        })
                .groupBy((key, note) -> name(note))
                .aggregate(
                        () -> "",
                        (key, note, before) -> before + note,
                        Materialized.as(BY_NAME, Serdes.utf8(), Serdes.utf8()));
        return Projection.of(ROWS, 1, builder.build());
    }

    private static String name(String note) {
        return note.substring(0, note.indexOf(' '));
    }

    private static boolean isWrong(String note) {
        return note.contains(" wrong");
    }

    /** A note of about so many characters; returns its position. */
    long append(int size, boolean wrong) {
        int number = notes++;
        String note = "n" + number + (wrong ? " wrong " : " right ") + "x".repeat(size);
        // Streams that are new, for the index to grow.
        StreamId stream = StreamId.of(CATEGORY, (wrong ? "w" : "a") + number / 2);
        EventBatch batch = new EventBatch();
        batch.add(stream, SERDE, note);
        acknowledged = store.append(batch).lastPosition();
        return acknowledged;
    }

    void append(int count, int size) {
        for (int i = 0; i < count; i++) {
            append(size, i % 10 == 9);
        }
    }

    void settle() throws InterruptedException {
        assertTrue(runtime.awaitPosition(ROWS, store.head(), Stack.LONG), () -> "" + status());
    }

    private Object status() {
        return runtime.status(ROWS);
    }

    /** All that was acknowledged is read, whatever is full. */
    void assertRead() {
        long head = store.head();
        assertTrue(head >= acknowledged, head + " of " + acknowledged);
        long[] next = {0};
        store.read(
                EventQuery.all(),
                event -> {
                    assertEquals(next[0]++, event.position());
                    return true;
                });
        assertTrue(next[0] > head, next[0] + " of " + head);
    }

    /** The rows are those of the position they say. */
    void assertRows() throws InterruptedException {
        Map<Long, DeadLetter> letters = new HashMap<>();
        try (ReadView view = runtime.readView(ROWS, PositionBound.any(), Stack.LONG)) {
            runtime.deadLetters(ROWS).list().forEach(one -> letters.put(one.position(), one));
            Map<String, String> found = new HashMap<>();
            view.store(BY_NAME).forEach(found::put);
            assertEquals(expected(view.position()), found);
        }
        letters.values().forEach(one -> assertTrue(one.stream().key().startsWith("w"), "" + one));
    }

    private Map<String, String> expected(long upTo) {
        Map<String, String> expected = new HashMap<>();
        store.read(
                EventQuery.all().limit(upTo + 1),
                event -> {
                    String note = SERDE.deserialize(event.type(), event.payload());
                    if (!isWrong(note)) {
                        expected.merge(name(note), note, String::concat);
                    }
                    return true;
                });
        return expected;
    }

    void assertSound() throws InterruptedException {
        settle();
        assertRead();
        assertRows();
        assertEquals(0, runtime.deadLetters(ROWS).count().skipped());
        assertEquals(List.of(), store.verify(ProgressListener.none()).problems());
    }

    /** What is full may say so. */
    void closeOrSayThatItIsFull() {
        for (AutoCloseable one : new AutoCloseable[] {runtime, store}) {
            try {
                one.close();
            } catch (StoreFullException e) {
                // It is closed all the same.
            } catch (VarveException e) {
                throw new AssertionError("says not that it is full", e);
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }
    }

    @Override
    public void close() {
        runtime.close();
        store.close();
    }
}
