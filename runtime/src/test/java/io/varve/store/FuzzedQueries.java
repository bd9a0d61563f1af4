package io.varve.store;

import io.varve.fuzz.FuzzTarget;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/** Queries with bounds of all kinds, against a loop over all events. */
final class FuzzedQueries {
    private static final int EVENTS = 60;
    private static final int INPUT = 27;

    private final EventStore store;
    private final List<RecordedEvent> all;

    private FuzzedQueries(Path folder) {
        store = EventStore.open(StoreConfig.at(folder).withMergeEvents(17));
        for (int i = (int) store.head() + 1; i < EVENTS; i++) {
            byte[] payload = ("event " + i).getBytes(StandardCharsets.UTF_8);
            store.append(
                    new StreamId(i % 7 == 0 ? "others" : "things", "s" + i % 5),
                    ExpectedVersion.any(),
                    NewEvent.of(i % 3 == 0 ? "A" : "B", payload));
        }
        all = store.readList(EventQuery.all());
    }

    static FuzzTarget target(Path folder) {
        FuzzedQueries[] made = new FuzzedQueries[1];
        return FuzzTarget.of(
                "queries",
                List.of(input(0, 0, 10), input(0x35, 7, 3), input(0x5a, -1, Long.MAX_VALUE)),
                input -> {
                    if (made[0] == null) {
                        made[0] = new FuzzedQueries(folder);
                    }
                    made[0].take(input);
                },
                IllegalArgumentException.class,
                DateTimeException.class);
    }

    private static byte[] input(int kinds, long number, long limit) {
        return ByteBuffer.allocate(INPUT)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put((byte) kinds)
                .put((byte) 1)
                .put((byte) 1)
                .putLong(number)
                .putLong(limit)
                .array();
    }

    private void take(byte[] input) {
        byte[] full = java.util.Arrays.copyOf(input, INPUT);
        ByteBuffer in = ByteBuffer.wrap(full).order(ByteOrder.LITTLE_ENDIAN);
        int kinds = in.get() & 0xff;
        EventQuery query =
                switch (kinds & 3) {
                    case 0 -> EventQuery.stream(new StreamId("things", "s" + in.get(1) % 6));
                    case 1 -> EventQuery.category(in.get(1) % 3 == 0 ? "others" : "things");
                    default -> EventQuery.all();
                };
        query = (kinds & 4) == 0 ? query : query.backward();
        query = (kinds & 8) == 0 ? query : query.type(in.get(2) % 3 == 0 ? "A" : "B");
        query = (kinds & 16) == 0 ? query : query.limit(in.getLong(11));
        query = start(query, kinds, in.getLong(3), in.getInt(19));
        FuzzTarget.check(store.readList(query).equals(expected(query)), query);
    }

    private EventQuery start(EventQuery query, int kinds, long number, int nanos) {
        return switch (kinds >> 5) {
            case 0, 1 -> query;
            case 2, 3 -> query.from(number);
            case 4 -> query.fromTime(Instant.ofEpochSecond(number, nanos));
            case 5 -> query.fromTime(number > 0 ? Instant.MAX : Instant.MIN);
            default -> query.fromTime(Instant.ofEpochMilli(time(number)).plusNanos(nanos));
        };
    }

    /** The time of some commit. */
    private long time(long number) {
        return all.get((int) Math.floorMod(number, (long) EVENTS)).commitTimeMillis();
    }

    private List<RecordedEvent> expected(EventQuery query) {
        List<RecordedEvent> found = new ArrayList<>(all);
        boolean backward = query.direction() == EventQuery.Direction.BACKWARD;
        if (backward) {
            Collections.reverse(found);
        }
        found.removeIf(event -> !isOf(query.source(), event));
        Set<String> types = query.types();
        found.removeIf(event -> !types.isEmpty() && !types.contains(event.type()));
        if (query.start() instanceof EventQuery.Start.At at) {
            found.removeIf(
                    event ->
                            backward
                                    ? number(query, event) > at.number()
                                    : number(query, event) < at.number());
        } else if (query.start() instanceof EventQuery.Start.Time since) {
            found.removeIf(
                    event ->
                            isBehind(
                                    Instant.ofEpochMilli(event.commitTimeMillis()),
                                    since.instant(),
                                    backward));
        }
        return found.subList(0, (int) Math.min(found.size(), query.limit()));
    }

    private static boolean isBehind(Instant time, Instant since, boolean backward) {
        return backward ? time.isAfter(since) : time.isBefore(since);
    }

    private static long number(EventQuery query, RecordedEvent event) {
        return query.source() instanceof EventQuery.Source.OfStream
                ? event.version()
                : event.position();
    }

    private static boolean isOf(EventQuery.Source source, RecordedEvent event) {
        if (source instanceof EventQuery.Source.OfStream of) {
            return event.stream().equals(of.id());
        }
        return !(source instanceof EventQuery.Source.OfCategory of)
                || event.stream().category().equals(of.name());
    }
}
