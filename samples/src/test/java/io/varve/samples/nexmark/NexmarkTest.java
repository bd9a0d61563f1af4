package io.varve.samples.nexmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.Projection;
import io.varve.projections.testing.TopologyTestDriver;
import io.varve.samples.nexmark.NexmarkQuery.Comparison;
import io.varve.samples.terminal.Screen;
import io.varve.samples.terminal.UsageException;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NexmarkTest {
    private static final long SEED = Long.getLong("varve.seed", 42);

    static Stream<NexmarkQuery<?, ?>> queries() {
        return NexmarkQuery.all().stream();
    }

    @Test
    void shouldKnowTheQueriesByTheirNames() {
        assertEquals(
                List.of("q0", "q1", "q2", "q3", "q4", "q5", "q7", "q8", "q9", "q11", "q12"),
                queries().map(NexmarkQuery::name).toList());
    }

    @Test
    void shouldMakeEventsInTheirProportions() {
        Map<Class<?>, Integer> counts = new HashMap<>();
        Set<Long> persons = new HashSet<>();
        Set<Long> auctions = new HashSet<>();
        int hot = 0;
        long time = NexmarkGenerator.FIRST_MILLIS;
        for (NexmarkEvent event : new NexmarkGenerator(SEED, 5_000, 2)) {
            counts.merge(event.getClass(), 1, Integer::sum);
            assertEquals(time, event.dateTime());
            time += 2;
            if (event instanceof Person person) {
                persons.add(person.id());
            } else if (event instanceof Auction auction) {
                auctions.add(auction.id());
            } else if (event instanceof Bid bid) {
                hot += bid.auction() % 100 == 0 ? 1 : 0;
            }
        }
        assertEquals(Map.of(Person.class, 100, Auction.class, 300, Bid.class, 4_600), counts);
        assertEquals(100, persons.size());
        assertEquals(300, auctions.size());
        assertTrue(hot > 4_600 * 0.45 && hot < 4_600 * 0.55, "half of them, but " + hot);
    }

    @Test
    void shouldMakeTheSameEventsFromTheSameSeed() {
        NexmarkGenerator once = new NexmarkGenerator(SEED, 200, 1);
        NexmarkGenerator again = new NexmarkGenerator(SEED, 200, 1);
        assertTrue(again.iterator().hasNext());
        for (long number = 0; number < 200; number++) {
            assertEquals(once.event(number), again.event(number));
        }
    }

    /** 14 seconds of events: windows close, auctions are over, sessions end. */
    @Test
    void shouldAnswerAsPlainLoopsWouldAlsoAfterCrashesAndRebuilds() {
        NexmarkGenerator events = new NexmarkGenerator(SEED, 2_000, 7);
        NexmarkGenerator others = new NexmarkGenerator(SEED + 1, 2_000, 7);
        Projection[] projections =
                queries().map(NexmarkQuery::projection).toArray(Projection[]::new);
        try (TopologyTestDriver driver = new TopologyTestDriver(projections)) {
            driver.commitEvery(197).crashAfterEachCommit();
            for (NexmarkEvent event : events) {
                pipe(event, driver);
            }
            for (NexmarkQuery<?, ?> query : NexmarkQuery.all()) {
                Comparison comparison = compare(query, driver, events);
                assertEquals(0, comparison.differences(), query.about());
                assertTrue(comparison.rows() > 0, query.about());
                assertTrue(!compare(query, driver, others).right(), query.about());
            }
            driver.assertRebuildMatches();
        }
    }

    private static <K, V> Comparison compare(
            NexmarkQuery<K, V> query, TopologyTestDriver driver, NexmarkGenerator events) {
        return query.compare(driver.store(query.projection().name(), query.result()), events);
    }

    private static void pipe(NexmarkEvent event, TopologyTestDriver driver) {
        if (event instanceof Person person) {
            driver.pipe(Person.CATEGORY, Long.toString(person.id()), person, person.dateTime());
        } else if (event instanceof Auction auction) {
            driver.pipe(Auction.CATEGORY, Long.toString(auction.id()), auction, auction.dateTime());
        } else if (event instanceof Bid bid) {
            driver.pipe(Bid.CATEGORY, Long.toString(bid.auction()), bid, bid.dateTime());
        }
    }

    @Test
    void shouldPrintALineForEachQueryAndLeaveNothing(@TempDir Path folder) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream lines = new PrintStream(out, true, StandardCharsets.UTF_8);
        Screen screen =
                new Screen(lines, new PrintStream(OutputStream.nullOutputStream()), false, false);
        List<String> options =
                List.of(
                        "--only",
                        "q0,q11",
                        "--events",
                        "1300",
                        "--repeat",
                        "1",
                        "--dir",
                        folder.toString());

        assertEquals(0, new NexmarkSample(options, screen).run());
        List<String> printed = out.toString(StandardCharsets.UTF_8).lines().toList();
        assertEquals(2, printed.size(), printed::toString);
        for (String line : printed) {
            assertTrue(
                    line.matches("query=q\\d+ events=1300 events/s=\\d+ rows=\\d+ checked=yes .*"),
                    line);
        }
        try (Stream<Path> left = Files.list(folder)) {
            assertEquals(0, left.count());
        }
    }

    @Test
    void shouldRefuseAQueryThatItDoesNotKnow() {
        List<String> options = List.of("--only", "q0,q6");
        UsageException refused =
                assertThrows(
                        UsageException.class, () -> new NexmarkSample(options, Screen.ofProcess()));
        assertTrue(refused.getMessage().endsWith("not q6"), refused.getMessage());
    }
}
