package io.varve.samples.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.samples.terminal.Screen;
import io.varve.samples.terminal.UsageException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class StoreBenchmarkTest {
    private static final List<String> TINY =
            List.of(
                    "--repeat", "1",
                    "--warmup", "0",
                    "--events", "2000",
                    "--streams", "100",
                    "--points", "50",
                    "--open-events", "3000",
                    "--seconds", "1",
                    "--cap", "1");

    private static final ResultLine CHECKED = new ResultLine().checked(true);

    @TempDir Path folder;

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    private StoreBenchmark benchmark(String... more) {
        List<String> arguments = new ArrayList<>(TINY);
        arguments.addAll(List.of("--dir", folder.toString()));
        arguments.addAll(List.of(more));
        PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);
        PrintStream progress = new PrintStream(OutputStream.nullOutputStream());
        return new StoreBenchmark(arguments, new Screen(out, progress, true, false));
    }

    private List<ResultLine> lines() {
        return printed.toString(StandardCharsets.UTF_8).lines().map(ResultLine::parse).toList();
    }

    private void assertNothingLeft() throws Exception {
        try (var left = Files.list(folder)) {
            assertEquals(List.of(), left.toList());
        }
    }

    @Test
    void shouldMeasureEveryWorkAndFindItRight() throws Exception {
        assertEquals(0, benchmark("--in-process").run());

        List<ResultLine> results =
                lines().stream().filter(line -> line.value("system").isPresent()).toList();
        assertEquals(19 + 4 * ThreadKind.available().size(), results.size(), printed::toString);
        for (ResultLine line : results) {
            assertEquals("yes", line.value("checked").orElse("missing"), line::toString);
            assertTrue(line.value("machine").orElse("").contains("JDK"), line::toString);
            assertTrue(line.value("fs").isPresent(), line::toString);
        }
        assertTrue(
                lines().stream()
                        .anyMatch(
                                line ->
                                        line.value("target").equals(Optional.of("varve stream-one"))
                                                && line.value("met").isPresent()),
                printed::toString);
        assertNothingLeft();
    }

    @Test
    void shouldRunAWorkInAProcessOfItsOwn() throws Exception {
        assertEquals(0, benchmark("--only", "scan").run());

        assertEquals("yes", lines().get(0).value("checked").orElse("missing"));
        assertEquals(2000, lines().get(0).number("events").orElse(0));
        assertNothingLeft();
    }

    @Test
    void shouldSayHowManyEventsWereReadAgainAfterAKill() throws Exception {
        assertEquals(0, benchmark("--in-process", "--only", "open").run());

        ResultLine killed =
                lines().stream()
                        .filter(line -> line.has(new ResultLine().with("state", "killed")))
                        .findFirst()
                        .orElseThrow();
        assertEquals(3000, killed.number("replayed").orElse(-1));
    }

    @Test
    void shouldCompareTheRoundInTheMiddle() throws Exception {
        assertEquals(
                0, benchmark("--in-process", "--only", "scan,stream-one", "--rounds", "3").run());

        ResultLine compared =
                lines().stream()
                        .filter(line -> line.value("to").equals(Optional.of("varve scan")))
                        .findFirst()
                        .orElseThrow();
        assertEquals(3, compared.number("rounds").orElse(0));
        assertEquals(6, lines().stream().filter(line -> line.has(CHECKED)).count());
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void shouldMeasureAnotherStoreAndCompare() throws Exception {
        Path program = Files.createTempFile("other-store", ".sh");
        Files.writeString(
                program,
                "#!/bin/sh\n"
                        + "echo hello\necho\n"
                        + "echo varvedb,$1,for_each,$3,0.5,4000,90,'codec=x;min=3000;max=5000'\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));

        try {
            assertEquals(
                    0,
                    benchmark("--in-process", "--only", "scan", "--varvedb", program.toString())
                            .run());
        } finally {
            Files.delete(program);
        }

        ResultLine theirs = lines().get(1);
        assertTrue(theirs.has(ResultLine.of("varvedb", "scan").with("variant", "for_each")));
        assertEquals(2000, theirs.number("events").orElse(0));
        assertEquals(3000, theirs.number("events/s_min").orElse(0));
        ResultLine compared =
                lines().stream()
                        .filter(line -> line.has(new ResultLine().with("theirs", 4000, 2)))
                        .findFirst()
                        .orElseThrow();
        assertEquals("10.0", compared.value("at_least").orElse(""));
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void shouldFailWhenAnotherStoreDoes() {
        IOException failure =
                assertThrows(
                        IOException.class,
                        () ->
                                benchmark(
                                                "--in-process",
                                                "--only",
                                                "scan",
                                                "--varvedb",
                                                "/bin/false")
                                        .run());
        assertTrue(failure.getMessage().contains("exitCode=1"), failure::getMessage);
    }

    @Test
    void shouldRefuseWhatItDoesNotUnderstand() {
        assertEquals(
                "unknown work: scans; there are append-one, append-many, append-sizes, async,"
                        + " scan, stream-one, point, stream-small, single, open, space",
                assertThrows(UsageException.class, () -> benchmark("--only", "scans"))
                        .getMessage());
        assertEquals(
                "--peers needs a file that is there, not "
                        + Path.of("nowhere.jar").toAbsolutePath(),
                assertThrows(UsageException.class, () -> benchmark("--peers", "nowhere.jar"))
                        .getMessage());
        assertThrows(UsageException.class, () -> benchmark("--points", "1000000000000"));
    }
}
