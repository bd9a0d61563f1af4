package io.varve.store;

import static io.varve.store.TestEvents.assertSound;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.errors.FolderRefusedException;
import io.varve.store.errors.ImportException;
import io.varve.store.errors.StoreIoException;
import io.varve.store.errors.StreamTombstonedException;
import io.varve.store.errors.VarveException;
import io.varve.store.transfer.EventExport;
import io.varve.store.transfer.EventImport;
import io.varve.store.transfer.ExportResult;
import io.varve.store.transfer.ImportResult;
import io.varve.store.transfer.TransferFormat;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Events go out and come in again as they were, or with an error that says what is wrong. */
class TransferTest {
    private static final List<String> JSON =
            List.of(
                    "{}",
                    "[]",
                    "{\"total\":1.10,\"text\":\"\\u00e4\\/\"}",
                    "{\"a\": 1}",
                    "[1, 2,3 ]",
                    "\"text \\ud83d\\ude00\"",
                    "\"\u00e4\uD83D\uDE00\"",
                    "-0.0e5",
                    "12345678901234567890123456789",
                    "true",
                    "null",
                    "{\"a\":{\"b\":[{\"c\":null}]}}",
                    // and what is none, or cannot stand in a line
                    "",
                    " 1",
                    "1 ",
                    "{\"a\":1,\"a\":2}",
                    "{\n}",
                    "01",
                    "{",
                    "1 2",
                    "NaN",
                    "[".repeat(2_000) + "]".repeat(2_000));

    @TempDir Path folder;

    private int stores;

    private EventStore empty() {
        return EventStore.open(TestEvents.restless(folder.resolve("store" + stores++)));
    }

    private EventStore random(long seed, int events) {
        SplittableRandom random = new SplittableRandom(seed);
        EventStore store = empty();
        for (int i = 0; i < events; ) {
            EventBatch batch = new EventBatch();
            for (int n = random.nextInt(1, 20); n > 0; n--, i++) {
                StreamId stream =
                        StreamId.of("c\"" + random.nextInt(3), "k\n\u00e4/" + random.nextInt(30));
                batch.add(stream, event(random));
            }
            store.append(batch);
        }
        return store;
    }

    private static NewEvent event(SplittableRandom random) {
        byte[] payload =
                random.nextBoolean()
                        ? JSON.get(random.nextInt(JSON.size())).getBytes(StandardCharsets.UTF_8)
                        : TestEvents.payload(random.nextLong(), random.nextInt(300));
        EventHeaders headers = EventHeaders.NONE;
        if (random.nextInt(3) == 0) {
            headers =
                    new EventHeaders(
                            Optional.of(new UUID(random.nextLong(), random.nextLong())),
                            Optional.of("cor\u0000\u2028"),
                            random.nextBoolean() ? Optional.of("") : Optional.empty(),
                            Map.of("n" + random.nextInt(5), "v\uD83D\uDE00", "payload", "{}"));
        }
        OptionalLong time = OptionalLong.of(random.nextLong() >> 17);
        return new NewEvent("T" + random.nextInt(4), payload, time, headers);
    }

