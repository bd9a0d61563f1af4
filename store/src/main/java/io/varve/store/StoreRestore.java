package io.varve.store;

import io.varve.store.errors.StoreCorruptedException;
import io.varve.store.lmdb.DurableFiles;
import io.varve.store.lmdb.FolderLock;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongConsumer;

/** Makes a store from the files of a backup that was verified. */
final class StoreRestore {
    private final Path backup;
    private final BackupManifest manifest;
    private final LongConsumer copied;
    private long bytes;

    private StoreRestore(Path backup, BackupManifest manifest, LongConsumer copied) {
        this.backup = backup;
        this.manifest = manifest;
        this.copied = copied;
    }

    static void run(Path backup, BackupManifest manifest, Path target, LongConsumer copied) {
        try (UnfinishedFolder made = UnfinishedFolder.begin(target)) {
            try {
                new StoreRestore(backup, manifest, copied).fill(made.folder());
                made.publish();
            } catch (IOException e) {
                throw DurableFiles.failed("restoring a backup", made.place(), e);
            }
        }
    }

    private void fill(Path folder) throws IOException {
        Path logFolder = FolderLock.makeFolder(folder.resolve("log"));
        for (BackupManifest.FileEntry file : manifest.files()) {
            copy(file, logFolder.resolve(file.name()));
        }
        try (Log log = new Log(logFolder, StoreConfig.DEFAULT_MAP_BYTES)) {
            log.raiseIncarnation();
        }
        Files.deleteIfExists(logFolder.resolve("lock.mdb"));
        for (Path path : DurableFiles.list(logFolder)) {
            DurableFiles.sync(path);
        }
        DurableFiles.sync(logFolder);
    }

    private void copy(BackupManifest.FileEntry file, Path to) throws IOException {
        Files.createFile(to, FolderLock.owner(to, "rw-------"));
        FileSum sum;
        try (OutputStream out = Files.newOutputStream(to)) {
            sum = FileSum.copy(backup.resolve(file.name()), out, this::copied);
        }
        if (!sum.sha256().equals(file.sha256())) {
            throw new StoreCorruptedException(
                    "a backup changed while it was restored: path=" + backup, BackupFiles.REMEDY);
        }
    }

    private void copied(long count) {
        bytes += count;
        copied.accept(bytes);
    }
}
