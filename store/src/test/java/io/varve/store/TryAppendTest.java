package io.varve.store;

import static io.varve.store.TestEvents.event;
import static io.varve.store.TestEvents.stream;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.varve.store.errors.WrongExpectedVersionException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A conflict is an answer, and lists are right while others append. */
class TryAppendTest {
    private static final StreamId A = stream("a");

    @TempDir Path folder;

    private static EventBatch batch(ExpectedVersion expected) {
        return new EventBatch().expect(A, expected).add(A, event("x"));
    }

    @Test
    void shouldTellStreamExpectedAndActual() {
        try (EventStore store = EventStore.open(folder)) {
            ExpectedVersion zero = ExpectedVersion.exactly(0);
            assertEquals(new AppendOutcome.Conflict(A, zero, -1), store.tryAppend(batch(zero)));
            assertEquals(
                    new AppendOutcome.Appended(new AppendResult(0, 0, 0)),
                    store.tryAppend(batch(ExpectedVersion.noStream())));
            store.append(A, zero, event("y"));
            // The version there was is as wrong as one there never was.
            for (ExpectedVersion wrong : List.of(zero, ExpectedVersion.exactly(3))) {
                AppendOutcome conflict = store.tryAppend(batch(wrong));
                assertEquals(new AppendOutcome.Conflict(A, wrong, 1), conflict);
                assertThrows(WrongExpectedVersionException.class, conflict::orThrow);
            }
            assertEquals(1, store.head());
            assertEquals(2, store.append(A, ExpectedVersion.any(), event("z")).version());
        }
    }

    @Test
    void shouldLetAllWritersThroughWhoTryAgain() throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(10);
        try (EventStore store = EventStore.open(TestEvents.restless(folder))) {
            Callable<Integer> writer =
                    () -> {
                        int conflicts = 0;
                        for (int made = 0; made < 20; ) {
                            ExpectedVersion seen = ExpectedVersion.of(store.version(A));
                            AppendOutcome outcome = store.tryAppend(batch(seen));
                            boolean appended = outcome instanceof AppendOutcome.Appended;
                            made += appended ? 1 : 0;
                            conflicts += appended ? 0 : 1;
                        }
                        return conflicts;
                    };
            for (Future<Integer> done : pool.invokeAll(java.util.Collections.nCopies(10, writer))) {
                done.get();
            }
            assertEquals(200, TestEvents.assertSound(store).size());
        } finally {
            pool.shutdownNow();
        }
    }

    /** However far appends and merges get meanwhile, a list adds up to its head. */
    @Test
    void shouldListAsOfOneHeadWhileOthersAppend() throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(3);
        try (EventStore store = EventStore.open(TestEvents.restless(folder))) {
            List<Future<?>> writers = new ArrayList<>();
            for (int t = 0; t < 3; t++) {
                int writer = t;
                writers.add(
                        pool.submit(
                                () -> {
                                    for (int i = 0; i < 300; i++) {
                                        EventBatch batch = new EventBatch();
                                        batch.add(stream("s" + i % 50), event("x"));
                                        batch.add(stream(writer + "-" + i), event("y"));
                                        store.append(batch);
                                    }
                                }));
            }
            while (!writers.stream().allMatch(Future::isDone)) {
                long before = store.head();
                List<StreamInfo> infos = store.streams().all().toList();
                long head = infos.stream().mapToLong(StreamInfo::lastPosition).max().orElse(-1);
                long events = infos.stream().mapToLong(info -> info.version() + 1).sum();
                assertEquals(head + 1, events);
                assertEquals(true, before <= head, () -> before + " " + head);
            }
            for (Future<?> writer : writers) {
                writer.get();
            }
            assertEquals(950, store.streams().all().count());
            assertEquals(
                    List.of(new CategoryInfo("things", 950, 1800, 1799)),
                    store.streams().categories());
        } finally {
            pool.shutdownNow();
        }
    }
}
