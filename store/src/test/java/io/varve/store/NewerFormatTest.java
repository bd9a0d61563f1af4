package io.varve.store;

import static io.varve.store.TestEvents.event;
import static io.varve.store.TestEvents.stream;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.bytes.Crc;
import io.varve.store.errors.IncompatibleStoreException;
import io.varve.store.errors.VarveException;
import io.varve.store.state.StateConfig;
import io.varve.store.state.StateEnvironment;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A store that a newer version wrote, with checksums that fit: it is refused and left as it is. */
class NewerFormatTest {
    private static final int UNKNOWN_FLAG = 16;
    private static final int UNKNOWN_KIND = 9;

    /** Who has it open, or had: worth nothing to anybody else. */
    private static final Set<String> LOCKS = Set.of("varve.lock", "lock.mdb");

    /** Whether it was closed: a log whose file of syncs is known has to be opened to be known. */
    private static final String SYNCS = "varve.sync";

    @TempDir Path folder;

    /** Three blocks, each of one event and with a preamble that names a stream. */
    private StoreIdentity threeBlocks() {
        try (EventStore store = EventStore.open(folder)) {
            for (int i = 0; i < 3; i++) {
                store.append(stream("s" + i), ExpectedVersion.noStream(), event("x" + i));
            }
            return store.identity();
        }
    }

    private TreeMap<String, Integer> files() throws IOException {
        TreeMap<String, Integer> sums = new TreeMap<>();
        try (var paths = Files.walk(folder)) {
            for (Path path : paths.filter(Files::isRegularFile).toList()) {
                String name = path.getFileName().toString();
                if (!LOCKS.contains(name)) {
                    int sum = name.equals(SYNCS) ? 0 : Arrays.hashCode(Files.readAllBytes(path));
                    sums.put(path.toString(), sum);
                }
            }
        }
        return sums;
    }

    /** What is done with such a store changes nothing of it, however often. */
    private void assertRefused(Class<? extends VarveException> error, Executable use)
            throws Exception {
        TreeMap<String, Integer> before = files();
        assertTrue(before.size() >= 1, before::toString);
        for (int i = 0; i < 3; i++) {
            VarveException e = assertThrows(error, use);
            assertTrue(e.remedy().contains("newer version"), e.getMessage());
            TreeMap<String, Integer> after = files();
            // An index that was deleted may have been built again.
            after.keySet().removeIf(name -> name.contains("/index/") && !before.containsKey(name));
            assertEquals(before, after);
        }
    }

    private void assertNotOpened(Class<? extends VarveException> error) throws Exception {
        assertRefused(error, () -> EventStore.open(folder).close());
    }

    @Test
    void shouldRefuseALogOfANewerFormat() throws Exception {
        StoreIdentity identity = threeBlocks();
        new Forger(folder).setLogFormat(identity, 2).write();
        assertNotOpened(IncompatibleStoreException.class);
        new Forger(folder).setLogFormat(identity, 1).write();
        try (EventStore store = EventStore.open(folder)) {
            assertEquals(3, TestEvents.assertSound(store).size());
        }
    }

    @ParameterizedTest
    @CsvSource({
        BlockFormat.FORMAT_VERSION + ",2",
        BlockFormat.FORMAT_VERSION + ",255",
        BlockFormat.FLAGS + "," + UNKNOWN_FLAG,
        BlockFormat.FLAGS + ",4",
        BlockFormat.FLAGS + ",128"
    })
    void shouldRefuseANewestBlockOfANewerFormat(int offset, int value) throws Exception {
        threeBlocks();
        new Forger(folder).set(2, offset, value).fixSums().write();
        assertNotOpened(IncompatibleStoreException.class);
    }

    @ParameterizedTest
    @CsvSource({
        BlockFormat.FORMAT_VERSION + ",2",
        BlockFormat.FLAGS + "," + UNKNOWN_FLAG,
        BlockFormat.FLAGS + ",4"
    })
    void shouldReadAroundAnOlderBlockOfANewerFormat(int offset, int value) throws Exception {
        threeBlocks();
        new Forger(folder).set(1, offset, value).fixSums().write();
        assertRefused(
                IncompatibleStoreException.class,
                () -> {
                    try (EventStore store = EventStore.open(folder)) {
                        assertEquals(1, store.readList(EventQuery.all().limit(1)).size());
                        assertEquals(1, store.readList(EventQuery.all().from(2)).size());
                        store.readList(EventQuery.all());
                    }
                });
    }

