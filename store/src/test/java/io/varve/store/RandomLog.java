package io.varve.store;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/**
 * A store filled from a seed, and what every query of it must answer, found in a plain list. The
 * clock moves between some commits and now and then backwards.
 */
final class RandomLog {
    static final List<String> TYPES = List.of("T0", "T1", "T2", "T3", "T4");

    final List<RecordedEvent> events = new ArrayList<>();
    final SplittableRandom random;
    private final Map<StreamId, Long> versions = new HashMap<>();
    private final AtomicLong now = new AtomicLong(1_000);
    private long committedAt;

    RandomLog(long seed) {
        random = new SplittableRandom(seed);
    }

    StoreConfig config(Path folder) {
        return StoreConfig.at(folder)
                .withInitialMapBytes(1 << 20)
                .withMergeEvents(1 + random.nextInt(200))
                .withClock(TestEvents.clock(now));
    }

    /** Few streams get most events; the category "rare" has one stream. */
    StreamId anyStream() {
        int which = random.nextInt(20);
        if (which == 0) {
            return StreamId.of("rare", "only");
        }
        int bound = which < 5 ? 60 : 4;
        return StreamId.of("c" + random.nextInt(3), "k" + random.nextInt(bound));
    }

    void append(EventStore store) {
        now.addAndGet(Math.max(-20, random.nextInt(-60, 40)));
        committedAt = Math.max(committedAt, now.get());
        EventBatch batch = new EventBatch();
        int count = random.nextInt(6) == 0 ? random.nextInt(1, 400) : random.nextInt(1, 8);
        for (int i = 0; i < count; i++) {
            StreamId stream = anyStream();
            String type = TYPES.get(Math.min(random.nextInt(5), random.nextInt(5)));
            int size = random.nextInt(60) == 0 ? random.nextInt(70_000) : random.nextInt(200);
            byte[] payload = TestEvents.payload(random.nextLong(), size);
            batch.add(stream, NewEvent.of(type, payload).at(i));
            long version = versions.merge(stream, 0L, (known, zero) -> known + 1);
            events.add(
                    new RecordedEvent(
                            events.size(),
                            stream,
                            version,
                            type,
                            i,
                            committedAt,
                            EventHeaders.NONE,
                            payload));
        }
        store.append(batch);
    }

    long lastCommitTime() {
        return committedAt;
    }

    /** What a query must answer. */
    List<RecordedEvent> expected(EventQuery query) {
        boolean stream = query.source() instanceof EventQuery.Source.OfStream;
        ToLongFunction<RecordedEvent> number =
                stream ? RecordedEvent::version : RecordedEvent::position;
        Stream<RecordedEvent> found =
                events.stream()
                        .filter(event -> isOf(query.source(), event))
                        .filter(e -> query.types().isEmpty() || query.types().contains(e.type()))
                        .filter(event -> isBehind(query, event, number.applyAsLong(event)));
        if (query.isBackward()) {
            found = found.sorted(Comparator.comparingLong(RecordedEvent::position).reversed());
        }
        return found.limit(query.limit()).toList();
    }

    private static boolean isOf(EventQuery.Source source, RecordedEvent event) {
        if (source instanceof EventQuery.Source.OfStream stream) {
            return event.stream().equals(stream.id());
        }
        return !(source instanceof EventQuery.Source.OfCategory category)
                || event.stream().category().equals(category.name());
    }

    private static boolean isBehind(EventQuery query, RecordedEvent event, long number) {
        int way = query.isBackward() ? -1 : 1;
        if (query.start() instanceof EventQuery.Start.Time time) {
            Instant committed = Instant.ofEpochMilli(event.commitTimeMillis());
            return committed.compareTo(time.instant()) * way >= 0;
        }
        return !(query.start() instanceof EventQuery.Start.At at)
                || Long.compare(number, at.number()) * way >= 0;
    }
}
