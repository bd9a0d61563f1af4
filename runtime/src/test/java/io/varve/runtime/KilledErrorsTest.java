package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.EventQuery;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Kills processes whose projections fail, retry and discard. Whenever that is, each event of the
 * log is in the rows once, in the order of its stream, or there is a letter of it; and none is in
 * the rows behind one that can still be retried. Another seed: {@code -Dvarve.seed=1}.
 */
class KilledErrorsTest extends RuntimeTestBase {
    private final long seed = Long.getLong("varve.seed", System.nanoTime());
    private static final int MANY_EVENTS = 20_000;
    private static final int KEPT_LINES = 20;
    private static final int MOST_TIMES = 8;

    private final Random random = new Random(seed);

    /** What a child said it has left out for good. */
    private final Set<Long> discarded = new HashSet<>();

    private long retried;
    private String failure = "";

    /** What a child has printed last, as it says at what it was. */
    private final Deque<String> lastLines = new ArrayDeque<>();

    private int partitions = 1;

    /** At what the next child kills itself; empty for anything else. */
    private String step = "";

    /** Whether the next child kills itself, in the middle of an event; each second one does. */
    private boolean itself = random.nextBoolean();

    /** In one partition or in three, as the seed will have it. */
    @Test
    void shouldApplyEachEventOnceOrRecordItWhenKilled() throws Exception {
        partitions = random.nextBoolean() ? 1 : 3;
        kill(2, 600, 20);
    }

    @ParameterizedTest
    @CsvSource({"1, letter.added commit.done.0 late.done", "3, commit.written.1 commit.opened"})
    void shouldApplyEachEventOnceOrRecordItWhenKilledAtAStep(int of, String steps)
            throws Exception {
        killAt(of, steps, 1);
    }

    @ParameterizedTest
    @Tag("long")
    @Timeout(900)
    @CsvSource({
        "1, letter.added commit.written.0 commit.done.0 attempt.kept late.begun late.done",
        "3, letter.added commit.written.0 commit.written.2 commit.opened commit.done.0"
                + " commit.done.1 commit.done.2 attempt.kept late.begun late.done"
    })
    void shouldApplyEachEventOnceOrRecordItWhenKilledAtAStepOften(int of, String steps)
            throws Exception {
        killAt(of, steps, 5);
    }

    private void killAt(int of, String steps, int times) throws Exception {
        partitions = of;
        try {
            for (int i = 0; i < times; i++) {
                for (String one : steps.split(" ")) {
                    step = one;
                    store.close();
                    killOne(0, 0);
                    openStore();
                    check();
                }
            }
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("seed=" + seed + " step=" + step, e);
        }
    }

    @Test
    @Tag("long")
    @Timeout(900)
    void shouldApplyEachEventOnceOrRecordItInEachPartitionWhenKilledOften() throws Exception {
        partitions = 3;
        kill(60, 2_000, 60);
    }

    @Test
    @Tag("long")
    @Timeout(900)
    void shouldApplyEachEventOnceOrRecordItWhenKilledOften() throws Exception {
        kill(80, 2_000, 60);
    }

    /** After so many calls of the code, or lines that are printed, at most. */
    private void kill(int times, int mostCalls, int mostLines) throws Exception {
        try {
            // Some die before anything could be retried.
            for (int i = 0; i < times || retried == 0 && i < times + 20; i++) {
                beginAnewWhereMany(i);
                store.close();
                killOne(mostCalls, mostLines);
                openStore();
                check();
            }
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("seed=" + seed, e);
        }
        assertTrue(retried > 0, "nothing was retried, seed=" + seed);
    }

    /** Letters are purged by number, and to read them all must not take longer and longer. */
    private void beginAnewWhereMany(int round) throws IOException {
        if (store.head() >= MANY_EVENTS) {
            store.close();
            folder = Files.createDirectory(folder.resolve("from-" + round));
            discarded.clear();
            openStore();
        }
    }

    private void killOne(int mostCalls, int mostLines) throws Exception {
        itself = !itself;
        itself |= !step.isEmpty();
        long calls = itself && step.isEmpty() ? 1 + random.nextInt(mostCalls) : Long.MAX_VALUE;
        int lines = itself ? Integer.MAX_VALUE : 1 + random.nextInt(mostLines);
        lastLines.clear();
        try (ChildJvm child =
                new ChildJvm(
                        FailingChild.class,
                        folder,
                        random.nextInt(1 << 20),
                        calls,
                        partitions,
                        step,
                        1 + random.nextInt(MOST_TIMES))) {
            String line = child.line();
            for (int i = 0; i < lines && line != null; i++) {
                note(line);
                line = child.line();
            }
            if (!itself) {
                child.kill();
            }
            for (; line != null; line = child.line()) {
                note(line);
            }
            assertEquals(
                    137,
                    child.exitCode(),
                    () -> "it did not fail by itself: " + failure + " last=" + lastLines);
        }
    }

    private void note(String line) {
        lastLines.add(line);
        if (lastLines.size() > KEPT_LINES) {
            lastLines.remove();
        }
        String[] words = line.split(" ");
        if (words[0].equals("discarded") && words.length == 3) {
            discarded.add(Long.parseLong(words[1]));
        } else if (words[0].equals("retried") && words.length == 3) {
            retried += Long.parseLong(words[1]);
        } else if (words[0].equals("failed")) {
            failure = line;
        }
    }

    private void check() throws Exception {
        ProjectionRuntime runtime =
                ProjectionRuntime.builder(store, folder.resolve("models"))
                        .add(
                                AuthorDigests.projection(FailingChild.PROJECTION, serde, NOTHING),
                                ProjectionConfig.defaults().withPartitions(partitions))
                        .build();
        try (runtime) {
            runtime.start();
            long head = store.head();
            assertTrue(runtime.awaitPosition(FailingChild.PROJECTION, head, Notes.LONG));
            Map<Long, DeadLetter> letters = new HashMap<>();
            runtime.deadLetters(FailingChild.PROJECTION)
                    .list()
                    .forEach(letter -> letters.put(letter.position(), letter));
            for (long position : discarded) {
                DeadLetter letter = letters.get(position);
                assertNotNull(letter, () -> "no letter of position=" + position);
                assertEquals(DeadLetter.Kind.SKIPPED, letter.kind());
            }
            Map<Long, List<Long>> expected = expected(letters);
            try (ReadView view =
                    runtime.readView(FailingChild.PROJECTION, PositionBound.any(), Notes.LONG)) {
                for (long author = 0; author < FailingChild.AUTHORS; author++) {
                    assertEquals(
                            AuthorDigests.of(author, expected.getOrDefault(author, List.of())),
                            AuthorDigests.read(view, author),
                            "author " + author);
                }
            }
        }
    }

    /** The numbers of the notes of each author of which there is no letter. */
    private Map<Long, List<Long>> expected(Map<Long, DeadLetter> letters) {
        Map<Long, List<Long>> numbers = new HashMap<>();
        Set<Long> held = new HashSet<>();
        store.read(
                EventQuery.all(),
                event -> {
                    Notes.Note note = serde.deserialize(event.type(), event.payload());
                    DeadLetter letter = letters.get(event.position());
                    if (letter == null) {
                        assertTrue(!held.contains(note.author()), "applied behind a dead one");
                        numbers.computeIfAbsent(note.author(), key -> new ArrayList<>())
                                .add(note.number());
                    } else if (letter.isRetriable()) {
                        assertEquals(
                                held.add(note.author()) && letter.failure().isPresent(),
                                letter.kind() == DeadLetter.Kind.DEAD);
                    }
                    return true;
                });
        return numbers;
    }
}
