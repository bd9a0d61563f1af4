package io.varve.samples.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.samples.terminal.Screen;
import io.varve.samples.terminal.UsageException;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProjectionBenchmarkTest {
    private static final List<String> TINY =
            List.of(
                    "--repeat", "1",
                    "--warmup", "0",
                    "--limit", "3000",
                    "--seconds", "1",
                    "--rate", "500",
                    "--keys", "1000",
                    "--updates", "3000");

    private static final ResultLine OURS = new ResultLine().with("system", "varve");

    @TempDir Path folder;

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    private ProjectionBenchmark benchmark(String... more) {
        List<String> arguments = new ArrayList<>(TINY);
        arguments.addAll(List.of("--dir", folder.toString()));
        arguments.addAll(List.of(more));
        PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);
        PrintStream progress = new PrintStream(OutputStream.nullOutputStream());
        return new ProjectionBenchmark(arguments, new Screen(out, progress, true, false));
    }

    private List<ResultLine> lines() {
        return printed.toString(StandardCharsets.UTF_8).lines().map(ResultLine::parse).toList();
    }

    private ResultLine line(String... pairs) {
        ResultLine wanted = ResultLine.parse(String.join(" ", pairs));
        return lines().stream().filter(line -> line.has(wanted)).findFirst().orElseThrow();
    }

    @Test
    void shouldMeasureEveryWorkAndFindItRight() throws Exception {
        Path jar = OtherSystem.jarIn(Files.createDirectory(folder.resolve("others")));

        assertEquals(
                0, benchmark("--in-process", "--peers", jar.toString()).run(), printed::toString);

        List<ResultLine> results = lines().stream().filter(line -> line.has(OURS)).toList();
        assertEquals(9 + 4 + 3 + 2 + 1 + 2 + 2 + 4, results.size(), printed::toString);
        for (ResultLine line : results) {
            assertEquals("yes", line.value("checked").orElse("missing"), line::toString);
            assertEquals(durability(line), line.value("durability"), line::toString);
            assertTrue(line.value("codec").isPresent(), line::toString);
            assertTrue(
                    line.value("payload").or(() -> line.value("payload_avg")).isPresent(),
                    line::toString);
            assertTrue(line.value("machine").orElse("").contains("JDK"), line::toString);
        }
        assertEquals(
                16 + 9 + 2 + 1 + 2 + 1,
                lines().stream().filter(line -> line.value("target").isPresent()).count(),
                printed::toString);
        assertComparedWithOthers();
        try (var left = Files.list(folder)) {
            assertEquals(List.of(folder.resolve("others")), left.toList());
        }
    }

    /** Freshness is measured with what others acknowledge, too. */
    private static Optional<String> durability(ResultLine line) {
        boolean async = line.has(ResultLine.parse("work=freshness durability=ASYNC_50"));
        return Optional.of(async ? "ASYNC_50" : "SYNC");
    }

    private void assertComparedWithOthers() {
        ResultLine sqlite = line("system=sqlite", "workload=W4", "variant=delta/durable");
        assertEquals(3000, sqlite.number("events").orElse(0));
        assertEquals(10, sqlite.number("once_ready/s").orElse(0));
        ResultLine rate = line("figure=once_ready/s", "theirs=10.00", "at_least=4.0");
        assertEquals(Optional.of("yes"), rate.value("met"));
        ResultLine latency = line("figure=us_p99", "to_figure=us_p50", "theirs=7.00");
        assertEquals(1, latency.number("at_most").orElse(0));
    }

    @Test
    void shouldRunAWorkInAProcessOfItsOwn() throws Exception {
        Path jar = OtherSystem.jarIn(folder);

        assertEquals(0, benchmark("--only", "freshness", "--peers", jar.toString()).run());

        assertEquals(500, line("appenders=64", "checked=yes").number("events").orElse(0));
        assertEquals(7, line("system=kafka", "workload=W5").number("us_p50").orElse(0));
    }

    @Test
    void shouldRefuseWhatItDoesNotUnderstand() {
        assertEquals(
                "unknown work: rebuilds; there are rebuild, ten, freshness, stuck, cardinality,"
                        + " restart, snapshot, allocation",
                assertThrows(UsageException.class, () -> benchmark("--only", "rebuilds"))
                        .getMessage());
        assertThrows(UsageException.class, () -> benchmark("--flights", "nowhere.csv.gz"));
        assertThrows(UsageException.class, () -> benchmark("--points", "5"));
    }
}
