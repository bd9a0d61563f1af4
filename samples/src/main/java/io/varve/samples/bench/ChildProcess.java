package io.varve.samples.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** A process of its own, whose errors go where ours go. Closing it ends it. */
final class ChildProcess implements AutoCloseable {
    private final List<String> command;
    private final Process process;
    private final BufferedReader out;

    private ChildProcess(List<String> command) throws IOException {
        this.command = List.copyOf(command);
        this.process =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        this.out = process.inputReader(StandardCharsets.UTF_8);
    }

    static ChildProcess of(List<String> command) throws IOException {
        return new ChildProcess(command);
    }

    /** A JVM like this one that runs one of our own classes. */
    static ChildProcess ofClass(Class<?> main, List<String> arguments) throws IOException {
        return ofClass(List.of(), main, arguments);
    }

    /** The same, with further options of the JVM. */
    static ChildProcess ofClass(List<String> options, Class<?> main, List<String> arguments)
            throws IOException {
        List<String> command = new ArrayList<>(java());
        List<String> own = ManagementFactory.getRuntimeMXBean().getInputArguments();
        if (own.stream().noneMatch(argument -> argument.startsWith("-Xm"))) {
            command.addAll(List.of("-Xms1g", "-Xmx4g"));
        }
        // A JVM refuses to collect garbage in two ways.
        boolean collects = options.stream().anyMatch(ChildProcess::choosesCollector);
        own.stream()
                .filter(argument -> !collects || !choosesCollector(argument))
                .forEach(command::add);
        command.addAll(options);
        command.add("--enable-native-access=ALL-UNNAMED");
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(arguments);
        return of(command);
    }

    private static boolean choosesCollector(String argument) {
        return argument.matches("-XX:\\+Use\\w+GC");
    }

    /** What starts a JVM of this JDK. */
    static List<String> java() {
        return List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    }

    /** Its next line, or empty text when it has ended. */
    String line() throws IOException {
        String line = out.readLine();
        return line == null ? "" : line;
    }

    /** Passes on the rest of its lines, and waits for its end; anything but success is an error. */
    void finish(Consumer<String> lines) throws IOException, InterruptedException {
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            lines.accept(line);
        }
        int exitCode = process.waitFor();
        if (exitCode != 0) {
            throw new IOException(
                    "A process of the benchmark failed: exitCode="
                            + exitCode
                            + " command="
                            + String.join(" ", command));
        }
    }

    /** Stops listening to it, and waits for its end. */
    void hangUp() throws IOException, InterruptedException {
        out.close();
        process.waitFor();
    }

    /** As {@code kill -9} does. */
    void kill() throws InterruptedException {
        process.toHandle().destroyForcibly();
        process.waitFor();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