    private static byte[] export(EventStore store, TransferFormat format) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ExportResult result =
                EventExport.write(store, EventQuery.all(), format, out, ProgressListener.none());
        assertEquals(out.size(), result.bytes());
        assertEquals(store.head() + 1, result.events());
        return out.toByteArray();
    }

    private static ImportResult read(EventStore store, TransferFormat format, byte[] bytes) {
        InputStream in = new ByteArrayInputStream(bytes);
        return EventImport.read(store, format, in, ProgressListener.none());
    }

    private static void assertSame(EventStore expected, EventStore store) {
        List<RecordedEvent> found = assertSound(store);
        List<RecordedEvent> all = TestEvents.all(expected);
        assertEquals(all.size(), found.size());
        for (int i = 0; i < all.size(); i++) {
            RecordedEvent event = all.get(i);
            RecordedEvent other = found.get(i);
            RecordedEvent moved =
                    new RecordedEvent(
                            other.position(),
                            other.stream(),
                            other.version(),
                            other.type(),
                            other.eventTimeMillis(),
                            event.commitTimeMillis(),
                            other.headers(),
                            other.payload());
            assertEquals(event, moved);
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldGiveTheSameEventsBack(TransferFormat format) {
        for (long seed = 0; seed < 5; seed++) {
            try (EventStore store = random(seed, 400);
                    EventStore other = empty()) {
                byte[] bytes = export(store, format);
                ImportResult result = read(other, format, bytes);
                assertEquals(store.head() + 1, result.appended());
                assertSame(store, other);
                assertEquals(new ImportResult(0, store.head() + 1), read(other, format, bytes));
                assertSame(store, other);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldExportTheSameBytesAgain(TransferFormat format) throws IOException {
        // Commit times are those of the import, so the clock stands still here.
        java.util.concurrent.atomic.AtomicLong now = new java.util.concurrent.atomic.AtomicLong(7);
        RandomLog log = new RandomLog(9);
        StoreConfig config = StoreConfig.at(folder.resolve("one")).withClock(TestEvents.clock(now));
        try (EventStore store = EventStore.open(config)) {
            for (int i = 0; i < 30; i++) {
                log.append(store);
            }
        }
        TestEvents.copy(folder.resolve("one"), folder.resolve("two"));
        try (EventStore store = EventStore.open(config);
                EventStore other =
                        EventStore.open(
                                StoreConfig.at(folder.resolve("three"))
                                        .withClock(TestEvents.clock(now)))) {
            byte[] first = export(store, format);
            read(other, format, first);
            byte[] second = export(other, format);
            int events = indexOf(first, "position"); // the header names store and chain hash
            assertEquals(events, indexOf(second, "position"));
            assertTrue(indexOf(first, store.identity().storeId().toString()) < events);
            int end = first.length - 64 - 40; // the sums differ with the headers
            assertArrayEquals(
                    Arrays.copyOfRange(first, events, end),
                    Arrays.copyOfRange(second, events, end));
        }
    }

    private static int indexOf(byte[] bytes, String text) {
        return new String(bytes, StandardCharsets.ISO_8859_1).indexOf(text);
    }

    @Test
    void shouldWriteLinesThatOtherProgramsUnderstand() {
        try (EventStore store = empty()) {
            store.append(
                    StreamId.of("orders", "7"),
                    ExpectedVersion.any(),
                    new NewEvent(
                            "OrderPlaced",
                            "{\"total\": 1.10}".getBytes(StandardCharsets.UTF_8),
                            OptionalLong.of(5),
                            EventHeaders.NONE.withCorrelation("c").withUser(Map.of("u", "v"))),
                    NewEvent.of("Raw", new byte[] {0, 1}).at(6));
            List<String> lines =
                    new String(export(store, TransferFormat.JSON_LINES), StandardCharsets.UTF_8)
                            .lines()
                            .toList();
            assertEquals(4, lines.size());
            assertTrue(lines.get(0).startsWith("{\"varve\":\"events\",\"format\":1,\"store\":\""));
            String time = Long.toString(store.commitTimeMillis(0));
            assertEquals(
                    "{\"position\":0,\"stream\":{\"category\":\"orders\",\"key\":\"7\"},"
                            + "\"version\":0,\"type\":\"OrderPlaced\",\"eventTime\":5,"
                            + "\"commitTime\":"
                            + time
                            + ",\"correlation\":\"c\",\"headers\":{\"u\":\"v\"},"
                            + "\"payload\":{\"total\": 1.10}}",
                    lines.get(1));
            assertTrue(lines.get(2).endsWith(",\"base64\":\"AAE=\"}"), lines.get(2));
            assertTrue(lines.get(3).startsWith("{\"varve\":\"end\",\"events\":2,\"sha256\":\""));
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldExportPartsAndRefuseToPutThemWhereTheyDoNotFit(TransferFormat format) {
        try (EventStore store = random(3, 200);
                EventStore other = empty()) {
            StreamId stream = TestEvents.all(store).get(0).stream();
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            EventQuery query = EventQuery.stream(stream);
            EventExport.write(store, query, format, out, ProgressListener.none());
            read(other, format, out.toByteArray());
            assertEquals(store.version(stream), other.version(stream));
            assertEquals(other.head(), other.version(stream).orElseThrow());
            out.reset();
            EventExport.write(store, query.from(2), format, out, ProgressListener.none());
            try (EventStore third = empty()) {
                ImportException refused =
                        assertThrows(
                                ImportException.class,
                                () -> read(third, format, out.toByteArray()));
                assertEquals(2, refused.item());
                assertEquals(-1, third.head());
            }
            assertThrows(
                    IllegalArgumentException.class,
                    () ->
                            EventExport.write(
                                    store, query.backward(), format, out, (done, total) -> {}));
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldSayThatItIsTheOtherFormat(TransferFormat format) {
        TransferFormat other =
                format == TransferFormat.CBOR ? TransferFormat.JSON_LINES : TransferFormat.CBOR;
        try (EventStore store = random(1, 20);
                EventStore target = empty()) {
            byte[] bytes = export(store, other);
            ImportException refused =
                    assertThrows(ImportException.class, () -> read(target, format, bytes));
            assertTrue(refused.getMessage().contains("looks like " + other), refused.getMessage());
            assertEquals(-1, target.head());
        }
    }

    @Test
    void shouldRefuseAnotherEventInTheSamePlace() {
        try (EventStore store = random(1, 50);
                EventStore other = empty()) {
            RecordedEvent first = TestEvents.all(store).get(0);
            other.append(first.stream(), ExpectedVersion.noStream(), TestEvents.event("else"));
            byte[] bytes = export(store, TransferFormat.JSON_LINES);
            ImportException refused =
                    assertThrows(
                            ImportException.class,
                            () -> read(other, TransferFormat.JSON_LINES, bytes));
            assertTrue(refused.getMessage().contains("another event"), refused.getMessage());
            assertEquals(0, other.head());
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldGoOnWithAnImportThatWasInterrupted(TransferFormat format) {
        try (EventStore store = EventStore.open(folder.resolve("large"));
                EventStore other = EventStore.open(folder.resolve("other"))) {
            EventBatch batch = new EventBatch();
            for (int i = 0; i < 14_000; i++) {
                batch.add(TestEvents.stream("s" + i % 50), TestEvents.event(i, i % 40));
            }
            store.append(batch.tombstone(TestEvents.stream("s1")));
            byte[] bytes = export(store, format);
            byte[] cut = Arrays.copyOf(bytes, bytes.length * 9 / 10);
            assertThrows(ImportException.class, () -> read(other, format, cut));
            long there = other.head() + 1;
            assertTrue(there > 0 && there < store.head() + 1, "there=" + there);
            assertEquals(
                    new ImportResult(store.head() + 1 - there, there), read(other, format, bytes));
            assertEquals(store.head(), other.head());
            assertEquals(new ImportResult(0, store.head() + 1), read(other, format, bytes));
            List<RecordedEvent> ended = TestEvents.of(other, TestEvents.stream("s1"));
            assertTrue(ended.get(ended.size() - 1).isTombstone());
            assertThrows(
                    StreamTombstonedException.class,
                    () ->
                            other.append(
                                    TestEvents.stream("s1"),
                                    ExpectedVersion.any(),
                                    TestEvents.event("more")));
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldImportNothingOfAFileThatIsDamaged(TransferFormat format) throws IOException {
        damage(24, format);
    }

    @Tag("long")
    @ParameterizedTest
    @EnumSource
    void shouldImportNothingOfManyFilesThatAreDamaged(TransferFormat format) throws IOException {
        damage(1_500, format);
    }

    private void damage(int times, TransferFormat format) throws IOException {
        Path file = folder.resolve("events");
        try (EventStore store = random(5, 100);
                EventStore other = empty()) {
            List<Long> told = new ArrayList<>();
            EventExport.write(store, EventQuery.all(), format, file, (d, t) -> told.add(d));
            assertEquals(store.head() + 1, told.get(told.size() - 1));
            byte[] whole = Files.readAllBytes(file);
            SplittableRandom random = new SplittableRandom(1);
            for (int i = 0; i < times; i++) {
                byte[] bad = whole.clone();
                if (i % 3 == 0) {
                    bad = Arrays.copyOf(whole, random.nextInt(whole.length));
                } else {
                    bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
                }
                Files.write(file, bad);
                assertThrows(
                        ImportException.class,
                        () -> EventImport.read(other, format, file, ProgressListener.none()),
                        "i=" + i);
                assertEquals(-1, other.head());
            }
            Files.write(file, whole);
            told.clear();
            EventImport.read(other, format, file, (done, total) -> told.add(total - done));
            assertEquals(0, told.get(told.size() - 1));
            assertSame(store, other);
            assertThrows(
                    FolderRefusedException.class,
                    () -> EventExport.write(store, EventQuery.all(), format, file, (d, t) -> {}));
            assertEquals(
                    List.of("events", "store0", "store1"),
                    Arrays.stream(folder.toFile().list()).sorted().toList());
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldAnswerAnyInputWithATypedError(TransferFormat format) {
        answer(700, format);
    }

    @Tag("long")
    @ParameterizedTest
    @EnumSource
    void shouldAnswerMuchInputWithATypedError(TransferFormat format) {
        answer(20_000, format);
    }

    private void answer(int inputs, TransferFormat format) {
        SplittableRandom random = new SplittableRandom(77);
        try (EventStore store = random(6, 40);
                EventStore other = empty()) {
            byte[] whole = export(store, format);
            Map<Class<?>, Integer> seen = new HashMap<>();
            for (int i = 0; i < inputs; i++) {
                byte[] bad = mutate(whole, random);
                if (Arrays.equals(whole, bad)) {
                    continue;
                }
                try {
                    read(other, format, bad);
                    throw new AssertionError("Taken although it was changed: i=" + i);
                } catch (VarveException e) {
                    assertInstanceOf(ImportException.class, e, "i=" + i);
                    seen.merge(e.getClass(), 1, Integer::sum);
                }
            }
            assertTrue(seen.get(ImportException.class) > inputs / 4 * 3);
            assertEquals(-1, other.head());
        }
    }

    private static byte[] mutate(byte[] whole, SplittableRandom random) {
        byte[] bad = whole.clone();
        switch (random.nextInt(5)) {
            case 0 -> bad = Arrays.copyOf(bad, random.nextInt(bad.length));
            case 1 -> bad[random.nextInt(bad.length)] = (byte) random.nextInt();
            case 2 -> {
                int at = random.nextInt(bad.length);
                byte[] more = new byte[bad.length + 9];
                random.nextBytes(more);
                System.arraycopy(bad, 0, more, 0, at);
                System.arraycopy(bad, at, more, at + 9, bad.length - at);
                bad = more;
            }
            case 3 -> {
                int from = random.nextInt(bad.length);
                int length = random.nextInt(bad.length - from);
                System.arraycopy(bad, from, bad, random.nextInt(bad.length - length), length);
            }
            default -> {
                bad = new byte[random.nextInt(60)];
                random.nextBytes(bad);
            }
        }
        return bad;
    }

    @ParameterizedTest
    @EnumSource
    void shouldNotReadAnEventLongerThanTheStoreTakes(TransferFormat format) {
        try (EventStore store = empty();
                EventStore small =
                        EventStore.open(
                                StoreConfig.at(folder.resolve("small"))
                                        .withMaxPayloadBytes(1_000))) {
            StreamId stream = TestEvents.stream("a");
            store.append(stream, ExpectedVersion.any(), TestEvents.event(1, 10));
            store.append(stream, ExpectedVersion.any(), TestEvents.event(1, 2_000));
            byte[] bytes = export(store, format);
            assertThrows(ImportException.class, () -> read(small, format, bytes));
            InputStream endless =
                    new InputStream() {
                        private long count;

                        @Override
                        public int read() {
                            // "[[[..." in JSON, a byte string of 2^62 bytes in CBOR
                            return format == TransferFormat.CBOR && count++ < 9
                                    ? count == 1 ? 0x5b : 0x40
                                    : '[';
                        }
                    };
            ImportException refused =
                    assertThrows(
                            ImportException.class,
                            () -> EventImport.read(small, format, endless, (d, t) -> {}));
            assertTrue(refused.getMessage().contains("limit="), refused.getMessage());
            assertEquals(-1, small.head());
        }
    }

    @Test
    void shouldTellOfTheOutputThatFailedAndNotOfTheStore() {
        OutputStream full =
                new OutputStream() {
                    @Override
                    public void write(int b) throws IOException {
                        throw new IOException("No space left on device");
                    }
                };
        try (EventStore store = EventStore.open(folder.resolve("sound"))) {
            store.append(TestEvents.stream("a"), ExpectedVersion.any(), TestEvents.event("x"));
            StoreIoException told =
                    assertThrows(
                            StoreIoException.class,
                            () ->
                                    EventExport.write(
                                            store,
                                            EventQuery.all(),
                                            TransferFormat.JSON_LINES,
                                            full,
                                            ProgressListener.none()));
            assertTrue(told.what().contains("output=" + full.getClass().getName()), told.what());
            assertFalse(told.getMessage().contains("path="), told.getMessage());
            assertEquals("No space left on device", told.getCause().getMessage());
        }
    }

    @Test
    void shouldSayThatTheLibraryForCborIsMissing() throws Exception {
        List<URL> urls = new ArrayList<>();
        for (String part : System.getProperty("java.class.path").split(File.pathSeparator)) {
            if (!part.contains("dataformat-cbor")) {
                urls.add(Path.of(part).toUri().toURL());
            }
        }
        try (URLClassLoader loader =
                new URLClassLoader(
                        urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
            Class<?> formats = loader.loadClass(TransferFormat.class.getName());
            Class<?> factories = loader.loadClass("io.varve.store.transfer.JsonFactories");
            Method of = factories.getDeclaredMethod("of", formats);
            of.setAccessible(true);
            of.invoke(null, formats.getEnumConstants()[0]);
            for (int i = 0; i < 2; i++) {
                Throwable thrown =
                        assertThrows(
                                        InvocationTargetException.class,
                                        () -> of.invoke(null, formats.getEnumConstants()[1]))
                                .getCause();
                assertEquals("LibraryMissingException", thrown.getClass().getSimpleName());
                assertFalse(thrown.getMessage().isEmpty());
            }
        }
    }
}
