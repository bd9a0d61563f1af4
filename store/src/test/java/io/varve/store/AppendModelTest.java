package io.varve.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Appends with keys, marks, tombstones and expectations, of a store and of maps in memory. */
class AppendModelTest {
    private static final Comparator<StreamId> BY_BYTES =
            (a, b) -> Arrays.compareUnsigned(bytes(a), bytes(b));

    @TempDir Path folder;

    private static byte[] bytes(StreamId id) {
        return id.toString().getBytes(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void shouldAnswerAsMapsWould(long seed) throws IOException {
        new Run(folder, seed).run(500);
    }

    @Test
    @Tag("long")
    void shouldAnswerAsMapsWouldForALongTime() throws IOException {
        for (int i = 0; i < 4; i++) {
            long seed = Long.getLong("varve.seed", System.nanoTime());
            new Run(folder.resolve("run" + i), seed).run(1_500);
        }
    }

    private record Made(String content, AppendResult result) {}

    /** What is to be appended, and a text that is equal where the content is. */
    private record Attempt(
            EventBatch batch,
            List<StreamId> streams,
            boolean tombstone,
            String content,
            Optional<String> key,
            Optional<ProducerMark> mark,
            Map<StreamId, ExpectedVersion> expected) {}

    private static final class Run {
        private final SplittableRandom random;
        private final long seed;
        private final Path base;
        private Path folder;
        private EventStore store;
        private int openings;

        private final TreeMap<StreamId, StreamInfo> streams = new TreeMap<>(BY_BYTES);
        private final Map<String, Made> keys = new HashMap<>();
        private final Map<String, RecordedMark> marks = new HashMap<>();
        private final Set<Class<?>> outcomes = new HashSet<>();
        private long head = -1;
        private Iterator<StreamInfo> open = List.<StreamInfo>of().iterator();
        private Iterator<StreamInfo> openExpected = open;

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
                assertEquals(6, outcomes.size(), outcomes::toString);
            } catch (RuntimeException | Error e) {
                throw new AssertionError("seed=" + seed + " step=" + step + " folder=" + folder, e);
            } finally {
                store.close();
            }
        }

        private void open() {
            openings++;
            open = openExpected = List.<StreamInfo>of().iterator();
            store =
                    EventStore.open(
                            StoreConfig.at(folder)
                                    .withInitialMapBytes(1 << 20)
                                    .withMergeEvents(1 + random.nextInt(60)));
            assertEquals(head, store.head());
        }

        private void step() throws IOException {
            switch (random.nextInt(100)) {
                case 0 -> {
                    store.close();
                    open();
                }
                case 1 -> {
                    store.close();
                    TestEvents.deleteIndex(folder);
                    open();
                }
                case 2 -> crash();
                case 3, 4, 5 -> lookAtStreams();
                case 6, 7, 8 -> listOne();
                case 9, 10, 11, 12 -> lookAtMarks();
                case 13, 14, 15, 16, 17, 18, 19, 20 -> goOnListing();
                default -> append();
            }
        }

        /** What is on disk while nobody appends is what a killed process leaves. */
        private void crash() throws IOException {
            Path copy = base.resolve("store" + openings);
            TestEvents.copy(folder, copy);
            store.close();
            folder = copy;
            open();
        }

        private StreamId anyStream() {
            String category = List.of("a", "a-b", "b", "ü").get(random.nextInt(4));
            String key = List.of("k", "\uFFFD", "𝄞", "a/b").get(random.nextInt(4));
            return StreamId.of(category, key + random.nextInt(40));
        }

        private Attempt attempt() {
            EventBatch batch = new EventBatch();
            Map<StreamId, ExpectedVersion> expected = new LinkedHashMap<>();
            List<StreamId> events = new ArrayList<>();
            StringBuilder content = new StringBuilder();
            int count = 1 + random.nextInt(3);
            for (int i = 0; i < count; i++) {
                StreamId stream = anyStream();
                String text = "t" + random.nextInt(2);
                batch.add(stream, TestEvents.event(text));
                events.add(stream);
                content.append(stream).append('=').append(text).append(';');
            }
            if (random.nextInt(3) == 0) {
                StreamId stream = anyStream();
                ExpectedVersion version = expectation(stream);
                expected.put(stream, version);
                batch.expect(stream, version);
            }
            boolean tombstone = random.nextInt(40) == 0;
            if (tombstone) {
                StreamId stream = anyStream();
                batch.tombstone(stream);
                events.add(stream);
                content.append(stream).append("=$;");
            }
            Optional<ProducerMark> mark =
                    head >= 0 && random.nextInt(3) == 0 ? mark() : Optional.empty();
            mark.ifPresent(batch::producerMark);
            mark.ifPresent(content::append);
            Optional<String> key =
                    random.nextInt(3) == 0
                            ? Optional.of("key" + random.nextInt(400))
                            : Optional.empty();
            key.ifPresent(batch::idempotencyKey);
            return new Attempt(batch, events, tombstone, content.toString(), key, mark, expected);
        }

        private ExpectedVersion expectation(StreamId stream) {
            StreamInfo known = streams.get(stream);
            return switch (random.nextInt(4)) {
                case 0 -> ExpectedVersion.noStream();
                case 1 -> ExpectedVersion.streamExists();
                case 2 -> ExpectedVersion.exactly(random.nextInt(5));
                default ->
                        known == null
                                ? ExpectedVersion.noStream()
                                : ExpectedVersion.exactly(known.version());
            };
        }

        private Optional<ProducerMark> mark() {
            String producer = "p" + random.nextInt(5);
            RecordedMark known = marks.get(producer);
            if (known == null || random.nextInt(6) == 0) {
                return Optional.of(
                        ProducerMark.first(producer, random.nextInt(3), random.nextLong(head + 1)));
            }
            long epoch = Math.max(0, known.epoch() + random.nextInt(-1, 2));
            long previous = random.nextInt(5) == 0 ? known.position() / 2 : known.position();
            long position = Math.min(head, Math.max(previous, known.position()) + 3);
            return Optional.of(
                    new ProducerMark(producer, epoch, OptionalLong.of(previous), position));
        }

        private void append() {
            Attempt attempt = attempt();
            AppendOutcome expected = expected(attempt);
            AppendOutcome actual = store.tryAppend(attempt.batch());
            outcomes.add(actual.getClass());
            assertEquals(expected, actual);
            assertEquals(head, store.head());
            if (random.nextBoolean() && attempt.key().isPresent()) {
                assertEquals(expected(attempt), store.tryAppend(attempt.batch()));
            }
        }

        private AppendOutcome expected(Attempt attempt) {
            Made made = attempt.key().map(keys::get).orElse(null);
            if (made != null) {
                AppendResult first = made.result();
                return made.content().equals(attempt.content())
                        ? new AppendOutcome.Appended(
                                new AppendResult(
                                        first.firstPosition(),
                                        first.lastPosition(),
                                        first.version(),
                                        true))
                        : new AppendOutcome.KeyReused(
                                attempt.key().orElseThrow(), first.firstPosition());
            }
            for (StreamId stream : new java.util.LinkedHashSet<>(attempt.streams())) {
                StreamInfo known = streams.get(stream);
                if (known != null && known.tombstoned()) {
                    return new AppendOutcome.Tombstoned(stream, known.version());
                }
            }
            for (Map.Entry<StreamId, ExpectedVersion> entry : attempt.expected().entrySet()) {
                StreamInfo known = streams.get(entry.getKey());
                long version = known == null ? -1 : known.version();
                if (!entry.getValue().matches(version)) {
                    return new AppendOutcome.Conflict(entry.getKey(), entry.getValue(), version);
                }
            }
            return attempt.mark().flatMap(this::misfit).orElseGet(() -> made(attempt));
        }

        private Optional<AppendOutcome> misfit(ProducerMark mark) {
            Optional<RecordedMark> known = Optional.ofNullable(marks.get(mark.producer()));
            if (known.isPresent() && known.get().epoch() > mark.epoch()) {
                return Optional.of(new AppendOutcome.Fenced(mark, known.get()));
            }
            Optional<Long> previous = mark.previous().stream().boxed().findFirst();
            return previous.equals(known.map(RecordedMark::position))
                    ? Optional.empty()
                    : Optional.of(new AppendOutcome.WrongMark(mark, known));
        }

        private AppendOutcome made(Attempt attempt) {
            long first = head + 1;
            StreamInfo last = null;
            for (int i = 0; i < attempt.streams().size(); i++) {
                StreamId stream = attempt.streams().get(i);
                StreamInfo known = streams.get(stream);
                boolean tombstone = attempt.tombstone() && i == attempt.streams().size() - 1;
                last =
                        new StreamInfo(
                                stream, known == null ? 0 : known.version() + 1, ++head, tombstone);
                streams.put(stream, last);
            }
            AppendResult result = new AppendResult(first, head, last.version());
            attempt.key().ifPresent(key -> keys.put(key, new Made(attempt.content(), result)));
            attempt.mark().ifPresent(mark -> marks.put(mark.producer(), mark.recorded()));
            return new AppendOutcome.Appended(result);
        }

        private void lookAtStreams() {
            assertEquals(List.copyOf(streams.values()), store.streams().all().toList());
            Map<String, CategoryInfo> categories = new LinkedHashMap<>();
            for (StreamInfo info : streams.values()) {
                categories.merge(
                        info.id().category(),
                        new CategoryInfo(
                                info.id().category(), 1, info.version() + 1, info.lastPosition()),
                        (a, b) ->
                                new CategoryInfo(
                                        a.name(),
                                        a.streams() + 1,
                                        a.events() + b.events(),
                                        Math.max(a.lastPosition(), b.lastPosition())));
            }
            assertEquals(List.copyOf(categories.values()), store.streams().categories());
        }

        private void listOne() {
            StreamId first = anyStream();
            assertEquals(Optional.ofNullable(streams.get(first)), store.streams().find(first));
            assertEquals(
                    streams.tailMap(first).values().stream()
                            .filter(info -> info.id().category().equals(first.category()))
                            .toList(),
                    store.streams().from(first).toList());
            assertEquals(
                    streams.values().stream()
                            .filter(info -> info.id().category().equals(first.category()))
                            .toList(),
                    store.streams().of(first.category()).toList());
        }

        /** A list that is used slowly is of the head when it was begun. */
        private void goOnListing() {
            if (!openExpected.hasNext()) {
                assertEquals(false, open.hasNext());
                open = store.streams().all().iterator();
                openExpected = List.copyOf(streams.values()).iterator();
            }
            for (int i = random.nextInt(60); i > 0 && openExpected.hasNext(); i--) {
                assertEquals(openExpected.next(), open.next());
            }
        }

        private void lookAtMarks() {
            for (int i = 0; i < 6; i++) {
                String producer = "p" + i;
                assertEquals(
                        Optional.ofNullable(marks.get(producer)), store.producerMark(producer));
            }
        }
    }
}
