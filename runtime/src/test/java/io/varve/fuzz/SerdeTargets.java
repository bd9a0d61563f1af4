package io.varve.fuzz;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.errors.SerdeException;
import io.varve.store.serde.EventSerde;
import io.varve.store.serde.Serde;
import io.varve.store.serde.Serdes;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/** The serdes that are built in: what they read they write, and ordered ones keep the order. */
public final class SerdeTargets {
    private SerdeTargets() {}

    /** All of them. */
    static List<FuzzTarget> all() {
        return List.of(
                ordered(
                        "utf8",
                        Serdes.utf8(),
                        (a, b) ->
                                Arrays.compare(a.codePoints().toArray(), b.codePoints().toArray()),
                        "",
                        "a",
                        "\uE000\uFFFD",
                        "\uD83D\uDE00é"),
                ordered("int32", Serdes.int32(), Comparator.naturalOrder(), 0, -1, 1 << 30),
                ordered("int64", Serdes.int64(), Comparator.naturalOrder(), 0L, -1L, 1L << 62),
                ordered("float64", Serdes.float64(), Double::compare, 0.0, -0.0, Double.NaN, -1e9),
                ordered(
                        "uuid",
                        Serdes.uuid(),
                        Comparator.comparing(UUID::toString),
                        new UUID(1, -1),
                        new UUID(-1, 1)),
                ordered(
                        "instant",
                        Serdes.instant(),
                        Comparator.naturalOrder(),
                        Instant.EPOCH,
                        Instant.MIN,
                        Instant.MAX),
                target("bytes", byteArrays(), ByteBox.of(1, 2, 3)),
                target("record", Serdes.record(Everything.class), everything(), new Everything()),
                target(
                        "record-types",
                        Serdes.recordTypes(Shape.class)
                                .type("circle", Circle.class)
                                .type("group", Group.class)
                                .build(),
                        SHAPES),
                target("json", Serdes.json(Everything.class), everything(), new Everything()),
                target("cbor", Serdes.cbor(Everything.class), everything(), new Everything()),
                target(
                        "json-types",
                        Serdes.jsonTypes(Shape.class)
                                .type("circle", Circle.class)
                                .type("group", Group.class)
                                .build(),
                        SHAPES),
                target(
                        "cbor-types",
                        Serdes.cborTypes(Shape.class)
                                .type("circle", Circle.class)
                                .type("group", Group.class)
                                .build(),
                        SHAPES),
                target(
                        "json-annotated",
                        Serdes.json(Holder.class),
                        new Holder(new Cat(3), OptionalInt.of(3))),
                events());
    }

    /** A record with a component of each kind. */
    public record Everything(
            int number,
            long wide,
            short small,
            byte octet,
            char letter,
            boolean flag,
            float single,
            double real,
            Integer boxed,
            Color color,
            String text,
            UUID id,
            Instant time,
            LocalDate date,
            LocalDateTime dateTime,
            Duration duration,
            BigInteger big,
            BigDecimal decimal,
            Optional<String> maybe,
            List<String> list,
            Set<Long> set,
            Map<String, Inner> map,
            Inner inner) {
        /** With nothing in it. */
        public Everything() {
            this(
                    0,
                    0,
                    (short) 0,
                    (byte) 0,
                    'x',
                    false,
                    0,
                    0,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    Optional.empty(),
                    List.of(),
                    Set.of(),
                    Map.of(),
                    null);
        }
    }

    /** Constants. */
    public enum Color {
        RED,
        GREEN
    }

    /** One in another, and so on. */
    public record Inner(long value, List<Inner> below) {}

    /** Things of several classes. */
    public sealed interface Shape {}

    /** A circle. */
    public record Circle(double radius, Optional<Integer> sides) implements Shape {}

    /** Shapes. */
    public record Group(List<Circle> circles, String name) implements Shape {}

