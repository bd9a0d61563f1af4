package io.varve.store.lmdb;

import java.io.File;
import java.io.IOException;
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
 * <p>Where {@code lmdbjava.extract.dir} or {@code lmdbjava.native.lib} is set, that is used, and
 * nothing is deleted here.
 */
final class UnpackedLibrary {
    private static final String UNPACK_INTO = "lmdbjava.extract.dir";
    private static final String OTHER = "lmdbjava.native.lib";

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
        System.setProperty(UNPACK_INTO, folder.toString());
        try {
            Meta.version();
        } finally {
            System.clearProperty(UNPACK_INTO);
            delete(folder.toFile());
        }
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
