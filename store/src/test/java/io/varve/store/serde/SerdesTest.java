package io.varve.store.serde;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.errors.SerdeException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SerdesTest {
    @Nested
    class Utf8 extends OrderedSerdeContract<String> {
        @Override
        Serde<String> serde() {
            return Serdes.utf8();
        }

        @Override
        List<String> edges() {
            return List.of(
                    "",
                    "\0",
                    "a",
                    "ab",
                    "b",
                    "\u007f",
                    "\u0080",
                    "\u00e9",
                    "\u07ff",
                    "\u0800",
                    "\ud7ff",
                    "\ue000",
                    "\ufffd",
                    "?",
                    "\uffff",
                    "\ud83d\ude00",
                    "\udbff\udfff",
                    "x\ufffdy\ud83d\ude00");
        }

        @Override
        String any(Random random) {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(12); i > 0; i--) {
                int point = random.nextInt(1 << (1 + random.nextInt(20)));
                text.appendCodePoint(point >= 0xd800 && point < 0xe000 ? 'x' : point);
            }
            return text.toString();
        }

        @Override
        Comparator<String> order() {
            return (left, right) ->
                    Arrays.compare(left.codePoints().toArray(), right.codePoints().toArray());
        }

        @ParameterizedTest
        @ValueSource(strings = {"80", "c3", "c328", "c080", "eda080", "f4908080", "61ff62", "e282"})
        void shouldRefuseMalformedBytes(String hex) {
            assertRefused(Serdes.utf8(), HexFormat.of().parseHex(hex));
        }

        @Test
        void shouldRefuseLoneSurrogates() {
            // Not as parameters, because these would be mangled on their way into the class file.
            List<String> lone =
                    List.of("\ud800", "a\udc00", "\ud83dx\ude00", "\ude00\ud83d", "ab\ud83d");
            for (String text : lone) {
                BytesWriter out = new BytesWriter();
                assertThrows(SerdeException.class, () -> Serdes.utf8().serialize(text, out));
                assertEquals(0, out.size());
            }
        }

        @Test
        void shouldBePlainUtf8() {
            String text = "Gr\u00fc\u00dfe \ud83d\ude00";
            assertArrayEquals(text.getBytes(StandardCharsets.UTF_8), written(text));
        }
    }

    @Nested
    class Int32 extends OrderedSerdeContract<Integer> {
        @Override
        Serde<Integer> serde() {
            return Serdes.int32();
        }

        @Override
        List<Integer> edges() {
            return List.of(Integer.MIN_VALUE, -256, -1, 0, 1, 255, 256, Integer.MAX_VALUE);
        }

        @Override
        Integer any(Random random) {
            return random.nextInt() >> random.nextInt(32);
        }

        @Override
        Comparator<Integer> order() {
            return Comparator.naturalOrder();
        }

        @Test
        void shouldKeepItsForm() {
            assertArrayEquals(new byte[] {-128, 0, 0, 1}, written(1));
        }
    }

    @Nested
    class Int64 extends OrderedSerdeContract<Long> {
        @Override
        Serde<Long> serde() {
            return Serdes.int64();
        }

        @Override
        List<Long> edges() {
            return List.of(Long.MIN_VALUE, -1L << 32, -1L, 0L, 1L, 1L << 32, Long.MAX_VALUE);
        }

        @Override
        Long any(Random random) {
            return random.nextLong() >> random.nextInt(64);
        }

        @Override
        Comparator<Long> order() {
            return Comparator.naturalOrder();
        }

        @Test
        void shouldKeepItsForm() {
            assertArrayEquals(new byte[] {127, -1, -1, -1, -1, -1, -1, -1}, written(-1L));
        }
    }

    @Nested
    class Float64 extends OrderedSerdeContract<Double> {
        @Override
        Serde<Double> serde() {
            return Serdes.float64();
        }

        @Override
        List<Double> edges() {
            return List.of(
                    Double.NEGATIVE_INFINITY,
                    -Double.MAX_VALUE,
                    -1.0,
                    -Double.MIN_VALUE,
                    -0.0,
                    0.0,
                    Double.MIN_VALUE,
                    Double.MIN_NORMAL,
                    1.0,
                    Double.MAX_VALUE,
                    Double.POSITIVE_INFINITY,
                    Double.NaN);
        }

        @Override
        Double any(Random random) {
            return Double.longBitsToDouble(random.nextLong());
        }

        @Override
        Comparator<Double> order() {
            return Double::compare;
        }

        @Test
        void shouldWriteEveryNanAlike() {
            double other = Double.longBitsToDouble(0xfff8_0000_0000_0001L);
            assertArrayEquals(written(Double.NaN), written(other));
        }
    }

    @Nested
    class Uuids extends OrderedSerdeContract<UUID> {
        @Override
        Serde<UUID> serde() {
            return Serdes.uuid();
        }

        @Override
        List<UUID> edges() {
            return List.of(
                    new UUID(0, 0),
                    new UUID(-1, -1),
                    new UUID(Long.MAX_VALUE, 0),
                    new UUID(Long.MIN_VALUE, 0),
                    new UUID(0, Long.MIN_VALUE));
        }

        @Override
        UUID any(Random random) {
            return new UUID(random.nextLong(), random.nextLong());
        }

        @Override
        Comparator<UUID> order() {
            return Comparator.comparing(UUID::toString);
        }
    }

    @Nested
    class Instants extends OrderedSerdeContract<Instant> {
        @Override
        Serde<Instant> serde() {
            return Serdes.instant();
        }

        @Override
        List<Instant> edges() {
            return List.of(
                    Instant.MIN,
                    Instant.MAX,
                    Instant.EPOCH,
                    Instant.EPOCH.minusNanos(1),
                    Instant.EPOCH.plusNanos(999_999_999),
                    Instant.ofEpochSecond(1));
        }

        @Override
        Instant any(Random random) {
            return Instant.ofEpochSecond(random.nextInt() * 1_000L, random.nextInt(1_000_000_000));
        }

        @Override
        Comparator<Instant> order() {
            return Comparator.naturalOrder();
        }

        @Test
        void shouldRefuseWhatIsNoInstant() {
            BytesWriter nanos = new BytesWriter().putOrderedLong(0).putOrderedInt(1_000_000_000);
            assertRefused(Serdes.instant(), nanos.toByteArray());
            BytesWriter negative = new BytesWriter().putOrderedLong(0).putOrderedInt(-1);
            assertRefused(Serdes.instant(), negative.toByteArray());
            BytesWriter far = new BytesWriter().putOrderedLong(Long.MAX_VALUE).putOrderedInt(0);
            assertRefused(Serdes.instant(), far.toByteArray());
        }
    }

    @Nested
    class Bytes extends OrderedSerdeContract<byte[]> {
        @Override
        Serde<byte[]> serde() {
            return Serdes.bytes();
        }

        @Override
        List<byte[]> edges() {
            return List.of(new byte[0], new byte[1], new byte[] {-1}, new byte[1000]);
        }

        @Override
        byte[] any(Random random) {
            byte[] bytes = new byte[random.nextInt(10)];
            random.nextBytes(bytes);
            return bytes;
        }

        @Override
        Comparator<byte[]> order() {
            return Arrays::compareUnsigned;
        }

        @Override
        void assertSame(byte[] expected, byte[] actual) {
            assertArrayEquals(expected, actual);
        }

        @Test
        void shouldGiveACopy() {
            byte[] stored = {1};
            byte[] read = Serdes.bytes().deserialize(BytesView.of(stored));
            stored[0] = 2;
            assertArrayEquals(new byte[] {1}, read);
        }
    }

    @Test
    void shouldRefuseEveryWrongLength() {
        for (Serde<?> serde :
                List.of(
                        Serdes.int32(),
                        Serdes.int64(),
                        Serdes.float64(),
                        Serdes.uuid(),
                        Serdes.instant())) {
            int right = serde == Serdes.int32() ? 4 : serde == Serdes.uuid() ? 16 : 8;
            right = serde == Serdes.instant() ? 12 : right;
            for (int length = 0; length < 20; length++) {
                if (length != right) {
                    assertRefused(serde, new byte[length]);
                }
            }
        }
    }

    private static void assertRefused(Serde<?> serde, byte[] bytes) {
        assertThrows(SerdeException.class, () -> serde.deserialize(BytesView.of(bytes)));
    }
}
