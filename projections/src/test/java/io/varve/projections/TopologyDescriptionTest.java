package io.varve.projections;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.varve.store.serde.EventSerde;
import io.varve.store.serde.Serdes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * The expected texts were printed by Kafka Streams 3.9.0 for the same programs, with in-memory
 * stores.
 */
class TopologyDescriptionTest {
    private static final EventSerde<String> SERDE =
            EventSerde.of(String.class).type("text", String.class, Serdes.utf8()).build();

    private final StreamsBuilder builder = new StreamsBuilder();

    private EventStream<String, String> stream(String category) {
        return builder.stream(category, Consumed.with(SERDE));
    }

    private static Materialized<String, Long> counts(String store) {
        return Materialized.as(StoreRef.<String, Long>of(store)).withKeySerde(Serdes.utf8());
    }

    private static Materialized<String, String> texts(String store) {
        return Materialized.as(StoreRef.of(store), Serdes.utf8(), Serdes.utf8());
    }

    @Test
    void shouldPrintWhatKafkaStreamsPrintsForBranches() {
        EventStream<String, String> orders = stream("orders");
        orders.filter((k, v) -> true).mapValues(v -> v).groupByKey().count(counts("counts"));
        orders.filterNot((k, v) -> true)
                .peek((k, v) -> {})
                .flatMapValues(v -> List.of(v))
                .groupByKey()
                .reduce((x, y) -> x, texts("reduced"));
        orders.groupByKey().aggregate(() -> "", (k, v, x) -> x, texts("agg"));
        orders.map((k, v) -> KeyValue.pair(k, v)).selectKey((k, v) -> k).peek((k, v) -> {});
        assertEquals(FAN, builder.build().describe());
    }

    @Test
    void shouldPrintWhatKafkaStreamsPrintsForSubTopologies() {
        EventStream<String, String> a = stream("a");
        EventStream<String, String> b = stream("b");
        EventStream<String, String> c = stream("c");
        EventStream<String, String> merged = a.filter((k, v) -> true).merge(b.mapValues(v -> v));
        merged.groupByKey().count(counts("c1"));
        c.peek((k, v) -> {});
        c.groupByKey().count(counts("c2"));
        merged.peek((k, v) -> {});
        assertEquals(SUB_TOPOLOGIES, builder.build().describe());
    }

    @Test
    void shouldPrintWhatKafkaStreamsPrintsForNames() {
        EventStream<String, String> b =
                builder.stream("b", Consumed.with(SERDE).withName("my-source"));
        EventStream<String, String> a = stream("a");
        b.filter((k, v) -> true, Named.as("zz"))
                .merge(b.filter((k, v) -> true, Named.as("aa")), Named.as("mm"))
                .groupByKey()
                .count(Named.as("cnt"), counts("c1"));
        a.peek((k, v) -> {}, Named.as("pk"));
        a.peek((k, v) -> {}, Named.as("ak")).peek((k, v) -> {}, Named.as("ck"));
        b.merge(a);
        assertEquals(NAMED, builder.build().describe());
    }

    @Test
    void shouldTakeANumberForACategoryThatIsReadAgainAsKafkaStreamsDoes() {
        EventStream<String, String> first = stream("x");
        EventStream<String, String> again = stream("x");
        first.peek((k, v) -> {});
        again.filter((k, v) -> true);
        assertEquals(AGAIN, builder.build().describe());
    }

    @Test
    void shouldBeReadableByTheGrammar() {
        EventStream<String, String> x = stream("x");
        EventStream<String, String> f = x.filter((k, v) -> true, Named.as("f"));
        EventStream<String, String> m = x.merge(f, Named.as("m"));
        f.merge(m, Named.as("n"))
                .groupBy((k, v) -> v, Grouped.as("g"))
                .count(Named.as("c"), counts("s"));
        stream("y");
        Map<String, Parsed> nodes = parse(builder.build().describe());
        assertEquals(
                Map.of(
                        "KSTREAM-SOURCE-0000000000", new Parsed(0, "x", Set.of("f", "m"), Set.of()),
                        "f",
                                new Parsed(
                                        0,
                                        "",
                                        Set.of("m", "n"),
                                        Set.of("KSTREAM-SOURCE-0000000000")),
                        "m",
                                new Parsed(
                                        0,
                                        "",
                                        Set.of("n"),
                                        Set.of("KSTREAM-SOURCE-0000000000", "f")),
                        "n", new Parsed(0, "", Set.of("g"), Set.of("f", "m")),
                        "g", new Parsed(0, "", Set.of("c"), Set.of("n")),
                        "c", new Parsed(0, "s", Set.of(), Set.of("g")),
                        "KSTREAM-SOURCE-0000000006", new Parsed(1, "y", Set.of(), Set.of())),
                nodes);
    }

