package io.varve.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.errors.ImportException;
import io.varve.store.errors.StoreCorruptedException;
import io.varve.store.errors.StoreIoException;
import io.varve.store.transfer.EventExport;
import io.varve.store.transfer.EventImport;
import io.varve.store.transfer.TransferFormat;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Manifests, files of events and clocks that say what cannot be, and are told as what is at fault.
 */
class RefusedFormsTest {
    private static final StreamId A = TestEvents.stream("a");
    private static final String SUM = "0".repeat(64);

    @TempDir Path folder;

    private EventStore store() {
        return EventStore.open(folder.resolve("store"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "log again",
                "file: varve.sync 5 ",
                "file: lock.mdb 5 ",
                "file: varve.lock 5 ",
                "file: x 9223372036854775807 ",
                "file: x 4000000000000000000 "
                        + "0000000000000000000000000000000000000000000000000"
                        + "000000000000000\nfile: y 4000000000000000000 "
            })
    void shouldRefuseAManifestThatNamesWhatCannotBe(String line) throws IOException {
        Path backup = folder.resolve("backups/one");
        try (EventStore store = store()) {
            store.append(A, ExpectedVersion.any(), TestEvents.event("x"));
            store.backup(backup, ProgressListener.none());
        }
        Path file = backup.resolve("manifest");
        String text = Files.readString(file);
        String log = text.lines().filter(l -> l.startsWith("file: ")).findFirst().orElseThrow();
        String added = line.equals("log again") ? log : line + SUM;
        text = text.substring(0, text.indexOf("checksum: ")) + added + "\n";
        byte[] sum = ManifestText.sha256().digest(text.getBytes(StandardCharsets.UTF_8));
        Files.writeString(file, text + "checksum: " + HexFormat.of().formatHex(sum) + "\n");
        for (String name : new String[] {"varve.sync", "lock.mdb", "varve.lock"}) {
            Files.writeString(backup.resolve(name), "hello");
        }
        BackupList list = Backups.list(folder.resolve("backups"));
        assertEquals(0, list.complete().size());
        assertEquals(1, list.unusable().size());
        ProgressListener sane = (done, total) -> assertTrue(done >= 0 && total >= done);
        assertFalse(Backups.verify(backup, sane).isClean());
        assertThrows(
                StoreCorruptedException.class,
                () -> Backups.restore(backup, folder.resolve("restored"), sane));
    }

    private String exported(EventStore store) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        EventExport.write(
                store, EventQuery.all(), TransferFormat.JSON_LINES, out, ProgressListener.none());
        return out.toString(StandardCharsets.UTF_8);
    }

    private static ImportException refused(EventStore store, String text) {
        ByteArrayInputStream in = new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
        return assertThrows(
                ImportException.class,
                () ->
                        EventImport.read(
                                store, TransferFormat.JSON_LINES, in, ProgressListener.none()));
    }

    @Test
    void shouldSayThatAFileOfEventsIsOfANewerVersion() {
        try (EventStore store = store()) {
            String text = exported(store).replaceFirst("\"format\":1", "\"format\":2");
            ImportException e = refused(store, text);
            assertTrue(e.getMessage().contains("newer version: format=2"), e.getMessage());
            assertTrue(e.remedy().contains("newer version of Varve"), e.remedy());
        }
    }

    @Test
    void shouldRefuseAnEventIdThatWouldComeOutAsAnother() {
        UUID id = UUID.fromString("00000001-0001-0001-0001-000000000001");
        try (EventStore store = store()) {
            EventHeaders headers = EventHeaders.NONE.withEventId(id);
            store.append(
                    A,
                    ExpectedVersion.any(),
                    new NewEvent("T", new byte[1], OptionalLong.empty(), headers));
            String text = exported(store);
            assertTrue(text.contains(id.toString()), text);
            ImportException e = refused(store, text.replace(id.toString(), "1-1-1-1-1"));
            assertTrue(e.getMessage().contains("1-1-1-1-1"), e.getMessage());
        }
    }

    @Test
    void shouldSayThatTheClockIsAtFault() {
        SetClock clock = new SetClock();
        StoreConfig config = StoreConfig.at(folder.resolve("store")).withClock(clock);
        try (EventStore store = EventStore.open(config)) {
            assertClockAtFault(store, clock, () -> Instant.MAX);
            assertClockAtFault(store, clock, () -> Instant.ofEpochMilli(Long.MAX_VALUE));
            assertClockAtFault(store, clock, () -> null);
            assertClockAtFault(
                    store,
                    clock,
                    () -> {
                        throw new IllegalStateException("no time");
                    });
            clock.time = () -> Instant.EPOCH;
            store.append(A, ExpectedVersion.noStream(), TestEvents.event("x"));
        }
    }

    private static void assertClockAtFault(
            EventStore store, SetClock clock, Supplier<Instant> time) {
        clock.time = time;
        StoreIoException e =
                assertThrows(
                        StoreIoException.class,
                        () -> store.append(A, ExpectedVersion.any(), TestEvents.event("x")));
        assertTrue(e.getMessage().contains("clock"), e.getMessage());
        assertTrue(e.remedy().contains("withClock"), e.remedy());
    }

    private static final class SetClock extends Clock {
        private volatile Supplier<Instant> time = () -> Instant.EPOCH;

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return time.get();
        }
    }
}
