package io.varve.store.serde;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.errors.SerdeException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class UpcastingTest {
    sealed interface OrderEvent {}

    record Placed(long id, long cents, String currency) implements OrderEvent {}

    record Paid(long id) implements OrderEvent {}

    record PlacedV1(long id, int euros) {}

    record PlacedV2(long id, long cents) {}

    record Closed(long id, boolean paid) {}

    record Refunded(long id) {}

    private static final PlacedV1 FIRST = new PlacedV1(7, 12);

    private static EventSerdeBuilder<OrderEvent> today() {
        return EventSerde.of(OrderEvent.class)
                .record("placed.v3", Placed.class)
                .record("paid", Paid.class);
    }

    private static EventSerdeBuilder<OrderEvent> chain() {
        return today().upcastJson(
                        "placed",
                        PlacedV1.class,
                        PlacedV2.class,
                        old -> new PlacedV2(old.id(), old.euros() * 100L))
                .upcastRecord(
                        "placed.v2",
                        PlacedV2.class,
                        Placed.class,
                        old -> new Placed(old.id(), old.cents(), "EUR"));
    }

    private static <T> BytesView bytes(Serde<T> serde, T value) {
        BytesWriter out = new BytesWriter();
        serde.serialize(value, out);
        return BytesView.of(out.toByteArray());
    }

    private static BytesView json(String text) {
        return BytesView.of(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void shouldReadEachVersionAsTheNewest() {
        EventSerde<OrderEvent> serde = chain().build();
        assertEquals(
                new Placed(7, 1200, "EUR"),
                serde.deserialize("placed", bytes(Serdes.json(PlacedV1.class), FIRST)));
        assertEquals(
                new Placed(8, 5, "EUR"),
                serde.deserialize(
                        "placed.v2", bytes(Serdes.record(PlacedV2.class), new PlacedV2(8, 5))));
        Placed now = new Placed(9, 6, "CHF");
        assertEquals(now, serde.deserialize("placed.v3", bytes(Serdes.record(Placed.class), now)));
    }

    @Test
    void shouldNeverWriteAnOldName() {
        EventSerde<OrderEvent> serde = chain().alias("settled", Paid.class).build();
        assertEquals("placed.v3", serde.typeOf(new Placed(1, 2, "EUR")));
        assertEquals("paid", serde.typeOf(new Paid(1)));
        assertEquals(Set.of("placed.v3", "paid"), serde.currentTypes());
        assertEquals(Set.of("placed", "placed.v2", "placed.v3", "paid", "settled"), serde.types());
    }

    @Test
    void shouldReadATypeUnderItsFormerName() {
        EventSerde<OrderEvent> serde =
                chain().alias("settled", Paid.class).alias("ordered", PlacedV1.class).build();
        assertEquals(
                new Paid(3),
                serde.deserialize("settled", bytes(Serdes.record(Paid.class), new Paid(3))));
        assertEquals(
                new Placed(7, 1200, "EUR"),
                serde.deserialize("ordered", bytes(Serdes.json(PlacedV1.class), FIRST)));
    }

    @Test
    void shouldReadTheSameClassInItsFormerFormat() {
        EventSerde<OrderEvent> serde =
                today().upcastJson("paid.json", Paid.class, Paid.class, old -> old).build();
        assertEquals(new Paid(4), serde.deserialize("paid.json", json("{\"id\":4}")));
    }

    @Test
    void shouldLetOneOldTypeBecomeSeveral() {
        EventSerde<OrderEvent> serde =
                today().upcastJson(
                                "closed",
                                Closed.class,
                                OrderEvent.class,
                                old ->
                                        old.paid()
                                                ? new Paid(old.id())
                                                : new Placed(old.id(), 0, "EUR"))
                        .build();
        assertEquals(new Paid(1), serde.deserialize("closed", json("{\"id\":1,\"paid\":true}")));
        assertEquals(new Placed(2, 0, "EUR"), serde.deserialize("closed", json("{\"id\":2}")));
    }

    @Test
    void shouldSayWhichTypeAnUpcasterFailedOn() {
        IllegalStateException cause = new IllegalStateException("no rate");
        EventSerde<OrderEvent> throwing =
                today().upcastJson(
                                "placed", PlacedV1.class, PlacedV2.class, old -> new PlacedV2(1, 1))
                        .upcastJson(
                                "placed.v2",
                                PlacedV2.class,
                                Placed.class,
                                old -> {
                                    throw cause;
                                })
                        .build();
        SerdeException e =
                assertThrows(
                        SerdeException.class, () -> throwing.deserialize("placed", json("{}")));
        assertSame(cause, e.getCause());
        assertTrue(e.getMessage().contains("type=placed "), e.getMessage());
        assertTrue(e.getMessage().contains("no rate"), e.getMessage());
        assertTrue(e.remedy().contains("upcaster"), e.remedy());
    }

    @Test
    void shouldRefuseAnUpcasterThatReturnsNothing() {
        EventSerde<OrderEvent> serde =
                today().upcastJson("placed", PlacedV1.class, Placed.class, old -> null).build();
        SerdeException e =
                assertThrows(SerdeException.class, () -> serde.deserialize("placed", json("{}")));
        assertTrue(e.getMessage().contains("type=placed "), e.getMessage());
        assertTrue(e.getMessage().contains("null"), e.getMessage());
    }

    @Test
    void shouldRefuseWhatAnUncheckedCastLetThrough() {
        @SuppressWarnings({"unchecked", "rawtypes"})
        Upcaster<PlacedV1, Placed> lying = (Upcaster) old -> new Paid(1);
        EventSerde<OrderEvent> serde =
                today().upcastJson("placed", PlacedV1.class, Placed.class, lying).build();
        SerdeException e =
                assertThrows(SerdeException.class, () -> serde.deserialize("placed", json("{}")));
        assertTrue(e.getMessage().contains("type=placed "), e.getMessage());
    }

    @Test
    void shouldSayThatOldBytesAreNotOfTheOldShape() {
        EventSerde<OrderEvent> serde = chain().build();
        assertThrows(SerdeException.class, () -> serde.deserialize("placed", json("[1]")));
        assertThrows(SerdeException.class, () -> serde.deserialize("placed.v2", json("{}")));
        assertThrows(SerdeException.class, () -> serde.deserialize("placed.v9", json("{}")));
    }

    @Test
    void shouldRefuseANameTwice() {
        refused(() -> chain().upcastJson("paid", Refunded.class, Paid.class, old -> new Paid(1)));
        refused(() -> chain().upcastJson("placed", Refunded.class, Paid.class, old -> new Paid(1)));
        refused(() -> chain().alias("placed.v2", Paid.class));
        refused(() -> chain().alias("paid", Paid.class));
        refused(
                () ->
                        EventSerde.of(OrderEvent.class)
                                .upcastJson("paid", Refunded.class, Paid.class, old -> new Paid(1))
                                .json("paid", Paid.class));
    }

    @Test
    void shouldRefuseAChainThatLeadsNowhere() {
        EventSerdeBuilder<OrderEvent> open =
                today().upcastJson(
                                "placed",
                                PlacedV1.class,
                                PlacedV2.class,
                                old -> new PlacedV2(1, 1));
        assertTrue(
                assertThrows(IllegalArgumentException.class, open::build)
                        .getMessage()
                        .contains(PlacedV2.class.getName()));
        refused(today().alias("gone", Refunded.class)::build);
    }

    @Test
    void shouldRefuseUpcastersThatLeadInACircle() {
        refused(
                today().upcastJson(
                                        "placed",
                                        PlacedV1.class,
                                        PlacedV2.class,
                                        old -> new PlacedV2(1, 1))
                                .upcastJson(
                                        "placed.v2", PlacedV2.class, PlacedV1.class, old -> FIRST)
                        ::build);
        refused(today().upcastJson("placed", PlacedV1.class, PlacedV1.class, old -> old)::build);
    }

    @Test
    void shouldRefuseAStepThatIsNotClear() {
        refused(
                chain().upcastJson(
                                        "placed.beta",
                                        PlacedV2.class,
                                        Placed.class,
                                        old -> new Placed(old.id(), 0, "USD"))
                        ::build);
    }

    @Test
    void shouldNotCountOldTypesAsTheClassesOfASealedBase() {
        EventSerdeBuilder<OrderEvent> builder =
                EventSerde.of(OrderEvent.class)
                        .record("placed", Placed.class)
                        .upcastJson("paid", Paid.class, Placed.class, old -> new Placed(1, 1, ""));
        assertTrue(
                assertThrows(IllegalArgumentException.class, builder::build)
                        .getMessage()
                        .contains(Paid.class.getName()));
    }

    @Test
    void shouldNotChangeWhenItsBuilderGoesOn() {
        EventSerdeBuilder<OrderEvent> builder = today();
        EventSerde<OrderEvent> built = builder.build();
        builder.upcastJson("refunded", Refunded.class, Paid.class, old -> new Paid(old.id()));
        assertEquals(built.currentTypes(), built.types());
    }

    private static void refused(Executable call) {
        assertThrows(IllegalArgumentException.class, call);
    }
}
