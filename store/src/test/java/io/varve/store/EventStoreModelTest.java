package io.varve.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.varve.store.errors.WrongExpectedVersionException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random calls of a store and of a list in memory: both answer the same. */
class EventStoreModelTest {
    @TempDir Path folder;

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void shouldAnswerAsAListWould(long seed) throws IOException {
        new Run(folder, seed).run(400);
    }

    @Test
    @Tag("long")
    void shouldAnswerAsAListWouldForALongTime() throws IOException {
        for (int i = 0; i < 8; i++) {
            long seed = Long.getLong("varve.seed", System.nanoTime());
            new Run(folder.resolve("run" + i), seed).run(6_000);
        }
    }

    /** What an event must read as, whatever happens to the store. */
    private record Known(StreamId stream, long version, NewEvent event) {}

    private static final class Run {
        private final SplittableRandom random;
        private final long seed;
        private final List<Known> log = new ArrayList<>();
        private final Map<StreamId, List<Integer>> streams = new HashMap<>();
        private final Path base;
        private Path folder;
        private EventStore store;
        private int openings;

        Run(Path base, long seed) {
            this.base = base;
            this.seed = seed;
            this.random = new SplittableRandom(seed);
            this.folder = base.resolve("store0");
        }

        void run(int steps) throws IOException {
            open();
            int step = 0;
            try {
                for (; step < steps; step++) {
                    step();
                }
                checkAll();
            } catch (RuntimeException | Error e) {
                throw new AssertionError("seed=" + seed + " step=" + step + " folder=" + folder, e);
            } finally {
                store.close();
            }
        }

        private void open() {
            openings++;
            StoreConfig config =
                    StoreConfig.at(folder)
                            .withInitialMapBytes(1 << 20)
                            .withMergeEvents(1 + random.nextInt(50));
            store = EventStore.open(config);
            assertEquals(log.size() - 1, store.head());
        }

        private void step() throws IOException {
            switch (random.nextInt(100)) {
                case 0 -> reopen();
                case 1 -> reopenWithoutIndex();
                case 2 -> reopenAsAfterACrash();
                case 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19 -> readAll();
                case 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35 -> readStream();
                case 36, 37, 38, 39 -> readNested();
                default -> append();
            }
        }

        private void reopen() {
            store.close();
            open();
        }

        private void reopenWithoutIndex() throws IOException {
            store.close();
            TestEvents.deleteIndex(folder);
            open();
        }

        /** What is on disk while nobody appends is what a killed process leaves. */
        private void reopenAsAfterACrash() throws IOException {
            Path copy = base.resolve("store" + openings);
            TestEvents.copy(folder, copy);
            store.close();
            folder = copy;
            open();
        }

        private StreamId anyStream() {
            // Few streams get most events, and new ones come all the time.
            int bound = random.nextInt(4) == 0 ? 10 + log.size() / 5 : 8;
            return StreamId.of("c" + random.nextInt(2), "k" + random.nextInt(bound));
        }

        private long versionOf(StreamId stream) {
            return streams.getOrDefault(stream, List.of()).size() - 1L;
        }

        private void append() {
            EventBatch batch = new EventBatch();
            List<Known> added = new ArrayList<>();
            Map<StreamId, Long> versions = new LinkedHashMap<>();
            int count = random.nextInt(10) == 0 ? random.nextInt(1, 200) : random.nextInt(1, 6);
            for (int i = 0; i < count; i++) {
                StreamId stream = anyStream();
                NewEvent event = anyEvent();
                long version = versions.getOrDefault(stream, versionOf(stream)) + 1;
                versions.put(stream, version);
                added.add(new Known(stream, version, event));
                batch.add(stream, event);
            }
            Set<StreamId> expecting = new HashSet<>(versions.keySet());
            expecting.add(anyStream());
            Optional<StreamId> wrong = expect(batch, expecting);
            if (wrong.isPresent()) {
                assertThrows(WrongExpectedVersionException.class, () -> store.append(batch));
            } else {
                Known last = added.get(added.size() - 1);
                AppendResult expected =
                        new AppendResult(log.size(), log.size() + count - 1, last.version());
                assertEquals(expected, store.append(batch));
                added.forEach(this::keep);
            }
            assertEquals(log.size() - 1, store.head());
        }

        private void keep(Known event) {
            streams.computeIfAbsent(event.stream(), id -> new ArrayList<>()).add(log.size());
            log.add(event);
        }

        private Optional<StreamId> expect(EventBatch batch, Set<StreamId> expecting) {
            Optional<StreamId> wrong = Optional.empty();
            for (StreamId stream : expecting) {
                ExpectedVersion expected = anyExpectation(versionOf(stream));
                batch.expect(stream, expected);
                if (!isRight(expected, versionOf(stream))) {
                    wrong = Optional.of(stream);
                }
            }
            return wrong;
        }

