package io.varve.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.errors.IncompatibleStoreException;
import io.varve.store.errors.StoreCorruptedException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeadersCodecTest {
    private final long seed = Long.getLong("varve.seed", System.nanoTime());
    private final Random random = new Random(seed);

    @Test
    void shouldWriteNothingForNoHeaders() {
        assertEquals(0, written(EventHeaders.NONE).length);
        EventHeaders alsoNone = EventHeaders.NONE.withUser(Map.of());
        assertEquals(0, written(alsoNone).length);
        assertSame(EventHeaders.NONE, HeadersCodec.read(new BytesView()));
    }

    @Test
    void shouldKeepItsForm() {
        EventHeaders headers =
                EventHeaders.NONE
                        .withEventId(new UUID(0x0102030405060708L, 0x090a0b0c0d0e0f10L))
                        .withCorrelation("c")
                        .withCausation("")
                        .withUser(Map.of("n", "\u00e9", "m", ""));
        assertEquals(
                "0110000000"
                        + "0102030405060708090a0b0c0d0e0f10"
                        + "0201000000"
                        + "63"
                        + "0300000000"
                        + "0402000000"
                        + "016d"
                        + "0404000000"
                        + "016ec3a9",
                HexFormat.of().formatHex(written(headers)));
    }

    @Test
    void shouldReadWhatItWrote() {
        for (int i = 0; i < 2_000; i++) {
            EventHeaders headers = anyHeaders();
            assertEquals(headers, read(written(headers)), "seed=" + seed);
        }
    }

    @Test
    void shouldReadTheLongestNameAndALongValue() {
        EventHeaders headers =
                EventHeaders.NONE.withUser(Map.of("n".repeat(255), "v".repeat(100_000)));
        assertEquals(headers, read(written(headers)));
    }

    @Test
    void shouldKeepARealReplacementCharacter() {
        EventHeaders headers =
                EventHeaders.NONE.withCorrelation("\ufffd").withUser(Map.of("\ufffd", "a\ufffd"));
        assertEquals(headers, read(written(headers)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "01", // cut short
                "02000000",
                "0201000000", // longer than what is there
                "02ffffffff", // a negative length
                "02fbffffff", // one that would go back to the start for ever
                "02ffffff7f",
                "0100000000", // an id without bytes
                "010f000000" + "000000000000000000000000000000",
                "0111000000" + "0000000000000000000000000000000000",
                "0200000000" + "0200000000", // twice
                "0300000000" + "0300000000",
                "0402000000" + "0161" + "0402000000" + "0161",
                "0400000000", // a user header without a name
                "0401000000" + "00",
                "0401000000" + "01",
                "0402000000" + "0261", // a name longer than its entry
                "0402000000" + "0180", // not UTF-8
                "0403000000" + "0161ff",
                "0201000000" + "c3"
            })
    void shouldRefuseDamage(String hex) {
        assertThrows(StoreCorruptedException.class, () -> read(HexFormat.of().parseHex(hex)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0000000000", "0500000000", "ff00000000"})
    void shouldRefuseKindsItDoesNotKnow(String hex) {
        assertThrows(IncompatibleStoreException.class, () -> read(HexFormat.of().parseHex(hex)));
    }

    @Test
    void shouldRefuseDamageOrReadSomethingThatHasAForm() {
        int refused = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = damaged(written(anyHeaders()));
            try {
                EventHeaders headers = read(bytes);
                assertEquals(bytes.length, written(headers).length, "seed=" + seed);
            } catch (StoreCorruptedException | IncompatibleStoreException e) {
                refused++;
            } catch (RuntimeException e) {
                throw new AssertionError("seed=" + seed, e);
            }
        }
        assertTrue(refused > 1_000, "refused=" + refused + " seed=" + seed);
    }

    private byte[] damaged(byte[] bytes) {
        if (bytes.length == 0 || random.nextInt(5) == 0) {
            byte[] garbage = new byte[random.nextInt(40)];
            random.nextBytes(garbage);
            return garbage;
        }
        if (random.nextInt(3) == 0) {
            return Arrays.copyOf(bytes, random.nextInt(bytes.length + 5));
        }
        bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        return bytes;
    }

    @Test
    void shouldWriteEqualHeadersAlike() {
        Map<String, String> one = new HashMap<>();
        Map<String, String> other = new HashMap<>(1000);
        for (int i = 0; i < 50; i++) {
            one.put("k" + i, "v");
            other.put("k" + (49 - i), "v");
        }
        assertArrayEquals(
                written(EventHeaders.NONE.withUser(one)),
                written(EventHeaders.NONE.withUser(other)));
    }

    private EventHeaders anyHeaders() {
        Map<String, String> user = new HashMap<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            user.put(anyText() + "n", anyText());
        }
        return new EventHeaders(
                random.nextBoolean()
                        ? Optional.of(new UUID(random.nextLong(), random.nextLong()))
                        : Optional.empty(),
                random.nextBoolean() ? Optional.of(anyText()) : Optional.empty(),
                random.nextBoolean() ? Optional.of(anyText()) : Optional.empty(),
                user);
    }

    private String anyText() {
        String[] parts = {"a", "\0", "\u00e9", "\ufffd", "\ud83d\ude00", "order"};
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(6); i > 0; i--) {
            text.append(parts[random.nextInt(parts.length)]);
        }
        return text.toString();
    }

    private static byte[] written(EventHeaders headers) {
        BytesWriter out = new BytesWriter();
        HeadersCodec.write(headers, out);
        return out.toByteArray();
    }

    private static EventHeaders read(byte[] bytes) {
        return HeadersCodec.read(BytesView.of(bytes));
    }
}
