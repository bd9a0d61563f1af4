package io.varve.samples;

import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Tests of the tests: in a copy of this project a fault is made, and what is to notice must be red.
 * About a minute for each.
 */
class DeliberateFaultsTest {
    private static final int MANY = 20;
    private static final Set<String> LEFT_OUT = Set.of("target", ".git", "data");

    @TempDir static Path copy;

    static List<DeliberateFault> faults() {
        return DeliberateFault.all();
    }

    private static void copyOnce() throws IOException {
        if (Files.exists(copy.resolve("pom.xml"))) {
            return;
        }
        Path root = Project.file("");
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.filter(one -> isCopied(root.relativize(one))).toList()) {
                Path to = copy.resolve(root.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(to);
                } else {
                    Files.copy(file, to, StandardCopyOption.COPY_ATTRIBUTES);
                }
            }
        }
    }

    private static boolean isCopied(Path relative) {
        for (Path name : relative) {
            if (LEFT_OUT.contains(name.toString())) {
                return false;
            }
        }
        return true;
    }

    /** In the default run: the sources still are what the faults are made in. */
    @Test
    void shouldFindThePlaceOfEachFault() {
        for (DeliberateFault fault : faults()) {
            String source = Project.text(fault.file());
            assertNotEquals(source, fault.in(source));
        }
        assertTrue(faults().size() >= MANY);
    }

    @ParameterizedTest
    @Tag("faults")
    @MethodSource("faults")
    void shouldNoticeWhenThereIs(DeliberateFault fault) throws Exception {
        copyOnce();
        Path file = copy.resolve(fault.file());
        String source = Files.readString(file);
        Files.writeString(file, fault.in(source));
        try {
            String said = test(fault);
            assertTrue(said.contains("There are test failures"), () -> fault + ": " + said);
        } finally {
            Files.writeString(file, source);
        }
    }

    private static String test(DeliberateFault fault) throws IOException, InterruptedException {
        Path output = copy.resolve("output");
        new ProcessBuilder(
                        List.of(
                                "mvn",
                                "-q",
                                "-B",
                                "-Dsurefire.failIfNoSpecifiedTests=false",
                                "-Dtest=" + fault.tests(),
                                "-pl",
                                fault.module(),
                                "-am",
                                "test"))
                .directory(copy.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start()
                .waitFor();
        String said = Files.readString(output);
        return said.substring(Math.max(0, said.length() - 4_000));
    }
}
