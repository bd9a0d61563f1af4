package io.varve.projections;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.varve.projections.query.RangeQuery;
import io.varve.projections.query.ReadOnlyKeyValueStore;
import io.varve.projections.query.StoreIndex;
import io.varve.projections.testing.TopologyTestDriver;
import io.varve.store.StreamId;
import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.serde.EventSerde;
import io.varve.store.serde.Serde;
import io.varve.store.serde.Serdes;
import io.varve.store.state.Checkpoint;
import io.varve.store.state.StateConfig;
import io.varve.store.state.StateEnvironment;
import io.varve.store.state.StateView;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Indexes under random changes, commits, crashes and abandoned batches, against sorted lists. */
class StoreIndexModelTest {
    private static final EventSerde<String> TEXT =
            EventSerde.of(String.class).type("text", String.class, Serdes.utf8()).build();
    private static final String DELETE = "-";
    private static final StoreRef<String, Letters> STORE = StoreRef.of("letters");
    private static final StoreIndex<String, Letters, String> PARTS =
            StoreIndex.ofMany("parts", (key, letters) -> letters.parts(), Serdes.utf8());
    private static final Topology TOPOLOGY = topology();

    /** Changed in place, which must not hide from the index what it has to remove. */
    private static final class Letters {
        private String text;

        private Letters(String text) {
            this.text = text;
        }

        private List<String> parts() {
            return text.isEmpty() ? List.of() : List.of(text.split("\\|", -1));
        }
    }

    private static Topology topology() {
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream("notes", Consumed.with(TEXT))
                .groupByKey()
                .aggregate(
                        () -> new Letters(""),
                        (key, text, letters) -> {
                            letters.text = text;
                            return text.equals(DELETE) ? null : letters;
                        },
                        Materialized.as(STORE, Serdes.utf8(), lettersSerde()).withIndex(PARTS));
        return builder.build();
    }

    private static Serde<Letters> lettersSerde() {
        return new Serde<>() {
            @Override
            public void serialize(Letters value, BytesWriter out) {
                Serdes.utf8().serialize(value.text, out);
            }

            @Override
            public Letters deserialize(BytesView in) {
                return new Letters(Serdes.utf8().deserialize(in));
            }
        };
    }

    private record Found(String part, String key) {}

    /**
     * What the index must hold, in order: code units have the order of bytes here, all below 80.
     */
    private static List<Found> expected(Map<String, String> rows) {
        List<Found> all = new ArrayList<>();
        rows.forEach(
                (key, text) ->
                        new LinkedHashSet<>(new Letters(text).parts())
                                .forEach(part -> all.add(new Found(part, key))));
        all.sort(Comparator.comparing(Found::part).thenComparing(Found::key));
        return all;
    }

    private static String anyText(Random random) {
        if (random.nextInt(4) == 0) {
            return random.nextBoolean() ? DELETE : "";
        }
        char[] alphabet = {0, 1, 2, 'a', 'b', '|'};
        char[] text = new char[1 + random.nextInt(6)];
        for (int i = 0; i < text.length; i++) {
            text[i] = alphabet[random.nextInt(alphabet.length)];
        }
        return new String(text);
    }

    private static List<SourceEvent> events(Random random) {
        List<SourceEvent> events = new ArrayList<>();
        for (int i = random.nextInt(60); i >= 0; i--) {
            StreamId stream = StreamId.of("notes", "s" + random.nextInt(5));
            events.add(SourceEvent.of(events.size(), stream, 0, "text", 0, anyText(random)));
        }
        return events;
    }

    private static void run(StateEnvironment environment, List<SourceEvent> events, Random random) {
        ProjectionTask task = AnyCache.task(TOPOLOGY, environment, random);
        int next = 0;
        while (next < events.size()) {
            task.process(events.get(next++));
            switch (random.nextInt(10)) {
                case 0, 1, 2 -> task.commit(new Checkpoint(new UUID(0, 0), 0, next - 1, 0));
                case 3 -> {
                    task.abandon();
                    next = committed(task);
                }
                case 4 -> {
                    task.close();
                    task = AnyCache.task(TOPOLOGY, environment, random);
                    next = committed(task);
                }
                default -> {}
            }
        }
        task.commit(new Checkpoint(new UUID(0, 0), 0, next - 1, 0));
        task.close();
    }

