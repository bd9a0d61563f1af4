package io.varve.samples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.EventStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command line, in processes of its own, because it ends them. */
class SamplesTest {
    @TempDir Path folder;

    private record Ended(int exitCode, String output, String errors) {}

    private Ended run(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(
                List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Dstdout.encoding=UTF-8"));
        command.addAll(
                List.of("-XX:+UnlockDiagnosticVMOptions", "-XX:-BytecodeVerificationRemote"));
        command.addAll(List.of("-Dsun.stdout.encoding=UTF-8"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.add(Samples.class.getName());
        command.addAll(List.of(arguments));
        Path output = folder.resolve("output");
        Path errors = folder.resolve("errors");
        Process process =
                new ProcessBuilder(command)
                        .directory(folder.toFile())
                        .redirectOutput(output.toFile())
                        .redirectError(errors.toFile())
                        .start();
        int exitCode = process.waitFor();
        return new Ended(
                exitCode,
                Files.readString(output, StandardCharsets.UTF_8),
                Files.readString(errors, StandardCharsets.UTF_8));
    }

    @Test
    void shouldRefuseWhatItDoesNotUnderstand() throws Exception {
        Ended command = run("trains");
        Ended option = run("flights", "--fast");

        assertEquals(2, command.exitCode());
        assertEquals(
                List.of("unknown command: trains", "--help shows what is understood"),
                command.errors().lines().toList());
        assertEquals("", command.output());
        assertEquals(2, option.exitCode());
        assertTrue(option.errors().startsWith("unknown option: --fast"), option.errors());
    }

    @Test
    void shouldShowHowItIsUsed() throws Exception {
        Ended help = run("--help");

        assertEquals(0, help.exitCode());
        assertTrue(help.output().startsWith("usage: "), help.output());
        assertTrue(help.output().contains("--kill-after"), help.output());
        assertTrue(help.output().contains("--open-events"), help.output());
    }

    @Test
    void shouldShowHowOneCommandIsUsed() throws Exception {
        Ended help = run("bench", "store", "--help");

        assertEquals(0, help.exitCode());
        assertTrue(help.output().contains("--open-events"), help.output());
        assertEquals(-1, help.output().indexOf("--kill-after"));
        assertEquals(-1, help.output().indexOf("bench projections"));
    }

    /** One after the other: a run of all flights takes seconds. */
    @Test
    void shouldBeKilledRefuseWhatIsInUseBeginAnewAndFindItsFlightsAgain() throws Exception {
        Path store = folder.resolve("data/flights/store");
        assertSaysThatItIsKilled(run("flights", "--kill-after", "5000"));
        assertRefusesToBeginAnewWhileInUse(store);
        Ended first = run("flights", "--fresh", "--kill-after", "5000000");
        assertShowsFlights(first);
        assertTrue(first.output().contains("--kill-after did not come to pass"), first.output());
        Ended second = run();

        assertEquals(0, second.exitCode(), second.errors());
        assertTrue(
                second.output()
                        .contains(
                                "113,478 of 113,478 flights were there already, nothing appended"),
                second.output());
        assertTrue(Files.exists(store));
    }

    private static void assertSaysThatItIsKilled(Ended killed) {
        assertEquals(137, killed.exitCode(), killed.errors());
        assertTrue(
                killed.output().lines().toList().stream()
                        .reduce((first, last) -> last)
                        .orElse("")
                        .matches("killed after [5-9][0-9]{3} steps"),
                killed.output());
    }

    private void assertRefusesToBeginAnewWhileInUse(Path store) throws Exception {
        try (EventStore open = EventStore.open(store)) {
            long head = open.head();
            Ended fresh = run("flights", "--fresh");

            assertEquals(1, fresh.exitCode());
            assertTrue(
                    fresh.errors().startsWith("flights failed: The folder is in use: path="),
                    fresh.errors());
            assertEquals(head, open.head());
            assertTrue(Files.exists(store.resolve("log/data.mdb")));
        }
    }

    private static void assertShowsFlights(Ended run) {
        assertEquals(0, run.exitCode(), run.errors());
        assertTrue(run.output().contains("\n  LAX → LAS      328  ██████████"), run.output());
        assertTrue(run.output().contains("checked: 223 airports and 3,271 routes"));
        assertEquals(-1, run.output().indexOf('\u001b'));
        assertEquals(-1, run.output().indexOf("were there already"), "begun anew: " + run.output());
    }

    @Test
    void shouldMeasureAndLeaveNothingBehind() throws Exception {
        Path flights = Project.file("samples/src/main/resources/flights-week1.csv.gz");

        Ended bench = run("bench", "--flights", flights.toString(), "--limit", "5000");

        assertEquals(0, bench.exitCode(), bench.errors());
        assertEquals(6, bench.output().lines().count(), bench.output());
        assertTrue(bench.output().lines().allMatch(line -> line.endsWith(" checked=yes")));
        assertTrue(
                bench.output().startsWith("work=append codec=json run=1 events=5000 batch=10000"),
                bench.output());
        assertTrue(
                bench.output().contains("work=catch-up codec=json run=1 events=5000 batch=- "),
                bench.output());
        try (var left = Files.list(folder.resolve("data"))) {
            assertEquals(List.of(), left.toList());
        }
    }

    @Test
    void shouldSayThatAFileIsMissing() throws Exception {
        Ended bench = run("bench", "--flights", "nowhere.csv.gz");

        assertEquals(1, bench.exitCode());
        assertEquals(
                List.of(
                        "reading nowhere.csv.gz",
                        "bench failed: A file of flights could not be read: file=nowhere.csv.gz",
                        "  because: no such file: nowhere.csv.gz"),
                bench.errors().lines().toList());
    }

    @Test
    void shouldSayThatAFileIsNotGzipped() throws Exception {
        Files.writeString(folder.resolve("plain.csv"), "departure,origin");

        Ended bench = run("bench", "--flights", "plain.csv");

        assertEquals(1, bench.exitCode());
        assertTrue(bench.errors().contains("file=plain.csv\n  because: "), bench.errors());
        assertTrue(bench.errors().contains("GZIP"), bench.errors());
    }
}