    /** Named by annotations of Jackson. */
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Cat.class, name = "cat"),
        @JsonSubTypes.Type(value = Dog.class, name = "dog")
    })
    public sealed interface Animal {}

    /** A cat. */
    public record Cat(int lives) implements Animal {}

    /** A dog. */
    public record Dog(String name) implements Animal {}

    /** An animal in a field. */
    public record Holder(Animal animal, OptionalInt maybe) {}

    private static Everything everything() {
        return new Everything(
                -5,
                1L << 40,
                (short) 300,
                (byte) -1,
                '\u20ac',
                true,
                1.5f,
                -0.0,
                77,
                Color.GREEN,
                "text \uD83D\uDE00",
                new UUID(1, 2),
                Instant.ofEpochSecond(1_700_000_000L, 5),
                LocalDate.of(2026, 1, 2),
                LocalDateTime.of(2026, 1, 2, 3, 4, 5, 6),
                Duration.ofMillis(-1),
                BigInteger.TEN.pow(30),
                new BigDecimal("-12.3400"),
                Optional.of("there"),
                List.of("a", "b"),
                new TreeSet<>(Set.of(1L, -9L)),
                Map.of("k", new Inner(1, List.of(new Inner(2, List.of())))),
                new Inner(3, List.of()));
    }

    private static final Shape[] SHAPES = {
        new Circle(1.5, Optional.of(3)), new Group(List.of(new Circle(2, Optional.empty())), "two")
    };

    /** Bytes as a value that is equal to its like. */
    private record ByteBox(List<Byte> bytes) {
        static ByteBox of(int... bytes) {
            return new ByteBox(Arrays.stream(bytes).mapToObj(b -> (byte) b).toList());
        }
    }

    private static Serde<ByteBox> byteArrays() {
        return new Serde<>() {
            @Override
            public void serialize(ByteBox value, BytesWriter out) {
                byte[] bytes = new byte[value.bytes().size()];
                for (int i = 0; i < bytes.length; i++) {
                    bytes[i] = value.bytes().get(i);
                }
                Serdes.bytes().serialize(bytes, out);
            }

            @Override
            public ByteBox deserialize(BytesView in) {
                byte[] bytes = Serdes.bytes().deserialize(in);
                int[] all = new int[bytes.length];
                Arrays.setAll(all, i -> bytes[i]);
                return ByteBox.of(all);
            }
        };
    }

    /** What is decoded is written, and decoded again the same. */
    @SafeVarargs
    @SuppressWarnings("varargs") // they are only read
    public static <T> FuzzTarget target(String name, Serde<T> serde, T... seeds) {
        return FuzzTarget.of(
                name,
                Arrays.stream(seeds).map(seed -> written(serde, seed)).toList(),
                input -> {
                    T value = serde.deserialize(BytesView.of(input));
                    T again = serde.deserialize(BytesView.of(written(serde, value)));
                    FuzzTarget.check(value.equals(again), value + " became " + again);
                },
                SerdeException.class);
    }

    /** Two values in one input: each has one form, and they are in the order of their bytes. */
    @SafeVarargs
    @SuppressWarnings("varargs") // they are only read
    public static <T> FuzzTarget ordered(
            String name, Serde<T> serde, Comparator<T> order, T... seeds) {
        return FuzzTarget.of(
                name,
                Arrays.stream(seeds)
                        .map(seed -> twice(written(serde, seed), written(serde, seeds[0])))
                        .toList(),
                input -> {
                    int begin = Math.min(1, input.length);
                    int cut = begin == 0 ? 0 : Math.min(1 + (input[0] & 0xff), input.length);
                    byte[] left = Arrays.copyOfRange(input, begin, cut);
                    byte[] right = Arrays.copyOfRange(input, cut, input.length);
                    T one = decoded(serde, left);
                    T other = decoded(serde, right);
                    FuzzTarget.check(
                            Integer.signum(order.compare(one, other))
                                    == Integer.signum(Arrays.compareUnsigned(left, right)),
                            one + " and " + other);
                },
                SerdeException.class);
    }

    private static byte[] twice(byte[] one, byte[] other) {
        return new BytesWriter().putByte(one.length).putBytes(one).putBytes(other).toByteArray();
    }

    private static <T> T decoded(Serde<T> serde, byte[] bytes) {
        T value = serde.deserialize(BytesView.of(bytes));
        FuzzTarget.check(Arrays.equals(bytes, written(serde, value)), value);
        return value;
    }

    /** The bytes of a value. */
    public static <T> byte[] written(Serde<T> serde, T value) {
        BytesWriter out = new BytesWriter();
        serde.serialize(value, out);
        return out.toByteArray();
    }

    /** An event of today. */
    public record Paid(String by, long cents) {}

    /** What it was before. */
    public record PaidOnce(String by, int euros) {}

    private static FuzzTarget events() {
        EventSerde<Object> serde =
                EventSerde.of(Object.class)
                        .json("paid-2", Paid.class)
                        .record("circle", Circle.class)
                        .upcastJson(
                                "paid",
                                PaidOnce.class,
                                Paid.class,
                                old -> new Paid(old.by(), 100L * old.euros()))
                        .alias("round", Circle.class)
                        .build();
        List<String> types = List.of("paid-2", "circle", "paid", "round", "$other");
        return FuzzTarget.of(
                "events",
                List.of(
                        event(0, Serdes.json(Paid.class), new Paid("me", 5)),
                        event(1, Serdes.record(Circle.class), new Circle(2, Optional.of(1))),
                        event(2, Serdes.json(PaidOnce.class), new PaidOnce("you", 7)),
                        new byte[] {4, 1}),
                input -> {
                    int kind = input.length == 0 ? 4 : (input[0] & 0xff) % types.size();
                    byte[] bytes =
                            Arrays.copyOfRange(input, Math.min(1, input.length), input.length);
                    Object event = serde.deserialize(types.get(kind), BytesView.of(bytes));
                    BytesWriter out = new BytesWriter();
                    serde.serialize(event, out);
                    Object again = serde.deserialize(serde.typeOf(event), out.view());
                    FuzzTarget.check(event.equals(again), event + " became " + again);
                },
                SerdeException.class);
    }

    private static <T> byte[] event(int kind, Serde<T> serde, T value) {
        return new BytesWriter().putByte(kind).putBytes(written(serde, value)).toByteArray();
    }

    /** The bytes of a text. */
    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
