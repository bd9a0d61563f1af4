package io.varve.store.serde;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.errors.SerdeException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What JSON is not let do: name classes, say one thing twice, be too large. */
class JsonLimitsTest {
    record Point(int x, int y) {}

    record Points(Map<String, Point> byName) {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.CLASS)
    interface ByClass {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.MINIMAL_CLASS)
    interface ByMinimalClass {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.SIMPLE_NAME)
    interface BySimpleName {}

    record HolderOfClass(@JsonTypeInfo(use = JsonTypeInfo.Id.CLASS) Object value) {}

    record ListOfClass(List<ByClass> values) {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
    @JsonSubTypes(@JsonSubTypes.Type(Unnamed.One.class))
    interface Unnamed {
        record One(int x) implements Unnamed {}
    }

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Partly.One.class, name = "one"),
        @JsonSubTypes.Type(Partly.Two.class)
    })
    interface Partly {
        record One(int x) implements Partly {}

        @JsonTypeName("two")
        record Two(int x) implements Partly {}

        record Unlisted(int x) implements Partly {}
    }

    private static <T> T read(Serde<T> serde, String json) {
        return serde.deserialize(BytesView.of(json.getBytes(StandardCharsets.UTF_8)));
    }

    private static <T> String write(Serde<T> serde, T value) {
        BytesWriter out = new BytesWriter();
        serde.serialize(value, out);
        return new String(out.toByteArray(), StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                ByClass.class,
                ByMinimalClass.class,
                BySimpleName.class,
                HolderOfClass.class,
                ListOfClass.class,
                Unnamed.class
            })
    void shouldRefuseClassesThatWouldWriteTheNamesOfClasses(Class<?> type) {
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> Serdes.json(type));
        assertTrue(e.getMessage().contains("name"), e.getMessage());
    }

    @Test
    void shouldWriteNoSubtypeThatHasNoName() {
        Serde<Partly> serde = Serdes.json(Partly.class);
        for (Partly named : List.of(new Partly.One(1), new Partly.Two(2))) {
            assertEquals(named, read(serde, write(serde, named)));
        }
        Partly unlisted = new Partly.Unlisted(3);
        SerdeException e = assertThrows(SerdeException.class, () -> write(serde, unlisted));
        assertTrue(e.getMessage().contains("name"), e.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"x\":1,\"x\":2}", "{\"x\":1,\"y\":2,\"x\":1}", "{\"z\":1,\"z\":1}"})
    void shouldRefuseAPropertyTwice(String json) {
        Serde<Point> serde = Serdes.json(Point.class);
        assertThrows(SerdeException.class, () -> read(serde, json));
    }

    @Test
    void shouldRefuseAKeyTwice() {
        Serde<Points> serde = Serdes.json(Points.class);
        assertThrows(
                SerdeException.class,
                () -> read(serde, "{\"byName\":{\"a\":{\"x\":1},\"a\":{\"x\":2}}}"));
        assertEquals(1, read(serde, "{\"byName\":{\"a\":{\"x\":1}}}").byName().get("a").x());
    }

    @Test
    void shouldWriteNoKeyThatIsTooLongToRead() {
        Serde<Points> serde = Serdes.json(Points.class);
        Points most = new Points(Map.of("k".repeat(JsonMapping.MAX_NAME_LENGTH), new Point(1, 2)));
        assertEquals(most, read(serde, write(serde, most)));
        Points more =
                new Points(Map.of("k".repeat(JsonMapping.MAX_NAME_LENGTH + 1), new Point(1, 2)));
        assertThrows(SerdeException.class, () -> write(serde, more));
    }

    @Test
    void shouldRefuseADocumentThatIsTooLong() {
        Serde<Point> serde = Serdes.json(Point.class);
        String json = "{\"x\":1" + " ".repeat(JsonMapping.MAX_BYTES) + "}";
        assertThrows(SerdeException.class, () -> read(serde, json));
    }

    @Test
    void shouldRefuseWhatIsNestedTooDeep() {
        Serde<Point> serde = Serdes.json(Point.class);
        String deep = "[".repeat(100_000);
        assertThrows(SerdeException.class, () -> read(serde, deep));
        assertThrows(SerdeException.class, () -> read(serde, "{\"z\":" + deep));
    }

    record Numbers(BigInteger whole, BigDecimal exact, double near) {}

    @Test
    void shouldRefuseNumbersThatAreTooLong() {
        Serde<Numbers> serde = Serdes.json(Numbers.class);
        String most = "9".repeat(JsonMapping.MAX_NUMBER_LENGTH);
        assertEquals(new BigInteger(most), read(serde, "{\"whole\":" + most + "}").whole());
        for (String name : List.of("whole", "exact", "near", "unknown")) {
            String text = "{\"" + name + "\":" + "9".repeat(10_000_000) + "}";
            assertThrows(SerdeException.class, () -> read(serde, text), name);
            String fraction = "{\"" + name + "\":0." + most + "}";
            if (!name.equals("unknown")) { // of what is passed over no number is made
                assertThrows(SerdeException.class, () -> read(serde, fraction), name);
            }
        }
    }

    @Test
    void shouldMakeNoGigabyteOfAShortNumber() {
        Serde<Numbers> serde = Serdes.json(Numbers.class);
        assertThrows(SerdeException.class, () -> read(serde, "{\"whole\":1e1000000000}"));
        Numbers exact = read(serde, "{\"exact\":1e1000000000}");
        assertTrue(write(serde, exact).length() < 100, "as short as it came");
    }

    @Test
    void shouldSayWhichLimitWasPassed() {
        Serde<Point> serde = Serdes.json(Point.class);
        SerdeException deep =
                assertThrows(SerdeException.class, () -> read(serde, "{\"z\":" + "[".repeat(200)));
        assertTrue(deep.getMessage().contains("100"), deep.getMessage());
    }
}
