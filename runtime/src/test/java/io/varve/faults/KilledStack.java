package io.varve.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * A stack in a folder whose processes are killed, one after the other, at a random time or at a
 * call that changes a file; and looked at after each.
 */
final class KilledStack {
    private static final int KILLED = 137;

    /** Where a log is so long that looking at it takes longer than to make it, another begins. */
    private static final int LONG_LOG = 12_000;

    private final Path folder;
    private final Optional<KillPoint> points;
    private final SplittableRandom random;
    private StackFolder stack;
    private int stacks;
    private String how = "";

    /** How it went. */
    long kills;

    long acknowledged;
    long rebuilds;
    private long atCalls;
    private long inOpening;
    private long backups;

    KilledStack(Path folder, Optional<KillPoint> points, long seed) throws IOException {
        this.folder = folder;
        this.points = points;
        this.random = new SplittableRandom(seed);
        begin();
    }

    private void begin() throws IOException {
        Path data = folder.resolve("data-" + stacks);
        stack = new StackFolder(data, folder.resolve("witness-" + stacks), random);
        stacks++;
    }

    /** One death, and what is left of it. */
    void kill() throws Exception {
        long before = stack.sumOfAcknowledged();
        try {
            die();
            stack.check();
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("kill=" + kills + " " + how + " data=" + stack.data, e);
        }
        long now = stack.sumOfAcknowledged();
        kills++;
        inOpening += now == before ? 1 : 0;
        acknowledged += now - before;
        if (stack.events > LONG_LOG) {
            rebuilds += stack.rebuilds;
            backups += stack.backups;
            stack.delete();
            begin();
        }
    }

    private void die() throws IOException, InterruptedException {
        long seed = random.nextLong(1L << 40);
        Path output = folder.resolve("output");
        ProcessBuilder builder = stack.process(seed, output, false);
        boolean begun = random.nextInt(4) > 0;
        long millis = random.nextInt(begun ? 400 : 1_500);
        how = "seed=" + seed + " millis=" + millis;
        if (points.isPresent() && random.nextInt(3) > 0) {
            int calls = 1 << random.nextInt(14);
            calls += random.nextInt(calls);
            how = "seed=" + seed + " calls=" + calls;
            points.get().arm(builder.environment(), stack.data, calls, random.nextBoolean());
            begun = false;
            millis = TimeUnit.SECONDS.toMillis(20);
            atCalls++;
        }
        Process process = builder.start();
        try {
            stack.await(process, seed, begun, millis);
        } finally {
            process.destroyForcibly();
        }
        int code = process.waitFor();
        assertEquals(KILLED, code, () -> "it ended by itself: " + read(output));
    }

    private static String read(Path output) {
        try {
            return Files.readString(output);
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Override
    public String toString() {
        return "kills=%d at_calls=%d before_any_append=%d acknowledged=%d rebuilds=%d restored=%d stacks=%d"
                .formatted(
                        kills,
                        atCalls,
                        inOpening,
                        acknowledged,
                        rebuilds + stack.rebuilds,
                        backups + stack.backups,
                        stacks);
    }
}
