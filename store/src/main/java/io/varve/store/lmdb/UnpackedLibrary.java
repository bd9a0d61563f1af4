package io.varve.store.lmdb;

import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import org.lmdbjava.Meta;

/**
 * Unpacks LMDB's library, which is in a jar, and loads it. Each process unpacks it into the folder
 * of temporary files; one that is killed would leave it there. So it is unpacked into a folder of
 * this process's own, and deleted as soon as it is loaded, which is allowed where files are not
 * locked by their use.
 *
 * <p>It is unpacked here where its name in the jar is the one that is expected: LmdbJava would draw
 * a random name for it, for which a new JVM makes its random numbers ready.
 *
 * <p>Where {@code lmdbjava.extract.dir}, {@code lmdbjava.native.lib} or {@code
 * lmdbjava.embedded.lib} is set, that is used; with the first two nothing is deleted here.
 */
final class UnpackedLibrary {
    private static final String UNPACK_INTO = "lmdbjava.extract.dir";
    private static final String OTHER = "lmdbjava.native.lib";
    private static final String EMBEDDED = "lmdbjava.embedded.lib";

    private UnpackedLibrary() {}

    /** Called once. */
    static void load() {
        if (isLeftToUs()) {
            loadAndDelete();
        } else {
            Meta.version();
        }
    }

    private static boolean isLeftToUs() {
        return System.getProperty(UNPACK_INTO) == null
                && System.getProperty(OTHER) == null
                && FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
    }

    private static void loadAndDelete() {
        Path folder =
                Path.of(
                        System.getProperty("java.io.tmpdir"),
                        "varve-native-" + ProcessHandle.current().pid() + "-" + System.nanoTime());
        try {
            Files.createDirectory(folder, FolderLock.owner(folder, "rwx------"));
        } catch (IOException e) {
            Meta.version(); // it is unpacked where it can be, or this says that it cannot
            return;
        }
        try {
            File unpacked = folder.resolve("lmdb.so").toFile();
            if (unpack(unpacked)) {
                load(OTHER, unpacked);
            } else {
                load(UNPACK_INTO, folder.toFile());
            }
        } finally {
            delete(folder.toFile());
        }
    }

    private static void load(String property, File value) {
        System.setProperty(property, value.toString());
        try {
            Meta.version();
        } finally {
            System.clearProperty(property);
        }
    }

    /** False where it is left to LmdbJava, which knows more names, and says what is wrong. */
    private static boolean unpack(File file) {
        String resource =
                nameInJar(System.getProperty("os.name", ""), System.getProperty("os.arch", ""));
        if (resource.isEmpty() || System.getProperty(EMBEDDED) != null) {
            return false;
        }
        try (InputStream in = Meta.class.getClassLoader().getResourceAsStream(resource)) {
            if (in == null) {
                return false;
            }
            try (OutputStream out = new FileOutputStream(file)) {
                in.transferTo(out);
            }
            return true;
        } catch (IOException e) {
            file.delete(); // the room it took is needed for trying again
            return false;
        }
    }

    /** The name of the library in its jar, where it is known; there may be nothing under it. */
    static String nameInJar(String system, String processor) {
        String of =
                switch (processor) {
                    case "amd64", "x86_64" -> "x86_64";
                    case "aarch64" -> "aarch64";
                    default -> "";
                };
        boolean linux = system.equals("Linux");
        if (of.isEmpty() || !linux && !system.startsWith("Mac OS")) {
            return "";
        }
        return "org/lmdbjava/native/" + of + (linux ? "-linux-gnu.so" : "-macos-none.so");
    }

    /** As far as that is possible: nothing depends on it. */
    private static void delete(File folder) {
        File[] unpacked = folder.listFiles();
        for (int i = 0; unpacked != null && i < unpacked.length; i++) {
            unpacked[i].delete();
        }
        folder.delete();
    }
}
