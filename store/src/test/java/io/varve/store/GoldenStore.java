package io.varve.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * The events of a store that was written once and is kept with the tests, so that what one version
 * wrote every later one reads. Never change what is here; for another format add another store.
 *
 * <p>{@link #main} writes the store anew; its argument is the zip file to make.
 */
final class GoldenStore {
    private static final int BATCHES = 40;
    private static final long FIRST_COMMIT = 1_700_000_000_000L;

    private GoldenStore() {}

    /** An event, and when it was committed. */
    record Golden(StreamId stream, long version, NewEvent event, long commitTime) {}

    /** All events in order. */
    static List<Golden> events() {
        List<Golden> events = new ArrayList<>();
        for (int batch = 0; batch < BATCHES; batch++) {
            events.addAll(batch(batch, events));
        }
        return events;
    }

    private static List<Golden> batch(int batch, List<Golden> before) {
        List<Golden> events = new ArrayList<>();
        for (int i = 0; i < 1 + batch % 4; i++) {
            StreamId stream = stream(batch * 7 + i);
            long version =
                    before.stream().filter(e -> e.stream().equals(stream)).count()
                            + events.stream().filter(e -> e.stream().equals(stream)).count();
            events.add(new Golden(stream, version, event(batch, i), FIRST_COMMIT + 1000L * batch));
        }
        return events;
    }

    private static StreamId stream(int number) {
        return switch (number % 5) {
            case 0 -> StreamId.of("orders", "order-" + number % 20);
            case 1 -> StreamId.of("kunden-ü", "a/b/𝄞" + number % 3);
            case 2 -> StreamId.of("x", "k".repeat(StreamId.MAX_KEY_BYTES));
            default -> StreamId.of("orders", "one");
        };
    }

    private static NewEvent event(int batch, int i) {
        int size = batch == 30 ? 70_000 : batch == 20 ? 2_500 : (batch * 13 + i) % 90;
        byte[] payload = new byte[size];
        for (int at = 0; at < size; at++) {
            payload[at] = (byte) (batch + i + at % 251);
        }
        NewEvent event = NewEvent.of("Type-" + (batch + i) % 7, payload);
        if (i == 1) {
            event = event.at(-62_135_596_800_000L + batch);
        }
        return batch % 3 == 0 ? event.with(headers(batch)) : event;
    }

    private static EventHeaders headers(int batch) {
        return EventHeaders.NONE
                .withEventId(new UUID(batch, -batch))
                .withCorrelation("conversation-" + batch)
                .withCausation("ü".repeat(batch % 4))
                .withUser(Map.of("tenant", "t" + batch % 2, "naïve", ""));
    }

    public static void main(String[] arguments) throws IOException {
        Path folder = Files.createTempDirectory("golden");
        write(folder);
        GoldenFiles.pack(folder, Path.of(arguments[0]));
    }

    static void write(Path folder) {
        long[] now = {FIRST_COMMIT};
        Clock clock =
                new Clock() {
                    @Override
                    public ZoneOffset getZone() {
                        return ZoneOffset.UTC;
                    }

                    @Override
                    public Clock withZone(java.time.ZoneId zone) {
                        return this;
                    }

                    @Override
                    public Instant instant() {
                        return Instant.ofEpochMilli(now[0]);
                    }
                };
        StoreConfig config = StoreConfig.at(folder).withClock(clock).withMergeEvents(30);
        try (EventStore store = EventStore.open(config)) {
            List<Golden> before = new ArrayList<>();
            for (int batch = 0; batch < BATCHES; batch++) {
                EventBatch next = new EventBatch();
                List<Golden> events = batch(batch, before);
                events.forEach(golden -> next.add(golden.stream(), golden.event()));
                store.append(next);
                before.addAll(events);
                now[0] += 1000;
            }
        }
    }
}
