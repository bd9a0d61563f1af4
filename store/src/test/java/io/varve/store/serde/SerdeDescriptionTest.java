package io.varve.store.serde;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SerdeDescriptionTest {
    enum Colour {
        RED
    }

    record Line(String article, int count) {}

    record Order(long id, List<Line> lines, Optional<Colour> colour, Map<String, Order> parts) {}

    sealed interface Payment {}

    record Card(String number) implements Payment {}

    record Cash() implements Payment {}

    static final class Bean {
        public String name;
        public transient int hidden;
        public static int counted;
    }

    static final class Elsewhere {
        /** As the one above, in another place and order. */
        record Line(int count, String article) {}
    }

    private static final class Upper implements Serde<String> {
        @Override
        public void serialize(String value, BytesWriter out) {
            out.putUtf8(value);
        }

        @Override
        public String deserialize(BytesView in) {
            return in.getUtf8(0, in.length());
        }
    }

    @Test
    void shouldNameTheKindOfCommonSerdes() {
        assertEquals(
                List.of("utf8", "int32", "int64", "float64", "uuid", "instant", "bytes"),
                Stream.of(
                                Serdes.utf8(),
                                Serdes.int32(),
                                Serdes.int64(),
                                Serdes.float64(),
                                Serdes.uuid(),
                                Serdes.instant(),
                                Serdes.bytes())
                        .map(Serde::describe)
                        .toList());
    }

    @Test
    void shouldNameAllThatIsReachedFromARecord() {
        String shape =
                "Order Line{article:String, count:int} Order{colour:Optional<Colour>, id:long,"
                        + " lines:List<Line>, parts:Map<String,Order>}";
        assertEquals("record " + shape, Serdes.record(Order.class).describe());
        assertEquals("json " + shape, Serdes.json(Order.class).describe());
        assertEquals("json Bean Bean{name:String}", Serdes.json(Bean.class).describe());
    }

    @Test
    void shouldNameTypesBelowASealedInterface() {
        String shape = "Card{number:String} Cash{} Payment{Card, Cash}";
        assertEquals(
                "record Payment[card=Card, cash=Cash] " + shape,
                Serdes.recordTypes(Payment.class)
                        .type("card", Card.class)
                        .type("cash", Cash.class)
                        .build()
                        .describe());
        assertEquals(
                "json Payment[card=Card, coins=Cash] " + shape,
                Serdes.jsonTypes(Payment.class)
                        .type("coins", Cash.class)
                        .type("card", Card.class)
                        .build()
                        .describe());
    }

    @Test
    void shouldSayTheSameOfWhatMakesTheSameBytes() {
        assertEquals(
                Serdes.json(Line.class).describe(), Serdes.json(Elsewhere.Line.class).describe());
        assertNotEquals(Serdes.json(Line.class).describe(), Serdes.record(Line.class).describe());
    }

    @Test
    void shouldNameACustomSerdeByItsClassOrAsTold() {
        assertEquals("custom " + Upper.class.getName(), new Upper().describe());
        assertEquals("named upper-1", Serdes.named("upper-1", new Upper()).describe());
        Serde<String> nameless =
                new Serde<>() {
                    @Override
                    public void serialize(String value, BytesWriter out) {}

                    @Override
                    public String deserialize(BytesView in) {
                        return "";
                    }
                };
        assertEquals("custom", nameless.describe());
        for (String wrong : List.of("", " ", "two\nlines", " blank ", "x".repeat(201))) {
            assertThrows(IllegalArgumentException.class, () -> Serdes.named(wrong, new Upper()));
        }
        BytesWriter out = new BytesWriter();
        Serde<String> named = Serdes.named("upper-1", new Upper());
        named.serialize("text", out);
        assertEquals("text", named.deserialize(out.view()));
    }
}
