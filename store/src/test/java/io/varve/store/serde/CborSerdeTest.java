package io.varve.store.serde;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.errors.SerdeException;
import java.io.File;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.math.BigDecimal;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same values as JSON, in fewer bytes, with the same limits. */
class CborSerdeTest {
    record Scan(String code, long number, Instant at, Map<String, Double> weights, String note) {}

    record Picture(byte[] pixels) {}

    record Price(BigDecimal amount, Optional<String> unit) {}

    record X(int x) {}

    sealed interface Shape {}

    record Circle(int radius) implements Shape {}

    record Group(List<Shape> shapes) implements Shape {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.CLASS)
    interface ByClass {}

    private static final Scan SCAN =
            new Scan(
                    "gr\u00fc\u00df",
                    1L << 40,
                    Instant.parse("2024-02-29T12:00:00.5Z"),
                    Map.of("b", 0.5, "a", -1.25),
                    null);

    private static <T> byte[] write(Serde<T> serde, T value) {
        BytesWriter out = new BytesWriter();
        serde.serialize(value, out);
        return out.toByteArray();
    }

    private static <T> T read(Serde<T> serde, byte[] bytes) {
        return serde.deserialize(BytesView.of(bytes));
    }

    @Test
    void shouldReadWhatItWroteInFewerBytesThanJson() {
        Serde<Scan> serde = Serdes.cbor(Scan.class);
        byte[] bytes = write(serde, SCAN);
        assertEquals(SCAN, read(serde, bytes));
        assertTrue(bytes.length < write(Serdes.json(Scan.class), SCAN).length);
        Serde<Price> prices = Serdes.cbor(Price.class);
        for (String amount : List.of("0", "1.50", "-12345678901234567890.123")) {
            Price price = new Price(new BigDecimal(amount), Optional.empty());
            assertEquals(price, read(prices, write(prices, price)));
        }
    }

    @Test
    void shouldWriteBytesAsTheyAre() {
        Serde<Picture> serde = Serdes.cbor(Picture.class);
        byte[] pixels = new byte[10_000];
        Arrays.fill(pixels, (byte) -1);
        byte[] bytes = write(serde, new Picture(pixels));
        assertTrue(bytes.length < pixels.length + 20);
        assertArrayEquals(pixels, read(serde, bytes).pixels());
    }

    @Test
    void shouldWriteClassesUnderTheirNames() {
        Serde<Shape> serde =
                Serdes.cborTypes(Shape.class)
                        .type("circle", Circle.class)
                        .type("group", Group.class)
                        .build();
        Shape shape = new Group(List.of(new Circle(1), new Group(List.of(new Circle(2)))));
        assertEquals(shape, read(serde, write(serde, shape)));
        assertTrue(serde.describe().startsWith("cbor "), serde.describe());
        assertThrows(IllegalArgumentException.class, () -> Serdes.cbor(ByClass.class));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "f6", // null
                "", // nothing
                "a26178016178" + "02", // x twice
                "a1617801ff", // something behind it
                "a161786131", // text for a number
                "a16178fb3ff8000000000000", // 1.5
                "a161781b7fffffffffffffff", // too large
                "a161785b7fffffffffffffff", // bytes without end
                "a1617a7b7fffffffffffffff" // text without end, passed over
            })
    void shouldRefuseWhatIsNotTheValue(String hex) {
        Serde<X> serde = Serdes.cbor(X.class);
        assertThrows(SerdeException.class, () -> read(serde, HexFormat.of().parseHex(hex)));
    }

    @Test
    void shouldRefuseWhatIsNestedTooDeep() {
        Serde<X> serde = Serdes.cbor(X.class);
        byte[] deep = new byte[100_003];
        Arrays.fill(deep, (byte) 0x81);
        System.arraycopy(HexFormat.of().parseHex("a1617a"), 0, deep, 0, 3);
        assertThrows(SerdeException.class, () -> read(serde, deep));
    }

    @Test
    void shouldSayThatTheLibraryIsMissing() throws Exception {
        List<URL> urls = new ArrayList<>();
        for (String part : System.getProperty("java.class.path").split(File.pathSeparator)) {
            if (!part.contains("dataformat-cbor")) {
                urls.add(Path.of(part).toUri().toURL());
            }
        }
        try (URLClassLoader loader =
                new URLClassLoader(
                        urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
            Class<?> serdes = loader.loadClass(Serdes.class.getName());
            Class<?> type = loader.loadClass(X.class.getName());
            serdes.getMethod("json", Class.class).invoke(null, type);
            Method cbor = serdes.getMethod("cbor", Class.class);
            for (int i = 0; i < 2; i++) {
                Throwable thrown =
                        assertThrows(InvocationTargetException.class, () -> cbor.invoke(null, type))
                                .getCause();
                assertEquals("LibraryMissingException", thrown.getClass().getSimpleName());
                assertTrue(thrown.getMessage().contains("jackson-dataformat-cbor"));
            }
        }
    }
}
