package io.varve.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is to be merged is not lost where memory runs out. */
@Timeout(60)
class IndexMergerTest {
    @TempDir Path folder;

    /** Finds no memory, so many times. */
    private static final class Unlucky extends ArrayList<StreamEntry> {
        private static final long serialVersionUID = 1L;
        private final AtomicInteger times;

        Unlucky(StreamEntry entry, int times) {
            super(List.of(entry));
            this.times = new AtomicInteger(times);
        }

        @Override
        public Object[] toArray() {
            if (times.getAndDecrement() > 0) {
                throw new OutOfMemoryError("made up");
            }
            return super.toArray();
        }
    }

    private static StreamEntry entry(int number) {
        StreamEntry entry = new StreamEntry(number, TestEvents.stream("s" + number));
        entry.noteNext(1, number);
        entry.publish();
        return entry;
    }

    private static IndexMerger.Job job(int number, List<StreamEntry> streams) {
        return new IndexMerger.Job(
                streams, new AppendNotes(), number, 0, number + 1, new String[] {"T"});
    }

    private IndexMerger merger(LogIndex index) {
        StoreIdentity identity = new StoreIdentity(new UUID(1, 2), 0);
        return new IndexMerger(index, identity, Runnable::run, notes -> {});
    }

    @Test
    void shouldMergeAJobThatMemoryRanOutFor() {
        try (LogIndex index = new LogIndex(folder)) {
            IndexMerger merger = merger(index);
            merger.start();
            assertTrue(merger.offer(() -> job(0, new Unlucky(entry(0), 3))));
            merger.awaitIdle();
            assertTrue(merger.offer(() -> job(1, List.of(entry(1)))));
            merger.awaitIdle();
            merger.close();
            assertTrue(index.find(1).isPresent());
            assertTrue(index.find(0).isPresent(), "it says that it reaches beyond it");
        }
    }

    @Test
    void shouldTakeAnotherJobWhereMemoryRanOutForMakingOne() {
        try (LogIndex index = new LogIndex(folder)) {
            IndexMerger merger = merger(index);
            merger.start();
            assertThrows(
                    OutOfMemoryError.class,
                    () ->
                            merger.offer(
                                    () -> {
                                        throw new OutOfMemoryError("made up");
                                    }));
            assertTrue(merger.offer(() -> job(0, List.of(entry(0)))));
            merger.awaitIdle();
            merger.close();
            assertTrue(index.find(0).isPresent());
        }
    }

    /** What is taken and lost would be in neither the index nor the log's tail. */
    @Test
    void shouldKeepKeysThatMemoryRanOutForHandingOver() {
        try (LogIndex index = new LogIndex(folder)) {
            NoteDirectory notes = new NoteDirectory(index);
            notes.add(new AppendKey("k", 0, 1, new ContentHash(1, 2)));
            assertThrows(
                    OutOfMemoryError.class,
                    () ->
                            notes.take(
                                    taken -> {
                                        throw new OutOfMemoryError("made up");
                                    }));
            assertEquals(1, (int) notes.take(taken -> taken.keys().size()));
            assertEquals(0, (int) notes.take(taken -> taken.keys().size()));
        }
    }
}
