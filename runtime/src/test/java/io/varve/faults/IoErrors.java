package io.varve.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Lets one process run {@link IoScenario} with a disk that fails, and looks at what it leaves
 * behind in this one, whose disk is well.
 */
final class IoErrors implements AutoCloseable {
    private final Path folder;
    private final Path library;
    private final long seed;
    private Process child;
    private PrintWriter to;
    private BufferedReader from;
    private int runs;

    /** How it went: points whose call came, and those whose did not, as threads differ. */
    int struck;

    int missed;
    final Map<String, Integer> thrown = new TreeMap<>();
    final Map<String, Integer> files = new TreeMap<>();
    final List<String> bad = new ArrayList<>();

    IoErrors(Path folder, Path library, long seed) throws IOException {
        this.folder = Files.createDirectories(folder);
        this.library = library;
        this.seed = seed;
        start();
    }

    private void start() throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx512m", "-ea"));
        command.addAll(
                List.of("-XX:+UnlockDiagnosticVMOptions", "-XX:-BytecodeVerificationRemote"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.add(IoChild.class.getName());
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(Redirect.INHERIT);
        DiskCalls.of(library, builder.environment(), folder.resolve("data"));
        child = builder.start();
        to = new PrintWriter(child.getOutputStream(), true);
        from = new BufferedReader(new InputStreamReader(child.getInputStream()));
    }

    private Path data() {
        return folder.resolve("data").resolve("run-" + runs);
    }

    private Path witness() {
        return folder.resolve("witness-" + runs);
    }

    private StackFolder stack(SplittableRandom random) throws IOException {
        return new StackFolder(data(), witness(), random);
    }

    /** What it says; nothing if it has died. */
    private String ask(String what) throws IOException {
        to.println(data() + " " + witness() + " " + seed + " " + what);
        String said = from.readLine();
        return said == null ? "BAD the process has died, see hs_err" : said;
    }

    /** All there are: each call of a run, and each way in which it can fail. */
    List<IoPoint> points(boolean async) throws IOException {
        int[][] counts = counts(async);
        int[][] again = counts(async);
        List<IoPoint> points = new ArrayList<>();
        for (int step = 0; step < counts.length; step++) {
            for (DiskCalls.Sort sort : DiskCalls.Sort.values()) {
                // Threads differ from run to run, a little.
                int most = Math.max(counts[step][sort.ordinal()], again[step][sort.ordinal()]);
                for (int call = 0; call < most; call++) {
                    for (IoPoint.Failure failure : IoPoint.Failure.values()) {
                        if (failure.fits(sort)) {
                            points.add(new IoPoint(async, step, sort, call, true, failure));
                            points.add(new IoPoint(async, step, sort, call, false, failure));
                        }
                    }
                }
            }
        }
        return points;
    }

    private int[][] counts(boolean async) throws IOException {
        runs++;
        StackFolder stack = stack(new SplittableRandom(seed));
        String said = ask(IoChild.COUNT + (async ? "-async" : "-sync"));
        assertTrue(said.startsWith("COUNT "), said);
        try {
            stack.check();
        } catch (Exception e) {
            throw new AssertionError("a run without any failure is not sound", e);
        }
        stack.delete();
        return Arrays.stream(said.split(" "))
                .skip(1)
                .map(
                        step ->
                                Arrays.stream(step.split(","))
                                        .skip(1)
                                        .mapToInt(Integer::parseInt)
                                        .toArray())
                .toArray(int[][]::new);
    }

    /** Runs with one, and looks at what is left. */
    void look(IoPoint point) throws IOException {
        runs++;
        StackFolder stack = stack(new SplittableRandom(seed + runs));
        String said = ask(point.toString());
        try {
            if (said.startsWith("OK ")) {
                assertEquals("", stillOpen());
                stack.check();
                note(said);
                stack.delete();
            } else {
                bad(point, said.replace('|', '\n'));
            }
        } catch (Exception | AssertionError e) {
            bad(point, said + " " + told(e));
        }
        if (!child.isAlive()) {
            close();
            start();
        }
    }

    /** What the process holds that has closed all. */
    private String stillOpen() throws IOException {
        StringBuilder found = new StringBuilder();
        try (Stream<Path> open = Files.list(Path.of("/proc/" + child.pid() + "/fd"))) {
            for (Path one : open.toList()) {
                String file =
                        Files.isSymbolicLink(one) ? Files.readSymbolicLink(one).toString() : "";
                if (file.startsWith(data().toString())) {
                    found.append("still open: ").append(file).append('\n');
                }
            }
        } catch (IOException e) {
            found.append(e);
        }
        return found.toString();
    }

    /** Said at once, as the rest may take long. */
    private void bad(IoPoint point, String what) {
        String line = "seed=" + seed + " point=" + point + " " + what;
        bad.add(line);
        System.out.println(line);
    }

    /** With its causes, and where in our code they come from. */
    static String told(Throwable e) {
        StringBuilder text = new StringBuilder();
        for (Throwable one = e; one != null; one = one.getCause()) {
            text.append(one).append('\n');
            for (StackTraceElement at : one.getStackTrace()) {
                if (at.getClassName().startsWith("io.varve")) {
                    text.append("\tat ").append(at).append('\n');
                }
            }
        }
        return text.toString();
    }

    private void note(String said) {
        int open = said.indexOf('{');
        int end = said.indexOf('}');
        if (said.startsWith("OK 0 ")) {
            missed++;
            return;
        }
        struck++;
        for (String one : said.substring(open + 1, end).split(", ")) {
            if (!one.isEmpty()) {
                String name = one.substring(0, one.indexOf('@'));
                int times = Integer.parseInt(one.substring(one.indexOf('=') + 1));
                thrown.merge(name, times, Integer::sum);
            }
        }
        String first = said.substring(end + 2);
        String file = first.substring(0, first.indexOf(' '));
        String name = first.substring(first.indexOf("/run-") + 1);
        int slash = name.indexOf('/');
        files.merge(file + " " + sort(name.substring(slash + 1)), 1, Integer::sum);
    }

    /** A file's part in the stack: without numbers that differ. */
    private static String sort(String name) {
        return name.replaceAll("[0-9a-f]{8,}|[0-9]+", "#");
    }

    @Override
    public void close() {
        to.close();
        child.destroyForcibly();
    }

    @Override
    public String toString() {
        return "points=%d missed=%d bad=%d errors=%s".formatted(struck, missed, bad.size(), thrown);
    }
}
