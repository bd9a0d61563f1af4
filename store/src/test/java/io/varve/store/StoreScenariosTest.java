package io.varve.store;

import static io.varve.store.TestEvents.assertSound;
import static io.varve.store.TestEvents.event;
import static io.varve.store.TestEvents.stream;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.errors.LimitExceededException;
import io.varve.store.errors.VarveException;
import io.varve.store.errors.WrongExpectedVersionException;
import io.varve.store.serde.EventSerde;
import io.varve.store.serde.Serdes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** What users of a log rely on, each in a few lines. */
class StoreScenariosTest {
    private static final StreamId A = stream("a");

    @TempDir Path folder;

    @Test
    void shouldKeepEveryAppendOfWritersThatTryAgainAfterAConflict() throws Exception {
        try (EventStore store = EventStore.open(folder)) {
            List<FutureTask<Integer>> writers = new ArrayList<>();
            for (int w = 0; w < 10; w++) {
                writers.add(new FutureTask<>(() -> appendTwenty(store)));
            }
            writers.forEach(writer -> new Thread(writer).start());
            for (FutureTask<Integer> writer : writers) {
                assertEquals(20, writer.get(1, TimeUnit.MINUTES));
            }
            assertEquals(200, assertSound(store).size());
            assertEquals(199, store.version(A).orElseThrow());
        }
    }

    private static int appendTwenty(EventStore store) {
        int appended = 0;
        while (appended < 20) {
            try {
                store.append(A, ExpectedVersion.of(store.version(A)), event("x"));
                appended++;
            } catch (WrongExpectedVersionException e) {
                // Another was first: once more.
                assertEquals(A, e.stream());
            }
        }
        return appended;
    }

    @Test
    void shouldFindNothingWhereThereIsNothing() throws Exception {
        try (EventStore store = EventStore.open(folder)) {
            for (int events = 0; events < 3; events++) {
                for (long far : new long[] {events, 100, Long.MAX_VALUE - 1, Long.MAX_VALUE}) {
                    assertEquals(List.of(), store.readList(EventQuery.all().from(far)));
                    assertEquals(List.of(), store.readList(EventQuery.stream(A).from(far)));
                    EventQuery back = EventQuery.all().from(far).backward();
                    assertEquals(events, store.readList(back).size());
                    assertFalse(store.awaitPosition(far, Duration.ZERO));
                }
                EventQuery late = EventQuery.all().fromTime(Instant.MAX);
                assertEquals(List.of(), store.readList(late));
                assertEquals(List.of(), store.readList(EventQuery.stream(stream("none"))));
                assertEquals(OptionalLong.empty(), store.version(stream("none")));
                assertEquals(List.of(), store.readList(EventQuery.category("none")));
                store.append(A, ExpectedVersion.any(), event("x"));
            }
        }
    }

    @Test
    void shouldConsumeNoNumberWhenAnAppendIsRefused() {
        try (EventStore store = EventStore.open(StoreConfig.at(folder).withMaxPayloadBytes(4))) {
            store.append(A, ExpectedVersion.noStream(), event("0"));
            for (int i = 0; i < 3; i++) {
                assertThrows(
                        LimitExceededException.class,
                        () -> store.append(A, ExpectedVersion.any(), event("1"), event("large")));
            }
            AppendResult next = store.append(A, ExpectedVersion.exactly(0), event("1"));
            assertEquals(new AppendResult(1, 1, 1), next);
        }
    }

    @Test
    void shouldNumberEachStreamForItselfAndTheLogForAll() {
        StreamId b = stream("b");
        StreamId namesake = StreamId.of("others", A.key());
        ExpectedVersion any = ExpectedVersion.any();
        try (EventStore store = EventStore.open(folder)) {
            for (int i = 0; i < 10; i++) {
                assertEquals(new AppendResult(i, i, i), store.append(A, any, event("a" + i)));
            }
            assertEquals(new AppendResult(10, 10, 0), store.append(b, any, event("b0")));
            assertEquals(new AppendResult(11, 11, 0), store.append(namesake, any, event("n0")));
            assertEquals(new AppendResult(12, 12, 10), store.append(A, any, event("a10")));
            assertEquals(
                    new AppendResult(13, 14, 2),
                    store.append(namesake, any, event("n1"), event("n2")));
            assertEquals(15, assertSound(store).size());
        }
    }

    @Test
    void shouldShowOneCategoryWhatAnotherOfItsNameHasAppended() {
        EventSerde<String> said =
                EventSerde.of(String.class).type("Said", String.class, Serdes.utf8()).build();
        try (EventStore store = EventStore.open(folder)) {
            Category<String> one = store.category("things", said);
            Category<String> other = store.category("things", said);
            one.append("a", ExpectedVersion.noStream(), "0");
            other.append("a", ExpectedVersion.exactly(0), "1");
            assertThrows(
                    WrongExpectedVersionException.class,
                    () -> one.append("a", ExpectedVersion.exactly(0), "never"));
            one.append("a", ExpectedVersion.exactly(1), "2");
            assertEquals(List.of("0", "1", "2"), one.read("a"));
            assertEquals(one.read("a"), other.read("a"));
            assertEquals(one.version("a"), other.version("a"));
        }
    }

    @Test
    void shouldMakeAllFoldersOfAStoreAndNoneWhereItOnlyLooks() {
        Path above = folder.resolve("not");
        Path path = above.resolve("there").resolve("store");
        ProgressListener none = ProgressListener.none();
        List<Executable> looks =
                List.of(
                        () -> assertTrue(ClosedStore.verify(path, none).isClean()),
                        () -> assertTrue(Backups.verify(path, none).isClean()),
                        () -> ClosedStore.rebuildIndex(StoreConfig.at(path), none),
                        () -> Salvage.read(path, event -> true),
                        () -> Backups.restore(path, folder.resolve("restored"), none));
        for (Executable look : looks) {
            Throwable e = assertThrows(Throwable.class, look);
            assertTrue(e instanceof VarveException || e instanceof AssertionError, e::toString);
            assertEquals(List.of(), List.of(folder.toFile().list()));
        }
        EventStore.open(path).close();
        assertTrue(Files.exists(path.resolve("log/data.mdb")));
    }
}
