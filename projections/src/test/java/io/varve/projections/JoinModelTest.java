package io.varve.projections;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.varve.projections.testing.TopologyTestDriver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Random records, out of order and with nulls, random commits and crashes, against what is computed
 * from lists and maps.
 */
class JoinModelTest {
    private static final int RUNS = 60;
    private static final long BEFORE = 6;
    private static final long AFTER = 9;
    private static final long GRACE = 4;
    private static final JoinWindows WINDOWS =
            new JoinWindows(
                    Duration.ofMillis(BEFORE), Duration.ofMillis(AFTER), Duration.ofMillis(GRACE));

    private final long first = Long.getLong("varve.seed", 0);

    /** What came: the text may be null. */
    private record Piped(String category, String key, String text, long time) {}

    private static List<Piped> records(Random random) {
        List<Piped> records = new ArrayList<>();
        int count = random.nextInt(60);
        long time = 20;
        for (int i = 0; i < count; i++) {
            time += random.nextInt(4);
            String text =
                    random.nextInt(5) == 0
                            ? null
                            : "k" + random.nextInt(3) + ":" + random.nextInt(10);
            long late = random.nextInt(3) == 0 ? random.nextInt(20) : 0;
            records.add(
                    new Piped(
                            random.nextBoolean() ? "l" : "r",
                            "k" + random.nextInt(3),
                            text,
                            time - late));
        }
        return records;
    }

    /** Pipes all, commits and crashes, and compares with rebuilds at the end. */
    private static void run(TopologyTestDriver driver, List<Piped> records, Random random) {
        driver.commitEvery(1 + random.nextInt(10));
        for (Piped one : records) {
            TextStreams.pipe(driver, one.category(), one.key(), one.text(), one.time());
            if (random.nextInt(8) == 0) {
                driver.crash();
            }
        }
        driver.assertRebuildMatches();
    }

    private static String both(String a, String b) {
        return a + "+" + b;
    }

    private static Map<String, String> kept(TopologyTestDriver driver, String store) {
        Map<String, String> rows = new TreeMap<>();
        driver.store(StoreRef.<String, String>of(store)).forEach(rows::put);
        return rows;
    }

    private static void put(Map<String, String> rows, Piped one) {
        if (one.text() == null) {
            rows.remove(one.key());
        } else {
            rows.put(one.key(), one.text());
        }
    }

    private static Map<String, String> last(List<Piped> records, String category) {
        Map<String, String> rows = new TreeMap<>();
        records.stream()
                .filter(one -> one.category().equals(category))
                .forEach(one -> put(rows, one));
        return rows;
    }

    private static Table<String, String> sizes(Table<String, String> table, String store) {
        return table.groupBy(
                        (key, value) -> KeyValue.pair(value.substring(0, 2), value),
                        Grouped.with(TextStreams.TEXT, TextStreams.TEXT))
                .aggregate(
                        () -> "",
                        (key, value, all) -> sorted(all + "," + value),
                        (key, value, all) -> sorted(without(all, value)),
                        TextStreams.kept(store));
    }

    private static String without(String all, String value) {
        List<String> values = new ArrayList<>(List.of(all.split(",")));
        values.remove(value);
        return String.join(",", values);
    }

    private static String sorted(String all) {
        List<String> values = new ArrayList<>(List.of(all.split(",")));
        values.removeIf(String::isEmpty);
        values.sort(null);
        return String.join(",", values);
    }

    private static Map<String, String> grouped(Map<String, String> rows) {
        Map<String, String> groups = new TreeMap<>();
        rows.values()
                .forEach(
                        value ->
                                groups.merge(
                                        value.substring(0, 2),
                                        value,
                                        (a, b) -> sorted(a + "," + b)));
        return groups;
    }

    private static Map<String, String> notEmpty(Map<String, String> groups) {
        groups.values().removeIf(String::isEmpty);
        return groups;
    }

