package io.varve.store;

import static io.varve.store.TestEvents.assertSound;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.errors.LimitExceededException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Names that somebody chose to do harm: each is kept as it is, or refused. */
class HostileNamesTest {
    private static final List<String> NAMES =
            List.of(
                    "",
                    "/",
                    "..",
                    "../",
                    "../../etc/passwd",
                    ".",
                    "\\",
                    "C:\\",
                    "CON",
                    "NUL.txt",
                    "$",
                    "$all",
                    "$$",
                    "%00",
                    "\u0000",
                    "a\u0000",
                    "a\u0000b",
                    "\n",
                    "a\r\nb",
                    "\t",
                    " ",
                    " a",
                    "a ",
                    "\u202e",
                    "\u202eevil",
                    "\u200b",
                    "\ufeff",
                    "\ufffd",
                    "\uffff",
                    "\ud834",
                    "\udd1e",
                    "a\ud834",
                    "\ud834\ud834",
                    "\udd1e\ud834",
                    "\ud834\udd1e",
                    "e\u0301",
                    "\u00e9",
                    "I",
                    "\u0131",
                    "\u0130",
                    "i",
                    "K",
                    "\u212a",
                    "identity",
                    "blocks",
                    "varve",
                    "data.mdb",
                    "'; DROP TABLE x; --",
                    "<script>",
                    "${jndi:x}",
                    "{\"@class\":\"x\"}",
                    "-1",
                    "9223372036854775807",
                    "null",
                    "a/b/c",
                    "//");

    @TempDir Path folder;

    private static Optional<StreamId> made(String category, String key) {
        return attempt(() -> StreamId.of(category, key));
    }

    private static <T> Optional<T> attempt(Supplier<T> maker) {
        try {
            return Optional.of(maker.get());
        } catch (IllegalArgumentException | LimitExceededException e) {
            assertTrue(!e.getMessage().isEmpty());
            return Optional.empty();
        }
    }

    private static boolean isUtf16(String text) {
        return text.codePoints().noneMatch(c -> c >= 0xd800 && c < 0xe000);
    }

    private static String anyName(SplittableRandom random) {
        return switch (random.nextInt(8)) {
            case 0, 1, 2 -> NAMES.get(random.nextInt(NAMES.size()));
            case 3 -> anyName(random) + anyName(random);
            case 4 -> ("" + (char) random.nextInt(1 << 16)).repeat(random.nextInt(1, 140));
            case 5 -> "x".repeat(random.nextInt(95, 105) + 100 * random.nextInt(4));
            case 6 -> random.nextInt(10) == 0 ? "x".repeat(10_000) : "";
            default ->
                    random.ints(random.nextInt(1, 60), 0, 0x11_0000)
                            .collect(
                                    StringBuilder::new,
                                    StringBuilder::appendCodePoint,
                                    StringBuilder::append)
                            .toString();
        };
    }

    @Test
    void shouldKeepEveryNameApartFromEveryOther() throws IOException {
        List<StreamId> ids = new ArrayList<>();
        for (String name : NAMES) {
            made("c", name).ifPresent(ids::add);
            made(name, "k").ifPresent(ids::add);
        }
        long right = NAMES.stream().filter(n -> !n.isEmpty() && isUtf16(n)).count();
        long slashed = NAMES.stream().filter(n -> n.indexOf('/') >= 0).count();
        assertEquals(2 * right - slashed, ids.size());
        assertKept(ids);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void shouldKeepOrRefuseAnyName(long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        List<StreamId> ids = new ArrayList<>();
        while (ids.size() < 300) {
            String category = random.nextBoolean() ? "c" : anyName(random);
            made(category, anyName(random)).ifPresent(ids::add);
        }
        assertKept(ids);
    }

    /** Appends to each stream once and again, and reads with and without the index as it was. */
    private void assertKept(List<StreamId> ids) throws IOException {
        Path path = folder.resolve("store");
        StoreConfig config = StoreConfig.at(path).withMergeEvents(50);
        Map<StreamId, Long> versions = new HashMap<>();
        List<RecordedEvent> events;
        try (EventStore store = EventStore.open(config)) {
            for (StreamId id : ids) {
                long before = versions.getOrDefault(id, -1L);
                AppendResult result =
                        store.append(
                                id,
                                before < 0
                                        ? ExpectedVersion.noStream()
                                        : ExpectedVersion.exactly(before),
                                TestEvents.event(id.toString()));
                versions.put(id, before + 1);
                assertEquals(before + 1, result.version());
            }
            events = assertSound(store);
        }
        for (int i = 0; i < ids.size(); i++) {
            assertEquals(ids.get(i), events.get(i).stream());
            assertEquals(ids.get(i).toString(), TestEvents.text(events.get(i)));
        }
        try (EventStore store = EventStore.open(config)) {
            assertEquals(events, assertSound(store));
        }
        TestEvents.deleteIndex(path);
        try (EventStore store = EventStore.open(config)) {
            assertEquals(events, assertSound(store));
        }
        assertNothingElseWasMade();
    }

    private void assertNothingElseWasMade() throws IOException {
        try (var paths = Files.walk(folder)) {
            List<String> files =
                    paths.filter(Files::isRegularFile)
                            .map(file -> folder.relativize(file).toString())
                            .sorted()
                            .toList();
            assertEquals(
                    List.of(
                            "store/index/data.mdb",
                            "store/index/lock.mdb",
                            "store/index/varve.lock",
                            "store/index/varve.sync",
                            "store/log/data.mdb",
                            "store/log/lock.mdb",
                            "store/log/varve.lock",
                            "store/log/varve.sync",
                            "store/varve.lock"),
                    files);
        }
    }

    @Test
    void shouldKeepOrRefuseAnyTypeAndHeader() {
        SplittableRandom random = new SplittableRandom(7);
        List<NewEvent> events = new ArrayList<>();
        NAMES.forEach(name -> anyEvent(name, name).ifPresent(events::add));
        while (events.size() < 400) {
            anyEvent(anyName(random), anyName(random)).ifPresent(events::add);
        }
        StreamId stream = TestEvents.stream("a");
        try (EventStore store = EventStore.open(folder)) {
            events.forEach(event -> store.append(stream, ExpectedVersion.any(), event));
        }
        try (EventStore store = EventStore.open(folder)) {
            List<RecordedEvent> read = assertSound(store);
            assertEquals(events.size(), read.size());
            for (int i = 0; i < read.size(); i++) {
                NewEvent event = events.get(i);
                assertEquals(event.type(), read.get(i).type());
                assertEquals(event.headers(), read.get(i).headers());
                EventQuery query = EventQuery.all().type(event.type()).from(i).limit(1);
                assertEquals(List.of(read.get(i)), store.readList(query));
            }
        }
    }

    private static Optional<NewEvent> anyEvent(String type, String header) {
        return attempt(
                () ->
                        NewEvent.of(type, new byte[0])
                                .with(
                                        EventHeaders.NONE
                                                .withUser(Map.of(header, header))
                                                .withCorrelation(header)));
    }
}
