package io.varve.store.lmdb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.bytes.Memory;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What LMDB leaves is sound; and what is wrong with a file is said. */
class StructureCheckTest {
    @TempDir Path folder;

    @Test
    void shouldFindWhatLmdbWroteSound() throws IOException {
        for (long seed = 1; seed <= 2; seed++) {
            churn(folder.resolve("churn-" + seed), seed, 400);
        }
    }

    @Test
    @Tag("long")
    void shouldFindWhatLmdbWroteSoundInManyFiles() throws IOException {
        long seed = Long.getLong("varve.seed", System.nanoTime());
        for (int i = 0; i < 40; i++) {
            churn(folder.resolve("churn-" + i), seed + i, 3_000);
        }
    }

    /** Writes and deletes at random, with readers that hold pages back, and looks now and then. */
    private static void churn(Path path, long seed, int commits) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        LmdbOptions options = new LmdbOptions(1L << 30, 3, false, "none");
        try (LmdbEnvironment environment = LmdbEnvironment.open(path, options)) {
            LmdbTable log = environment.longTable("log");
            LmdbTable rows = environment.table("rows");
            LmdbTable emptied = environment.table("emptied");
            List<LmdbReader> readers = new ArrayList<>();
            long next = 0;
            for (int i = 0; i < commits; i++) {
                next = commit(environment, log, rows, emptied, next, random);
                if (random.nextInt(30) == 0) {
                    readers.add(environment.reader());
                }
                if (random.nextInt(60) == 0) {
                    readers.forEach(LmdbReader::close);
                    readers.clear();
                }
                if (i % 9 == 0) {
                    Structure found = StructureCheck.check(path);
                    assertTrue(found.isSound(), "seed=" + seed + " " + found);
                    assertEquals(0, found.lost(), "seed=" + seed + " " + found);
                }
            }
            readers.forEach(LmdbReader::close);
        }
        Structure found = StructureCheck.check(path);
        assertTrue(found.isSound() && found.free() > 0, "seed=" + seed + " " + found);
    }

    private static long commit(
            LmdbEnvironment environment,
            LmdbTable log,
            LmdbTable rows,
            LmdbTable emptied,
            long first,
            SplittableRandom random) {
        long next = first;
        BytesWriter key = new BytesWriter();
        try (LmdbWriter writer = environment.writer()) {
            for (int i = random.nextInt(6); i > 0; i--) {
                int size = random.nextInt(3) == 0 ? random.nextInt(70_000) : random.nextInt(300);
                fill(writer.append(log, next++, size), size, random);
            }
            int changes = random.nextInt(5) == 0 ? random.nextInt(300) : random.nextInt(20);
            for (int i = 0; i < changes; i++) {
                key.reset().putUtf8("k" + random.nextInt(2_000));
                key.putBytes(BytesView.of(new byte[random.nextInt(3) == 0 ? 300 : 3]));
                change(writer, rows, key.view(), random);
                change(writer, emptied, key.reset().putInt(random.nextInt(20)).view(), random);
            }
            if (random.nextInt(20) == 0) {
                for (int i = 0; i < 20; i++) {
                    writer.delete(emptied, key.reset().putInt(i).view());
                }
            }
            if (random.nextInt(15) == 0) {
                return first; // taken back
            }
            writer.commit();
        }
        return next;
    }

    private static void change(
            LmdbWriter writer, LmdbTable table, BytesView key, SplittableRandom random) {
        if (random.nextInt(3) == 0) {
            writer.delete(table, key);
        } else {
            int size = random.nextInt(12) == 0 ? random.nextInt(20_000) : random.nextInt(1, 400);
            fill(writer.reserve(table, key, size), size, random);
        }
    }

    private static void fill(long address, int size, SplittableRandom random) {
        for (int i = 0; i + 8 <= size; i += 8) {
            Memory.putLong(address + i, random.nextLong());
        }
    }

    @Test
    void shouldSayWhatIsWrong() throws IOException {
        churn(folder, 7, 300);
        Path data = folder.resolve("data.mdb");
        byte[] bytes = Files.readAllBytes(data);
        ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int slot = file.getLong(144) > file.getLong(4096 + 144) ? 0 : 1;
        MetaPage meta =
                new MetaPage(
                        ByteBuffer.wrap(bytes, slot * 4096, 152)
                                .slice()
                                .order(ByteOrder.LITTLE_ENDIAN));
        long root = meta.tables().root();
        long free = meta.freeList().root();
        int page = Math.toIntExact(root * 4096);
        problem(data, bytes, page, 1, "carries another number");
        problem(data, bytes, page + 10, 3, "another kind");
        problem(data, bytes, page + 12, 1, "no room");
        problem(data, bytes, page + 16, 1, "node");
        problem(data, bytes, Math.toIntExact(free * 4096) + 10, 4, "another kind");
        problem(data, bytes, slot * 4096 + 44, 1, "flags");
        problem(data, bytes, slot * 4096 + 96, 1, "counts its pages");
        problem(data, bytes, slot * 4096 + 16, 1, "not a meta page");
        problem(data, bytes, slot * 4096 + 141, 1, "not there");
        Files.write(data, java.util.Arrays.copyOf(bytes, bytes.length / 2));
        assertFalse(StructureCheck.check(folder).isSound());
        Files.write(data, new byte[0]);
        assertFalse(StructureCheck.check(folder).isSound());
    }

    /** Of a meta page that is damaged in one bit LMDB may believe the other, an older one. */
    @Test
    void shouldFindDamageOfTheMetaPages() throws IOException {
        makeFewRows(6);
        Path data = folder.resolve("data.mdb");
        ByteBuffer file = ByteBuffer.wrap(Files.readAllBytes(data)).order(ByteOrder.LITTLE_ENDIAN);
        int newest = file.getLong(144) > file.getLong(4096 + 144) ? 0 : 1;
        try (RandomAccessFile out = new RandomAccessFile(data.toFile(), "rw")) {
            for (int bit = 0; bit < 2 * 152 * 8; bit++) {
                int slot = bit / (152 * 8);
                int at = bit / 8 % 152;
                ByteBuffer damaged = file.duplicate().order(ByteOrder.LITTLE_ENDIAN);
                byte whole = file.get(slot * 4096 + at);
                long last = file.getLong(slot * 4096 + 136);
                damaged.put(slot * 4096 + at, (byte) (whole ^ 1 << bit % 8));
                write(out, slot * 4096 + at, damaged.get(slot * 4096 + at));
                long more = damaged.getLong(slot * 4096 + 136) - last;
                Structure found = StructureCheck.check(folder);
                String where = "slot=" + slot + " newest=" + newest + " at=" + at;
                assertEquals(
                        !isSeen(at, bit % 8, slot == newest, more),
                        found.isSound(),
                        where + " bit=" + bit % 8 + " " + found);
                damaged.put(slot * 4096 + at, whole);
                write(out, slot * 4096 + at, whole);
            }
        }
    }

    private static void write(RandomAccessFile out, int at, byte value) throws IOException {
        out.seek(at);
        out.write(value);
    }

    /** Each row in a commit of its own. */
    private void makeFewRows(int rows) {
        LmdbOptions options = new LmdbOptions(1L << 20, 1, false, "none");
        try (LmdbEnvironment environment = LmdbEnvironment.open(folder, options)) {
            LmdbTable table = environment.longTable("rows");
            for (int i = 0; i < rows; i++) {
                try (LmdbWriter writer = environment.writer()) {
                    fill(writer.append(table, i, 80), 80, new SplittableRandom(i));
                    writer.commit();
                }
            }
        }
    }

    private static boolean isSeen(int at, int bit, boolean newest, long morePages) {
        if (at == 144 && bit == 1) {
            return !newest; // two less: as if it were the one that the other was written after
        }
        if (at >= 136 && at < 144) {
            return newest && (morePages < 0 || morePages > 1 << 17); // else room is lost
        }
        boolean ofBoth = at < 8 || at == 10 && bit == 3 || at >= 16 && at < 24 || at >= 144;
        boolean ofPageSize = at >= 40 && at < 44;
        boolean ofTrees = at >= 44 && at < 136 && (at < 88 || at >= 92);
        return ofBoth || ofPageSize || newest && ofTrees;
    }

    private void problem(Path data, byte[] bytes, int at, int bits, String what)
            throws IOException {
        bytes[at] ^= (byte) bits;
        Files.write(data, bytes);
        bytes[at] ^= (byte) bits;
        Structure found = StructureCheck.check(folder);
        assertTrue(found.problems().toString().contains(what), what + ": " + found);
    }

    @Test
    void shouldCheckBothHalvesOfALargeTable() throws IOException {
        makeLargeTable();
        Structure sound = StructureCheck.check(folder);
        assertTrue(sound.isSound() && sound.lost() == 0, sound.toString());
        Path data = folder.resolve("data.mdb");
        byte[] bytes = Files.readAllBytes(data);
        PageLayout root = largeRoot(bytes);
        int last = root.count() - 1;
        for (int child : new int[] {0, last}) {
            int page = Math.toIntExact(root.below(child) * 4096);
            problem(data, bytes, page, 1, "carries another number");
        }
        int node = Math.toIntExact(root.page().getLong(0) * 4096) + root.keyOffset(last) - 8;
        bytes[node] = (byte) root.below(0);
        bytes[node + 1] = (byte) (root.below(0) >> 8);
        Files.write(data, bytes);
        String problems = StructureCheck.check(folder).problems().toString();
        assertTrue(problems.contains("is used twice"), problems);
        assertTrue(problems.contains("keys out of order"), problems);
    }

    private void makeLargeTable() {
        SplittableRandom random = new SplittableRandom(17);
        LmdbOptions options = new LmdbOptions(1L << 30, 1, false, "none");
        try (LmdbEnvironment environment = LmdbEnvironment.open(folder, options)) {
            LmdbTable rows = environment.table("rows");
            BytesWriter key = new BytesWriter();
            try (LmdbWriter writer = environment.writer()) {
                for (int i = 0; i < 45_000; i++) {
                    key.reset().putUtf8("key-").putInt(Integer.reverseBytes(i));
                    fill(writer.reserve(rows, key.view(), 400), 400, random);
                }
                writer.commit();
            }
        }
    }

    /** The root of the one table there is. */
    private static PageLayout largeRoot(byte[] bytes) {
        ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int slot = file.getLong(144) > file.getLong(4096 + 144) ? 0 : 1;
        MetaPage meta = new MetaPage(page(bytes, slot));
        PageLayout tables = new PageLayout(page(bytes, meta.tables().root()));
        TreeRecord table = TreeRecord.read(tables.page(), tables.valueOffset(0));
        assertTrue(table.leaves() >= 1 << 12, table.toString());
        return new PageLayout(page(bytes, table.root()));
    }

    private static ByteBuffer page(byte[] bytes, long number) {
        byte[] page =
                java.util.Arrays.copyOfRange(bytes, (int) number * 4096, (int) (number + 1) * 4096);
        return ByteBuffer.wrap(page).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Test
    void shouldEndWhateverTheBytes() throws IOException {
        damage(40, 5);
    }

    @Test
    @Tag("long")
    void shouldEndWhateverManyBytes() throws IOException {
        damage(800, System.nanoTime());
    }

    private void damage(int times, long seed) throws IOException {
        churn(folder, 11, 60);
        Path data = folder.resolve("data.mdb");
        byte[] bytes = Files.readAllBytes(data);
        SplittableRandom random = new SplittableRandom(seed);
        int sound = 0;
        for (int i = 0; i < times; i++) {
            byte[] damaged = bytes.clone();
            DamagedPages.damage(damaged, random);
            Files.write(data, damaged);
            sound += StructureCheck.check(folder).isSound() ? 1 : 0;
        }
        assertTrue(sound > 0 && sound < times, "seed=" + seed + " sound=" + sound);
    }

    @Test
    void shouldTellHowFarItIs() throws IOException {
        churn(folder, 3, 200);
        long[] last = {0, 0};
        Structure found =
                StructureCheck.check(
                        folder,
                        (done, total) -> {
                            assertTrue(done > last[0] && done <= total);
                            last[0] = done;
                            last[1] = total;
                        });
        assertTrue(last[0] > 0);
        assertEquals(found.pages() - 2, last[1]);
    }
}