    @Test
    void shouldRefuseAPreambleThatTellsMoreThanItKnows() throws Exception {
        for (long block : List.of(0L, 2L)) {
            Path log = folder.resolve("log");
            threeBlocks();
            TestEvents.deleteIndex(folder);
            new Forger(folder).set(block, BlockFormat.SHA, UNKNOWN_KIND).fixSums().write();
            assertNotOpened(IncompatibleStoreException.class);
            Files.delete(log.resolve("data.mdb"));
            Files.delete(log.resolve("varve.sync"));
            TestEvents.deleteIndex(folder);
            Files.delete(folder.resolve("index").resolve("varve.sync"));
        }
    }

    @Test
    void shouldRefuseALogWhoseBaseIsOfANewerFormat() throws Exception {
        threeBlocks();
        try (EventStore store = EventStore.open(folder)) {
            assertEquals(1, store.retention().truncateBefore(1).firstPosition());
        }
        new Forger(folder).setBaseFormat(2).write();
        assertNotOpened(IncompatibleStoreException.class);
    }

    /** Those of both slots, of the newer one, of the older one. */
    @ParameterizedTest
    @ValueSource(strings = {"0 4096", "0", "4096"})
    void shouldRefuseALogWhoseSyncsAreOfANewerFormat(String slots) throws Exception {
        threeBlocks();
        Path syncs = folder.resolve("log").resolve(SYNCS);
        byte[] newer = newerSyncs(syncs, slots);
        assertNotOpened(IncompatibleStoreException.class);
        assertArrayEquals(newer, Files.readAllBytes(syncs));
        Path data = folder.resolve("log").resolve("data.mdb");
        byte[] torn = Files.readAllBytes(data);
        torn[24] ^= 1; // as a crash may leave it, for a newer version to put right
        Files.write(data, torn);
        assertNotOpened(IncompatibleStoreException.class);
        assertArrayEquals(newer, Files.readAllBytes(syncs));
        assertArrayEquals(torn, Files.readAllBytes(data));
        assertTrue(
                ClosedStore.verify(folder, ProgressListener.none())
                        .problems()
                        .toString()
                        .contains("of another format"));
    }

    @Test
    void shouldRefuseStateWhoseSyncsAreOfANewerFormat() throws Exception {
        StateConfig config = StateConfig.at(folder).withTables("t");
        StateEnvironment.open(config).close();
        byte[] newer = newerSyncs(folder.resolve(SYNCS), "0 4096");
        assertRefused(
                IncompatibleStoreException.class, () -> StateEnvironment.open(config).close());
        assertArrayEquals(newer, Files.readAllBytes(folder.resolve(SYNCS)));
    }

    /** Sets the format of slots that were written, with a checksum that fits. */
    private static byte[] newerSyncs(Path path, String slots) throws IOException {
        byte[] bytes = Files.readAllBytes(path);
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (String slot : slots.split(" ")) {
            int at = Integer.parseInt(slot);
            in.put(at, "VARVSYNC".getBytes(US_ASCII)).putInt(at + 12, 2);
            in.putInt(at + 8, new Crc().update(bytes, at + 12, 1024 - 12).value());
        }
        Files.write(path, bytes);
        return bytes;
    }

    @Test
    void shouldRefuseABackupOfANewerFormat(@TempDir Path target) throws Exception {
        threeBlocks();
        Path backup = target.resolve("backup");
        try (EventStore store = EventStore.open(folder)) {
            store.backup(backup, ProgressListener.none());
        }
        Path manifest = backup.resolve("manifest");
        String text = Files.readString(manifest);
        String newer =
                text.substring(0, text.indexOf("checksum: "))
                        .replace("varve-backup: 1", "varve-backup: 2")
                        .replace("file: ", "file: of another form ");
        byte[] sum = MessageDigest.getInstance("SHA-256").digest(newer.getBytes(UTF_8));
        newer += "checksum: " + HexFormat.of().formatHex(sum) + "\n";
        Files.writeString(manifest, newer);
        String problems = Backups.verify(backup, ProgressListener.none()).problems().toString();
        assertTrue(problems.contains("of another format"), problems);
        assertRefused(
                IncompatibleStoreException.class,
                () -> Backups.restore(backup, target.resolve("restored"), ProgressListener.none()));
        assertTrue(Files.notExists(target.resolve("restored")));
        assertTrue(Backups.list(target).complete().isEmpty());
        assertEquals(newer, Files.readString(manifest));
    }

    @Test
    void shouldTellBackupsOfWhatIsNewer(@TempDir Path target) throws Exception {
        threeBlocks();
        new Forger(folder).set(1, BlockFormat.FORMAT_VERSION, 2).fixSums().write();
        assertRefused(
                IncompatibleStoreException.class,
                () -> {
                    try (EventStore store = EventStore.open(folder)) {
                        store.backup(target.resolve("backup"), ProgressListener.none());
                    }
                });
        assertTrue(Files.notExists(target.resolve("backup")));
    }
}
