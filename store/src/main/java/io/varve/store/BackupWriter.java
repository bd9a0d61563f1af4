package io.varve.store;

import io.varve.store.errors.FolderRefusedException;
import io.varve.store.errors.StoreIoException;
import io.varve.store.lmdb.DurableFiles;
import io.varve.store.lmdb.FolderLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/**
 * Makes a backup of an open store.
 *
 * <pre>
 *   target/            0700
 *     data.mdb         0600, the log: an LMDB environment with the tables of the log
 *     manifest         0600, see ManifestText; written last
 * </pre>
 */
final class BackupWriter {
    static final String DATA = "data.mdb";

    private BackupWriter() {}

    static BackupManifest write(Log log, long head, Path store, Path target, ProgressListener to) {
        checkOutside(store, target);
        try (UnfinishedFolder made = UnfinishedFolder.begin(target)) {
            try {
                BackupManifest manifest = fill(made.folder(), log, head, to);
                made.publish();
                return manifest;
            } catch (IOException e) {
                throw DurableFiles.failed("making a backup", made.place(), e);
            }
        }
    }

    private static void checkOutside(Path store, Path target) {
        try {
            Path real = target.toAbsolutePath().normalize();
            while (real != null && !Files.exists(real)) {
                real = real.getParent();
            }
            if (real != null && real.toRealPath().startsWith(store.toRealPath())) {
                throw new FolderRefusedException(
                        "A backup cannot lie inside the store",
                        target,
                        "Name a folder elsewhere, best on another disk.");
            }
        } catch (IOException e) {
            throw new StoreIoException("A folder could not be looked at: path=" + target, e);
        }
    }

    private static BackupManifest fill(Path folder, Log log, long head, ProgressListener to)
            throws IOException {
        LogCopy copy = copy(folder, log, head, new ProgressMeter(to, head + 1));
        Files.deleteIfExists(folder.resolve("lock.mdb"));
        Path data = folder.resolve(DATA);
        ownerOnly(data);
        DurableFiles.sync(data);
        FileSum sum = FileSum.of(data, units -> {});
        BackupManifest manifest =
                new BackupManifest(
                        log.identity(),
                        copy.events() == 0 ? -1 : copy.last() - copy.events() + 1,
                        copy.last(),
                        copy.events(),
                        copy.chain(),
                        copy.seal(),
                        Instant.now().truncatedTo(ChronoUnit.MILLIS),
                        List.of(new BackupManifest.FileEntry(DATA, sum.bytes(), sum.sha256())));
        Path file = folder.resolve(BackupManifest.FILE);
        Files.createFile(file, FolderLock.owner(file, "rw-------"));
        Files.write(file, ManifestText.write(manifest));
        DurableFiles.sync(file);
        return manifest;
    }

    private static LogCopy copy(Path folder, Log log, long head, ProgressMeter progress)
            throws IOException {
        while (true) {
            LogCopy copy = new LogCopy(log, head, progress);
            try {
                copy.copyTo(folder);
                progress.end();
                return copy;
            } catch (TruncatedSignal truncated) {
                Files.delete(folder.resolve(DATA)); // the log begins elsewhere now: copy that
            }
        }
    }

    static void ownerOnly(Path file) throws IOException {
        if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        }
    }
}
