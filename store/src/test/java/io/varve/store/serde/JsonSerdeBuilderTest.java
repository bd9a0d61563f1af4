package io.varve.store.serde;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.errors.SerdeException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonSerdeBuilderTest {
    sealed interface Shape permits Circle, Polygon, Named, Unit {}

    record Circle(double radius) implements Shape {}

    sealed interface Polygon extends Shape {}

    record Square(double side, String type) implements Polygon {}

    record Triangle(int a, int b, int c) implements Polygon {}

    record Named(
            Shape shape,
            List<Shape> list,
            Map<String, Polygon> map,
            Optional<Shape> optional,
            Circle exact)
            implements Shape {}

    enum Unit implements Shape {
        POINT,
        NOTHING {
            @Override
            public String toString() {
                return "nothing";
            }
        }
    }

    private static JsonSerdeBuilder<Shape> allButSquare() {
        return Serdes.jsonTypes(Shape.class)
                .type("circle", Circle.class)
                .type("triangle", Triangle.class)
                .type("named", Named.class)
                .type("unit", Unit.class);
    }

    private final Serde<Shape> shapes = allButSquare().type("square", Square.class).build();

    @Test
    void shouldWriteAValueUnderItsName() {
        assertEquals("{\"circle\":{\"radius\":1.5}}", json(new Circle(1.5)));
        assertEquals("{\"square\":{\"side\":1.0,\"type\":\"t\"}}", json(new Square(1, "t")));
        assertEquals("{\"unit\":\"POINT\"}", json(Unit.POINT));
        assertEquals("{\"unit\":\"NOTHING\"}", json(Unit.NOTHING));
    }

    @Test
    void shouldReadValuesOfEveryClassAlsoInsideEachOther() {
        Circle circle = new Circle(1);
        Square square = new Square(2, "type");
        Named inner = new Named(Unit.NOTHING, List.of(), Map.of(), Optional.empty(), new Circle(0));
        Named outer =
                new Named(
                        inner,
                        List.of(circle, square, Unit.POINT),
                        Map.of("s", square, "t", new Triangle(3, 4, 5)),
                        Optional.of(inner),
                        circle);
        for (Shape shape : List.of(circle, square, Unit.POINT, Unit.NOTHING, inner, outer)) {
            assertEquals(shape, read(json(shape)));
        }
    }

    @Test
    void shouldNeverWriteTheNameOfAClass() {
        String json =
                json(
                        new Named(
                                new Square(1, ""),
                                List.of(Unit.NOTHING),
                                Map.of(),
                                Optional.of(new Circle(1)),
                                new Circle(2)));
        for (Class<?> type : List.of(Circle.class, Square.class, Named.class, Unit.class)) {
            assertFalse(json.contains(type.getSimpleName()), json);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "{}",
                "{\"circle\":null}",
                "{\"hexagon\":{}}",
                "{\"radius\":1}",
                "[\"circle\",{}]",
                "{\"circle\":{},\"square\":{}}",
                "{\"io.varve.store.serde.JsonSerdeBuilderTest$Circle\":{}}",
                "{\"circle\":{}}{}",
                "\"circle\""
            })
    void shouldRefuseWhatIsNoShape(String json) {
        assertThrows(SerdeException.class, () -> read(json));
    }

    @Test
    void shouldRefuseASealedBaseThatIsNotNamedWhole() {
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, allButSquare()::build);
        assertTrue(e.getMessage().contains(Square.class.getName()), e.getMessage());
        assertFalse(e.getMessage().contains(Circle.class.getName()), e.getMessage());
    }

    @Test
    void shouldRefuseBadNamesAndClasses() {
        JsonSerdeBuilder<Shape> builder = allButSquare();
        refused(() -> builder.type("circle", Square.class));
        refused(() -> builder.type("other", Circle.class));
        refused(() -> builder.type("", Square.class));
        refused(() -> builder.type("x".repeat(201), Square.class));
        refused(() -> builder.type("polygon", Polygon.class));
        refused(() -> Serdes.jsonTypes(Shape.class).build());
        builder.type("square", Square.class).build();
    }

    interface Open {}

    record Known(int x) implements Open {}

    record Unknown(int x) implements Open {}

    record Holder(Open held) implements Open {}

    @Test
    void shouldRefuseAClassWithoutANameWhenItIsWritten() {
        Serde<Open> serde =
                Serdes.jsonTypes(Open.class)
                        .type("known", Known.class)
                        .type("holder", Holder.class)
                        .build();
        for (Open value : List.of(new Unknown(1), new Holder(new Unknown(1)))) {
            BytesWriter out = new BytesWriter().putByte(1);
            SerdeException e =
                    assertThrows(SerdeException.class, () -> serde.serialize(value, out));
            assertTrue(e.getMessage().contains(Unknown.class.getName()), e.getMessage());
            assertEquals(1, out.size());
        }
    }

    sealed interface Broken {}

    record Unreadable(Runnable action) implements Broken {}

    @Test
    void shouldRefuseClassesItCouldNotReadBack() {
        JsonSerdeBuilder<Broken> builder =
                Serdes.jsonTypes(Broken.class).type("unreadable", Unreadable.class);
        refused(builder::build);
    }

    private static void refused(Executable call) {
        assertThrows(IllegalArgumentException.class, call);
    }

    private String json(Shape shape) {
        BytesWriter out = new BytesWriter();
        shapes.serialize(shape, out);
        return new String(out.toByteArray(), StandardCharsets.UTF_8);
    }

    private Shape read(String json) {
        return shapes.deserialize(BytesView.of(json.getBytes(StandardCharsets.UTF_8)));
    }
}
