package io.varve.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A run of {@link CrashChild} and all that it did to files.
 *
 * @param seed of the run
 * @param async whether commits were not synced
 * @param folder as the run has left it
 * @param inode of that folder
 * @param calls in their order
 */
record RecordedRun(long seed, boolean async, Path folder, long inode, List<RecordedCall> calls) {

    /** Builds the library; skips the test where there is no compiler. */
    static Path library(Path folder) throws IOException, InterruptedException {
        Optional<Path> library = CSource.library("record", folder);
        assumeTrue(library.isPresent(), "there is no C compiler, so no calls can be recorded");
        return library.get();
    }

    /** Runs so many steps in a new folder. */
    static RecordedRun of(Path library, Path parent, long seed, int steps, boolean async)
            throws IOException, InterruptedException {
        Path folder = Files.createDirectories(parent.resolve("run"));
        Path record = parent.resolve("record");
        Path marks = parent.resolve("marks");
        Files.deleteIfExists(record);
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m", "-ea"));
        command.addAll(
                List.of("-XX:+UnlockDiagnosticVMOptions", "-XX:-BytecodeVerificationRemote"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.add(CrashChild.class.getName());
        command.addAll(List.of(folder.toString(), marks.toString(), "" + seed, "" + steps));
        command.add("" + async);
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("LD_PRELOAD", library.toString());
        builder.environment().put("CRASH_FOLDER", folder.toString());
        builder.environment().put("CRASH_RECORD", record.toString());
        builder.environment().put("CRASH_MARKS", marks.toString());
        Path said = parent.resolve("said");
        Process child = builder.redirectOutput(said.toFile()).start();
        try {
            assertEquals(true, child.waitFor(15, TimeUnit.MINUTES), "the child does not end");
            assertEquals(0, child.exitValue(), () -> read(said));
        } finally {
            child.destroyForcibly();
        }
        long inode = ((Number) Files.getAttribute(folder, "unix:ino")).longValue();
        return new RecordedRun(seed, async, folder, inode, RecordedCall.read(record));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
