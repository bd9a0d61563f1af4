package io.varve.store.lmdb;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * Watches an environment in a folder, commit by commit and sync by sync, and makes what a disk may
 * hold when the machine goes down: what was flushed, and of what was written since, sector by
 * sector of 512 bytes, the old bytes or any of the newer ones.
 *
 * <p>Call {@link #look} after each commit and each step of a sync.
 */
public final class CrashRecorder implements AutoCloseable {
    /** A deliberate mistake in the order of things. */
    public enum Mistake {
        /** None. */
        NONE,
        /** The slot is written before the data is synced. */
        SLOT_FIRST,
        /** The pin before is let go when the next transaction is captured. */
        PIN_DROPPED_EARLY,
        /** No pin at all. */
        NO_PIN
    }

    private static final int SECTOR = 512;
    private static final List<String> FILES = List.of("data.mdb", SyncFile.NAME);

    private final Path folder;
    private final Map<String, Watched> watched = new HashMap<>();
    private Consumer<String> moment = step -> {};

    /** A file: as it is, as it was flushed, and what each sector has been since. */
    private static final class Watched {
        private byte[] now = new byte[0];
        private byte[] flushed = new byte[0];
        private final Map<Integer, List<byte[]>> unflushed = new HashMap<>();

        void look(byte[] bytes) {
            for (int sector = 0; sector * SECTOR < bytes.length; sector++) {
                byte[] was = sector(now, sector);
                byte[] is = sector(bytes, sector);
                if (!Arrays.equals(was, is)) {
                    unflushed.computeIfAbsent(sector, s -> new ArrayList<>()).add(is);
                }
            }
            now = bytes;
        }

        void flush() {
            flushed = now;
            unflushed.clear();
        }

        private static byte[] sector(byte[] bytes, int sector) {
            int from = Math.min(bytes.length, sector * SECTOR);
            byte[] copy = new byte[SECTOR];
            System.arraycopy(bytes, from, copy, 0, Math.min(SECTOR, bytes.length - from));
            return copy;
        }

        byte[] image(SplittableRandom random) {
            int pattern = random.nextInt(8);
            double chance = new double[] {0.03, 0.2, 0.5, 0.8, 0.97}[random.nextInt(5)];
            byte[] image = Arrays.copyOf(flushed, length(random));
            int grain = random.nextBoolean() ? 1 : 8;
            Map<Integer, Integer> drawn = new HashMap<>();
            for (Map.Entry<Integer, List<byte[]>> entry : unflushed.entrySet()) {
                int sector = entry.getKey();
                boolean meta = sector < 16;
                boolean take =
                        switch (pattern) {
                            case 0 -> false;
                            case 1 -> true;
                            case 2 -> meta;
                            case 3 -> !meta;
                            case 4 -> meta || random.nextDouble() < chance;
                            default ->
                                    drawn.computeIfAbsent(
                                                    sector / grain,
                                                    s -> random.nextDouble() < chance ? 1 : 0)
                                            == 1;
                        };
                List<byte[]> versions = entry.getValue();
                if (take && (long) sector * SECTOR < image.length) {
                    int version =
                            pattern < 4 || random.nextBoolean()
                                    ? versions.size() - 1
                                    : random.nextInt(versions.size());
                    int length = Math.min(SECTOR, image.length - sector * SECTOR);
                    System.arraycopy(versions.get(version), 0, image, sector * SECTOR, length);
                }
            }
            return image;
        }

        /** The size is flushed, or as it is now, or in between. */
        private int length(SplittableRandom random) {
            int more = now.length - flushed.length;
            return switch (random.nextInt(3)) {
                case 0 -> now.length;
                case 1 -> flushed.length;
                default ->
                        flushed.length + (more <= 0 ? 0 : random.nextInt(more / 4096 + 1) * 4096);
            };
        }
    }

    /** Begins to watch; before the environment is opened. */
    public CrashRecorder(Path folder, Mistake mistake) {
        this.folder = folder;
        FILES.forEach(name -> watched.put(name, new Watched()));
        PinnedSync.mistake = PinnedSync.Mistake.valueOf(mistake.name());
        PinnedSync.observer = this::step;
    }

    /** Hears of each step of a sync: the machine may go down behind it. */
    public void onStep(Consumer<String> listener) {
        moment = listener;
    }

    private void step(PinnedSync.Step step) {
        unset(); // what is opened from now on is an image, and not watched
        look();
        switch (step) {
            case DATA_SYNCED -> watched.get("data.mdb").flush();
            case SLOT_SYNCED -> watched.get(SyncFile.NAME).flush();
            default -> {}
        }
        moment.accept(step.name());
    }

    /** Sees what was written since the last look. */
    public void look() {
        try {
            for (String name : FILES) {
                Path file = folder.resolve(name);
                if (Files.exists(file)) {
                    watched.get(name).look(Files.readAllBytes(file));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All that was written is on disk, as after a commit that syncs. */
    public void flushed() {
        look();
        watched.values().forEach(Watched::flush);
    }

    /** Writes one of the states the disk may be in into another folder. */
    public void crash(Path into, SplittableRandom random) {
        try {
            Files.createDirectories(into);
            Files.deleteIfExists(into.resolve("lock.mdb"));
            for (String name : FILES) {
                byte[] image = watched.get(name).image(random);
                Files.write(into.resolve(name), image);
            }
            SyncPlaces.move(into, false);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Writes the states of a commit that syncs by itself: any of its data and the old meta pages,
     * or all of its data and any of the meta pages.
     */
    public void crashCommit(Path into, SplittableRandom random) {
        Watched data = watched.get("data.mdb");
        boolean all = random.nextInt(3) == 0;
        byte[] image = all ? data.now.clone() : data.image(random);
        byte[] metas = Arrays.copyOf(data.flushed, 8192);
        if (all && random.nextBoolean()) {
            metas = Arrays.copyOf(data.now, 8192);
        }
        System.arraycopy(metas, 0, image, 0, metas.length);
        try {
            Files.createDirectories(into);
            Files.deleteIfExists(into.resolve("lock.mdb"));
            Files.write(into.resolve("data.mdb"), image);
            Files.write(into.resolve(SyncFile.NAME), watched.get(SyncFile.NAME).flushed);
            SyncPlaces.move(into, false);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Which transaction an open environment would begin with. */
    public static long transaction(Path folder) {
        return DataFile.newestMeta(folder).transaction();
    }

    @Override
    public void close() {
        unset();
    }

    private static void unset() {
        PinnedSync.mistake = PinnedSync.Mistake.NONE;
        PinnedSync.observer = step -> {};
    }
}