    @Test
    void shouldPrintGraphsWithVeryManyPaths() {
        EventStream<String, String> next = stream("x");
        for (int i = 0; i < 200; i++) {
            next = next.merge(next);
        }
        assertEquals(201, parse(builder.build().describe()).size());
    }

    /** A node as it stands in the text: its category or store, and its neighbours. */
    private record Parsed(int subTopology, String linked, Set<String> to, Set<String> from) {}

    private static final Pattern SUB = Pattern.compile(" +Sub-topology: ([0-9]+)");
    private static final Pattern NODE =
            Pattern.compile("    (Source|Processor): (\\S+) \\((topics|stores): \\[(.*)]\\)");
    private static final Pattern EDGE = Pattern.compile("      (-->|<--) (.*)");

    /** Reads line by line, as the visualisers do, but refuses what it does not know. */
    private static Map<String, Parsed> parse(String text) {
        Map<String, Parsed> nodes = new LinkedHashMap<>();
        String[] lines = text.split("\n", -1);
        assertEquals("Topologies:", lines[0]);
        int sub = -1;
        Parsed current = null;
        for (String line : List.of(lines).subList(1, lines.length)) {
            Matcher header = SUB.matcher(line);
            Matcher node = NODE.matcher(line);
            Matcher edge = EDGE.matcher(line);
            if (header.matches()) {
                sub = Integer.parseInt(header.group(1));
            } else if (node.matches()) {
                current = new Parsed(sub, node.group(4), new TreeSet<>(), new TreeSet<>());
                nodes.put(node.group(2), current);
            } else if (edge.matches()) {
                Set<String> names = edge.group(1).equals("-->") ? current.to() : current.from();
                names.addAll(
                        edge.group(2).equals("none")
                                ? List.of()
                                : List.of(edge.group(2).split(", ")));
            } else {
                assertEquals("", line);
            }
        }
        return nodes;
    }

    private static final String FAN =
            """
            Topologies:
               Sub-topology: 0
                Source: KSTREAM-SOURCE-0000000000 (topics: [orders])
                  --> KSTREAM-FILTER-0000000004, KSTREAM-FILTER-0000000001, KSTREAM-MAP-0000000009, KSTREAM-AGGREGATE-0000000008
                Processor: KSTREAM-FILTER-0000000004 (stores: [])
                  --> KSTREAM-PEEK-0000000005
                  <-- KSTREAM-SOURCE-0000000000
                Processor: KSTREAM-FILTER-0000000001 (stores: [])
                  --> KSTREAM-MAPVALUES-0000000002
                  <-- KSTREAM-SOURCE-0000000000
                Processor: KSTREAM-MAP-0000000009 (stores: [])
                  --> KSTREAM-KEY-SELECT-0000000010
                  <-- KSTREAM-SOURCE-0000000000
                Processor: KSTREAM-PEEK-0000000005 (stores: [])
                  --> KSTREAM-FLATMAPVALUES-0000000006
                  <-- KSTREAM-FILTER-0000000004
                Processor: KSTREAM-FLATMAPVALUES-0000000006 (stores: [])
                  --> KSTREAM-REDUCE-0000000007
                  <-- KSTREAM-PEEK-0000000005
                Processor: KSTREAM-KEY-SELECT-0000000010 (stores: [])
                  --> KSTREAM-PEEK-0000000011
                  <-- KSTREAM-MAP-0000000009
                Processor: KSTREAM-MAPVALUES-0000000002 (stores: [])
                  --> KSTREAM-AGGREGATE-0000000003
                  <-- KSTREAM-FILTER-0000000001
                Processor: KSTREAM-AGGREGATE-0000000003 (stores: [counts])
                  --> none
                  <-- KSTREAM-MAPVALUES-0000000002
                Processor: KSTREAM-AGGREGATE-0000000008 (stores: [agg])
                  --> none
                  <-- KSTREAM-SOURCE-0000000000
                Processor: KSTREAM-PEEK-0000000011 (stores: [])
                  --> none
                  <-- KSTREAM-KEY-SELECT-0000000010
                Processor: KSTREAM-REDUCE-0000000007 (stores: [reduced])
                  --> none
                  <-- KSTREAM-FLATMAPVALUES-0000000006

            """;

