package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.CacheSize;
import io.varve.store.StreamId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random events, of which some fail always, some fail a few times, until they are mended or not;
 * random policies, restarts, retries and discards. Against the rule: the events of a stream in
 * order, each applied exactly once or recorded. Another seed: {@code -Dvarve.seed=1}.
 */
class ErrorsModelTest extends RuntimeTestBase {
    private static final int AUTHORS = 5;
    private static final int ROUNDS = 25;

    /** The rule, in plain Java. */
    private static final class Oracle {
        private record Event(long position, int author, long number) {}

        private final List<Event> log = new ArrayList<>();
        private final Map<Integer, List<Long>> applied = new TreeMap<>();
        private final TreeMap<Long, DeadLetter.Kind> letters = new TreeMap<>();
        private int next;

        private boolean isHeld(int author) {
            return !retriable(author).isEmpty();
        }

        private List<Long> retriable(int author) {
            return letters.entrySet().stream()
                    .filter(one -> one.getValue() != DeadLetter.Kind.SKIPPED)
                    .map(Map.Entry::getKey)
                    .filter(position -> log.get((int) (long) position).author() == author)
                    .toList();
        }

        private void apply(Event event) {
            applied.computeIfAbsent(event.author(), key -> new ArrayList<>()).add(event.number());
        }

        private void goOn(Set<Long> wrong, DeadLetter.Kind left) {
            for (; next < log.size(); next++) {
                Event event = log.get(next);
                if (isHeld(event.author())) {
                    letters.put(event.position(), DeadLetter.Kind.WAITING);
                } else if (wrong.contains(event.position())) {
                    letters.put(event.position(), left);
                } else {
                    apply(event);
                }
            }
        }

        private int retry(int author, Set<Long> wrong) {
            int count = 0;
            for (long position : retriable(author)) {
                if (wrong.contains(position)) {
                    letters.put(position, DeadLetter.Kind.DEAD);
                    return count;
                }
                letters.remove(position);
                apply(log.get((int) position));
                count++;
            }
            return count;
        }
    }

    private final Oracle oracle = new Oracle();

    /** Positions whose events fail until they are taken out. */
    private final Set<Long> wrong = ConcurrentHashMap.newKeySet();

    /** How often the event at a position still fails. */
    private final Map<Long, Integer> passing = new ConcurrentHashMap<>();

    private final Map<String, Long> positions = new ConcurrentHashMap<>();
    private final long[] numbers = new long[AUTHORS];
    private Random random;
    private ProjectionRuntime runtime;
    private DeadLetter.Kind left;
    private int retries;

    private void hook(Notes.Note note) {
        long position = positions.get(note.author() + "/" + note.number());
        if (wrong.contains(position)) {
            throw new IllegalStateException("wrong at " + position);
        }
        if (passing.containsKey(position)) {
            passing.computeIfPresent(position, (key, times) -> times == 1 ? null : times - 1);
            throw new IllegalStateException("not yet at " + position);
        }
    }

    private void startAgain() throws InterruptedException {
        boolean midway = runtime != null && random.nextBoolean();
        if (!midway) {
            if (runtime != null) {
                awaitHead();
            }
            choosePolicy();
        }
        if (runtime != null) {
            runtime.close();
        }
        start();
    }

    private void choosePolicy() {
        left = random.nextInt(3) == 0 ? DeadLetter.Kind.SKIPPED : DeadLetter.Kind.DEAD;
        retries = random.nextInt(4);
    }

    private void start() {
        ErrorPolicy.Final last =
                left == DeadLetter.Kind.SKIPPED ? ErrorPolicy.skip() : ErrorPolicy.deadLetter();
        ErrorPolicy policy =
                retries == 0 ? last : ErrorPolicy.retry(retries, Duration.ofMillis(1), last);
        RuntimeConfig config =
                RuntimeConfig.defaults()
                        .withRingSlots(2 << random.nextInt(3))
                        .withSlotEvents(1 + random.nextInt(8))
                        .withCatchUpBatchEvents(1 + random.nextInt(100));
        runtime =
                closing(
                        ProjectionRuntime.builder(store, folder.resolve("models"))
                                .add(
                                        AuthorDigests.projection("digests", serde, this::hook),
                                        ProjectionConfig.defaults()
                                                .withErrorPolicy(policy)
                                                .withCacheSize(
                                                        CacheSize.entries(random.nextInt(6))))
                                .config(config)
                                .build());
        runtime.start();
    }

