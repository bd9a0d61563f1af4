package io.varve.store.state;

import io.varve.store.errors.IncompatibleStoreException;
import io.varve.store.errors.StoreCorruptedException;
import io.varve.store.errors.StoreIoException;
import io.varve.store.lmdb.FolderLock;
import io.varve.store.lmdb.Structure;
import io.varve.store.lmdb.StructureCheck;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Tells whether an environment that does not sync its commits may be trusted when it is opened
 * again.
 *
 * <pre>
 *   file      the machine has been started since    then
 *   none      -                                      a new folder; a data file in it is refused
 *   clean     -                                      trusted: it was synced and closed
 *   BOOT-ID   no                                     trusted: only the process died; a damaged file is refused
 *   BOOT-ID   yes, or that is not known              thrown away: writes may be missing
 * </pre>
 *
 * <p>The file is written, and is on disk, before the environment is opened.
 */
final class CleanMark {
    private static final Logger LOGGER = System.getLogger(CleanMark.class.getName());
    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");
    private static final String CLEAN = "clean";
    private static final String UNKNOWN = "unknown";

    private final Path folder;
    private final Path file;

    CleanMark(Path folder) {
        this.folder = folder;
        this.file = folder.resolve("varve.mark");
    }

    /** Throws away what cannot be trusted, and marks the folder as in use. */
    void opening() {
        try {
            String boot = bootId();
            String mark = Files.exists(file) ? Files.readString(file).trim() : "";
            if (mark.isEmpty() && Files.exists(folder.resolve("data.mdb"))) {
                throw new IncompatibleStoreException(
                        "An LMDB file that is no keyed state, or whose mark was deleted: path="
                                + folder,
                        "Use another folder; if it was a read model, delete this one: it is computed"
                                + " again.");
            }
            boolean trusted = mark.equals(CLEAN) || !boot.equals(UNKNOWN) && mark.equals(boot);
            if (trusted && !mark.equals(CLEAN)) {
                checkStructure();
            }
            if (!trusted && Files.deleteIfExists(folder.resolve("data.mdb"))) {
                LOGGER.log(
                        Level.WARNING,
                        "The machine went down while this state was being written; it is derived"
                                + " again from the log: path={0}",
                        folder);
            }
            write(boot);
        } catch (IOException e) {
            throw new StoreIoException("A mark could not be written: path=" + file, e);
        }
    }

    /** Refuses the file of a process that died, where it must not be mapped. */
    private void checkStructure() throws IOException {
        if (!Files.exists(folder.resolve("data.mdb"))) {
            return;
        }
        Structure found = StructureCheck.check(folder);
        if (!found.isSound()) {
            throw new StoreCorruptedException(
                    "the file's pages do not fit together: path="
                            + folder
                            + " problem="
                            + found.problems().get(0),
                    LmdbStateEnvironment.REMEDY);
        }
    }

    /** Marks the folder as synced and closed. */
    void clean() {
        try {
            write(CLEAN);
        } catch (IOException e) {
            throw new StoreIoException("A mark could not be written: path=" + file, e);
        }
    }

    private static String bootId() throws IOException {
        return Files.isReadable(BOOT_ID) ? Files.readString(BOOT_ID).trim() : UNKNOWN;
    }

    private void write(String text) throws IOException {
        if (!Files.exists(file)) {
            Files.createFile(file, FolderLock.owner(file, "rw-------"));
        }
        // Not a channel, which an interrupt would close.
        try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
            // Longer than any mark, so that one write replaces whatever stood there.
            out.write(String.format("%-63s%n", text).getBytes(StandardCharsets.UTF_8));
            out.getFD().sync();
        }
    }
}