    private static int committed(ProjectionTask task) {
        return task.checkpoint().map(c -> (int) c.position() + 1).orElse(0);
    }

    private static Map<String, String> rows(List<SourceEvent> events) {
        Map<String, String> rows = new TreeMap<>();
        for (SourceEvent event : events) {
            String text = (String) event.value();
            rows.put(event.stream().key(), text);
            rows.values().removeIf(DELETE::equals);
        }
        return rows;
    }

    private static List<Found> found(
            ReadOnlyKeyValueStore<String, Letters> store,
            RangeQuery<String> query,
            Map<String, String> rows) {
        List<Found> found = new ArrayList<>();
        store.index(PARTS)
                .scan(
                        query,
                        (part, key, letters) -> {
                            assertEquals(rows.get(key), letters.text);
                            return found.add(new Found(part, key));
                        });
        assertEquals(found.size(), store.index(PARTS).count(query));
        return found;
    }

    private static void compare(
            ReadOnlyKeyValueStore<String, Letters> store, List<SourceEvent> events, Random random) {
        Map<String, String> rows = rows(events);
        List<Found> all = expected(rows);
        assertEquals(all, found(store, RangeQuery.all(), rows));
        for (int i = 0; i < 10; i++) {
            String a = anyText(random);
            String b = anyText(random);
            assertEquals(
                    all.stream().filter(f -> f.part().startsWith(a)).toList(),
                    found(store, RangeQuery.prefix(a), rows));
            assertEquals(
                    all.stream().filter(f -> f.part().equals(a)).map(Found::key).toList(),
                    store.index(PARTS).get(a).stream().map(Map.Entry::getKey).toList());
            List<Found> between =
                    new ArrayList<>(
                            all.stream()
                                    .filter(
                                            f ->
                                                    f.part().compareTo(a) >= 0
                                                            && f.part().compareTo(b) < 0)
                                    .toList());
            assertEquals(between, found(store, RangeQuery.between(a, b), rows));
            Collections.reverse(between);
            int limit = random.nextInt(4);
            assertEquals(
                    between.stream().limit(limit).toList(),
                    found(store, RangeQuery.between(a, b).reverse().limit(limit), rows));
        }
    }

    private static void check(StateEnvironment environment, long seed) {
        Random random = new Random(seed);
        List<SourceEvent> events = events(random);
        run(environment, events, random);
        try (StateView view = environment.view()) {
            compare(TOPOLOGY.store(STORE, view), events, random);
        } catch (AssertionError e) {
            throw new AssertionError("seed=" + seed, e);
        }
    }

    @Test
    void shouldHoldWhatSortedListsHold() {
        for (long seed = 0; seed < 300; seed++) {
            try (StateEnvironment environment = StateEnvironment.inMemory(TOPOLOGY.tables())) {
                check(environment, seed);
            }
        }
    }

    @Test
    void shouldHoldTheSameOnDisk(@TempDir Path folder) {
        String[] tables = TOPOLOGY.tables().toArray(String[]::new);
        for (long seed = 0; seed < 10; seed++) {
            StateConfig config = StateConfig.at(folder.resolve("s" + seed)).withTables(tables);
            try (StateEnvironment environment = StateEnvironment.open(config)) {
                check(environment, seed);
            }
        }
    }

    @Test
    void shouldRebuildToTheSameBytes() {
        for (long seed = 0; seed < 20; seed++) {
            Random random = new Random(seed);
            try (TopologyTestDriver driver = new TopologyTestDriver(TOPOLOGY)) {
                driver.commitEvery(1 + random.nextInt(9));
                for (SourceEvent event : events(random)) {
                    driver.pipe("notes", event.stream().key(), event.value());
                }
                driver.assertRebuildMatches();
            }
        }
    }
}
