package io.varve.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.runtime.ProjectionRuntime;
import io.varve.store.EventStore;
import io.varve.store.ProgressListener;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Where a stack lies whose processes die, and what they had acknowledged, which they wrote to
 * another folder. It is looked at after each death.
 */
final class StackFolder {
    private static final String DURABLE = "durable";

    final Path data;
    final Path witness;
    private final SplittableRandom random;

    /** How it went. */
    long events;

    long rebuilds;
    long backups;

    StackFolder(Path data, Path witness, SplittableRandom random) throws IOException {
        this.data = Files.createDirectories(data);
        this.witness = Files.createDirectories(witness);
        this.random = random;
        Files.createDirectories(Stack.backups(data));
    }

    /** A file that is there when a process has opened all and begins to append. */
    static Path started(Path witness, long seed) {
        return witness.resolve("started-" + seed);
    }

    /**
     * Waits until a process has lived for so long, since it was started, or since it has begun to
     * append; returns whether it lives.
     */
    boolean await(Process process, long seed, boolean begun, long millis)
            throws InterruptedException {
        while (begun && !Files.exists(started(witness, seed))) {
            if (process.waitFor(5, TimeUnit.MILLISECONDS)) {
                return false;
            }
        }
        return !process.waitFor(millis, TimeUnit.MILLISECONDS);
    }

    /** The program that is to die; its output goes to a file. */
    ProcessBuilder process(long seed, Path output, boolean power) {
        return program(
                List.of(
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UnlockDiagnosticVMOptions",
                        "-XX:-BytecodeVerificationRemote"),
                StackChild.class,
                List.of(data, witness, seed, power),
                output);
    }

    /** A class of the tests, as a process of its own; its output goes to a file. */
    static ProcessBuilder program(
            List<String> options, Class<?> main, List<?> arguments, Path output) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:+UseSerialGC", "-Xmx256m", "-ea"));
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        arguments.forEach(argument -> command.add(argument.toString()));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        return builder.redirectOutput(output.toFile());
    }

    /** Opens it, in this process, and fails where anything of it is not as it must be. */
    void check() throws Exception {
        try (EventStore store = Stack.store(data, random)) {
            StackCheck check = new StackCheck(store, history());
            check.assertKept(acknowledged());
            assertTrue(store.head() >= last(witness.resolve(DURABLE), -1), "was durable");
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
        boolean restored = new StackBackups(data, witness).check(this::checkRestored);
        backups += restored ? 1 : 0;
    }

    private void checkRestored(Path restored) {
        try (EventStore store = Stack.store(restored, random)) {
            new StackCheck(store).assertKept(new long[Posting.AUTHORS]);
        }
    }

    /** The first events, where they may have been removed. */
    private List<String> history() throws IOException {
        Path file = witness.resolve("history");
        return Files.exists(file) ? Files.readAllLines(file) : List.of();
    }

    /** How many of each author. */
    long[] acknowledged() throws IOException {
        long[] found = new long[Posting.AUTHORS];
        for (int author = 0; author < found.length; author++) {
            found[author] = last(witness.resolve("acknowledged-" + author), 0);
        }
        return found;
    }

    long sumOfAcknowledged() throws IOException {
        return Arrays.stream(acknowledged()).sum();
    }

    private static long last(Path file, long none) throws IOException {
        byte[] bytes = Files.exists(file) ? Files.readAllBytes(file) : new byte[0];
        int last = bytes.length / Long.BYTES - 1;
        return last < 0 ? none : ByteBuffer.wrap(bytes).getLong(last * Long.BYTES);
    }

    void delete() throws IOException {
        delete(data);
        delete(witness);
    }

    static void delete(Path root) throws IOException {
        try (Stream<Path> paths = Files.walk(root)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
