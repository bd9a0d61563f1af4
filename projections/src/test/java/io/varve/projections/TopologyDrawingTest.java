package io.varve.projections;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.varve.store.serde.Serdes;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TopologyDrawingTest {
    private static Topology topology() {
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream("orders", Consumed.with(OrderEvent.SERDE))
                .filter((key, event) -> true, Named.as("all"))
                .groupByKey()
                .count(
                        Named.as("count"),
                        Materialized.as(StoreRef.of("counts"), Serdes.utf8(), Serdes.int64()));
        return builder.build();
    }

    @Test
    void shouldDrawForMermaid() {
        assertEquals(
                """
                flowchart LR
                    n0(["orders<br>KSTREAM-SOURCE-0000000000"])
                    n1["all"]
                    n2["count"]
                    s0[("counts")]
                    n2 -.- s0
                    n0 --> n1
                    n1 --> n2
                """,
                topology().toMermaid());
    }

    @Test
    void shouldDrawForGraphviz() {
        assertEquals(
                """
                digraph topology {
                  rankdir=LR;
                  node [shape=box];
                  n0 [shape=ellipse, label="orders\\nKSTREAM-SOURCE-0000000000"];
                  n1 [label="all"];
                  n2 [label="count"];
                  s0 [shape=cylinder, label="counts"];
                  n2 -> s0 [dir=none, style=dashed];
                  n0 -> n1;
                  n1 -> n2;
                }
                """,
                topology().toDot());
    }

    /** What a node keeps beside a store is no store of its own, nor is the time of processors. */
    @Test
    void shouldDrawStoresUnderTheNamesThatTheyWereGiven() {
        TextStreams texts = new TextStreams();
        EventStream<String, String> words = texts.stream("words");
        words.groupByKey()
                .windowedBy(TimeWindows.ofSizeWithNoGrace(Duration.ofMillis(1)))
                .count(Materialized.windowed(StoreRef.of("counts"), Serdes.utf8(), Serdes.int64()));
        words.join(
                texts.stream("others"),
                (word, other) -> word + other,
                JoinWindows.ofTimeDifferenceWithNoGrace(Duration.ofMillis(1)),
                StreamJoined.with(
                        StoreRef.of("pairs"), Serdes.utf8(), Serdes.utf8(), Serdes.utf8()));
        words.process(() -> record -> {}, Named.as("last"));
        Topology topology = texts.builder.build();
        String drawn = topology.toMermaid();
        assertEquals(
                List.of("s0[(\"counts\")]", "s1[(\"pairs\")]"),
                drawn.lines().map(String::strip).filter(line -> line.contains("[(")).toList());
        assertEquals(
                List.of("s0", "s1", "s1"),
                drawn.lines()
                        .filter(line -> line.contains("-.-"))
                        .map(line -> line.substring(line.lastIndexOf(' ') + 1))
                        .toList());
        assertEquals(Set.of("counts"), topology.stores());
    }

    @Test
    void shouldEscapeWhatCategoriesAreCalled() {
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream("a\"b<c", Consumed.with(OrderEvent.SERDE)).filter((key, event) -> true);
        String drawn = builder.build().toMermaid();
        assertEquals(
                "    n0([\"a&quot;b&lt;c<br>KSTREAM-SOURCE-0000000000\"])", drawn.split("\n")[1]);
    }
}