    @Test
    void shouldJoinTablesAsMapsDo() {
        for (long seed = first; seed < first + RUNS; seed++) {
            TextStreams texts = new TextStreams();
            Table<String, String> left = texts.table("l");
            Table<String, String> right = texts.table("r");
            left.join(right, JoinModelTest::both, TextStreams.kept("inner"));
            left.leftJoin(right, JoinModelTest::both, TextStreams.kept("left"));
            sizes(left.outerJoin(right, JoinModelTest::both), "outer-groups");
            sizes(left.join(left, JoinModelTest::both, TextStreams.kept("self")), "self-groups");
            Random random = new Random(seed);
            List<Piped> records = records(random);
            try (TopologyTestDriver driver = texts.driver()) {
                run(driver, records, random);
                Map<String, String> a = last(records, "l");
                Map<String, String> b = last(records, "r");
                String at = "seed=" + seed;
                assertEquals(joined(a, b, true, true), kept(driver, "inner"), at);
                assertEquals(joined(a, b, true, false), kept(driver, "left"), at);
                assertEquals(
                        grouped(joined(a, b, false, false)),
                        notEmpty(kept(driver, "outer-groups")),
                        at);
                assertEquals(joined(a, a, true, true), kept(driver, "self"), at);
                assertEquals(
                        grouped(joined(a, a, true, true)),
                        notEmpty(kept(driver, "self-groups")),
                        at);
            }
        }
    }

    private static Map<String, String> joined(
            Map<String, String> a, Map<String, String> b, boolean needed, boolean otherNeeded) {
        Map<String, String> rows = new TreeMap<>();
        for (int i = 0; i < 3; i++) {
            String key = "k" + i;
            boolean none =
                    !a.containsKey(key) && (needed || !b.containsKey(key))
                            || otherNeeded && !b.containsKey(key);
            if (!none) {
                rows.put(key, both(a.get(key), b.get(key)));
            }
        }
        return rows;
    }

    @Test
    void shouldJoinTablesByForeignKeyAsMapsDo() {
        for (long seed = first; seed < first + RUNS; seed++) {
            TextStreams texts = new TextStreams();
            Table<String, String> left = texts.table("l");
            Table<String, String> right = texts.table("r");
            left.join(
                    right,
                    ForeignKeyJoinTest::foreignKey,
                    JoinModelTest::both,
                    TextStreams.kept("inner"));
            sizes(
                    left.mapValues(value -> value + "!")
                            .leftJoin(
                                    right,
                                    ForeignKeyJoinTest::foreignKey,
                                    JoinModelTest::both,
                                    TextStreams.kept("left")),
                    "groups");
            left.join(
                    left,
                    ForeignKeyJoinTest::foreignKey,
                    JoinModelTest::both,
                    TextStreams.kept("self"));
            Random random = new Random(seed);
            List<Piped> records = records(random);
            try (TopologyTestDriver driver = texts.driver()) {
                run(driver, records, random);
                Map<String, String> a = last(records, "l");
                Map<String, String> b = last(records, "r");
                Map<String, String> marked = new TreeMap<>(a);
                marked.replaceAll((key, value) -> value + "!");
                String at = "seed=" + seed;
                assertEquals(byForeignKey(a, b, true), kept(driver, "inner"), at);
                assertEquals(byForeignKey(marked, b, false), kept(driver, "left"), at);
                assertEquals(
                        grouped(byForeignKey(marked, b, false)),
                        notEmpty(kept(driver, "groups")),
                        at);
                assertEquals(byForeignKey(a, a, true), kept(driver, "self"), at);
            }
        }
    }

    private static Map<String, String> byForeignKey(
            Map<String, String> a, Map<String, String> b, boolean otherNeeded) {
        Map<String, String> rows = new TreeMap<>();
        a.forEach(
                (key, value) -> {
                    String other = b.get(ForeignKeyJoinTest.foreignKey(value));
                    if (other != null || !otherNeeded) {
                        rows.put(key, both(value, other));
                    }
                });
        return rows;
    }

    /** What a join of streams says, in order, computed from all that came before each record. */
    private static final class PairsOracle {
        private final boolean leftOuter;
        private final boolean rightOuter;
        private final Map<String, List<Piped>> came =
                Map.of("l", new ArrayList<>(), "r", new ArrayList<>());
        private final List<Piped> waiting = new ArrayList<>();
        private final List<String> results = new ArrayList<>();
        private long now = Long.MIN_VALUE;

        PairsOracle(boolean leftOuter, boolean rightOuter) {
            this.leftOuter = leftOuter;
            this.rightOuter = rightOuter;
        }

