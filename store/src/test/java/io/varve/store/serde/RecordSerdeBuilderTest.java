package io.varve.store.serde;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.bytes.BytesView;
import io.varve.store.errors.SerdeException;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordSerdeBuilderTest {
    sealed interface Shape permits Circle, Polygon, Group {}

    record Circle(double radius) implements Shape {}

    sealed interface Polygon extends Shape {}

    record Square(int side) implements Polygon {}

    record Group(Shape first, List<Shape> rest, Map<String, Polygon> named, Circle exact)
            implements Shape {}

    private static RecordSerdeBuilder<Shape> allButSquare() {
        return Serdes.recordTypes(Shape.class)
                .type("circle", Circle.class)
                .type("group", Group.class);
    }

    @Nested
    class OfShapes extends RecordSerdeTest.RecordContract<Shape> {
        private final Serde<Shape> serde = allButSquare().type("square", Square.class).build();

        @Override
        Serde<Shape> serde() {
            return serde;
        }

        @Override
        List<Shape> edges() {
            return List.of(new Circle(1), new Square(0), new Group(null, null, null, null));
        }

        @Override
        Shape any(Random random) {
            return shape(random, 3);
        }

        private Shape shape(Random random, int depth) {
            return switch (random.nextInt(depth == 0 ? 2 : 3)) {
                case 0 -> new Circle(random.nextDouble());
                case 1 -> new Square(random.nextInt());
                default -> {
                    List<Shape> rest = new ArrayList<>();
                    for (int i = random.nextInt(3); i > 0; i--) {
                        rest.add(shape(random, depth - 1));
                    }
                    yield new Group(
                            shape(random, depth - 1),
                            rest,
                            Map.of("s", new Square(1)),
                            new Circle(2));
                }
            };
        }
    }

    record Order(long id, Optional<Shape> shape) {}

    @Test
    void shouldNameRecordsBelowASealedComponent() {
        Serde<Order> serde =
                Serdes.recordTypes(Order.class)
                        .type("circle", Circle.class)
                        .type("square", Square.class)
                        .type("group", Group.class)
                        .alias(Square.class, "width", "side")
                        .build();
        Order order = new Order(1, Optional.of(new Square(2)));
        assertEquals(order, RecordSerdeTest.read(serde, RecordSerdeTest.write(serde, order)));
        IllegalArgumentException e =
                assertThrows(
                        IllegalArgumentException.class,
                        () ->
                                Serdes.recordTypes(Order.class)
                                        .type("circle", Circle.class)
                                        .type("group", Group.class)
                                        .build());
        assertTrue(e.getMessage().contains(Square.class.getName()), e.getMessage());
        refused(() -> Serdes.record(Order.class), Shape.class.getName());
    }

    @Test
    void shouldRefuseANameItDoesNotKnow() {
        Serde<Shape> newer = allButSquare().type("square", Square.class).build();
        Serde<Shape> older = allButSquare().type("quadrat", Square.class).build();
        byte[] bytes = RecordSerdeTest.write(newer, new Square(1));
        SerdeException e =
                assertThrows(SerdeException.class, () -> RecordSerdeTest.read(older, bytes));
        assertTrue(e.getMessage().contains("quadrat"), e.getMessage());
        byte[] circle = RecordSerdeTest.write(newer, new Circle(1));
        assertEquals(new Circle(1), RecordSerdeTest.read(older, circle));
        // A record without a name is something else than a named one.
        byte[] plain = RecordSerdeTest.write(Serdes.record(Circle.class), new Circle(1));
        assertThrows(SerdeException.class, () -> RecordSerdeTest.read(newer, plain));
    }

    @Test
    void shouldWriteTheBytesThatAreDrawn() {
        Serde<Shape> serde = allButSquare().type("square", Square.class).build();
        byte[] bytes = RecordSerdeTest.write(serde, new Square(0));
        int number = WireType.number("square");
        assertEquals(0x3c, bytes[0]);
        assertEquals(number, (bytes[1] & 0xff) | (bytes[2] & 0xff) << 8 | (bytes[3] & 0xff) << 16);
        assertEquals(1, bytes[4]);
        assertEquals(8, bytes.length);
    }

    @Test
    void shouldNotChangeWhenItsBuilderGoesOn() {
        RecordSerdeBuilder<Shape> builder = allButSquare().type("square", Square.class);
        Serde<Shape> built = builder.build();
        byte[] bytes = RecordSerdeTest.write(built, new Square(1));
        builder.defaultValue(Square.class, "side", 5).build();
        assertArrayEquals(bytes, RecordSerdeTest.write(built, new Square(1)));
        assertEquals(new Square(0), built.deserialize(BytesView.of(withoutFields(bytes))));
    }

    /** The format byte and the number of the name, then no field. */
    private static byte[] withoutFields(byte[] bytes) {
        return new byte[] {bytes[0], bytes[1], bytes[2], bytes[3], 0};
    }

    @Test
    void shouldRefuseBadNamesAndClasses() {
        refused(allButSquare()::build, Square.class.getName());
        refused(() -> allButSquare().type("circle", Square.class), "circle");
        refused(() -> allButSquare().type("other", Circle.class), Circle.class.getName());
        refused(() -> allButSquare().type("", Square.class), "type=");
        refused(() -> Serdes.recordTypes(Shape.class).build(), Shape.class.getName());
        refused(() -> Serdes.record(String.class), String.class.getName());
        refused(() -> Serdes.record(Runnable.class), Runnable.class.getName());
    }

    @Test
    void shouldRefuseNamesWithTheSameNumber() {
        Map<Integer, String> byNumber = new HashMap<>();
        String name = "n";
        String twin = byNumber.put(WireType.number(name), name);
        for (int i = 0; twin == null; i++) {
            name = "n" + i;
            twin = byNumber.put(WireType.number(name), name);
        }
        RecordSerdeBuilder<Shape> builder =
                Serdes.recordTypes(Shape.class)
                        .type("group", Group.class)
                        .type(name, Circle.class)
                        .type(twin, Square.class);
        refused(builder::build, twin);
    }

    enum Unit implements Mixed {
        ONE
    }

    sealed interface Mixed {}

    record Generic<T>(T value) {}

    record Raw(@SuppressWarnings("rawtypes") List raw) {}

    record Wild(List<? extends Number> wild) {}

    record Concrete(ArrayList<String> concrete) {}

    record Hash(HashMap<String, String> hash) {}

    record Zoned(ZonedDateTime zoned) {}

    record Array(int[] array) {}

    record Any(Object any) {}

    record Action(Runnable action) {}

    record Twice(Optional<Optional<String>> twice) {}

    record OfGeneric(Generic<String> generic) {}

    record OfMixed(Mixed mixed) {}

    record Deep(Map<String, List<Optional<Object>>> deep) {}

    record Inner(Deep inner) {}

    @ParameterizedTest
    @ValueSource(
            classes = {
                Raw.class,
                Wild.class,
                Concrete.class,
                Hash.class,
                Zoned.class,
                Array.class,
                Any.class,
                Action.class,
                Twice.class,
                OfGeneric.class,
                Deep.class
            })
    void shouldRefuseComponentsItHasNoFormFor(Class<?> type) {
        IllegalArgumentException e = refused(() -> Serdes.record(type), type.getName());
        String component = type.getRecordComponents()[0].getName();
        assertTrue(e.getMessage().contains("component=" + component), e.getMessage());
    }

    @Test
    void shouldRefuseClassesItHasNoFormFor() {
        refused(() -> Serdes.record(Generic.class), "type parameters");
        refused(() -> Serdes.record(OfMixed.class), Unit.class.getName());
        refused(() -> Serdes.record(Inner.class), Deep.class.getName());
    }

    private static IllegalArgumentException refused(Executable call, String named) {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, call);
        assertTrue(e.getMessage().contains(named), e.getMessage());
        return e;
    }
}
