package io.varve.samples;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The files of this project, as tests of the whole see them. */
final class Project {
    static final List<String> MODULES = List.of("store", "projections", "runtime", "samples");

    /** Modules of tests alone. */
    private static final List<String> TEST_MODULES = List.of("projections/parity");

    private static final Path ROOT = root();

    private Project() {}

    /** Tests run in the folder of their module, or in that of the project. */
    private static Path root() {
        Path here = Path.of("").toAbsolutePath();
        return Stream.of(here, here.getParent())
                .filter(folder -> Files.exists(folder.resolve("samples/pom.xml")))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("This is not the project: " + here));
    }

    static Path file(String path) {
        return ROOT.resolve(path);
    }

    static String text(String path) {
        return text(file(path));
    }

    static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All Java sources below a folder of each module. */
    static List<Path> sources(String folder) {
        return Stream.concat(MODULES.stream(), TEST_MODULES.stream())
                .flatMap(module -> sources(file(module), folder))
                .toList();
    }

    private static Stream<Path> sources(Path module, String folder) {
        Path sources = module.resolve(folder);
        if (!Files.exists(sources)) {
            return Stream.empty();
        }
        try (Stream<Path> files = Files.walk(sources)) {
            return files
                    .filter(file -> file.toString().endsWith(".java"))
                    .sorted()
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String relative(Path file) {
        return ROOT.relativize(file).toString().replace('\\', '/');
    }
}
