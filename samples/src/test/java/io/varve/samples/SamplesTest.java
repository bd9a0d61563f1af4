package io.varve.samples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-Dstdout.encoding=UTF-8"));
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
        assertTrue(
                command.errors().startsWith("unknown command: trains\nusage: "), command.errors());
        assertEquals("", command.output());
        assertEquals(2, option.exitCode());
        assertTrue(option.errors().startsWith("unknown option: --fast\nusage: "), option.errors());
    }

    @Test
    void shouldShowHowItIsUsed() throws Exception {
        Ended help = run("--help");

        assertEquals(0, help.exitCode());
        assertTrue(help.output().startsWith("usage: "), help.output());
    }

    @Test
    void shouldShowFlightsAndFindThemAgain() throws Exception {
        Ended first = run();
        Ended second = run("flights");

        assertEquals(0, first.exitCode(), first.errors());
        assertTrue(first.output().contains("\n  LAX → LAS      328  ██████████"), first.output());
        assertTrue(first.output().contains("checked: 223 airports and 3,271 routes"));
        assertEquals(-1, first.output().indexOf('\u001b'));
        assertEquals(0, second.exitCode(), second.errors());
        assertTrue(
                second.output()
                        .contains(
                                "113,478 of 113,478 flights were there already, nothing appended"),
                second.output());
        assertTrue(Files.exists(folder.resolve("data/flights/store")));
    }

    @Test
    void shouldMeasureAndLeaveNothingBehind() throws Exception {
        Path flights = Project.file("samples/src/main/resources/flights-week1.csv.gz");

        Ended bench = run("bench", "--flights", flights.toString(), "--limit", "20000");

        assertEquals(0, bench.exitCode(), bench.errors());
        assertEquals(6, bench.output().lines().count(), bench.output());
        assertTrue(bench.output().lines().allMatch(line -> line.endsWith(" checked=yes")));
        assertTrue(
                bench.output().startsWith("work=append codec=json run=1 events=20000 batch=10000"),
                bench.output());
        try (var left = Files.list(folder.resolve("data"))) {
            assertEquals(List.of(), left.toList());
        }
    }

    @Test
    void shouldSayThatAFileIsMissing() throws Exception {
        Ended bench = run("bench", "--flights", "nowhere.csv.gz");

        assertEquals(1, bench.exitCode());
        assertTrue(bench.errors().contains("nowhere.csv.gz"), bench.errors());
    }
}
