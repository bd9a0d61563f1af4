package io.varve.store.serde;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.errors.SerdeException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Bytes written by one class and read by another stand for the same class before and after. */
class RecordEvolutionTest {
    record Old(int id, String name, long gone) {}

    record Empty() {}

    enum Color {
        RED
    }

    sealed interface Shape {}

    record Circle(double radius) implements Shape {}

    record Everything(
            int id,
            boolean flag,
            char c,
            float f,
            double d,
            String text,
            byte[] bytes,
            Color color,
            UUID uuid,
            Instant instant,
            LocalDate date,
            LocalDateTime time,
            Duration duration,
            BigInteger big,
            BigDecimal decimal,
            Optional<Integer> optional,
            List<String> list,
            Set<Long> set,
            Map<String, Circle> map,
            Circle record,
            Shape shape,
            Integer box,
            String last) {}

    private static final Everything EVERYTHING =
            new Everything(
                    7,
                    true,
                    'c',
                    1,
                    2,
                    "text",
                    new byte[] {1},
                    Color.RED,
                    new UUID(1, 2),
                    Instant.EPOCH,
                    LocalDate.EPOCH,
                    LocalDateTime.MAX,
                    Duration.ofDays(1),
                    BigInteger.TEN,
                    BigDecimal.ONE,
                    Optional.of(3),
                    List.of("a", "b"),
                    Set.of(1L, 2L),
                    Map.of("k", new Circle(1)),
                    new Circle(2),
                    new Circle(3),
                    4,
                    "last");

    private static final Serde<Everything> EVERYTHING_SERDE =
            Serdes.recordTypes(Everything.class).type("circle", Circle.class).build();

    private static final byte[] EMPTY = RecordSerdeTest.write(of(Empty.class), new Empty());

    record Ends(String last, int id) {}

    @Test
    void shouldPassOverComponentsOfEveryTypeThatAreGone() {
        byte[] bytes = RecordSerdeTest.write(EVERYTHING_SERDE, EVERYTHING);
        assertEquals(new Ends("last", 7), read(Ends.class, bytes));
        assertEquals(new Empty(), read(Empty.class, bytes));
        for (int length = 0; length < bytes.length; length++) {
            BytesView cut = new BytesView().wrap(bytes, 0, length);
            assertThrows(SerdeException.class, () -> of(Empty.class).deserialize(cut));
        }
    }

    @Test
    void shouldFillWhatWasAdded() {
        assertEquals(
                new Everything(
                        0,
                        false,
                        '\0',
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
                        null,
                        null,
                        null,
                        null),
                RecordSerdeTest.read(EVERYTHING_SERDE, EMPTY));
    }

    record Reordered(String added, long id, Optional<String> name, boolean flag) {}

    @Test
    void shouldReadComponentsInAnyOrder() {
        byte[] bytes = write(new Old(1, "n", 2));
        assertEquals(new Reordered(null, 1, Optional.of("n"), false), read(Reordered.class, bytes));
        byte[] back = write(new Reordered("a", 5, Optional.empty(), true));
        assertEquals(new Old(5, null, 0), read(Old.class, back));
    }

    record Renamed(int number, String name, String added, int more) {}

    @Test
    void shouldReadOldNamesAndGiveDefaults() {
        Serde<Renamed> serde =
                Serdes.recordTypes(Renamed.class)
                        .alias(Renamed.class, "id", "number")
                        .alias(Renamed.class, "nr", "number")
                        .removed(Renamed.class, "gone")
                        .defaultValue(Renamed.class, "added", "default")
                        .defaultValue(Renamed.class, "more", 9)
                        .build();
        assertEquals(
                new Renamed(1, "n", "default", 9),
                RecordSerdeTest.read(serde, write(new Old(1, "n", 2))));
        // What was written is not replaced, be it null or 0.
        Renamed plain = new Renamed(3, null, null, 0);
        assertEquals(plain, RecordSerdeTest.read(serde, RecordSerdeTest.write(serde, plain)));
        assertEquals(plain, read(Renamed.class, RecordSerdeTest.write(serde, plain)));
    }

    record OfInt(int x) {}

    record OfLong(long x) {}

    record OfByte(byte x) {}

    record OfInteger(Integer x) {}

    record OfDouble(double x) {}

    record OfFloat(float x) {}

    record OfText(String x) {}

    record OfEnum(Color x) {}

    record OfOptional(Optional<Integer> x) {}

    record OfBoolean(boolean x) {}

    record OfChar(char x) {}

    record OfUuid(UUID x) {}

    record OfBytes(byte[] x) {}

    record OfInstant(Instant x) {}

    record OfTime(LocalDateTime x) {}

    record OfList(List<Integer> x) {}

    record OfSet(Set<Integer> x) {}

    record OfMap(Map<String, Integer> x) {}

    record OfRecord(OfInt x) {}

    record OfBig(BigInteger x) {}

    record OfDecimal(BigDecimal x) {}