    private static final String SUB_TOPOLOGIES =
            """
            Topologies:
               Sub-topology: 0
                Source: KSTREAM-SOURCE-0000000000 (topics: [a])
                  --> KSTREAM-FILTER-0000000003
                Source: KSTREAM-SOURCE-0000000001 (topics: [b])
                  --> KSTREAM-MAPVALUES-0000000004
                Processor: KSTREAM-FILTER-0000000003 (stores: [])
                  --> KSTREAM-MERGE-0000000005
                  <-- KSTREAM-SOURCE-0000000000
                Processor: KSTREAM-MAPVALUES-0000000004 (stores: [])
                  --> KSTREAM-MERGE-0000000005
                  <-- KSTREAM-SOURCE-0000000001
                Processor: KSTREAM-MERGE-0000000005 (stores: [])
                  --> KSTREAM-AGGREGATE-0000000006, KSTREAM-PEEK-0000000009
                  <-- KSTREAM-FILTER-0000000003, KSTREAM-MAPVALUES-0000000004
                Processor: KSTREAM-AGGREGATE-0000000006 (stores: [c1])
                  --> none
                  <-- KSTREAM-MERGE-0000000005
                Processor: KSTREAM-PEEK-0000000009 (stores: [])
                  --> none
                  <-- KSTREAM-MERGE-0000000005

              Sub-topology: 1
                Source: KSTREAM-SOURCE-0000000002 (topics: [c])
                  --> KSTREAM-AGGREGATE-0000000008, KSTREAM-PEEK-0000000007
                Processor: KSTREAM-AGGREGATE-0000000008 (stores: [c2])
                  --> none
                  <-- KSTREAM-SOURCE-0000000002
                Processor: KSTREAM-PEEK-0000000007 (stores: [])
                  --> none
                  <-- KSTREAM-SOURCE-0000000002

            """;

    private static final String NAMED =
            """
            Topologies:
               Sub-topology: 0
                Source: my-source (topics: [b])
                  --> aa, zz, KSTREAM-MERGE-0000000009
                Source: KSTREAM-SOURCE-0000000001 (topics: [a])
                  --> ak, KSTREAM-MERGE-0000000009, pk
                Processor: aa (stores: [])
                  --> mm
                  <-- my-source
                Processor: zz (stores: [])
                  --> mm
                  <-- my-source
                Processor: ak (stores: [])
                  --> ck
                  <-- KSTREAM-SOURCE-0000000001
                Processor: mm (stores: [])
                  --> cnt
                  <-- zz, aa
                Processor: KSTREAM-MERGE-0000000009 (stores: [])
                  --> none
                  <-- my-source, KSTREAM-SOURCE-0000000001
                Processor: ck (stores: [])
                  --> none
                  <-- ak
                Processor: cnt (stores: [c1])
                  --> none
                  <-- mm
                Processor: pk (stores: [])
                  --> none
                  <-- KSTREAM-SOURCE-0000000001

            """;

    private static final String AGAIN =
            """
            Topologies:
               Sub-topology: 0
                Source: KSTREAM-SOURCE-0000000000 (topics: [x])
                  --> KSTREAM-FILTER-0000000003, KSTREAM-PEEK-0000000002
                Processor: KSTREAM-FILTER-0000000003 (stores: [])
                  --> none
                  <-- KSTREAM-SOURCE-0000000000
                Processor: KSTREAM-PEEK-0000000002 (stores: [])
                  --> none
                  <-- KSTREAM-SOURCE-0000000000

            """;
}