        private static long after(Piped one) {
            return one.category().equals("l") ? AFTER : BEFORE;
        }

        private static long before(Piped one) {
            return one.category().equals("l") ? BEFORE : AFTER;
        }

        private void say(Piped one, Piped other, long time) {
            boolean isLeft = one.category().equals("l");
            String text = other == null ? null : other.text();
            results.add(
                    one.key()
                            + "="
                            + (isLeft ? both(one.text(), text) : both(text, one.text()))
                            + "@"
                            + time);
        }

        void see(Piped one) {
            now = Math.max(now, one.time());
            if (one.text() == null) {
                return;
            }
            came.get(one.category()).add(one);
            if (one.time() == now) {
                close();
            }
            List<Piped> others = came.get(one.category().equals("l") ? "r" : "l");
            long latest = others.stream().mapToLong(Piped::time).max().orElse(0);
            List<Piped> matches =
                    others.stream()
                            .filter(other -> other.key().equals(one.key()))
                            .filter(other -> other.time() > latest - BEFORE - AFTER - GRACE)
                            .filter(other -> other.time() >= one.time() - before(one))
                            .filter(other -> other.time() <= one.time() + after(one))
                            .sorted(Comparator.comparingLong(Piped::time))
                            .toList();
            for (Piped match : matches) {
                waiting.removeIf(other -> other == match);
                say(one, match, Math.max(one.time(), match.time()));
            }
            if (matches.isEmpty() && (one.category().equals("l") ? leftOuter : rightOuter)) {
                if (one.time() + after(one) < now) {
                    say(one, null, one.time());
                } else {
                    waiting.add(one);
                }
            }
        }

        private void close() {
            List<Piped> over =
                    waiting.stream()
                            .filter(one -> one.time() + after(one) + GRACE < now)
                            .sorted(
                                    Comparator.comparingLong(Piped::time)
                                            .thenComparing(one -> one.category().equals("l"))
                                            .thenComparing(Piped::key))
                            .toList();
            waiting.removeAll(over);
            over.forEach(one -> say(one, null, one.time()));
        }
    }

    @Test
    void shouldJoinStreamsAsListsDo() {
        for (long seed = first; seed < first + RUNS; seed++) {
            Random random = new Random(seed);
            int kind = random.nextInt(3);
            List<Piped> records = records(random);
            TextStreams texts = new TextStreams();
            PairsOracle oracle = new PairsOracle(kind > 0, kind > 1);
            records.forEach(oracle::see);
            EventStream<String, String> pairs = pairs(texts, kind);
            pairs.groupBy((key, value) -> "all", Grouped.with(TextStreams.TEXT, TextStreams.TEXT))
                    .reduce((a, b) -> a + " " + b, TextStreams.kept("all"));
            List<String> seen = TextStreams.seen(pairs);
            try (TopologyTestDriver driver = texts.driver()) {
                for (Piped one : records) {
                    TextStreams.pipe(driver, one.category(), one.key(), one.text(), one.time());
                }
                assertEquals(oracle.results, seen, "seed=" + seed + " kind=" + kind);
            }
            try (TopologyTestDriver driver = texts.driver()) {
                run(driver, records, random);
                String all =
                        String.join(
                                " ",
                                oracle.results.stream()
                                        .map(
                                                one ->
                                                        one.substring(
                                                                one.indexOf('=') + 1,
                                                                one.indexOf('@')))
                                        .toList());
                assertEquals(
                        all,
                        driver.store(StoreRef.<String, String>of("all")).get("all").orElse(""),
                        "seed=" + seed + " kind=" + kind);
            }
        }
    }

    private static EventStream<String, String> pairs(TextStreams texts, int kind) {
        EventStream<String, String> left = texts.stream("l");
        EventStream<String, String> right = texts.stream("r");
        StreamJoined<String, String, String> joined =
                StreamJoined.with(
                        StoreRef.of("pairs"), TextStreams.TEXT, TextStreams.TEXT, TextStreams.TEXT);
        return switch (kind) {
            case 0 -> left.join(right, JoinModelTest::both, WINDOWS, joined);
            case 1 -> left.leftJoin(right, JoinModelTest::both, WINDOWS, joined);
            default -> left.outerJoin(right, JoinModelTest::both, WINDOWS, joined);
        };
    }
}
