package io.varve.store.lmdb;

import io.varve.store.bytes.Memory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.lmdbjava.Cursor;
import org.lmdbjava.Dbi;
import org.lmdbjava.DbiFlags;
import org.lmdbjava.Env;
import org.lmdbjava.EnvFlags;
import org.lmdbjava.PutFlags;
import org.lmdbjava.Txn;

/**
 * Measures ways to bring commits to the disk side by side, on blocks as the log writes them, in
 * alternating rounds: {@code DurabilityComparison folder rounds seconds}. Prints medians.
 */
final class DurabilityComparison {
    private static final int EVENT = 122;
    private static final int MOST_BLOCK = 65_520;
    private static final int[] BATCHES = {1, 10, 100, 10_000};

    private DurabilityComparison() {}

    /** One way; appends a block under a key in a commit of its own or with others. */
    private interface Way extends AutoCloseable {
        long commit(long key, int bytes);

        @Override
        void close();
    }

    private record Result(double eventsPerSecond, double mebibytes) {}

    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[0]);
        int rounds = Integer.parseInt(arguments[1]);
        double seconds = Double.parseDouble(arguments[2]);
        List<String> ways = List.of("SYNC", "NOMETASYNC", "pin 100 ms", "pin 1 s");
        System.out.printf("%d bytes an event, %d rounds of %.1f s%n", EVENT, rounds, seconds);
        for (int batch : BATCHES) {
            List<List<Result>> results = new ArrayList<>();
            ways.forEach(way -> results.add(new ArrayList<>()));
            for (int round = 0; round < rounds; round++) {
                for (int i = 0; i < ways.size(); i++) {
                    results.get(i).add(measure(folder, ways.get(i), batch, seconds));
                }
            }
            for (int i = 0; i < ways.size(); i++) {
                print(ways.get(i), batch, results.get(i));
            }
        }
        checkCost(folder);
    }

    private static void print(String way, int batch, List<Result> results) {
        double[] rates = results.stream().mapToDouble(Result::eventsPerSecond).sorted().toArray();
        double[] sizes = results.stream().mapToDouble(Result::mebibytes).sorted().toArray();
        int middle = rates.length / 2;
        System.out.printf(
                "batch %6d  %-11s %,12.0f events/s (%,.0f to %,.0f)  file %,8.1f MiB%n",
                batch, way, rates[middle], rates[0], rates[rates.length - 1], sizes[middle]);
    }

    private static Result measure(Path folder, String way, int batch, double seconds)
            throws IOException {
        delete(folder);
        long begin = System.nanoTime();
        long end = begin + (long) (seconds * 1e9);
        long events = 0;
        long key = 0;
        try (Way opened = open(folder, way)) {
            while (System.nanoTime() < end) {
                key = opened.commit(key, batch * EVENT);
                events += batch;
            }
        }
        // With what closing has still to sync.
        double rate = events / ((System.nanoTime() - begin) / 1e9);
        return new Result(rate, Files.size(folder.resolve(DataFile.NAME)) / 1048576.0);
    }

    private static Way open(Path folder, String way) {
        return switch (way) {
            case "SYNC" -> ours(folder, CommitMode.SYNCED);
            case "pin 100 ms" -> ours(folder, CommitMode.pinned(Duration.ofMillis(100)));
            case "pin 1 s" -> ours(folder, CommitMode.pinned(Duration.ofSeconds(1)));
            default -> withoutMetaSync(folder);
        };
    }

    private static Way ours(Path folder, CommitMode mode) {
        LmdbOptions options = new LmdbOptions(1L << 36, 1, mode, "none", (e, tag) -> false);
        LmdbEnvironment environment = LmdbEnvironment.open(folder, options);
        LmdbTable table = environment.longTable("blocks");
        return new Way() {
            @Override
            public long commit(long key, int bytes) {
                long next = key;
                try (LmdbWriter writer = environment.writer()) {
                    for (int left = bytes; left > 0; left -= MOST_BLOCK) {
                        int size = Math.min(left, MOST_BLOCK);
                        fill(writer.append(table, next++, size), size);
                    }
                    writer.commit();
                }
                return next;
            }

            @Override
            public void close() {
                environment.close();
            }
        };
    }

    /** One flush a commit: it covers the meta page of the commit before. */
    private static Way withoutMetaSync(Path folder) {
        FolderLock.makeFolder(folder);
        Env<NativeBytes> env =
                Env.create(NativeBytesProxy.PROXY)
                        .setMapSize(1L << 36)
                        .setMaxDbs(1)
                        .open(folder.toFile(), EnvFlags.MDB_NOTLS, EnvFlags.MDB_NOMETASYNC);
        Dbi<NativeBytes> table =
                env.openDbi("blocks", DbiFlags.MDB_CREATE, DbiFlags.MDB_INTEGERKEY);
        KeyBuffer key = new KeyBuffer();
        return new Way() {
            @Override
            public long commit(long first, int bytes) {
                long next = first;
                try (Txn<NativeBytes> txn = env.txnWrite()) {
                    for (int left = bytes; left > 0; left -= MOST_BLOCK) {
                        int size = Math.min(left, MOST_BLOCK);
                        try (Cursor<NativeBytes> cursor = table.openCursor(txn)) {
                            NativeBytes room =
                                    cursor.reserve(key.set(next++), size, PutFlags.MDB_APPEND);
                            fill(room.address(), size);
                        }
                    }
                    txn.commit();
                }
                return next;
            }

            @Override
            public void close() {
                env.sync(true);
                env.close();
            }
        };
    }

    private static void fill(long address, int size) {
        for (int i = 0; i + Long.BYTES <= size; i += Long.BYTES) {
            Memory.putLong(address + i, i);
        }
    }

    /** What the check of the structure costs, at ten million events. */
    private static void checkCost(Path folder) throws IOException {
        for (int batch : new int[] {1, 100, 10_000}) {
            delete(folder);
            try (Way way = ours(folder, CommitMode.UNSYNCED)) {
                long key = 0;
                for (int events = 0; events < 10_000_000; events += batch) {
                    key = way.commit(key, batch * EVENT);
                }
            }
            for (int i = 0; i < 3; i++) {
                long begin = System.nanoTime();
                Structure found = StructureCheck.check(folder);
                System.out.printf(
                        "check of 10 M events in batches of %,d: %,d ms, %,d pages, sound=%b%n",
                        batch,
                        (System.nanoTime() - begin) / 1_000_000,
                        found.pages(),
                        found.isSound());
            }
        }
        delete(folder);
    }

    private static void delete(Path folder) throws IOException {
        for (String name : List.of(DataFile.NAME, "lock.mdb", SyncFile.NAME)) {
            Files.deleteIfExists(folder.resolve(name));
        }
    }
}
