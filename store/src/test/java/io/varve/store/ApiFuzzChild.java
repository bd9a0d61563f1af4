package io.varve.store;

import io.varve.store.bytes.BytesView;
import io.varve.store.errors.VarveException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.SplittableRandom;

/**
 * Calls the API in a random order. Prints {@code done}, or what nobody should ever see, and ends
 * with code 3 then.
 */
final class ApiFuzzChild {
    private static final int DEEPEST = 6;

    private final Path folder;
    private final SplittableRandom random;
    private final List<EventStore> stores = new ArrayList<>();
    private final List<EventCursor> cursors = new ArrayList<>();
    private final List<EventBatch> batches = new ArrayList<>();

    /** Lent once, and not given back by those who hold them here. */
    private final List<EventView> views = new ArrayList<>();

    private final List<BytesView> payloads = new ArrayList<>();
    private final Map<String, Integer> outcomes = new HashMap<>();
    private final FuzzedParts parts;
    private int depth;

    private ApiFuzzChild(Path folder, long seed) {
        this.folder = folder;
        this.random = new SplittableRandom(seed);
        this.parts = new FuzzedParts(folder, random.split());
    }

    public static void main(String[] arguments) {
        System.setProperty("varve.patience.millis", "1");
        java.util.logging.Logger.getLogger("").setLevel(java.util.logging.Level.OFF);
        ApiFuzzChild child = new ApiFuzzChild(Path.of(arguments[0]), Long.parseLong(arguments[2]));
        try {
            int calls = Integer.parseInt(arguments[1]);
            for (int i = 0; i < calls; i++) {
                child.call();
            }
            child.stores.forEach(EventStore::close);
            child.check();
        } catch (Exception | Error e) {
            System.out.println(e);
            for (StackTraceElement line : e.getStackTrace()) {
                System.out.println("  at " + line);
            }
            System.out.flush();
            System.exit(3);
        }
        System.out.println(child.outcomes);
        System.out.println("done");
        System.out.flush();
        System.exit(0);
    }

    /** The fuzz must have met what it looks for, and must have left sound stores. */
    private void check() {
        for (String met : List.of("answered", "StoreClosedException", "StoreLockedException")) {
            if (!outcomes.containsKey(met)) {
                throw new IllegalStateException("never met " + met + ": " + outcomes);
            }
        }
        for (int i = 0; i < 2; i++) {
            try (EventStore store = EventStore.open(folder.resolve("s" + i))) {
                FuzzedParts.assertClean(store.verify(ProgressListener.none()));
                assertReadable(store);
            }
        }
    }

    /** As {@code TestEvents.assertSound}, of a log that may have lost its beginning. */
    private static void assertReadable(EventStore store) {
        long next = store.retention().firstPosition();
        for (RecordedEvent event : TestEvents.all(store)) {
            if (event.position() != next++) {
                throw new IllegalStateException("not position " + (next - 1) + ": " + event);
            }
        }
        if (next != store.head() + 1) {
            throw new IllegalStateException("not the head: " + next);
        }
    }

    private void call() {
        String outcome = "answered";
        try {
            if (stores.isEmpty() || random.nextInt(25) == 0) {
                open();
            } else {
                call(any(stores));
            }
        } catch (VarveException e) {
            outcome = e.getClass().getSimpleName();
            if (e.remedy().isEmpty()) {
                throw new IllegalStateException("without a remedy", e);
            }
        } catch (IllegalArgumentException
                | IllegalStateException
                | IndexOutOfBoundsException
                | NoSuchElementException e) {
            outcome = e.getClass().getSimpleName();
        } catch (InterruptedException e) {
            outcome = "interrupted";
        }
        outcomes.merge(outcome, 1, Integer::sum);
    }

