package io.varve.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A log that is larger than the heap, and one stream that is the whole of it. */
class SmallHeapTest {

    @TempDir Path folder;

    @Test
    void shouldReadALogThatIsLargerThanTheHeap() throws Exception {
        read("24m", 300_000);
    }

    @Test
    @Tag("long")
    void shouldReadALogThatIsManyTimesLargerThanTheHeap() throws Exception {
        read("48m", 10_000_000);
    }

    private void read(String heap, int events) throws Exception {
        try (ChildJvm child = ChildJvm.withHeap(heap, Reading.class, folder, events)) {
            List<String> lines = child.lines();
            assertEquals(0, child.exitCode(), lines::toString);
            long sum = (long) events * (events - 1) / 2;
            assertEquals(
                    List.of(
                            "read " + sum,
                            "backward " + sum,
                            "stream " + sum,
                            "cursor " + sum,
                            "category " + sum,
                            "publisher " + sum,
                            "reopened " + sum),
                    lines);
        }
    }

    /** Writes the events to one stream, reads them in all ways, and prints sums of what it saw. */
    static final class Reading {
        private static final StreamId STREAM = TestEvents.stream("a");

        private Reading() {}

        public static void main(String[] arguments) {
            int events = Integer.parseInt(arguments[1]);
            StoreConfig config = StoreConfig.at(Path.of(arguments[0])).withMergeEvents(100_000);
            try (EventStore store = EventStore.open(config)) {
                EventBatch batch = new EventBatch();
                for (int i = 0; i < events; i++) {
                    batch.add(STREAM, TestEvents.event("event " + i + " ".repeat(100)));
                    if (batch.size() == 10_000) {
                        store.append(batch);
                        batch.clear();
                    }
                }
                print("read", sum(store, EventQuery.all()));
                print("backward", sum(store, EventQuery.all().backward()));
                print("stream", sum(store, EventQuery.stream(STREAM)));
                try (EventCursor cursor = store.cursor(EventQuery.stream(STREAM).backward())) {
                    print("cursor", cursor.stream().mapToLong(RecordedEvent::version).sum());
                }
                print("category", sum(store, EventQuery.category("things").type("Said")));
                print("publisher", published(store, events));
            }
            try (EventStore store = EventStore.open(config)) {
                print("reopened", sum(store, EventQuery.stream(STREAM)));
            }
        }

        private static long sum(EventStore store, EventQuery query) {
            long[] sum = {0};
            store.read(
                    query,
                    event -> {
                        sum[0] += event.position();
                        return true;
                    });
            return sum[0];
        }

        private static long published(EventStore store, int events) {
            CompletableFuture<Long> result = new CompletableFuture<>();
            store.publisher(EventQuery.all().limit(events))
                    .subscribe(
                            new Flow.Subscriber<>() {
                                private long sum;

                                @Override
                                public void onSubscribe(Flow.Subscription subscription) {
                                    subscription.request(Long.MAX_VALUE);
                                }

                                @Override
                                public void onNext(RecordedEvent event) {
                                    sum += event.version();
                                }

                                @Override
                                public void onError(Throwable error) {
                                    result.completeExceptionally(error);
                                }

                                @Override
                                public void onComplete() {
                                    result.complete(sum);
                                }
                            });
            return result.join();
        }

        private static void print(String what, long sum) {
            System.out.println(what + " " + sum);
            System.out.flush();
        }
    }
}