    private void append() {
        for (int i = random.nextInt(60); i > 0; i--) {
            int author = random.nextInt(AUTHORS);
            long number = numbers[author]++;
            long position = oracle.log.size();
            positions.put(author + "/" + number, position);
            if (random.nextInt(15) == 0) {
                wrong.add(position);
            } else if (retries > 0 && random.nextInt(15) == 0) {
                passing.put(position, 1 + random.nextInt(retries));
            }
            oracle.log.add(new Oracle.Event(position, author, number));
            assertEquals(position, append(author, number, 1));
        }
        oracle.goOn(wrong, left);
    }

    private void awaitHead() throws InterruptedException {
        assertTrue(runtime.awaitPosition("digests", store.head(), Notes.LONG), "not reached");
    }

    private static StreamId stream(int author) {
        return StreamId.of(Notes.CATEGORY, "author-" + author);
    }

    private void mendSome() {
        // What is waiting fails a few times in a retry as well, where nothing tries again.
        passing.clear();
        new HashSet<>(wrong)
                .stream().filter(position -> random.nextBoolean()).forEach(wrong::remove);
    }

    private void changeLetters() throws InterruptedException {
        DeadLetters letters = runtime.deadLetters("digests");
        int author = random.nextInt(AUTHORS);
        List<Long> retriable = oracle.retriable(author);
        switch (random.nextInt(4)) {
            case 0 -> {
                if (!retriable.isEmpty()) {
                    long position = retriable.get(random.nextInt(retriable.size()));
                    assertTrue(letters.discard(position, Notes.LONG));
                    oracle.letters.put(position, DeadLetter.Kind.SKIPPED);
                }
            }
            case 1 -> {
                assertEquals(
                        retriable.size(), letters.discard(stream(author), Notes.LONG), "discarded");
                retriable.forEach(
                        position -> oracle.letters.put(position, DeadLetter.Kind.SKIPPED));
            }
            default -> {
                mendSome();
                RetryResult result = letters.retry(stream(author), Notes.LONG);
                assertEquals(oracle.retry(author, wrong), result.applied());
                assertEquals(oracle.retriable(author).size(), result.remaining());
                assertEquals(result.remaining() > 0, result.failure().isPresent());
            }
        }
    }

    private void check() throws InterruptedException {
        Map<Long, DeadLetter.Kind> found = new TreeMap<>();
        runtime.deadLetters("digests")
                .list()
                .forEach(letter -> found.put(letter.position(), letter.kind()));
        assertEquals(oracle.letters, found);
        DeadLetterCounts counts = runtime.status("digests").deadLetters();
        assertEquals(count(DeadLetter.Kind.DEAD), counts.dead());
        assertEquals(count(DeadLetter.Kind.WAITING), counts.waiting());
        assertEquals(count(DeadLetter.Kind.SKIPPED), counts.skipped());
        try (ReadView view = runtime.readView("digests", PositionBound.any(), Notes.LONG)) {
            for (int author = 0; author < AUTHORS; author++) {
                assertEquals(
                        AuthorDigests.of(author, oracle.applied.getOrDefault(author, List.of())),
                        AuthorDigests.read(view, author),
                        "author " + author);
            }
        }
        assertEquals(Optional.empty(), runtime.status("digests").failure());
    }

    private long count(DeadLetter.Kind kind) {
        return oracle.letters.values().stream().filter(kind::equals).count();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void shouldApplyEachEventOnceInOrderOrRecordIt(long given) throws Exception {
        walk(given);
    }

    @ParameterizedTest
    @Tag("long")
    @ValueSource(longs = {4, 5, 6, 7, 8, 9, 10, 11, 12})
    void shouldApplyEachEventOnceInOrderOrRecordItForLong(long given) throws Exception {
        walk(given);
    }

    private void walk(long given) throws Exception {
        long seed = Long.getLong("varve.seed", given);
        random = new Random(seed);
        try {
            startAgain();
            for (int round = 0; round < ROUNDS; round++) {
                append();
                if (random.nextInt(4) == 0) {
                    startAgain();
                }
                awaitHead();
                check();
                for (int i = random.nextInt(4); i > 0; i--) {
                    changeLetters();
                    check();
                }
            }
        } catch (AssertionError e) {
            throw new AssertionError("seed=" + seed, e);
        }
    }
}
