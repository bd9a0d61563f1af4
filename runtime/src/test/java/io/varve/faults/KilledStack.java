package io.varve.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.runtime.ProjectionRuntime;
import io.varve.store.BackupList.Backup;
import io.varve.store.Backups;
import io.varve.store.EventStore;
import io.varve.store.ProgressListener;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A stack in a folder whose processes are killed, one after the other, at a random time or at a
 * call that changes a file; and looked at after each. In another folder are the witnesses, what
 * processes had acknowledged when they died.
 */
final class KilledStack {
    private static final int KILLED = 137;

    /** Where a log is so long that looking at it takes longer than to make it, another begins. */
    private static final int LONG_LOG = 12_000;

    private final Path folder;
    private final Optional<KillPoint> points;
    private final SplittableRandom random;
    private Path data;
    private Path witness;
    private int stacks;
    private String how = "";

    /** How it went. */
    long kills;

    long atCalls;
    long inOpening;
    long events;
    long acknowledged;
    long rebuilds;
    long backups;

    KilledStack(Path folder, Optional<KillPoint> points, long seed) throws IOException {
        this.folder = folder;
        this.points = points;
        this.random = new SplittableRandom(seed);
        begin();
    }

    private void begin() throws IOException {
        data = Files.createDirectories(folder.resolve("data-" + stacks));
        witness = Files.createDirectories(folder.resolve("witness-" + stacks));
        Files.createDirectories(Stack.backups(data));
        stacks++;
    }

    /** One death, and what is left of it. */
    void kill() throws Exception {
        long before = sum(acknowledged());
        try {
            die();
            check();
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("kill=" + kills + " " + how + " data=" + data, e);
        }
        kills++;
        long now = sum(acknowledged());
        inOpening += now == before ? 1 : 0;
        acknowledged += now - before;
    }

    private void die() throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m", "-ea"));
        command.addAll(
                List.of("-XX:+UnlockDiagnosticVMOptions", "-XX:-BytecodeVerificationRemote"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.add(StackChild.class.getName());
        long seed = random.nextLong(1L << 40);
        command.addAll(List.of(data.toString(), witness.toString(), String.valueOf(seed)));
        File log = folder.resolve("child.log").toFile();
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.redirectOutput(log);
        long millis = random.nextInt(400, 1_600);
        how = "seed=" + seed + " millis=" + millis;
        if (points.isPresent() && random.nextInt(3) > 0) {
            long calls = 1L << random.nextInt(14);
            calls += random.nextLong(calls);
            how = "seed=" + seed + " calls=" + calls;
            points.get().arm(builder.environment(), data, calls, random.nextBoolean());
            millis = TimeUnit.SECONDS.toMillis(20);
            atCalls++;
        }
        Process process = builder.start();
        try {
            process.waitFor(millis, TimeUnit.MILLISECONDS);
        } finally {
            process.destroyForcibly();
        }
        assertEquals(KILLED, process.waitFor(), () -> "it ended by itself: " + read(log));
    }

    private static String read(File log) {
        try {
            return Files.readString(log.toPath());
        } catch (IOException e) {
            return e.toString();
        }
    }

    private void check() throws Exception {
        try (EventStore store = Stack.store(data, random)) {
            StackCheck check = new StackCheck(store);
            check.assertKept(acknowledged());
            try (ProjectionRuntime runtime = Stack.runtime(store, data, random, posting -> {})) {
                Stack.start(runtime);
                check.assertAsOfTheirPosition(runtime);
                check.assertComplete(runtime);
                if (random.nextInt(4) == 0) {
                    check.assertRebuildMatches(runtime, random.nextBoolean());
                    rebuilds++;
                }
            }
            if (random.nextInt(8) == 0) {
                assertEquals(List.of(), store.verify(ProgressListener.none()).problems());
            }
            events = store.head() + 1;
        }
        checkBackups();
        if (events > LONG_LOG) {
            delete(data);
            delete(witness);
            begin();
        }
    }

    private long[] acknowledged() throws IOException {
        long[] found = new long[Posting.AUTHORS];
        for (int author = 0; author < found.length; author++) {
            Path file = witness.resolve("acknowledged-" + author);
            byte[] bytes = Files.exists(file) ? Files.readAllBytes(file) : new byte[0];
            int last = bytes.length / Long.BYTES - 1;
            found[author] = last < 0 ? 0 : ByteBuffer.wrap(bytes).getLong(last * Long.BYTES);
        }
        return found;
    }

    private static long sum(long[] numbers) {
        return java.util.Arrays.stream(numbers).sum();
    }

    /** What was said to be complete is listed; what is listed can be restored, and is sound. */
    private void checkBackups() throws IOException {
        List<Backup> complete = Backups.list(Stack.backups(data)).complete();
        List<String> names =
                complete.stream().map(one -> one.path().getFileName().toString()).toList();
        try (Stream<Path> files = Files.list(witness)) {
            files.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith("backup-"))
                    .forEach(name -> assertTrue(names.contains(name), name));
        }
        if (!complete.isEmpty()) {
            Path restored = folder.resolve("restored");
            Backups.restore(
                    complete.get(complete.size() - 1).path(),
                    Stack.log(restored),
                    ProgressListener.none());
            try (EventStore store = Stack.store(restored, random)) {
                new StackCheck(store).assertKept(new long[Posting.AUTHORS]);
            }
            delete(restored);
            backups++;
        }
        for (Path old : List.of(Stack.backups(data))) {
            delete(old);
            Files.createDirectories(old);
        }
        try (Stream<Path> files = Files.list(witness)) {
            for (Path file : files.toList()) {
                if (file.getFileName().toString().startsWith("backup-")) {
                    Files.delete(file);
                }
            }
        }
    }

    private static void delete(Path root) throws IOException {
        try (Stream<Path> paths = Files.walk(root)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    @Override
    public String toString() {
        return "kills="
                + kills
                + " at_calls="
                + atCalls
                + " before_any_append="
                + inOpening
                + " acknowledged="
                + acknowledged
                + " rebuilds="
                + rebuilds
                + " restored="
                + backups
                + " stacks="
                + stacks;
    }
}
