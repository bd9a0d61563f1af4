package io.varve.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.varve.projections.EventStream;
import io.varve.projections.Materialized;
import io.varve.projections.StoreRef;
import io.varve.projections.StreamsBuilder;
import io.varve.projections.Table;
import io.varve.store.serde.Serdes;
import java.util.List;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.GlobalKTable;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Produced;
import org.junit.jupiter.api.Test;

/** A stream joined with a table by a key that is found in its records, in both systems. */
class GlobalTableJoinTest {
    private static final Serde<String> TEXT = org.apache.kafka.common.serialization.Serdes.String();

    private record Event(String topic, String key, String value) {}

    private static final List<Event> EVENTS =
            List.of(
                    new Event("orders", "1", "ann 5"),
                    new Event("people", "ann", "Ann"),
                    new Event("orders", "1", "ann 6"),
                    new Event("orders", "2", "nobody"),
                    new Event("orders", "2", null),
                    new Event("people", "bob", "Bob"),
                    new Event("orders", "3", "bob 7"),
                    new Event("people", "ann", null),
                    new Event("orders", "1", "ann 8"),
                    new Event("people", "ann", "Anna"),
                    new Event("orders", "4", "ann 9"));

    /** Kafka Streams asks for records without value, too. */
    private static String person(String key, String order) {
        return order == null || order.equals("nobody") ? null : order.substring(0, 3);
    }

    private static String both(String order, String person) {
        return order + " of " + person;
    }

    @Test
    void shouldJoin() {
        List<String> expected = List.of("ann 6 of Ann", "bob 7 of Bob", "ann 9 of Anna");

        assertEquals(expected, ours(false));
        assertEquals(expected, theirs(false));
    }

    @Test
    void shouldLeftJoin() {
        List<String> expected =
                List.of(
                        "ann 5 of null",
                        "ann 6 of Ann",
                        "nobody of null",
                        "bob 7 of Bob",
                        "ann 8 of null",
                        "ann 9 of Anna");

        assertEquals(expected, ours(true));
        assertEquals(expected, theirs(true));
    }

    private static List<String> ours(boolean left) {
        StreamsBuilder builder = new StreamsBuilder();
        Table<String, String> people =
                VarveRun.texts(builder, "people")
                        .toTable(
                                Materialized.as(
                                        StoreRef.of("people"), Serdes.utf8(), Serdes.utf8()));
        EventStream<String, String> orders = VarveRun.texts(builder, "orders");
        List<String> told =
                VarveRun.told(
                        left
                                ? orders.leftJoin(
                                        people,
                                        GlobalTableJoinTest::person,
                                        GlobalTableJoinTest::both)
                                : orders.join(
                                        people,
                                        GlobalTableJoinTest::person,
                                        GlobalTableJoinTest::both));
        try (VarveRun run = new VarveRun(builder)) {
            EVENTS.forEach(event -> run.pipe(event.topic, event.key, event.value, 0));
            return List.copyOf(told);
        }
    }

    private static List<String> theirs(boolean left) {
        var builder = new org.apache.kafka.streams.StreamsBuilder();
        GlobalKTable<String, String> people =
                builder.globalTable("people", Consumed.with(TEXT, TEXT));
        KStream<String, String> orders = builder.stream("orders", Consumed.with(TEXT, TEXT));
        KStream<String, String> joined =
                left
                        ? orders.leftJoin(
                                people, GlobalTableJoinTest::person, GlobalTableJoinTest::both)
                        : orders.join(
                                people, GlobalTableJoinTest::person, GlobalTableJoinTest::both);
        joined.to("told", Produced.with(TEXT, TEXT));
        try (KafkaRun run = new KafkaRun(builder)) {
            EVENTS.forEach(event -> run.pipe(event.topic, event.key, event.value, 0));
            return run.told("told");
        }
    }
}
