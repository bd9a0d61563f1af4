package io.varve.faults;

import io.varve.faults.SoakFigures.Measure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What can be seen of a process and its files from outside: who would look at LMDB's lock files
 * from inside would give its locks away.
 */
final class SoakProbe {
    private static final double MEGABYTE = 1 << 20;
    private static final double KILOBYTES = 1 << 10;

    /** In LMDB's lock file: two lines of the cache, then one for each reader. */
    private static final int LINE = 64;

    private static final int FIRST_READER = 2 * LINE;
    private static final int PROCESS = 8;
    private static final long ASLEEP = -1;

    private final Path data;
    private final long process;

    SoakProbe(Path data, long process) {
        this.data = data;
        this.process = process;
    }

    /** Of a process that lives. */
    void look(SoakFigures figures) throws IOException {
        Path proc = Path.of("/proc", String.valueOf(process));
        for (String line : Files.readAllLines(proc.resolve("status"))) {
            if (line.startsWith("VmRSS:")) {
                figures.set(Measure.RSS, number(line) / KILOBYTES);
            } else if (line.startsWith("Threads:")) {
                figures.set(Measure.THREADS, number(line));
            }
        }
        try (Stream<Path> open = Files.list(proc.resolve("fd"))) {
            figures.set(Measure.DESCRIPTORS, open.count());
        }
        Map<Measure, Long> bytes = new HashMap<>();
        Map<Measure, Integer> slots = new HashMap<>();
        int[] awake = new int[1];
        for (Path file : files()) {
            Measure place = place(data.relativize(file));
            bytes.merge(place, size(file), Long::sum);
            if (file.endsWith("lock.mdb")) {
                slots.merge(slots(place), readers(file, awake), Math::max);
            }
        }
        bytes.forEach((place, size) -> figures.set(place, size / MEGABYTE));
        slots.forEach(figures::set);
        figures.set(Measure.VIEWS, awake[0]);
    }

    private static double number(String line) {
        return Double.parseDouble(line.replaceAll("[^0-9]", ""));
    }

    /** Those of now: folders come and go. */
    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.find(data, 9, (path, what) -> what.isRegularFile())) {
            return all.filter(file -> !file.startsWith(Stack.backups(data))).toList();
        } catch (java.io.UncheckedIOException e) {
            return files();
        }
    }

    private static long size(Path file) throws IOException {
        try {
            return Files.size(file);
        } catch (NoSuchFileException e) {
            return 0; // it was removed meanwhile
        }
    }

    private static Measure place(Path file) {
        String name = file.toString();
        if (name.startsWith("log/log")) {
            return Measure.LOG;
        } else if (name.startsWith("log/index")) {
            return Measure.INDEX;
        } else if (name.startsWith("log/")) {
            return Measure.STREAMS;
        }
        return name.contains("snapshot") ? Measure.SNAPSHOTS : Measure.MODELS;
    }

    private static Measure slots(Measure place) {
        return switch (place) {
            case LOG -> Measure.SLOTS_LOG;
            case INDEX -> Measure.SLOTS_INDEX;
            case STREAMS -> Measure.SLOTS_STREAMS;
            default -> Measure.SLOTS_MODELS;
        };
    }

    /** How many readers the process has; those that read just now are counted. */
    private int readers(Path lock, int[] awake) throws IOException {
        ByteBuffer in = ByteBuffer.wrap(bytes(lock)).order(ByteOrder.LITTLE_ENDIAN);
        int held = 0;
        for (int at = FIRST_READER; at + LINE <= in.capacity(); at += LINE) {
            if (in.getInt(at + PROCESS) == process) {
                held++;
                awake[0] += in.getLong(at) == ASLEEP ? 0 : 1;
            }
        }
        return held;
    }

    private static byte[] bytes(Path lock) throws IOException {
        try {
            return Files.readAllBytes(lock);
        } catch (NoSuchFileException e) {
            return new byte[0];
        }
    }
}
