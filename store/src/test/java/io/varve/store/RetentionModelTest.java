package io.varve.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.errors.EventsTruncatedException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random appends, truncations, holds, restarts and reads: a store and a list answer the same. */
class RetentionModelTest {
    @TempDir Path folder;

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void shouldAnswerAsAListWould(long seed) throws IOException {
        new Run(folder, seed).run(300);
    }

    @Test
    @Tag("long")
    void shouldAnswerAsAListWouldForALongTime() throws IOException {
        for (int i = 0; i < 20; i++) {
            new Run(folder.resolve("run" + i), System.nanoTime()).run(4_000);
        }
    }

    /** What an event must read as. */
    private record Known(
            long position, StreamId stream, long version, String type, byte[] payload, long time) {}

    private record Sent(StreamId stream, String type, byte[] payload) {}

    /** An append with a key, and what it was answered when it was appended last. */
    private record Keyed(EventBatch batch, List<Sent> events, AppendResult result) {
        boolean isCutBy(long first) {
            return result.firstPosition() < first && first <= result.lastPosition();
        }
    }

    private static final class Run {
        private final SplittableRandom random;
        private final long seed;
        private final Path base;
        private final AtomicLong millis = new AtomicLong(1_000);
        private final List<Known> log = new ArrayList<>();
        private final Map<StreamId, Long> versions = new HashMap<>();
        private final TreeMap<String, Long> holds = new TreeMap<>();
        private final Map<Long, Long> chains = new HashMap<>();
        private final List<Seal> seals = new ArrayList<>();
        private final List<Keyed> keyed = new ArrayList<>();
        private long first;
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
                check(EventQuery.all(), event -> true);
                assertTrue(first > 0);
                assertEquals(List.of(), store.verify(ProgressListener.none()).problems());
                if (seed % 2 == 0) {
                    assertEquals(List.of(), store.verifySeals(seals).violations());
                }
                assertEquals(seed % 2 == 0, !seals.isEmpty());
            } catch (RuntimeException | Error e) {
                throw new AssertionError("seed=" + seed + " step=" + step + " folder=" + folder, e);
            } finally {
                store.close();
            }
        }

        private void open() {
            openings++;
            store =
                    EventStore.open(
                            StoreConfig.at(folder)
                                    .withInitialMapBytes(1 << 20)
                                    .withMergeEvents(1 + random.nextInt(60))
                                    .withTamperEvidence(seed % 2 == 0)
                                    .withDurability(
                                            seed % 4 < 2
                                                    ? Durability.SYNC
                                                    : Durability.async(Duration.ofMillis(20)))
                                    .withClock(TestEvents.clock(millis)));
            assertEquals(log.size() - 1, store.head());
            assertEquals(first, store.retention().firstPosition());
            assertEquals(holdList(), store.retention().holds());
        }

        private void step() throws IOException {
            switch (random.nextInt(60)) {
                case 0 -> reopen(false);
                case 1 -> reopen(true);
                case 2 -> reopenAsAfterACrash(random.nextBoolean());
                case 3, 4 -> truncate(random.nextInt(8) == 0);
                case 5, 6 -> hold();
                case 7 -> release();
                case 8, 9, 10, 11 -> check(narrowed(EventQuery.all()), event -> true);
                case 12, 13, 14, 15, 16, 17 -> checkStream();
                case 18, 19 -> {
                    String category = "c" + random.nextInt(2);
                    check(
                            narrowed(EventQuery.category(category)),
                            event -> event.stream().category().equals(category));
                }
                case 20, 21 -> checkChain();
                case 22, 23 -> appendAgain();
                default -> append();
            }
        }

        private void reopen(boolean withoutIndex) throws IOException {
            store.close();
            if (withoutIndex) {
                TestEvents.deleteIndex(folder);
            }
            open();
        }

        private void reopenAsAfterACrash(boolean withoutIndex) throws IOException {
            Path copy = base.resolve("store" + openings);
            TestEvents.copy(folder, copy);
            store.close();
            folder = copy;
            if (withoutIndex) {
                TestEvents.deleteIndex(folder);
            }
            open();
        }

        private StreamId anyStream() {
            int bound = random.nextInt(4) == 0 ? 10 + log.size() / 5 : 6;
            return StreamId.of("c" + random.nextInt(2), "k" + random.nextInt(bound));
        }

        private void append() {
            millis.addAndGet(random.nextInt(3));
            EventBatch batch = new EventBatch();
            boolean key = random.nextInt(4) == 0;
            int few = key ? 3 : 12;
            int count = random.nextInt(few) == 0 ? random.nextInt(1, 400) : random.nextInt(1, 6);
            List<Sent> events = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                int size = random.nextInt(40) == 0 ? random.nextInt(70_000) : random.nextInt(120);
                byte[] payload = TestEvents.payload(random.nextLong(), size);
                String type = "Type" + random.nextInt(3 + log.size() / 50);
                events.add(new Sent(anyStream(), type, payload));
                batch.add(events.get(i).stream(), NewEvent.of(type, payload));
            }
            if (key) {
                batch.idempotencyKey("key" + keyed.size());
            }
            AppendResult result = append(batch, events);
            if (key) {
                keyed.add(new Keyed(batch, events, result));
            }
        }

        private AppendResult append(EventBatch batch, List<Sent> events) {
            for (Sent event : events) {
                long version = versions.merge(event.stream(), 0L, (old, one) -> old + 1);
                log.add(
                        new Known(
                                log.size(),
                                event.stream(),
                                version,
                                event.type(),
                                event.payload(),
                                millis.get()));
            }
            AppendResult result = store.append(batch);
            assertFalse(result.repeated());
            assertEquals(log.size() - 1, result.lastPosition());
            assertEquals(log.size() - 1, store.head());
            chains.put(store.head(), store.chainHash(store.head()));
            if (seed % 2 == 0) {
                seals.add(store.seal().orElseThrow());
            }
            return result;
        }

        /** While any event of it is left, all are, and the answer is the first one. */
        private void appendAgain() {
            if (keyed.isEmpty()) {
                return;
            }
            int at = random.nextInt(keyed.size());
            Keyed old = keyed.get(at);
            if (old.result().firstPosition() < first) {
                keyed.set(
                        at,
                        new Keyed(old.batch(), old.events(), append(old.batch(), old.events())));
                return;
            }
            AppendResult again = store.append(old.batch());
            assertTrue(again.repeated());
            assertEquals(old.result().firstPosition(), again.firstPosition());
            assertEquals(old.result().lastPosition(), again.lastPosition());
            assertEquals(old.result().version(), again.version());
            assertEquals(log.size() - 1, store.head());
        }

        private void truncate(boolean regardless) {
            if (log.isEmpty()) {
                return;
            }
            long to = first + random.nextInt(Math.max(1, (int) (log.size() - first) / 2) + 1);
            Retention retention = store.retention();
            List<Hold> before = holdList().stream().filter(hold -> hold.position() < to).toList();
            long bound = regardless || before.isEmpty() ? to : before.get(0).position();
            Truncation done =
                    regardless
                            ? retention.truncateBeforeRegardless(to)
                            : retention.truncateBefore(to);
            assertTrue(done.firstPosition() <= Math.max(first, bound));
            assertEquals(done.firstPosition() - first, done.events());
            assertEquals(done.events() > 0, done.blocks() > 0);
            assertEquals(regardless ? List.of() : before, done.heldBack());
            first = done.firstPosition();
            assertTrue(keyed.stream().noneMatch(append -> append.isCutBy(first)));
            assertEquals(
                    regardless
                            ? holdList().stream().filter(hold -> hold.position() < first).toList()
                            : List.of(),
                    done.broken());
            assertEquals(first, retention.firstPosition());
        }

        private List<Hold> holdList() {
            List<Hold> list = new ArrayList<>();
            holds.forEach((name, position) -> list.add(new Hold(name, position)));
            list.sort(Comparator.comparingLong(Hold::position));
            return list;
        }

        private void hold() {
            String name = "hold" + random.nextInt(3);
            long position = Math.max(0, first - 3 + random.nextInt(log.size() + 3));
            if (position < first) {
                assertThrows(
                        EventsTruncatedException.class,
                        () -> store.retention().hold(name, position));
            } else {
                store.retention().hold(name, position);
                holds.put(name, position);
            }
            assertEquals(holdList(), store.retention().holds());
        }

        private void release() {
            String name = "hold" + random.nextInt(3);
            assertEquals(holds.remove(name) != null, store.retention().release(name));
        }

        private EventQuery narrowed(EventQuery query) {
            EventQuery narrow = query;
            if (random.nextInt(3) == 0) {
                narrow = narrow.limit(random.nextInt(30));
            }
            if (random.nextInt(3) == 0) {
                narrow = narrow.types(Set.of("Type0", "Type" + random.nextInt(1, 9)));
            }
            if (random.nextInt(3) == 0) {
                narrow = narrow.backward();
            }
            return switch (random.nextInt(4)) {
                case 0 -> narrow.from(random.nextInt(log.size() + 3));
                case 1 ->
                        narrow.fromTime(
                                Instant.ofEpochMilli(
                                        900 + random.nextLong(millis.get() - 900 + 10)));
                default -> narrow;
            };
        }

        private void checkStream() {
            StreamId stream = anyStream();
            check(narrowed(EventQuery.stream(stream)), event -> event.stream().equals(stream));
            Long version = versions.get(stream);
            assertEquals(
                    version == null ? OptionalLong.empty() : OptionalLong.of(version),
                    store.version(stream));
        }

        /** What the query should show, by the plainest means. */
        private List<Known> expected(EventQuery query, Predicate<Known> source) {
            boolean ofStream = query.source() instanceof EventQuery.Source.OfStream;
            List<Known> found = new ArrayList<>();
            for (Known event : log.subList((int) first, log.size())) {
                long number = ofStream ? event.version() : event.position();
                boolean in = query.isBackward() ? number <= query.from() : number >= query.from();
                if (query.start() instanceof EventQuery.Start.Time time) {
                    long at = time.instant().toEpochMilli();
                    in = query.isBackward() ? event.time() <= at : event.time() >= at;
                }
                boolean type = query.types().isEmpty() || query.types().contains(event.type());
                if (in && type && source.test(event)) {
                    found.add(event);
                }
            }
            if (query.isBackward()) {
                Collections.reverse(found);
            }
            return found.subList(0, (int) Math.min(query.limit(), found.size()));
        }

        private void check(EventQuery query, Predicate<Known> source) {
            List<Known> expected = expected(query, source);
            List<RecordedEvent> actual = store.readList(query);
            assertEquals(
                    expected.stream().map(Known::position).toList(),
                    actual.stream().map(RecordedEvent::position).toList(),
                    query::toString);
            for (int i = 0; i < actual.size(); i++) {
                assertEquals(expected.get(i).stream(), actual.get(i).stream());
                assertEquals(expected.get(i).version(), actual.get(i).version());
                assertEquals(expected.get(i).type(), actual.get(i).type());
                assertArrayEquals(expected.get(i).payload(), actual.get(i).payload());
            }
        }

        private void checkChain() {
            if (log.isEmpty()) {
                return;
            }
            for (long position : List.of(first - 1, first, first + random.nextInt(20))) {
                Long chain = chains.get(position);
                if (chain != null) {
                    assertEquals(chain, store.chainHash(position));
                }
            }
            if (first > 1) {
                long gone = random.nextLong(first - 1);
                EventsTruncatedException error =
                        assertThrows(EventsTruncatedException.class, () -> store.chainHash(gone));
                assertEquals(first, error.firstPosition());
            }
        }
    }
}
