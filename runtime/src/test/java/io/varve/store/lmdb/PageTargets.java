package io.varve.store.lmdb;

import io.varve.fuzz.FuzzTarget;
import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.bytes.Memory;
import io.varve.store.errors.IncompatibleStoreException;
import io.varve.store.errors.StoreCorruptedException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;

/** What is read of an environment before LMDB may map it. */
public final class PageTargets {
    private static final int PAGE = 4096;

    private PageTargets() {}

    /** All of them. */
    public static List<FuzzTarget> all(Path folder) {
        return List.of(pages(folder.resolve("pages")), slots(), syncs(folder.resolve("syncs")));
    }

    /** A small file with all that a file can have, as it was written and as it is damaged. */
    private static final class Pages {
        private final Path folder;
        private final byte[] whole;

        Pages(Path folder) throws IOException {
            this.folder = folder;
            Path made = folder.resolve("made");
            LmdbOptions options = new LmdbOptions(1L << 24, 3, false, "none");
            SplittableRandom random = new SplittableRandom(5);
            try (LmdbEnvironment environment = LmdbEnvironment.open(made, options)) {
                LmdbTable log = environment.longTable("log");
                LmdbTable rows = environment.table("rows");
                for (int i = 0; i < 12; i++) {
                    commit(environment, log, rows, i, random);
                }
            }
            whole = Files.readAllBytes(made.resolve("data.mdb"));
            Files.write(folder.resolve("data.mdb"), whole);
        }

        private static void commit(
                LmdbEnvironment environment,
                LmdbTable log,
                LmdbTable rows,
                int number,
                SplittableRandom random) {
            try (LmdbWriter writer = environment.writer()) {
                int size = number % 4 == 0 ? 9_000 : 200;
                fill(writer.append(log, number, size), size);
                BytesWriter key = new BytesWriter();
                for (int i = 0; i < 40; i++) {
                    key.reset().putUtf8("row " + random.nextInt(300));
                    if (i % 5 == 0) {
                        writer.delete(rows, key.view());
                    } else {
                        fill(writer.reserve(rows, key.view(), 60), 60);
                    }
                }
                writer.commit();
            }
        }

        private static void fill(long address, int size) {
            for (int i = 0; i + 8 <= size; i += 8) {
                Memory.putLong(address + i, i * 77L);
            }
        }

        /** Each six bytes change one: page, place in the page, value; then all is put back. */
        void take(byte[] input) throws IOException {
            Path data = folder.resolve("data.mdb");
            List<Integer> places = new ArrayList<>();
            try (RandomAccessFile file = new RandomAccessFile(data.toFile(), "rw")) {
                ByteBuffer in = ByteBuffer.wrap(input).order(ByteOrder.LITTLE_ENDIAN);
                while (in.remaining() >= 4 && places.size() < 64) {
                    int page = Math.floorMod(in.get(), whole.length / PAGE);
                    int at = page * PAGE + Math.floorMod(in.getShort(), PAGE);
                    file.seek(at);
                    file.write(in.get());
                    places.add(at);
                }
                try {
                    look();
                } finally {
                    for (int at : places) {
                        file.seek(at);
                        file.write(whole[at]);
                    }
                }
            }
        }

        private void look() throws IOException {
            Structure found = StructureCheck.check(folder);
            if (found.isSound()) {
                FuzzTarget.check(found.lost() >= 0 && found.reachable() >= 0, found);
            }
            FuzzTarget.check(found.problems().size() <= 100, found.problems().size());
            PageScan.scan(folder, (bytes, offset) -> offset >= 0);
            if (found.isSound()) {
                readAll();
                return;
            }
            throw new IOException("refused");
        }

        /** What is sound may be mapped: LMDB reads all of it, and does not end the process. */
        private void readAll() {
            LmdbOptions options = new LmdbOptions(1L << 24, 3, false, "none");
            try (LmdbEnvironment environment = LmdbEnvironment.openToRead(folder, options)) {
                for (String name : environment.tableNames()) {
                    read(environment, environment.existingTable(name));
                }
            }
        }

        private static void read(LmdbEnvironment environment, LmdbTable table) {
            BytesView view = new BytesView();
            try (LmdbReader reader = environment.reader();
                    LmdbCursor cursor = reader.openCursor(table)) {
                for (boolean more = cursor.first(); more; more = cursor.next()) {
                    cursor.value(view);
                    view.hashCode();
                }
            }
        }
    }

    private static FuzzTarget pages(Path folder) {
        Pages[] made = new Pages[1];
        List<byte[]> seeds = new ArrayList<>();
        seeds.add(new byte[0]);
        SplittableRandom random = new SplittableRandom(9);
        for (int i = 0; i < 24; i++) {
            byte[] seed = new byte[4];
            random.nextBytes(seed);
            seed[2] &= i % 2 == 0 ? 0 : 15; // headers of pages, mostly
            seeds.add(seed);
        }
        return FuzzTarget.of(
                "pages",
                seeds,
                input -> {
                    if (made[0] == null) {
                        made[0] = new Pages(folder);
                    }
                    made[0].take(input);
                },
                IOException.class,
                StoreCorruptedException.class);
    }

    private static byte[] slot(long sequence) {
        ByteBuffer meta = ByteBuffer.allocate(MetaPage.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        meta.putLong(MetaPage.TRANSACTION_OFFSET, 9);
        return new SyncState(
                        sequence,
                        SyncState.PINNED,
                        9,
                        new Place(1, 2, "boot"),
                        3,
                        new byte[] {1, 2, 3},
                        meta.array(),
                        4)
                .encode();
    }

    /** With a checksum that fits. */
    private static byte[] summed(byte[] bytes, int from) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, from + 12, SyncState.BYTES - 12);
        ByteBuffer.wrap(bytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(from + 8, (int) crc.getValue());
        return bytes;
    }

    private static FuzzTarget slots() {
        return FuzzTarget.of(
                "sync-slot",
                List.of(slot(1)),
                input -> {
                    byte[] bytes = summed(java.util.Arrays.copyOf(input, SyncState.BYTES), 0);
                    boolean other = SyncState.isOfAnotherFormat(bytes);
                    Optional<SyncState> state = SyncState.decode(bytes);
                    FuzzTarget.check(!other || state.isEmpty(), state);
                    if (state.isEmpty()) {
                        throw new IOException("refused");
                    }
                    state.get().metaPage().isMeta();
                    SyncState again = SyncState.decode(state.get().encode()).orElseThrow();
                    FuzzTarget.check(
                            java.util.Arrays.equals(again.encode(), state.get().encode()), again);
                },
                IOException.class);
    }

    private static FuzzTarget syncs(Path folder) {
        byte[] two = java.util.Arrays.copyOf(slot(1), SyncFile.SECOND + SyncState.BYTES);
        System.arraycopy(slot(2), 0, two, SyncFile.SECOND, SyncState.BYTES);
        return FuzzTarget.of(
                "sync-file",
                List.of(two, slot(1)),
                input -> {
                    Files.createDirectories(folder);
                    byte[] bytes = input.clone();
                    if (bytes.length >= SyncState.BYTES && (bytes.length & 1) == 0) {
                        summed(bytes, 0);
                    }
                    Files.write(folder.resolve(SyncFile.NAME), bytes);
                    SyncFile.read(folder);
                },
                StoreCorruptedException.class,
                IncompatibleStoreException.class);
    }
}