    static Stream<List<Record>> changes() {
        return Stream.of(
                List.of(new OfInt(-5), new OfLong(-5)),
                List.of(new OfLong(1 << 30), new OfInt(1 << 30)),
                List.of(new OfLong(-128), new OfByte((byte) -128)),
                List.of(new OfInt(5), new OfInteger(5)),
                List.of(new OfInteger(5), new OfInt(5)),
                List.of(new OfInt(5), new OfDouble(5)),
                List.of(new OfLong(1L << 53), new OfDouble(1L << 53)),
                List.of(new OfLong(Long.MIN_VALUE), new OfDouble(Long.MIN_VALUE)),
                List.of(new OfFloat(0.1f), new OfDouble(0.1f)),
                List.of(new OfText("RED"), new OfEnum(Color.RED)),
                List.of(new OfEnum(Color.RED), new OfText("RED")),
                List.of(new OfInt(5), new OfOptional(Optional.of(5))),
                List.of(new OfOptional(Optional.of(5)), new OfInt(5)),
                List.of(new OfInteger(null), new OfOptional(Optional.empty())));
    }

    @ParameterizedTest
    @MethodSource("changes")
    void shouldReadValuesOfATypeThatWasWidenedOrFits(List<Record> change) {
        assertEquals(change.get(1), read(change.get(1).getClass(), write(change.get(0))));
    }

    static Stream<List<Record>> refusals() {
        UUID uuid = new UUID(1, 2);
        return Stream.of(
                List.of(new OfLong(1L << 31), new OfInt(0)),
                List.of(new OfInt(128), new OfByte((byte) 0)),
                List.of(new OfInt(-129), new OfByte((byte) 0)),
                List.of(new OfInteger(null), new OfInt(0)),
                List.of(new OfLong((1L << 53) + 1), new OfDouble(0)),
                List.of(new OfLong(Long.MAX_VALUE), new OfDouble(0)),
                List.of(new OfDouble(1), new OfFloat(0)),
                List.of(new OfDouble(1), new OfInt(0)),
                List.of(new OfInt(1), new OfFloat(0)),
                List.of(new OfInt(1), new OfBoolean(true)),
                List.of(new OfBoolean(true), new OfInt(0)),
                List.of(new OfChar('c'), new OfInt(0)),
                List.of(new OfInt(1), new OfChar('c')),
                List.of(new OfInt(1), new OfText("")),
                List.of(new OfText("1"), new OfInt(0)),
                List.of(new OfText("BLUE"), new OfEnum(Color.RED)),
                List.of(new OfUuid(uuid), new OfBytes(new byte[0])),
                List.of(new OfBytes(new byte[16]), new OfUuid(uuid)),
                List.of(new OfInstant(Instant.EPOCH), new OfTime(LocalDateTime.MIN)),
                List.of(new OfList(List.of(1)), new OfSet(Set.of())),
                List.of(new OfSet(Set.of(1)), new OfList(List.of())),
                List.of(new OfMap(Map.of()), new OfSet(Set.of())),
                List.of(new OfRecord(new OfInt(1)), new OfInt(1)),
                List.of(new OfInt(1), new OfRecord(new OfInt(1))),
                List.of(new OfBig(BigInteger.ONE), new OfDecimal(BigDecimal.ONE)),
                List.of(new OfInt(1), new OfBig(BigInteger.ONE)));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void shouldRefuseATypeThatHasChangedOtherwise(List<Record> change) {
        byte[] bytes = write(change.get(0));
        SerdeException e =
                assertThrows(SerdeException.class, () -> read(change.get(1).getClass(), bytes));
        assertTrue(e.getMessage().contains("component=x"), e.getMessage());
        assertTrue(e.getMessage().contains(change.get(1).getClass().getName()), e.getMessage());
    }

    @Test
    void shouldRefuseHistoriesThatDoNotFit() {
        refused(() -> builder().alias(Old.class, "name", "id").build(), "name");
        refused(() -> builder().alias(Old.class, "x", "other").build(), "other");
        refused(() -> builder().alias(Old.class, "x", "id").alias(Old.class, "x", "name"), "x");
        refused(() -> builder().removed(Old.class, "name").build(), "name");
        refused(() -> builder().removed(Old.class, "x").alias(Old.class, "x", "id").build(), "x");
        refused(() -> builder().defaultValue(Old.class, "id", 1L).build(), "id");
        refused(() -> builder().defaultValue(Old.class, "name", 1).build(), "name");
        refused(() -> builder().defaultValue(Old.class, "other", 1).build(), "other");
        refused(() -> builder().removed(Empty.class, "x").build(), Empty.class.getName());
        refused(() -> builder().type("circle", Circle.class).build(), Circle.class.getName());
    }

    @Test
    void shouldRefuseNamesWithTheSameTag() {
        int i = 0;
        while (WireType.tag("old" + i) != WireType.tag("name")) {
            i++;
        }
        String twin = "old" + i;
        refused(() -> builder().removed(Old.class, twin).build(), twin);
        refused(() -> builder().alias(Old.class, twin, "id").build(), twin);
    }

    private static RecordSerdeBuilder<Old> builder() {
        return Serdes.recordTypes(Old.class);
    }

    private static void refused(Executable call, String named) {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, call);
        assertTrue(e.getMessage().contains(named), e.getMessage());
    }

    private static <T> Serde<T> of(Class<T> type) {
        return Serdes.record(type);
    }

    private static byte[] write(Record value) {
        return writeAs(value.getClass(), value);
    }

    private static <T> byte[] writeAs(Class<T> type, Object value) {
        BytesWriter out = new BytesWriter();
        of(type).serialize(type.cast(value), out);
        return out.toByteArray();
    }

    private static <T> T read(Class<T> type, byte[] bytes) {
        return of(type).deserialize(BytesView.of(bytes));
    }
}
