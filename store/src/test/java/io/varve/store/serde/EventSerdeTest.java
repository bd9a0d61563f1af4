package io.varve.store.serde;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.errors.SerdeException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class EventSerdeTest {
    sealed interface OrderEvent {}

    record Placed(String customer, int total) implements OrderEvent {}

    sealed interface Ended extends OrderEvent {}

    record Paid(long cents) implements Ended {}

    record Cancelled() implements Ended {}

    non-sealed interface Other extends OrderEvent {}

    record Imported(String raw) implements Other {}

    enum Mark implements OrderEvent {
        PLAIN,
        OWN {
            @Override
            public String toString() {
                return "own";
            }
        }
    }

    private static EventSerdeBuilder<OrderEvent> allButPaid() {
        return EventSerde.of(OrderEvent.class)
                .json("order-placed", Placed.class)
                .json("order-cancelled", Cancelled.class)
                .json("mark", Mark.class);
    }

    private final EventSerde<OrderEvent> serde =
            allButPaid().json("order-paid", Paid.class).build();

    @Test
    void shouldReadEventsByTheNameOfTheirType() {
        for (OrderEvent event :
                List.of(
                        new Placed("c", 1),
                        new Paid(Long.MAX_VALUE),
                        new Cancelled(),
                        Mark.PLAIN,
                        Mark.OWN)) {
            BytesWriter out = new BytesWriter();
            serde.serialize(event, out);
            assertEquals(event, serde.deserialize(serde.typeOf(event), out.view()));
        }
    }

    @Test
    void shouldKnowTheNamesOfItsTypes() {
        assertEquals(
                Set.of("order-placed", "order-paid", "order-cancelled", "mark"), serde.types());
        assertSame(serde.typeOf(new Paid(1)), serde.typeOf(new Paid(2)));
        assertEquals("order-placed", serde.typeOf(new Placed("", 0)));
        assertEquals("mark", serde.typeOf(Mark.OWN));
    }

    @Test
    void shouldTakeAnySerde() {
        Serde<Paid> binary =
                new Serde<>() {
                    @Override
                    public void serialize(Paid value, BytesWriter out) {
                        out.putLong(value.cents());
                    }

                    @Override
                    public Paid deserialize(BytesView in) {
                        return new Paid(in.getLong(0));
                    }
                };
        EventSerde<Paid> paid = EventSerde.of(Paid.class).type("paid", Paid.class, binary).build();
        BytesWriter out = new BytesWriter();
        paid.serialize(new Paid(5), out);
        assertEquals(8, out.size());
        assertEquals(new Paid(5), paid.deserialize("paid", out.view()));
    }

    @Test
    void shouldTakeRecordsInTheRecordFormat() {
        EventSerde<Ended> ended =
                EventSerde.of(Ended.class)
                        .record("paid", Paid.class)
                        .record("cancelled", Cancelled.class)
                        .build();
        for (Ended event : List.of(new Paid(7), new Cancelled())) {
            BytesWriter out = new BytesWriter();
            ended.serialize(event, out);
            assertTrue(out.size() <= 6, "size=" + out.size());
            assertEquals(event, ended.deserialize(ended.typeOf(event), out.view()));
        }
        refused(() -> EventSerde.of(OrderEvent.class).record("mark", Mark.class));
    }

    @Test
    void shouldRefuseTypesItDoesNotKnow() {
        BytesView empty = BytesView.of(new byte[0]);
        SerdeException e =
                assertThrows(SerdeException.class, () -> serde.deserialize("paid", empty));
        assertTrue(e.getMessage().contains("type=paid"), e.getMessage());
    }

    @Test
    void shouldRefuseAClassWithoutAName() {
        Imported imported = new Imported("");
        BytesWriter out = new BytesWriter();
        assertThrows(SerdeException.class, () -> serde.typeOf(imported));
        assertThrows(SerdeException.class, () -> serde.serialize(imported, out));
        assertEquals(0, out.size());
    }

    @Test
    void shouldRefuseASealedBaseThatIsNotNamedWhole() {
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, allButPaid()::build);
        assertTrue(e.getMessage().contains(Paid.class.getName()), e.getMessage());
        assertTrue(e.getMessage().contains("missing="), e.getMessage());
        assertTrue(e.getMessage().contains("record(name, class)"), e.getMessage());
    }

    sealed interface Colour permits Red {}

    record Red() implements Colour {}

    record Painted(Colour colour) {}

    @Test
    void shouldSayWhereARecordBelowASealedComponentGetsItsName() {
        IllegalArgumentException e =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> EventSerde.of(Painted.class).record("painted", Painted.class));
        assertTrue(e.getMessage().contains("Serdes.recordTypes"), e.getMessage());
    }

    @Test
    void shouldTakeABaseThatIsNotSealed() {
        EventSerde<Object> any =
                EventSerde.of(Object.class)
                        .json("paid", Paid.class)
                        .json("text", String.class)
                        .build();
        assertEquals("text", any.typeOf("x"));
        assertThrows(SerdeException.class, () -> any.typeOf(1));
    }

    @Test
    void shouldRefuseBadNamesAndClasses() {
        EventSerdeBuilder<OrderEvent> builder = allButPaid();
        refused(() -> builder.json("order-placed", Paid.class));
        refused(() -> builder.json("other", Placed.class));
        refused(() -> builder.json("", Paid.class));
        refused(() -> builder.json("\u00e9".repeat(101), Paid.class));
        refused(() -> builder.json("x\ud800", Paid.class));
        refused(() -> builder.json("ended", Ended.class));
        refused(() -> EventSerde.of(OrderEvent.class).build());
        assertEquals(4, builder.json("order-paid", Paid.class).build().types().size());
    }

    @Test
    void shouldNotChangeWhenItsBuilderGoesOn() {
        EventSerdeBuilder<OrderEvent> builder = allButPaid().json("order-paid", Paid.class);
        EventSerde<OrderEvent> built = builder.build();
        builder.json("imported", Imported.class);
        assertEquals(4, built.types().size());
    }

    private static void refused(Executable call) {
        assertThrows(IllegalArgumentException.class, call);
    }
}
