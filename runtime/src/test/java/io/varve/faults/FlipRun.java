package io.varve.faults;

import io.varve.faults.FlipStack.Left;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** Rounds of damage to one folder, in processes that are started again where they die. */
final class FlipRun {
    /** Of a round that nobody has stopped from outside; counted in waits, not by the clock. */
    private static final int MOST_SECONDS = 400;

    private final Path folder;
    private final Left left;
    private final long seed;
    private final Map<String, Map<String, Integer>> tally = new TreeMap<>();
    private final List<String> bad = new ArrayList<>();
    private final List<String> known = new ArrayList<>();

    FlipRun(Path folder, Left left, long seed) {
        this.folder = folder;
        this.left = left;
        this.seed = seed + left.ordinal() * 1_000_003L;
    }

    List<String> bad() {
        return bad;
    }

    void go(int rounds) throws IOException, InterruptedException {
        Path output = folder.resolve("output-make");
        Process maker = java(output, FlipMaker.class, folder.toString(), left.name());
        if (!maker.waitFor(MOST_SECONDS, TimeUnit.SECONDS) || maker.exitValue() != 0) {
            maker.destroyForcibly();
            throw new AssertionError("It was not made: " + Files.readString(output));
        }
        for (int next = 0; next < rounds; ) {
            next = run(next, rounds);
        }
    }

    /** Runs a process until it ends, and returns the round behind the last it began. */
    private int run(int from, int to) throws IOException, InterruptedException {
        Path output = folder.resolve("output-" + from);
        Process process =
                java(
                        output,
                        FlipChild.class,
                        folder.toString(),
                        left.name(),
                        String.valueOf(seed),
                        String.valueOf(from),
                        String.valueOf(to));
        boolean hangs = hangs(process, output);
        process.destroyForcibly().waitFor();
        String begun = "";
        int ended = 0;
        for (String line : Files.readAllLines(output)) {
            if (line.startsWith(FlipChild.BEGUN)) {
                begun = line;
            } else if (line.startsWith(FlipChild.ENDED)) {
                begun = "";
                ended++;
                count(line.split("\t"));
            }
        }
        if (begun.isEmpty()) {
            if (from + ended < to) {
                throw new AssertionError("It ended early: " + Files.readString(output));
            }
            return to;
        }
        String[] parts = begun.split("\t");
        String how = hangs ? "HANG" : "DEAD " + process.exitValue();
        count(new String[] {"", parts[1], parts[2], parts[3], how});
        return from + ended + 1;
    }

    private static boolean hangs(Process process, Path output)
            throws IOException, InterruptedException {
        long size = -1;
        int waits = 0;
        while (!process.waitFor(1, TimeUnit.SECONDS)) {
            waits = Files.size(output) == size ? waits + 1 : 0;
            size = Files.size(output);
            if (waits > MOST_SECONDS) {
                return true;
            }
        }
        return false;
    }

    private void count(String[] parts) {
        String how = parts[4].split(" [\\[{]|: |, then rebuilt ")[0];
        boolean isBad = !how.matches("same|reported|refused.*");
        boolean isStale = parts[3].contains("stale page");
        String outcome =
                isBad
                        ? how.split(" ")[0]
                        : parts[4].startsWith("refused, then") ? "refused, then rebuilt" : how;
        tally.computeIfAbsent(parts[2] + (isStale ? ", stale page" : ""), none -> new TreeMap<>())
                .merge(outcome, 1, Integer::sum);
        if (isBad) {
            boolean isKnown = isKnown(parts[2], isStale);
            (isKnown ? known : bad).add(String.join(" | ", parts));
            System.out.println((isKnown ? "KNOWN " : "BAD ") + String.join(" | ", parts));
        }
    }

    /**
     * What README says of files that are too large to be summed up, and of older pages in one that
     * was not closed: nothing sums up the pages that hold their rows.
     */
    private boolean isKnown(String kind, boolean isStale) {
        boolean derived = kind.equals("index data.mdb") || kind.equals("model data.mdb");
        return left == Left.CLOSED_LARGE && kind.endsWith(" data.mdb")
                || left.isKilled() && derived && isStale;
    }

    private static Process java(Path output, Class<?> program, String... arguments)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m", "-ea"));
        command.addAll(List.of("-XX:-CreateCoredumpOnCrash", "-XX:+SuppressFatalErrorMessage"));
        command.addAll(
                List.of("-XX:+UnlockDiagnosticVMOptions", "-XX:-BytecodeVerificationRemote"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("flips, left=" + left + " seed=" + seed);
        text.append(" bad=" + bad.size() + " known=" + known.size());
        tally.forEach(
                (kind, outcomes) -> text.append("\n  ").append(kind).append(' ').append(outcomes));
        return text.toString();
    }
}
