package io.varve.projections;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.varve.store.serde.Serdes;
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

    @Test
    void shouldEscapeWhatCategoriesAreCalled() {
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream("a\"b<c", Consumed.with(OrderEvent.SERDE)).filter((key, event) -> true);
        String drawn = builder.build().toMermaid();
        assertEquals(
                "    n0([\"a&quot;b&lt;c<br>KSTREAM-SOURCE-0000000000\"])", drawn.split("\n")[1]);
    }
}
