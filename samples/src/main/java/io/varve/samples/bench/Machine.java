package io.varve.samples.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a figure was measured on. */
final class Machine {
    private Machine() {}

    /** The system, its processors and the JDK, in words. */
    static String describe() {
        return System.getProperty("os.name")
                + " "
                + System.getProperty("os.version")
                + " "
                + System.getProperty("os.arch")
                + ", "
                + Runtime.getRuntime().availableProcessors()
                + " cpus, JDK "
                + Runtime.version();
    }

    /** The type of the file system that holds a folder, as the system calls it. */
    static String fileSystem(Path folder) throws IOException {
        return Files.getFileStore(folder).type();
    }

    /** Whether a folder is in memory, where to sync costs nothing. */
    static boolean isInMemory(Path folder) throws IOException {
        String type = fileSystem(folder);
        return type.equals("tmpfs") || type.equals("ramfs");
    }
}
