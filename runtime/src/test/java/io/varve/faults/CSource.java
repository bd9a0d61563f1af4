package io.varve.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A source in C among the resources of these tests, compiled where there is a compiler. */
final class CSource {
    private CSource() {}

    /**
     * A library that can be loaded before the C library.
     *
     * @param name of the source, without its end
     * @param folder where it is put
     * @return nothing where there is no compiler
     */
    static Optional<Path> library(String name, Path folder)
            throws IOException, InterruptedException {
        return compile(name, folder.resolve(name + ".so"), List.of("-shared", "-fPIC"));
    }

    /** Likewise a program. */
    static Optional<Path> program(String name, Path folder)
            throws IOException, InterruptedException {
        return compile(name, folder.resolve(name), List.of());
    }

    private static Optional<Path> compile(String name, Path to, List<String> options)
            throws IOException, InterruptedException {
        Path source = to.resolveSibling(name + ".c");
        try (InputStream in = CSource.class.getResourceAsStream("/" + name + ".c")) {
            Files.copy(in, source, StandardCopyOption.REPLACE_EXISTING);
        }
        List<String> command = new ArrayList<>(List.of("cc", "-O1"));
        command.addAll(options);
        command.addAll(List.of("-o", to.toString(), source.toString(), "-pthread"));
        Process compiler;
        try {
            compiler = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            return Optional.empty(); // there is no such command here
        }
        String said = new String(compiler.getInputStream().readAllBytes());
        assertEquals(0, compiler.waitFor(), () -> String.join(" ", command) + ": " + said);
        return Optional.of(to);
    }
}
