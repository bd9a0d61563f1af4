package io.varve.store;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A process of its own that runs a class of the tests: it may be killed, and it may crash. */
final class ChildJvm implements AutoCloseable {
    private final Process process;
    private final BufferedReader out;

    ChildJvm(Class<?> main, Object... arguments) {
        this(List.of(), "256m", main, arguments);
    }

    /** With a heap of some size, as in {@code 64m}. */
    static ChildJvm withHeap(String heap, Class<?> main, Object... arguments) {
        return new ChildJvm(List.of(), heap, main, arguments);
    }

    /** With variables of its environment, as in {@code NAME=value}. */
    static ChildJvm with(
            List<String> environment, String heap, Class<?> main, Object... arguments) {
        return new ChildJvm(environment, heap, main, arguments);
    }

    /** That may have so many files open, and no more. */
    static ChildJvm withOpenFiles(int most, Class<?> main, Object... arguments) {
        return new ChildJvm(
                List.of("sh", "-c", "ulimit -n " + most + " && exec \"$0\" \"$@\""),
                List.of(),
                "256m",
                main,
                arguments);
    }

    private ChildJvm(List<String> environment, String heap, Class<?> main, Object[] arguments) {
        this(List.of(), environment, heap, main, arguments);
    }

    private ChildJvm(
            List<String> prefix,
            List<String> environment,
            String heap,
            Class<?> main,
            Object[] arguments) {
        List<String> command = new ArrayList<>(prefix);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        // A crash is seen by the exit code; no core and no report are wanted.
        command.addAll(List.of("-XX:-CreateCoredumpOnCrash", "-XX:+SuppressFatalErrorMessage"));
        command.addAll(
                List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx" + heap, "-ea"));
        // A third of what it takes to start is verifying classes; JVMs of long tests do it.
        command.addAll(
                List.of("-XX:+UnlockDiagnosticVMOptions", "-XX:-BytecodeVerificationRemote"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        try {
            ProcessBuilder builder =
                    new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
            for (String variable : environment) {
                int name = variable.indexOf('=');
                builder.environment()
                        .put(variable.substring(0, name), variable.substring(name + 1));
            }
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        out = process.inputReader(StandardCharsets.UTF_8);
    }

    long pid() {
        return process.pid();
    }

    /** The next line it prints, or null when it has ended. */
    String line() {
        try {
            return out.readLine();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All that it still prints. */
    List<String> lines() {
        return out.lines().toList();
    }

    int exitCode() throws InterruptedException {
        if (!process.waitFor(2, TimeUnit.MINUTES)) {
            throw new IllegalStateException("The child does not end: pid=" + pid());
        }
        return process.exitValue();
    }

    /** Waits for its end; fails at once where it says something, as it may go on for ever then. */
    int exitCodeOfOneThatSaysNothing() throws InterruptedException {
        String said = line();
        if (said != null) {
            throw new AssertionError("The child goes on: said=" + said);
        }
        return exitCode();
    }

    /** As {@code kill -9} does; what it printed before can still be read. */
    void kill() throws InterruptedException {
        process.toHandle().destroyForcibly();
        exitCode();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