    private <T> T any(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    private <T> void keep(List<T> list, T thing) {
        if (list.size() < 12) {
            list.add(thing);
        } else {
            list.set(random.nextInt(list.size()), thing);
        }
    }

    private void open() {
        Path path = folder.resolve("s" + random.nextInt(2));
        StoreConfig config = TestEvents.restless(path);
        // A reader of this thread may keep the map from growing; so it need not.
        EventStore store = EventStore.open(config.withInitialMapBytes(256 << 20));
        if (stores.size() < 12) {
            stores.add(store);
        } else {
            stores.set(random.nextInt(stores.size()), store).close();
        }
    }

    private void call(EventStore store) throws InterruptedException {
        switch (random.nextInt(36)) {
            case 0 -> store.close();
            case 1, 2, 3, 4 -> store.append(batch());
            case 5 -> store.append(stream(), expected(), event());
            case 6 -> batch().add(stream(), event());
            case 7 -> batch().expect(stream(), expected());
            case 8 -> batch().clear();
            case 9, 10, 11 -> store.read(query(), this::visit);
            case 12 -> store.readList(query());
            case 13 -> keep(cursors, store.cursor(query()));
            case 14, 15 -> useCursor();
            case 16, 17 -> useView();
            case 18 -> store.version(stream());
            case 19 -> store.chainHash(number());
            case 20 -> store.commitTimeMillis(number());
            case 21 ->
                    store.awaitPosition(number(), Duration.ofNanos(number()).dividedBy(1L << 40));
            case 22 -> store.whenCommitted(number()).cancel(true);
            case 23 -> follow(store);
            default -> parts.call(store);
        }
    }

    /** Interrupted beforehand, so that it ends where there is nothing to come. */
    private void follow(EventStore store) throws InterruptedException {
        Thread.currentThread().interrupt();
        try {
            store.follow(query(), this::visit);
        } finally {
            Thread.interrupted();
        }
    }

    private EventBatch batch() {
        if (batches.size() < 5) {
            batches.add(new EventBatch());
        }
        EventBatch batch = any(batches);
        return batch.size() > 50 ? batch.clear() : batch;
    }

    private StreamId stream() {
        return TestEvents.stream("s" + random.nextInt(6));
    }

    private NewEvent event() {
        return TestEvents.event(
                random.nextLong(), random.nextInt(random.nextInt(30) == 0 ? 9_000 : 90));
    }

    private ExpectedVersion expected() {
        return switch (random.nextInt(5)) {
            case 0 -> ExpectedVersion.noStream();
            case 1 -> ExpectedVersion.streamExists();
            case 2 -> ExpectedVersion.exactly(number());
            default -> ExpectedVersion.any();
        };
    }

    private long number() {
        return switch (random.nextInt(8)) {
            case 0 -> Long.MAX_VALUE;
            case 1 -> Long.MIN_VALUE;
            case 2 -> -1;
            case 3 -> Long.MAX_VALUE - random.nextInt(3);
            default -> random.nextInt(100);
        };
    }

    private EventQuery query() {
        EventQuery query =
                switch (random.nextInt(4)) {
                    case 0 -> EventQuery.stream(stream());
                    case 1 -> EventQuery.category(random.nextBoolean() ? "things" : "none");
                    default -> EventQuery.all();
                };
        query = random.nextInt(3) == 0 ? query.backward() : query;
        query = random.nextInt(3) == 0 ? query.type("Filled") : query;
        return switch (random.nextInt(4)) {
            case 0 -> query.from(number());
            case 1 -> query.fromTime(Instant.ofEpochMilli(number()));
            default -> query.limit(random.nextInt(200));
        };
    }

    /** Keeps what it must not, and calls everything from within. */
    private boolean visit(EventView view) {
        view.payload().toByteArray();
        keep(views, view);
        keep(payloads, view.payload());
        if (depth < DEEPEST && random.nextInt(4) == 0) {
            depth++;
            try {
                call();
            } finally {
                depth--;
            }
        }
        if (random.nextInt(60) == 0) {
            throw new IllegalStateException("a visitor's own mistake");
        }
        return random.nextInt(20) > 0;
    }

    private void useCursor() {
        if (cursors.isEmpty()) {
            return;
        }
        EventCursor cursor = any(cursors);
        switch (random.nextInt(10)) {
            case 0 -> cursor.close();
            case 1 -> cursor.hasNext();
            default -> cursor.next();
        }
    }

    private void useView() {
        if (views.isEmpty()) {
            return;
        }
        EventView view = any(views);
        switch (random.nextInt(9)) {
            case 0 -> view.position();
            case 1 -> view.stream();
            case 2 -> view.version();
            case 3 -> view.type();
            case 4 -> view.headers();
            case 5 -> view.toRecordedEvent();
            case 6 -> view.payload().getByte(0);
            case 7 -> any(payloads).getLong(0);
            default -> any(payloads).toByteArray();
        }
    }
}
