package io.varve.samples.flights;

import io.varve.samples.Samples;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The flights sample in a JVM of its own, so that it can be killed. One thread at a time. */
final class FlightsProcess {
    /** What a process reports that died of signal 9. */
    static final int KILLED = 137;

    private static final String ACKNOWLEDGED = "acknowledged=";
    private static final long PATIENCE_SECONDS = 120;

    private final Process process;
    private final Thread reader;
    private final long killAtAcknowledgment;
    private final StringBuffer output = new StringBuffer();
    private volatile long acknowledged;

    private FlightsProcess(Process process, long killAtAcknowledgment) {
        this.process = process;
        this.killAtAcknowledgment = killAtAcknowledgment;
        this.reader = new Thread(this::read, "flights-output");
        reader.start();
    }

    static FlightsProcess start(Path data, String... options) throws IOException {
        return start(data, Long.MAX_VALUE, options);
    }

    /** Kills it as soon as it says for the n-th time that a batch is on disk. */
    static FlightsProcess start(Path data, long killAtAcknowledgment, String... options)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        // It lives for a second: compiling well would take longer than it saves.
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-ea"));
        // And verifying classes takes a third of its start.
        command.addAll(
                List.of("-XX:+UnlockDiagnosticVMOptions", "-XX:-BytecodeVerificationRemote"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.addAll(List.of(Samples.class.getName(), "flights", "--acknowledge"));
        command.addAll(List.of("--data", data.toString()));
        command.addAll(List.of(options));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        return new FlightsProcess(process, killAtAcknowledgment);
    }

    private void read() {
        long acknowledgments = 0;
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith(ACKNOWLEDGED)) {
                    acknowledged = Long.parseLong(line.substring(ACKNOWLEDGED.length()));
                    if (++acknowledgments == killAtAcknowledgment) {
                        kill();
                    }
                } else {
                    output.append(line).append('\n');
                }
            }
        } catch (IOException e) {
            output.append("(the output broke off: ").append(e).append(")\n");
        }
    }

    void kill() {
        process.destroyForcibly();
    }

    /** Lets it live for so long, then kills it. */
    void killAfter(long millis) throws InterruptedException {
        if (!process.waitFor(millis, TimeUnit.MILLISECONDS)) {
            kill();
        }
    }

    /** Waits for its end. */
    int exitCode() throws InterruptedException {
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            kill();
            throw new AssertionError("It does not come to an end: " + output);
        }
        reader.join();
        return process.exitValue();
    }

    /** How many events it said are on disk. After {@link #exitCode}. */
    long acknowledged() {
        return acknowledged;
    }

    /** What else it said. After {@link #exitCode}. */
    String output() {
        return output.toString();
    }
}
