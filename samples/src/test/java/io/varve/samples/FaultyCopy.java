package io.varve.samples;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * This project as it was compiled, in another folder: one class at a time is compiled again, with a
 * fault in it, and tests run against it without anything else being compiled.
 */
final class FaultyCopy {
    private static final Set<String> LEFT_OUT =
            Set.of(".git", "data", "surefire-reports", "maven-archiver", "lib");
    private static final String REPORTS = "target/surefire-reports";

    /** As reports have it: the test, after its package, and in the next line the error. */
    private static final Pattern RED =
            Pattern.compile(
                    "(?m)^(?:\\w+\\.)*(\\w+\\.\\w+)\\S* .*<<< (?:FAILURE|ERROR)!\\R(?:\\w+\\.)*(\\w+)");

    private static final int SAID = 4_000;

    /** No run of some tests takes so long, whatever else the machine does: a test waits in vain. */
    private static final int MINUTES = 15;

    private final Path copy;
    private final Path overlay;

    /** Copied when it is first needed. */
    FaultyCopy(Path folder) {
        copy = folder.resolve("project");
        overlay = folder.resolve("overlay");
    }

    private void copyOnce() throws IOException {
        if (!Files.exists(copy)) {
            copy(Project.file(""), copy);
        }
    }

    /** With the times of the files: what is compiled is not older than its sources. */
    private static void copy(Path root, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.filter(one -> isCopied(root.relativize(one))).toList()) {
                Path target = to.resolve(root.relativize(file).toString());
                if (!Files.isDirectory(file)) {
                    Files.copy(
                            file,
                            target,
                            StandardCopyOption.COPY_ATTRIBUTES,
                            StandardCopyOption.REPLACE_EXISTING);
                } else if (!Files.exists(target)) {
                    Files.createDirectories(target);
                }
            }
        }
    }

    private static boolean isCopied(Path relative) {
        for (Path name : relative) {
            if (LEFT_OUT.contains(name.toString()) || name.toString().endsWith(".jar")) {
                return false;
            }
        }
        return true;
    }

    /** Compiles the source with the fault in it, over the classes without. */
    void make(DeliberateFault fault) throws IOException {
        copyOnce();
        Path source = Path.of(fault.file()).getFileName();
        Path faulty = Files.createDirectories(overlay).resolve(source);
        Files.writeString(faulty, fault.in(Project.text(fault.file())));
        Path made = overlay.resolve("classes");
        compile(faulty, made);
        copy(made, classes(copy, fault));
    }

    /** The classes as they were. */
    void mend(DeliberateFault fault) throws IOException {
        Path made = overlay.resolve("classes");
        Path whole = classes(Project.file(""), fault);
        try (Stream<Path> files = Files.walk(made).filter(Files::isRegularFile)) {
            for (Path file : files.toList()) {
                Path one = made.relativize(file);
                Files.delete(file);
                Files.deleteIfExists(classes(copy, fault).resolve(one));
                if (Files.exists(whole.resolve(one))) {
                    copy(whole.resolve(one), classes(copy, fault).resolve(one));
                }
            }
        }
    }

    /** A fault lies in the module that its file begins with, whichever module notices it. */
    private static Path classes(Path root, DeliberateFault fault) {
        String file = fault.file();
        return root.resolve(file.substring(0, file.indexOf("/src/"))).resolve("target/classes");
    }

    private void compile(Path source, Path to) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        Files.createDirectories(to);
        String classes =
                Project.MODULES.stream()
                        .map(module -> copy.resolve(module).resolve("target/classes").toString())
                        .collect(Collectors.joining(File.pathSeparator));
        List<String> options =
                List.of(
                        "-cp",
                        classes + File.pathSeparator + System.getProperty("java.class.path"),
                        "-d",
                        to.toString(),
                        "--release=17",
                        "-parameters",
                        "-proc:none",
                        "-XDstringConcat=inline");
        StringWriter said = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            boolean done =
                    compiler.getTask(
                                    said,
                                    files,
                                    null,
                                    options,
                                    null,
                                    files.getJavaFileObjects(source.toFile()))
                            .call();
            assertEquals(true, done, said::toString);
        }
    }

    /** A test that was red, as Class.method, and the error it was red for. */
    record Red(String test, String error) {
        @Override
        public String toString() {
            return test + " (" + error + ")";
        }
    }

    /** What came of a run: the tests that were red, and the end of what was said. */
    record Run(List<Red> red, boolean isGreen, String said) {}

    /** Runs tests of a module. */
    Run test(String module, String tests) throws IOException, InterruptedException {
        copyOnce();
        Path reports = Files.createDirectories(copy.resolve(module).resolve(REPORTS));
        try (Stream<Path> files = Files.list(reports)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Path output = copy.resolve("output");
        Process process =
                new ProcessBuilder(command(module, tests))
                        .directory(copy.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
        boolean ended = process.waitFor(MINUTES, TimeUnit.MINUTES);
        if (!ended) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().waitFor();
        }
        String said = Files.readString(output);
        return new Run(
                red(reports),
                ended && process.exitValue() == 0,
                (ended ? "" : "not ended in " + MINUTES + " minutes: ")
                        + said.substring(Math.max(0, said.length() - SAID)));
    }

    private static List<Red> red(Path reports) throws IOException {
        List<Red> red = new ArrayList<>();
        try (Stream<Path> files = Files.list(reports)) {
            for (Path file :
                    files.filter(one -> one.toString().endsWith(".txt")).sorted().toList()) {
                Matcher found = RED.matcher(Files.readString(file));
                while (found.find()) {
                    red.add(new Red(found.group(1), found.group(2)));
                }
            }
        }
        return red;
    }

    private static List<String> command(String module, String tests) {
        return List.of(
                "mvn",
                "-o", // all it needs was fetched for the run that this is part of
                "-q",
                "-B",
                "-Dmaven.main.skip",
                "-Dmaven.compiler.useIncrementalCompilation=false",
                "-Dspotless.check.skip",
                "-Denforcer.skip",
                "-Dsurefire.failIfNoSpecifiedTests=false",
                "-Dsurefire.skipAfterFailureCount=1",
                "-Dtest=" + tests,
                "-pl",
                module,
                "-am",
                "test");
    }
}
