package io.varve.samples.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.OptionalDouble;

/**
 * What else goes on while something is measured: how busy others keep the processors, and how long
 * the disk takes for a sync. Figures lie far apart where these do.
 */
final class Surroundings {
    private static final Path STAT = Path.of("/proc/stat");
    private static final double TICKS_PER_SECOND = 100;
    private static final int IDLE = 4;
    private static final int IO_WAIT = 5;
    private static final int LAST = 8;
    private static final int SYNCS = 20;
    private static final int PAGE = 4096;

    private final OperatingSystemMXBean own =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private long startedAt = System.nanoTime();
    private long ownCpu = own.getProcessCpuTime();
    private OptionalDouble busy = busySeconds();

    /**
     * The cores that all other processes kept busy since it was asked last.
     *
     * @return empty where the system does not tell
     */
    OptionalDouble othersCores() {
        OptionalDouble busyBefore = busy;
        double ownSeconds = (own.getProcessCpuTime() - ownCpu) / 1e9;
        double seconds = (System.nanoTime() - startedAt) / 1e9;
        startedAt = System.nanoTime();
        ownCpu = own.getProcessCpuTime();
        busy = busySeconds();
        if (busy.isEmpty() || busyBefore.isEmpty()) {
            return OptionalDouble.empty();
        }
        double others = busy.getAsDouble() - busyBefore.getAsDouble() - ownSeconds;
        return OptionalDouble.of(Math.max(0, others / seconds));
    }

    /** Processor time of all processes, in the first line of that file; idle and waiting is not. */
    private static OptionalDouble busySeconds() {
        try {
            String[] ticks = Files.readAllLines(STAT).get(0).split("\\s+");
            double sum = 0;
            for (int i = 1; i <= LAST; i++) {
                sum += i == IDLE || i == IO_WAIT ? 0 : Long.parseLong(ticks[i]);
            }
            return OptionalDouble.of(sum / TICKS_PER_SECOND);
        } catch (IOException e) {
            // Only Linux has it.
            return OptionalDouble.empty();
        }
    }

    /** How long it takes now to write a page and sync, in microseconds, in the middle of some. */
    static double syncMicros(Path folder) throws IOException {
        Path file = Files.createTempFile(folder, "sync-", "");
        double[] micros = new double[SYNCS];
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            for (int i = 0; i < SYNCS; i++) {
                long startedAt = System.nanoTime();
                channel.write(ByteBuffer.allocate(PAGE), 0);
                channel.force(false);
                micros[i] = (System.nanoTime() - startedAt) / 1e3;
            }
        } finally {
            Files.delete(file);
        }
        Arrays.sort(micros);
        return micros[SYNCS / 2];
    }
}
