package io.varve.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/** Files that some version wrote, kept with the tests; {@code GoldenFilesTest} knows their sums. */
final class GoldenFiles {
    /** Of processes that are gone. */
    private static final Set<String> LOCKS = Set.of("varve.lock", "lock.mdb");

    private GoldenFiles() {}

    /** Something that is kept with the tests. */
    static InputStream kept(String name) {
        return Optional.ofNullable(GoldenFiles.class.getResourceAsStream("/" + name))
                .orElseThrow(() -> new AssertionError("It is not kept: " + name));
    }

    static void unpack(String name, Path folder) throws IOException {
        try (ZipInputStream zip = new ZipInputStream(kept(name))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                Path file = folder.resolve(entry.getName());
                Files.createDirectories(file.getParent());
                Files.copy(zip, file);
            }
        }
    }

    /** Copies all that {@link #pack} would keep. */
    static void copy(Path from, Path to) throws IOException {
        for (String name : names(from)) {
            Files.createDirectories(to.resolve(name).getParent());
            Files.copy(from.resolve(name), to.resolve(name));
        }
    }

    static void pack(Path folder, Path target) throws IOException {
        try (OutputStream out = Files.newOutputStream(target);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            for (String name : names(folder)) {
                ZipEntry entry = new ZipEntry(name);
                entry.setTime(0);
                zip.putNextEntry(entry);
                Files.copy(folder.resolve(name), zip);
            }
        }
    }

    private static List<String> names(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> !LOCKS.contains(file.getFileName().toString()))
                    .map(file -> folder.relativize(file).toString().replace('\\', '/'))
                    .sorted()
                    .toList();
        }
    }
}
