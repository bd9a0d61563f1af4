package io.varve.store.serde;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonValue;
import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.errors.SerdeException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonSerdeTest {
    enum Color {
        RED,
        GREEN {
            @Override
            public String toString() {
                return "verde";
            }
        }
    }

    record Line(String article, int pieces, BigDecimal price) {}

    record Order(String customer, long number, boolean paid, List<Line> lines, Color color) {
        // None of these is a component, and so none may be stored.
        public boolean isEmpty() {
            return lines.isEmpty();
        }

        public int getTotal() {
            return lines.size();
        }

        public boolean isPaid() {
            throw new IllegalStateException("called");
        }
    }

    private static final Order ORDER =
            new Order(
                    "Gr\u00fcn",
                    1L << 60,
                    true,
                    List.of(new Line("a", 2, new BigDecimal("1.50"))),
                    Color.GREEN);

    private final Serde<Order> orders = Serdes.json(Order.class);

    @Test
    void shouldReadARecordAsItWasWritten() {
        assertEquals(ORDER, copy(orders, ORDER));
    }

    @Test
    void shouldWriteTheComponentsOfARecordInTheirOrderAndNothingElse() {
        assertEquals(
                "{\"customer\":\"Gr\u00fcn\",\"number\":1152921504606846976,\"paid\":true,"
                        + "\"lines\":[{\"article\":\"a\",\"pieces\":2,\"price\":1.50}],"
                        + "\"color\":\"GREEN\"}",
                json(orders, ORDER));
    }

    @Test
    void shouldReadNullZeroAndFalseForWhatIsMissing() {
        assertEquals(new Order(null, 0, false, null, null), read(orders, "{}"));
    }

    record Evolved(String customer, Optional<String> note, List<String> tags) {
        Evolved {
            tags = tags == null ? List.of() : tags;
        }
    }

    @Test
    void shouldReadAnOldEventWithANewClass() {
        Serde<Evolved> serde = Serdes.json(Evolved.class);
        assertEquals(
                new Evolved("c", Optional.empty(), List.of()),
                read(serde, "{\"customer\":\"c\",\"number\":3,\"gone\":{\"x\":[1]}}"));
    }

    @Test
    void shouldReadANewEventWithAnOldClass() {
        Serde<Line> serde = Serdes.json(Line.class);
        assertEquals(
                new Line("a", 1, null),
                read(serde, "{\"article\":\"a\",\"unknown\":[1,{\"deep\":null}],\"pieces\":1}"));
    }

    record Wider(long pieces) {}

    @Test
    void shouldReadAnIntAsALong() {
        assertEquals(new Wider(7), read(Serdes.json(Wider.class), "{\"pieces\":7}"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "null",
                "{",
                "[]",
                "1",
                "{}{}",
                "{} x",
                "{\"pieces\":1.5}",
                "{\"pieces\":\"1\"}",
                "{\"pieces\":\"\"}",
                "{\"pieces\":true}",
                "{\"pieces\":99999999999}",
                "{\"article\":{}}",
                "{\"price\":\"NaN\"}",
                "{'article':1}"
            })
    void shouldRefuseWhatIsNoLine(String json) {
        SerdeException e =
                assertThrows(SerdeException.class, () -> read(Serdes.json(Line.class), json));
        assertTrue(e.getMessage().contains(Line.class.getName()), e.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"color\":0}", "{\"color\":\"BLUE\"}", "{\"color\":\"verde\"}"})
    void shouldRefuseWhatIsNoColor(String json) {
        assertThrows(SerdeException.class, () -> read(orders, json));
    }

    @Test
    void shouldAnswerGarbageWithSerdeExceptionOnly() {
        long seed = Long.getLong("varve.seed", System.nanoTime());
        Random random = new Random(seed);
        byte[] good = json(orders, ORDER).getBytes(StandardCharsets.UTF_8);
        int refused = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = random.nextInt(4) == 0 ? new byte[random.nextInt(30)] : good.clone();
            if (bytes.length < 30) {
                random.nextBytes(bytes);
            } else {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            try {
                orders.deserialize(BytesView.of(bytes));
            } catch (SerdeException e) {
                refused++;
            } catch (RuntimeException | Error e) {
                throw new AssertionError("seed=" + seed, e);
            }
        }
        assertTrue(refused > 5_000, "refused=" + refused + " seed=" + seed);
    }

    record Times(
            Instant instant,
            LocalDate date,
            LocalTime time,
            LocalDateTime dateTime,
            OffsetDateTime offset,
            ZonedDateTime zoned,
            Duration duration,
            Period period,
            YearMonth month,
            UUID id) {}

    @Test
    void shouldWriteTimesAsIsoText() {
        Times times =
                new Times(
                        Instant.parse("2024-02-29T12:00:00.000000001Z"),
                        LocalDate.parse("2024-02-29"),
                        LocalTime.parse("12:00:01"),
                        LocalDateTime.parse("2024-02-29T12:00:01"),
                        OffsetDateTime.parse("2024-02-29T12:00:01+02:00"),
                        ZonedDateTime.parse("2024-02-29T12:00:01+01:00[Europe/Paris]"),
                        Duration.ofMillis(90_001),
                        Period.ofDays(3),
                        YearMonth.of(2024, 2),
                        new UUID(1, 2));
        Serde<Times> serde = Serdes.json(Times.class);
        assertEquals(times, copy(serde, times));
        String json = json(serde, times);
        assertTrue(json.startsWith("{\"instant\":\"2024-02-29T12:00:00.000000001Z\""), json);
        assertTrue(json.contains("\"duration\":\"PT1M30.001S\",\"period\":\"P3D\""), json);
        Times none = read(serde, "{\"instant\":null}");
        assertEquals(null, none.instant());
        assertThrows(SerdeException.class, () -> read(serde, "{\"instant\":\"yesterday\"}"));
        assertThrows(SerdeException.class, () -> read(serde, "{\"instant\":1}"));
        assertThrows(SerdeException.class, () -> read(serde, "{\"date\":[2024,1,1]}"));
    }

    @Test
    void shouldKeepTheLargestInstants() {
        record Holder(Instant at) {}
        Serde<Holder> serde = Serdes.json(Holder.class);
        for (Instant at : List.of(Instant.MIN, Instant.MAX, Instant.EPOCH)) {
            assertEquals(new Holder(at), copy(serde, new Holder(at)));
        }
    }

    record Zones(Year year, MonthDay day, OffsetTime time, ZoneOffset offset, ZoneId zone) {}

    @Test
    void shouldTakeTheRestOfJavaTime() {
        Serde<Zones> serde = Serdes.json(Zones.class);
        for (String zone : List.of("Europe/Paris", "Z", "UTC", "+01:00")) {
            Zones value =
                    new Zones(
                            Year.of(2024),
                            MonthDay.of(2, 29),
                            OffsetTime.parse("01:02:03+04:00"),
                            ZoneOffset.ofHours(-3),
                            ZoneId.of(zone));
            assertEquals(value, copy(serde, value));
        }
    }

    record PerDay(Map<LocalDate, Long> days, Map<Instant, Integer> instants) {}

    @Test
    void shouldTakeTimesAsKeysOfMaps() {
        PerDay value = new PerDay(Map.of(LocalDate.EPOCH, 1L), Map.of(Instant.EPOCH, 2));
        Serde<PerDay> serde = Serdes.json(PerDay.class);
        assertEquals(value, copy(serde, value));
        assertEquals(
                "{\"days\":{\"1970-01-01\":1},\"instants\":{\"1970-01-01T00:00:00Z\":2}}",
                json(serde, value));
        assertThrows(SerdeException.class, () -> read(serde, "{\"days\":{\"x\":1}}"));
    }

    record Optionals(
            Optional<String> text,
            Optional<Line> line,
            List<Optional<Long>> list,
            Optional<List<LocalDate>> dates) {}

    @Test
    void shouldWriteOptionalsAsTheirValueOrNull() {
        Serde<Optionals> serde = Serdes.json(Optionals.class);
        Optionals full =
                new Optionals(
                        Optional.of("t"),
                        Optional.of(new Line("a", 1, BigDecimal.ONE)),
                        List.of(Optional.of(1L), Optional.empty()),
                        Optional.of(List.of(LocalDate.EPOCH)));
        assertEquals(full, copy(serde, full));
        assertEquals(
                "{\"text\":\"t\",\"line\":{\"article\":\"a\",\"pieces\":1,\"price\":1},"
                        + "\"list\":[1,null],\"dates\":[\"1970-01-01\"]}",
                json(serde, full));
        Optionals none =
                new Optionals(Optional.empty(), Optional.empty(), List.of(), Optional.empty());
        assertEquals(none, copy(serde, none));
        assertEquals(none, read(serde, "{\"list\":[]}"));
    }

    record Numbers(OptionalInt i, OptionalLong l, OptionalDouble d) {}

    @Test
    void shouldWriteOptionalNumbersAsNumbersOrNull() {
        Serde<Numbers> serde = Serdes.json(Numbers.class);
        Numbers full =
                new Numbers(OptionalInt.of(1), OptionalLong.of(1L << 40), OptionalDouble.of(0.5));
        Numbers none =
                new Numbers(OptionalInt.empty(), OptionalLong.empty(), OptionalDouble.empty());
        assertEquals("{\"i\":1,\"l\":1099511627776,\"d\":0.5}", json(serde, full));
        assertEquals("{\"i\":null,\"l\":null,\"d\":null}", json(serde, none));
        assertEquals(full, copy(serde, full));
        assertEquals(none, copy(serde, none));
        assertEquals(none, read(serde, "{}"));
        assertThrows(SerdeException.class, () -> read(serde, "{\"i\":1.5}"));
        assertThrows(SerdeException.class, () -> read(serde, "{\"l\":\"1\"}"));
    }

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
    @JsonSubTypes({@JsonSubTypes.Type(value = Named.One.class, name = "one")})
    sealed interface Named {
        record One(int x) implements Named {}
    }

    record NamedHolder(Named plain, Optional<Named> optional, List<Named> list) {}

    @Test
    void shouldHonourNamesGivenByAnnotations() {
        Serde<NamedHolder> serde = Serdes.json(NamedHolder.class);
        Named one = new Named.One(1);
        NamedHolder holder = new NamedHolder(one, Optional.of(one), List.of(one));
        assertEquals(holder, copy(serde, holder));
        assertTrue(json(serde, holder).contains("\"one\""), json(serde, holder));
        assertEquals(one, copy(Serdes.json(Named.class), one));
    }

    @Test
    void shouldWriteMapsInTheOrderOfTheirKeys() {
        record Counts(Map<String, Integer> counts) {}
        Map<String, Integer> backwards = new LinkedHashMap<>();
        for (String key : List.of("c", "b", "a")) {
            backwards.put(key, 1);
        }
        Serde<Counts> serde = Serdes.json(Counts.class);
        assertEquals(
                json(serde, new Counts(new TreeMap<>(backwards))),
                json(serde, new Counts(backwards)));
    }

    static final class Bean {
        public int b;
        public String a = "x";
    }

    @Test
    void shouldWriteThePropertiesOfOtherClassesInAlphabeticalOrder() {
        Serde<Bean> serde = Serdes.json(Bean.class);
        Bean bean = new Bean();
        bean.b = 2;
        assertEquals("{\"a\":\"x\",\"b\":2}", json(serde, bean));
        assertEquals(2, copy(serde, bean).b);
    }

    @Test
    void shouldTakeScalarsAndCollections() {
        assertEquals("x", copy(Serdes.json(String.class), "x"));
        assertEquals(Color.GREEN, copy(Serdes.json(Color.class), Color.GREEN));
        assertEquals(Instant.EPOCH, copy(Serdes.json(Instant.class), Instant.EPOCH));
        assertEquals(List.of("a", 1), copy(Serdes.json(List.class), List.of("a", 1)));
        assertEquals(Double.NaN, copy(Serdes.json(Double.class), Double.NaN));
        String emoji = "\ud83d\ude00 \u0000 \u2028";
        assertEquals(emoji, copy(Serdes.json(String.class), emoji));
    }

    interface Open {}

    abstract static class Abstract {}

    sealed interface Hidden {
        record Only(int x) implements Hidden {}
    }

    record Deep(List<Map<String, Optional<Hidden>>> hidden) {}

    static final class NoProperties {
        private int hidden;

        NoProperties(int hidden) {
            this.hidden = hidden;
        }
    }

    @ParameterizedTest
    @ValueSource(
            classes = {Open.class, Abstract.class, Hidden.class, Deep.class, NoProperties.class})
    void shouldRefuseClassesItCouldNotReadBack(Class<?> type) {
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> Serdes.json(type));
        assertTrue(e.getMessage().contains(type.getName()), e.getMessage());
    }

    static final class Scalar {
        private final String text;

        Scalar(String text) {
            this.text = text;
        }

        @JsonValue
        String text() {
            return text;
        }
    }

    record Email(@JsonValue String address) {}

    @Test
    void shouldTakeClassesThatAreWrittenAsOneScalar() {
        assertEquals("x", copy(Serdes.json(Scalar.class), new Scalar("x")).text());
        assertEquals("\"a@b\"", json(Serdes.json(Email.class), new Email("a@b")));
        assertEquals(new Email("a@b"), copy(Serdes.json(Email.class), new Email("a@b")));
    }

    record Nested(List<Nested> nested) {}

    @Test
    void shouldRefuseToWriteDeeperThanItReads() {
        Serde<Nested> serde = Serdes.json(Nested.class);
        // A level of the value is two of the JSON: an object and an array.
        Nested deepest = nested(49);
        assertEquals(deepest, copy(serde, deepest));
        BytesWriter out = new BytesWriter().putByte(1);
        SerdeException e =
                assertThrows(SerdeException.class, () -> serde.serialize(nested(51), out));
        assertTrue(e.getMessage().contains("100"), e.getMessage());
        assertEquals(1, out.size());
        String deep = "[".repeat(101) + "]".repeat(101);
        assertThrows(SerdeException.class, () -> read(Serdes.json(List.class), deep));
    }

    private static Nested nested(int levels) {
        Nested nested = new Nested(List.of());
        for (int i = 1; i < levels; i++) {
            nested = new Nested(List.of(nested));
        }
        return nested;
    }

    @Test
    void shouldReadTheLargestValueItWritesAndRefuseALargerOne() {
        Serde<String> serde = Serdes.json(String.class);
        String largest = "x".repeat(20_000_000 - 2);
        assertTrue(largest.equals(copy(serde, largest)));
        BytesWriter out = new BytesWriter().putByte(1);
        assertThrows(SerdeException.class, () -> serde.serialize(largest + "x", out));
        assertEquals(1, out.size());
    }

    @Test
    void shouldRefuseNumbersOfMoreThanAThousandDigits() {
        assertThrows(
                SerdeException.class, () -> read(Serdes.json(BigInteger.class), "1".repeat(1001)));
        BigInteger most = new BigInteger("1".repeat(1000));
        assertEquals(most, copy(Serdes.json(BigInteger.class), most));
    }

    static final class Throwing {
        public int getX() {
            throw new UnsupportedOperationException("mine");
        }

        public void setX(int x) {}
    }

    @Test
    void shouldTellWhyAValueCannotBeWritten() {
        BytesWriter out = new BytesWriter().putByte(1);
        SerdeException e =
                assertThrows(
                        SerdeException.class,
                        () -> Serdes.json(Throwing.class).serialize(new Throwing(), out));
        assertTrue(e.getMessage().contains("mine"), e.getMessage());
        assertInstanceOf(Exception.class, e.getCause());
        assertEquals(1, out.size());
    }

    @Test
    void shouldServeManyThreads() throws Exception {
        List<Thread> threads = new ArrayList<>();
        List<Object> results = Collections.synchronizedList(new ArrayList<>());
        for (int i = 0; i < 4; i++) {
            Order order = new Order("c" + i, i, false, List.of(), Color.RED);
            Runnable work =
                    () -> {
                        for (int round = 0; round < 500; round++) {
                            if (!order.equals(copy(orders, order))) {
                                return;
                            }
                        }
                        results.add(order);
                    };
            threads.add(new Thread(work));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(4, results.size());
    }

    private static <T> T read(Serde<T> serde, String json) {
        return serde.deserialize(BytesView.of(json.getBytes(StandardCharsets.UTF_8)));
    }

    private static <T> T copy(Serde<T> serde, T value) {
        BytesWriter out = new BytesWriter();
        serde.serialize(value, out);
        return serde.deserialize(out.view());
    }

    private static <T> String json(Serde<T> serde, T value) {
        BytesWriter out = new BytesWriter();
        serde.serialize(value, out);
        return new String(out.toByteArray(), StandardCharsets.UTF_8);
    }
}
