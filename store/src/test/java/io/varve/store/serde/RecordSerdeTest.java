package io.varve.store.serde;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class RecordSerdeTest {
    enum Color {
        RED,
        GREEN {
            @Override
            public String toString() {
                return "verde";
            }
        }
    }

    record Primitives(
            boolean flag, byte b, short s, char c, int i, long l, float f, double d, int last) {}

    record Boxes(
            Boolean flag, Byte b, Short s, Character c, Integer i, Long l, Float f, Double d) {}

    record Scalars(
            String text,
            Color color,
            UUID uuid,
            Instant instant,
            LocalDate date,
            LocalDateTime time,
            Duration duration,
            BigInteger big,
            BigDecimal decimal) {}

    record Containers(
            Optional<Integer> optional,
            List<String> list,
            Set<Long> set,
            Map<String, List<Integer>> map,
            Optional<Primitives> record,
            List<Optional<Color>> options,
            Containers inner) {}

    record Bytes(byte[] bytes) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Bytes that && Arrays.equals(bytes, that.bytes);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(bytes);
        }
    }

    record Empty() {}

    /** Any bytes that are read give a value that is written and read again. */
    abstract static class RecordContract<T> extends SerdeContract<T> {
        @Override
        void assertGarbage(byte[] garbage, T value) {
            assertEquals(value, serde().deserialize(BytesView.of(written(value))), "seed=" + seed);
        }

        @Test
        void shouldRefuseEveryTruncation() {
            List<T> some = values();
            for (T value : some.subList(0, Math.min(some.size(), edges().size() + 20))) {
                byte[] bytes = written(value);
                for (int length = 0; length < bytes.length; length++) {
                    BytesView cut = new BytesView().wrap(bytes, 0, length);
                    assertThrows(SerdeException.class, () -> serde().deserialize(cut));
                }
            }
        }

        @Test
        void shouldWriteEqualValuesAlike() {
            for (T value : values()) {
                byte[] bytes = written(value);
                assertArrayEquals(bytes, written(serde().deserialize(BytesView.of(bytes))));
            }
        }
    }

    @Nested
    class OfPrimitives extends RecordContract<Primitives> {
        private final Serde<Primitives> serde = Serdes.record(Primitives.class);

        @Override
        Serde<Primitives> serde() {
            return serde;
        }

        @Override
        List<Primitives> edges() {
            List<Primitives> edges = new ArrayList<>();
            edges.add(new Primitives(false, (byte) 0, (short) 0, '\0', 0, 0, 0, 0, 0));
            edges.add(
                    new Primitives(
                            true,
                            Byte.MAX_VALUE,
                            Short.MAX_VALUE,
                            Character.MAX_VALUE,
                            Integer.MAX_VALUE,
                            Long.MAX_VALUE,
                            Float.NaN,
                            Double.NEGATIVE_INFINITY,
                            -1));
            edges.add(
                    new Primitives(
                            true,
                            Byte.MIN_VALUE,
                            Short.MIN_VALUE,
                            '\ud800',
                            Integer.MIN_VALUE,
                            Long.MIN_VALUE,
                            -0f,
                            Double.NaN,
                            1));
            for (int bits = 0; bits < 64; bits++) {
                for (long value : new long[] {1L << bits, (1L << bits) - 1, -(1L << bits)}) {
                    edges.add(new Primitives(false, (byte) 0, (short) 0, ' ', 0, value, 0, 0, 0));
                }
            }
            return edges;
        }

        @Override
        Primitives any(Random random) {
            return primitives(random);
        }
    }

    static Primitives primitives(Random random) {
        return new Primitives(
                random.nextBoolean(),
                (byte) random.nextInt(),
                (short) random.nextInt(),
                (char) random.nextInt(),
                random.nextInt() >> random.nextInt(32),
                random.nextLong() >> random.nextInt(64),
                random.nextFloat(),
                random.nextDouble(),
                random.nextInt(3));
    }

    @Nested
    class OfBoxes extends RecordContract<Boxes> {
        private final Serde<Boxes> serde = Serdes.record(Boxes.class);

        @Override
        Serde<Boxes> serde() {
            return serde;
        }

        @Override
        List<Boxes> edges() {
            return List.of(new Boxes(null, null, null, null, null, null, null, null));
        }

        @Override
        Boxes any(Random random) {
            Primitives p = primitives(random);
            Random r = random;
            return new Boxes(
                    maybe(r, p.flag()),
                    maybe(r, p.b()),
                    maybe(r, p.s()),
                    maybe(r, p.c()),
                    maybe(r, p.i()),
                    maybe(r, p.l()),
                    maybe(r, p.f()),
                    maybe(r, p.d()));
        }
    }

    private static <T> T maybe(Random random, T value) {
        return random.nextInt(4) == 0 ? null : value;
    }

    @Nested
    class OfScalars extends RecordContract<Scalars> {
        private final Serde<Scalars> serde = Serdes.record(Scalars.class);

        @Override
        Serde<Scalars> serde() {
            return serde;
        }

        @Override
        List<Scalars> edges() {
            return List.of(
                    new Scalars(null, null, null, null, null, null, null, null, null),
                    new Scalars(
                            "",
                            Color.RED,
                            new UUID(0, 0),
                            Instant.MIN,
                            LocalDate.MIN,
                            LocalDateTime.MIN,
                            Duration.ofSeconds(Long.MIN_VALUE),
                            BigInteger.ZERO,
                            new BigDecimal("0.00")),
                    new Scalars(
                            "\u00e9\ufffd\ud83d\ude00".repeat(50),
                            Color.GREEN,
                            new UUID(-1, 1),
                            Instant.MAX,
                            LocalDate.MAX,
                            LocalDateTime.MAX,
                            Duration.ofSeconds(Long.MAX_VALUE, 999_999_999),
                            BigInteger.ONE.shiftLeft(1000).negate(),
                            new BigDecimal(BigInteger.TEN, Integer.MIN_VALUE)));
        }

        @Override
        Scalars any(Random r) {
            return new Scalars(
                    maybe(r, "x\u00fc".repeat(r.nextInt(100))),
                    maybe(r, Color.values()[r.nextInt(2)]),
                    maybe(r, new UUID(r.nextLong(), r.nextLong())),
                    maybe(r, Instant.ofEpochSecond(r.nextInt(), r.nextInt(1_000_000_000))),
                    maybe(r, LocalDate.ofEpochDay(r.nextInt(100_000) - 50_000)),
                    maybe(r, LocalDateTime.of(2000 + r.nextInt(50), 2, 3, 4, r.nextInt(60))),
                    maybe(r, Duration.ofNanos(r.nextLong())),
                    maybe(r, new BigInteger(r.nextInt(200), r)),
                    maybe(r, new BigDecimal(new BigInteger(r.nextInt(99), r), r.nextInt(40) - 20)));
        }
    }

    @Nested
    class OfContainers extends RecordContract<Containers> {
        private final Serde<Containers> serde = Serdes.record(Containers.class);

        @Override
        Serde<Containers> serde() {
            return serde;
        }

        @Override
        List<Containers> edges() {
            return List.of(
                    new Containers(
                            Optional.empty(),
                            List.of(),
                            Set.of(),
                            Map.of(),
                            Optional.empty(),
                            List.of(),
                            null),
                    new Containers(Optional.of(0), null, null, null, Optional.empty(), null, null));
        }

        @Override
        Containers any(Random random) {
            return containers(random, 3);
        }

        private Containers containers(Random r, int depth) {
            Set<Long> set = new LinkedHashSet<>();
            Map<String, List<Integer>> map = new LinkedHashMap<>();
            List<String> list = new ArrayList<>();
            for (int i = r.nextInt(5); i > 0; i--) {
                set.add(maybe(r, r.nextLong() >> r.nextInt(64)));
                map.put("k" + r.nextInt(1000), maybe(r, Collections.nCopies(r.nextInt(4), i)));
                list.add(maybe(r, "e" + i));
            }
            return new Containers(
                    Optional.ofNullable(maybe(r, r.nextInt())),
                    list,
                    set,
                    map,
                    Optional.ofNullable(maybe(r, primitives(r))),
                    List.of(Optional.empty(), Optional.of(Color.GREEN)),
                    depth == 0 ? null : maybe(r, containers(r, depth - 1)));
        }
    }

    @Nested
    class OfBytes extends RecordContract<Bytes> {
        private final Serde<Bytes> serde = Serdes.record(Bytes.class);

        @Override
        Serde<Bytes> serde() {
            return serde;
        }

        @Override
        List<Bytes> edges() {
            return List.of(
                    new Bytes(null),
                    new Bytes(new byte[0]),
                    new Bytes(new byte[127]),
                    new Bytes(new byte[128]),
                    new Bytes(new byte[20_000]));
        }

        @Override
        Bytes any(Random random) {
            byte[] bytes = new byte[random.nextInt(10)];
            random.nextBytes(bytes);
            return new Bytes(bytes);
        }

        // The longest edge has too many truncations for all to be tried by the contract.
        @Override
        List<Bytes> values() {
            List<Bytes> values = new ArrayList<>(super.values());
            values.removeIf(value -> value.bytes() != null && value.bytes().length > 1000);
            return values;
        }

        @Test
        void shouldReadLongLengths() {
            Bytes value = edges().get(4);
            assertSame(value, serde.deserialize(BytesView.of(written(value))));
        }
    }

    record Order(long id, String customer) {}

    @Test
    void shouldWriteTheBytesThatAreDrawn() {
        // First byte, count; tag of id with type 2, 300; tag of customer with type text, "ab".
        int id = WireType.tag("id") | 2;
        int customer = WireType.tag("customer") | WireType.TEXT;
        BytesWriter expected = new BytesWriter().putByte(0x3b).putByte(2);
        expected.putShort(id).putByte(id >> 16).putShort(300);
        expected.putShort(customer).putByte(customer >> 16).putByte(2).putUtf8("ab");
        byte[] written = write(Serdes.record(Order.class), new Order(300, "ab"));
        assertArrayEquals(expected.toByteArray(), written);
        // Never changes: the bytes lie in logs.
        assertEquals("3b02c2ace12c016f2a34026162", HexFormat.of().formatHex(written));
        assertArrayEquals(new byte[] {0x3b, 0}, write(Serdes.record(Empty.class), new Empty()));
    }

    record Sets(Set<String> set, Map<String, Integer> map) {}

    @Test
    void shouldNotWriteTheOrderInWhichSetsAndMapsIterate() {
        Serde<Sets> serde = Serdes.record(Sets.class);
        Map<String, Integer> up = new LinkedHashMap<>();
        Map<String, Integer> down = new TreeMap<>(Collections.reverseOrder());
        for (int i = 0; i < 100; i++) {
            up.put("k" + i, i);
            down.put("k" + i, i);
        }
        Sets left = new Sets(up.keySet(), up);
        Sets right = new Sets(down.keySet(), down);
        assertArrayEquals(write(serde, left), write(serde, right));
        assertEquals(left, read(serde, write(serde, right)));
    }

    @Test
    void shouldGiveCollectionsThatCannotBeModified() {
        Serde<Containers> serde = Serdes.record(Containers.class);
        Containers value =
                new Containers(
                        Optional.empty(),
                        List.of("a"),
                        Set.of(1L),
                        Map.of("a", List.of(1)),
                        Optional.empty(),
                        List.of(),
                        null);
        Containers read = read(serde, write(serde, value));
        assertThrows(UnsupportedOperationException.class, () -> read.list().add("b"));
        assertThrows(UnsupportedOperationException.class, () -> read.set().add(2L));
        assertThrows(UnsupportedOperationException.class, () -> read.map().put("b", List.of()));
    }

    record Node(int value, List<Node> next) {}

    private static Node chain(int depth) {
        Node node = new Node(depth, List.of());
        for (int i = 1; i < depth; i++) {
            node = new Node(i, List.of(node));
        }
        return node;
    }

    @Test
    void shouldTakeAHundredRecordsInEachOtherAndNoMore() {
        Serde<Node> serde = Serdes.record(Node.class);
        assertEquals(chain(100), read(serde, write(serde, chain(100))));
        BytesWriter out = new BytesWriter().putByte(1);
        assertThrows(SerdeException.class, () -> serde.serialize(chain(101), out));
        assertEquals(1, out.size());
        byte[] ofHundred = write(serde, chain(100));
        byte[] deeper = new byte[ofHundred.length + 9];
        // Puts the hundred below one more: a node whose value is 0, and a list of one record.
        int value = WireType.tag("value");
        int next = WireType.tag("next") | WireType.LIST;
        BytesWriter head = new BytesWriter().putByte(0x3b).putByte(2);
        head.putShort(value).putByte(value >> 16).putShort(next).putByte(next >> 16);
        head.putByte(1).putByte(WireType.RECORD);
        assertEquals(deeper.length, head.size() + ofHundred.length - 1);
        head.putBytes(ofHundred, 1, ofHundred.length - 1);
        SerdeException e =
                assertThrows(SerdeException.class, () -> read(serde, head.toByteArray()));
        assertTrue(e.getMessage().contains("100"), e.getMessage());
    }

    @Test
    void shouldSayWhichComponentCannotBeWritten() {
        Serde<Order> orders = Serdes.record(Order.class);
        BytesWriter out = new BytesWriter().putByte(1);
        SerdeException e =
                assertThrows(
                        SerdeException.class, () -> orders.serialize(new Order(1, "x\ud800"), out));
        assertTrue(e.getMessage().contains("component=customer"), e.getMessage());
        assertEquals(1, out.size());
        Containers noOptional = new Containers(null, null, null, null, null, null, null);
        e =
                assertThrows(
                        SerdeException.class,
                        () -> write(Serdes.record(Containers.class), noOptional));
        assertTrue(e.getMessage().contains("component=optional"), e.getMessage());
    }

    record Positive(int value) {
        Positive {
            if (value <= 0) {
                throw new IllegalArgumentException("value=" + value);
            }
        }
    }

    record Number(int value) {}

    @Test
    void shouldLetTheConstructorRefuse() {
        byte[] zero = write(Serdes.record(Number.class), new Number(0));
        SerdeException e =
                assertThrows(SerdeException.class, () -> read(Serdes.record(Positive.class), zero));
        assertTrue(e.getCause() instanceof IllegalArgumentException);
        assertTrue(e.getMessage().contains(Positive.class.getName()), e.getMessage());
    }

    @Test
    void shouldNotBelieveALengthOfLyingBytes() {
        int max = Integer.MAX_VALUE;
        for (int length : new int[] {1, 100, 1 << 20, max - 2, max}) {
            assertLie(Order.class, "customer", WireType.TEXT, length);
            assertLie(Bytes.class, "bytes", WireType.BYTES, length);
            assertLie(Containers.class, "list", WireType.LIST, length);
            assertLie(Containers.class, "set", WireType.SET, length);
            assertLie(Containers.class, "map", WireType.MAP, length);
            assertLie(Empty.class, "unknown", WireType.MAP, length);
            assertLie(Empty.class, "unknown", WireType.BYTES, length);
        }
    }

    private static <T> void assertLie(Class<T> type, String component, int wireType, int length) {
        BytesWriter out = oneField(component, wireType);
        WireType.putLength(length, out);
        Serde<T> serde = Serdes.record(type);
        assertThrows(SerdeException.class, () -> read(serde, out.toByteArray()));
    }

    @Test
    void shouldRefuseALengthWithoutEnd() {
        BytesWriter out = oneField("customer", WireType.TEXT);
        out.putBytes(new byte[] {-1, -1, -1, -1, -1, 1, 1, 1});
        Serde<Order> serde = Serdes.record(Order.class);
        assertThrows(SerdeException.class, () -> read(serde, out.toByteArray()));
    }

    @Test
    void shouldNotFollowGarbageIntoTheDepths() {
        BytesWriter lists = oneField("unknown", WireType.LIST);
        BytesWriter records = oneField("unknown", WireType.RECORD);
        for (int i = 0; i < 200_000; i++) {
            lists.putByte(1).putByte(WireType.LIST);
            records.putByte(1).putByte(WireType.RECORD).putShort(0);
        }
        for (BytesWriter deep : List.of(lists, records)) {
            SerdeException e =
                    assertThrows(
                            SerdeException.class,
                            () -> read(Serdes.record(Empty.class), deep.toByteArray()));
            assertTrue(e.getMessage().contains("in each other"), e.getMessage());
        }
    }

    @Test
    void shouldTakeAnyNumberOfRecordsBesideEachOther() {
        Serde<Node> serde = Serdes.record(Node.class);
        Node wide = new Node(0, Collections.nCopies(300, chain(99)));
        assertEquals(wide, read(serde, write(serde, wide)));
    }

    @Test
    void shouldRefuseAFieldToPassOverThatIsCut() {
        byte[] bytes = oneField("unknown", WireType.UUID).putBytes(new byte[16]).toByteArray();
        Serde<Empty> serde = Serdes.record(Empty.class);
        assertEquals(new Empty(), read(serde, bytes));
        byte[] cut = Arrays.copyOf(bytes, bytes.length - 1);
        assertThrows(SerdeException.class, () -> read(serde, cut));
    }

    @Test
    void shouldRefuseElementsAndKeysTwice() {
        byte[] set = oneField("set", WireType.SET).putBytes(new byte[] {2, 0, 0}).toByteArray();
        byte[] map =
                oneField("map", WireType.MAP)
                        .putBytes(new byte[] {2, WireType.NULL, 9, WireType.NULL, 9})
                        .toByteArray();
        Serde<Containers> serde = Serdes.record(Containers.class);
        for (byte[] bytes : List.of(set, map)) {
            SerdeException e = assertThrows(SerdeException.class, () -> read(serde, bytes));
            assertTrue(e.getMessage().contains("twice"), e.getMessage());
        }
        Map<String, Integer> byIdentity = new IdentityHashMap<>();
        byIdentity.put("k", 1);
        byIdentity.put(new StringBuilder("k").toString(), 2);
        Sets value = new Sets(Set.of(), byIdentity);
        assertThrows(SerdeException.class, () -> write(Serdes.record(Sets.class), value));
    }

    @Test
    void shouldRefuseNanosecondsBeyondASecond() {
        for (int nano : new int[] {-1, 1_000_000_000}) {
            BytesWriter out = oneField("instant", WireType.INSTANT).putByte(0);
            out.putByte(4).putInt(nano);
            Serde<Scalars> serde = Serdes.record(Scalars.class);
            assertThrows(SerdeException.class, () -> read(serde, out.toByteArray()));
        }
    }

    private static BytesWriter oneField(String component, int wireType) {
        int tag = WireType.tag(component) | wireType;
        return new BytesWriter().putByte(0x3b).putByte(1).putShort(tag).putByte(tag >> 16);
    }

    record Floats(float f, double d, Float boxed) {}

    @Test
    void shouldWriteEveryNanAlike() {
        float f = Float.intBitsToFloat(0xffc0_0001);
        double d = Double.longBitsToDouble(0xfff8_0000_0000_0001L);
        Serde<Floats> serde = Serdes.record(Floats.class);
        assertArrayEquals(
                write(serde, new Floats(Float.NaN, Double.NaN, Float.NaN)),
                write(serde, new Floats(f, d, f)));
    }

    @Test
    void shouldRefuseAnotherFormatAndWhatIsLeftOver() {
        Serde<Empty> serde = Serdes.record(Empty.class);
        assertEquals(new Empty(), read(serde, new byte[] {0x3b, 0}));
        for (String hex : List.of("", "3b", "1b00", "5b00", "3b0000", "3c00", "2900", "3f00")) {
            byte[] bytes = HexFormat.of().parseHex(hex);
            assertThrows(SerdeException.class, () -> read(serde, bytes), hex);
        }
    }

    @Test
    void shouldServeManyThreads() throws Exception {
        Serde<Containers> serde = Serdes.record(Containers.class);
        long seed = Long.getLong("varve.seed", System.nanoTime());
        var threads = Executors.newFixedThreadPool(4);
        try {
            List<Callable<Void>> calls = new ArrayList<>();
            for (int thread = 0; thread < 4; thread++) {
                Random random = new Random(seed + thread);
                calls.add(
                        () -> {
                            OfContainers values = new OfContainers();
                            for (int i = 0; i < 500; i++) {
                                Containers value = values.any(random);
                                assertEquals(value, read(serde, write(serde, value)));
                            }
                            return null;
                        });
            }
            for (Future<Void> done : threads.invokeAll(calls)) {
                done.get();
            }
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void shouldTakeRecordsOfManyComponents() {
        Serde<Wide> serde = Serdes.record(Wide.class);
        Wide wide = new Wide(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, "x", -1);
        assertEquals(wide, read(serde, write(serde, wide)));
        assertNotEquals(wide, read(serde, write(serde, wide.swapped())));
    }

    record Wide(
            long a,
            long b,
            long c,
            long d,
            int e,
            int f,
            int g,
            int h,
            double i,
            double j,
            double k,
            double l,
            float m,
            float n,
            float o,
            float p,
            String q,
            int r) {
        Wide swapped() {
            return new Wide(b, a, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r);
        }
    }

    static <T> byte[] write(Serde<T> serde, T value) {
        BytesWriter out = new BytesWriter();
        serde.serialize(value, out);
        return out.toByteArray();
    }

    static <T> T read(Serde<T> serde, byte[] bytes) {
        return serde.deserialize(BytesView.of(bytes));
    }
}
