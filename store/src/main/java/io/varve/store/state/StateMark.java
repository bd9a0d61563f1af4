package io.varve.store.state;

import io.varve.store.errors.FolderRefusedException;
import io.varve.store.errors.IncompatibleStoreException;
import io.varve.store.errors.VarveException;
import io.varve.store.lmdb.DurableFiles;
import io.varve.store.lmdb.FolderLock;
import io.varve.store.lmdb.PlainFile;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The file that says of a folder that it is one of keyed state, so that no other LMDB file is
 * written to, and nothing of others thrown away.
 *
 * <pre>
 *   file     then
 *   none     a new folder; a data file in it is refused
 *   state    how it was left is told by the file of syncs
 *   clean    written by an earlier version, synced and closed: trusted where there is no file of syncs
 *   other    written by an earlier version, not closed: not trusted where there is no file of syncs
 * </pre>
 */
final class StateMark {
    static final String NAME = "varve.mark";
    private static final String STATE = "state";
    private static final String CLEAN = "clean";

    private final Path folder;
    private final Path file;
    private final String found;

    private StateMark(Path folder) throws IOException {
        this.folder = folder;
        this.file = folder.resolve(NAME);
        PlainFile.checkRegular(file);
        // In a charset that can read anything: what is no mark is judged, and not what decodes it.
        this.found =
                Files.exists(file)
                        ? Files.readString(file, StandardCharsets.ISO_8859_1).trim()
                        : "";
    }

    /**
     * Looks at a folder, and marks it if it is a new one.
     *
     * @throws IncompatibleStoreException if an LMDB file is in it that is not ours
     * @throws FolderRefusedException if it is that of an event store
     */
    static StateMark of(Path folder) {
        try {
            StateMark mark = new StateMark(folder);
            if (mark.found.isEmpty()) {
                mark.refuseForeign();
                mark.write();
            }
            return mark;
        } catch (IOException e) {
            throw failed(folder, e);
        }
    }

    private void refuseForeign() {
        if (Files.exists(folder.resolve("data.mdb"))) {
            throw new IncompatibleStoreException(
                    "An LMDB file that is no keyed state, or whose mark was deleted: path="
                            + folder,
                    "Use another folder; if it was a read model, or held snapshots, delete this one:"
                            + " they are made again.");
        }
        if (Files.exists(folder.resolve("log").resolve("data.mdb"))) {
            throw new FolderRefusedException(
                    "The folder is that of an event store",
                    folder,
                    "Name a folder of its own, which may lie inside that one.");
        }
    }

    /** Whether an earlier version has left it synced and closed. */
    boolean wasClean() {
        return found.equals(CLEAN);
    }

    /** Called when there is a file of syncs. */
    void opened() {
        if (!found.isEmpty() && !found.equals(STATE)) {
            write();
        }
    }

    private void write() {
        try {
            if (!Files.exists(file)) {
                Files.createFile(file, FolderLock.owner(file, "rw-------"));
            }
            // Not a channel, which an interrupt would close.
            try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
                // Longer than any mark, so that one write replaces whatever stood there.
                out.write(String.format("%-63s%n", STATE).getBytes(StandardCharsets.UTF_8));
                out.getFD().sync();
            }
        } catch (IOException e) {
            throw failed(folder, e);
        }
    }

    private static VarveException failed(Path folder, IOException e) {
        return DurableFiles.failed("writing a mark", folder.resolve(NAME), e);
    }
}