        private ExpectedVersion anyExpectation(long version) {
            return switch (random.nextInt(40)) {
                case 0 -> ExpectedVersion.noStream();
                case 1 -> ExpectedVersion.streamExists();
                case 2 -> ExpectedVersion.exactly(random.nextInt(5));
                case 3, 4, 5, 6, 7, 8, 9 ->
                        version < 0 ? ExpectedVersion.noStream() : ExpectedVersion.exactly(version);
                default -> ExpectedVersion.any();
            };
        }

        private static boolean isRight(ExpectedVersion expected, long version) {
            if (expected instanceof ExpectedVersion.Exactly exactly) {
                return exactly.version() == version;
            }
            if (expected == ExpectedVersion.noStream()) {
                return version == -1;
            }
            return expected == ExpectedVersion.any() || version > -1;
        }

        private NewEvent anyEvent() {
            int size =
                    switch (random.nextInt(40)) {
                        case 0 -> random.nextInt(200_000);
                        case 1, 2, 3 -> 1_900 + random.nextInt(300);
                        default -> random.nextInt(120);
                    };
            int types = random.nextInt(3) == 0 ? 10 + log.size() / 40 : 5;
            byte[] payload = TestEvents.payload(random.nextLong(), size);
            NewEvent event = NewEvent.of("Type" + random.nextInt(types), payload);
            if (random.nextInt(3) == 0) {
                event = event.at(random.nextLong(-EventBatch.MAX_TIME, EventBatch.MAX_TIME + 1));
            }
            return random.nextInt(4) == 0 ? event.with(anyHeaders()) : event;
        }

        private EventHeaders anyHeaders() {
            EventHeaders headers = EventHeaders.NONE;
            if (random.nextBoolean()) {
                headers = headers.withEventId(new UUID(random.nextLong(), random.nextLong()));
            }
            if (random.nextBoolean()) {
                headers = headers.withCorrelation("c".repeat(random.nextInt(50)));
            }
            if (random.nextBoolean()) {
                headers = headers.withUser(Map.of("ü" + random.nextInt(9), "v", "w", "𝄞"));
            }
            return headers;
        }

        private long anyFrom(int size) {
            return random.nextInt(20) == 0 ? Long.MAX_VALUE : random.nextInt(size + 3);
        }

        private long anyLimit() {
            return random.nextInt(3) == 0 ? Long.MAX_VALUE : random.nextInt(30);
        }

        private void readAll() {
            EventQuery query = EventQuery.all().from(anyFrom(log.size())).limit(anyLimit());
            List<Integer> expected = new ArrayList<>();
            for (long p = query.from(); p < log.size() && expected.size() < query.limit(); p++) {
                expected.add((int) p);
            }
            check(query, expected);
        }

        private void readStream() {
            StreamId stream = anyStream();
            List<Integer> positions = streams.getOrDefault(stream, List.of());
            EventQuery query =
                    EventQuery.stream(stream).from(anyFrom(positions.size())).limit(anyLimit());
            int from = (int) Math.min(query.from(), positions.size());
            int to = (int) Math.min(positions.size(), from + Math.min(query.limit(), 1 << 20));
            check(query, positions.subList(from, to));
            long version = versionOf(stream);
            OptionalLong expected = version < 0 ? OptionalLong.empty() : OptionalLong.of(version);
            assertEquals(expected, store.version(stream));
        }

        private void check(EventQuery query, List<Integer> expected) {
            int stop = random.nextInt(4) == 0 ? random.nextInt(10) : Integer.MAX_VALUE;
            int[] seen = {0};
            store.read(
                    query,
                    event -> {
                        check(event, expected.get(seen[0]));
                        return ++seen[0] <= stop;
                    });
            assertEquals(
                    Math.min(expected.size(), stop == Integer.MAX_VALUE ? stop : stop + 1),
                    seen[0]);
        }

        private void check(EventView view, int position) {
            Known known = log.get(position);
            assertEquals(position, view.position());
            assertEquals(known.stream(), view.stream());
            assertEquals(known.version(), view.version());
            assertEquals(known.event().type(), view.type());
            assertEquals(known.event().headers(), view.headers());
            assertArrayEquals(known.event().payload(), view.payload().toByteArray());
            long time = known.event().eventTimeMillis().orElse(view.commitTimeMillis());
            assertEquals(time, view.eventTimeMillis());
        }

        /** Reads streams from within a read, and appends where the map is large enough for it. */
        private void readNested() {
            EventQuery query = EventQuery.all().from(anyFrom(log.size())).limit(3);
            store.read(
                    query,
                    event -> {
                        readStream();
                        check(event, (int) event.position());
                        return true;
                    });
        }

        private void checkAll() {
            int[] next = {0};
            store.read(
                    EventQuery.all(),
                    event -> {
                        check(event, next[0]++);
                        return true;
                    });
            assertEquals(log.size(), next[0]);
            TestEvents.assertSound(store);
        }
    }
}
