package io.varve.store;

import io.varve.store.errors.VarveException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Opens stores that were damaged, reads each event alone, each stream and the whole, appends, and
 * prints a line for each: {@code folder open=error} or {@code folder head=h wrong=w refused=r
 * append=ok}. Wrong are events that are not what was appended; refused are reads that ended with an
 * error of ours. Any other error ends the process with code 3, a crash with another.
 */
final class ReadingChild {
    private static long wrong;
    private static long refused;

    private ReadingChild() {}

    /** The event a {@link #fill} puts at a position. */
    static NewEvent event(long position) {
        int size = (int) (position % 5 == 0 ? 3000 + position : position % 97);
        return NewEvent.of("T" + position % 6, TestEvents.payload(position, size));
    }

    static StreamId stream(long position) {
        return TestEvents.stream("s" + position * position % 23);
    }

    /** Makes a store of known events. */
    static void fill(Path folder, int events) {
        try (EventStore store = EventStore.open(TestEvents.restless(folder))) {
            for (long position = 0; position < events; ) {
                EventBatch batch = new EventBatch();
                long end = Math.min(events, position + 1 + position % 4);
                for (; position < end; position++) {
                    batch.add(stream(position), event(position));
                }
                store.append(batch);
            }
        }
    }

    public static void main(String[] arguments) throws Exception {
        try {
            // A file of folders, because a command line is short.
            for (String folder : Files.readAllLines(Path.of(arguments[0]))) {
                System.out.println("about " + folder);
                System.out.flush();
                System.out.println(look(Path.of(folder)));
                System.out.flush();
            }
        } catch (RuntimeException | Error e) {
            System.out.println("unexpected " + e + " " + List.of(e.getStackTrace()));
            System.out.flush();
            System.exit(3);
        }
    }

    private static String look(Path folder) {
        wrong = 0;
        refused = 0;
        StoreConfig config = StoreConfig.at(folder).withMergeEvents(7);
        long head;
        String append;
        try (EventStore store = EventStore.open(config)) {
            head = store.head();
            attempt(() -> store.read(EventQuery.all(), ReadingChild::check));
            for (long position = 0; position <= head; position++) {
                EventQuery one = EventQuery.all().from(position).limit(1);
                attempt(() -> store.read(one, ReadingChild::check));
            }
            for (int key = 0; key < 23; key++) {
                StreamId stream = TestEvents.stream("s" + key);
                attempt(() -> readStream(store, stream));
            }
            append = append(store);
        } catch (VarveException e) {
            return folder + " open=" + e.getClass().getSimpleName();
        }
        return folder
                + " head="
                + head
                + " wrong="
                + wrong
                + " refused="
                + refused
                + " append="
                + append;
    }

    private static void readStream(EventStore store, StreamId stream) {
        long[] next = {0};
        store.read(
                EventQuery.stream(stream),
                event -> {
                    if (!event.stream().equals(stream) || event.version() != next[0]++) {
                        wrong++;
                    }
                    return check(event);
                });
        if (store.version(stream).orElse(-1) != next[0] - 1) {
            wrong++;
        }
    }

    private static String append(EventStore store) {
        try {
            store.append(TestEvents.stream("new"), ExpectedVersion.any(), TestEvents.event("x"));
            return "ok";
        } catch (VarveException e) {
            return e.getClass().getSimpleName();
        }
    }

    private static boolean check(EventView view) {
        RecordedEvent event = view.toRecordedEvent();
        NewEvent expected = event(event.position());
        if (!java.util.Arrays.equals(expected.payload(), event.payload())
                || !expected.type().equals(event.type())
                || !stream(event.position()).equals(event.stream())) {
            wrong++;
        }
        return true;
    }

    private static void attempt(Runnable read) {
        try {
            read.run();
        } catch (VarveException e) {
            if (e.remedy().isEmpty()) {
                throw new IllegalStateException("An error without a remedy", e);
            }
            refused++;
        }
    }
}
