package io.varve.store;

import io.varve.store.BackupManifest.FileEntry;
import io.varve.store.VerificationReport.Kind;
import io.varve.store.errors.FolderRefusedException;
import io.varve.store.errors.IncompatibleStoreException;
import io.varve.store.errors.StoreCorruptedException;
import io.varve.store.errors.StoreIoException;
import io.varve.store.errors.VarveException;
import io.varve.store.lmdb.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The files of backups: finds them, and compares them with their manifests. */
final class BackupFiles {
    static final String REMEDY = "Do not restore this backup; use another one.";

    private static final String MISSING = "the file is missing";

    private BackupFiles() {}

    static BackupList list(Path parent) throws IOException {
        List<BackupList.Backup> complete = new ArrayList<>();
        List<BackupList.Unusable> unusable = new ArrayList<>();
        for (Path folder : DurableFiles.list(parent)) {
            if (UnfinishedFolder.isUnfinished(folder)) {
                String why =
                        UnfinishedFolder.isBusy(folder)
                                ? "being made"
                                : "interrupted; the next backup into this folder deletes it";
                unusable.add(new BackupList.Unusable(folder, why));
            } else if (isBackup(folder)) {
                look(folder, complete, unusable);
            }
        }
        complete.sort(
                Comparator.comparing((BackupList.Backup b) -> b.manifest().created())
                        .thenComparing(BackupList.Backup::path));
        return new BackupList(complete, unusable);
    }

    private static boolean isBackup(Path folder) {
        return Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
                && (Files.exists(folder.resolve(BackupManifest.FILE), LinkOption.NOFOLLOW_LINKS)
                        || Files.exists(folder.resolve(BackupWriter.DATA)));
    }

    private static void look(
            Path folder, List<BackupList.Backup> complete, List<BackupList.Unusable> unusable) {
        try {
            BackupManifest manifest = read(folder);
            Optional<String> wrong = wrongSize(folder, manifest);
            if (wrong.isEmpty()) {
                complete.add(new BackupList.Backup(folder, manifest));
            } else {
                unusable.add(new BackupList.Unusable(folder, "damaged: " + wrong.get()));
            }
        } catch (VarveException e) {
            unusable.add(new BackupList.Unusable(folder, e.getMessage()));
        }
    }

    private static Optional<String> wrongSize(Path folder, BackupManifest manifest) {
        for (FileEntry file : manifest.files()) {
            Path path = folder.resolve(file.name());
            try {
                if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)
                        || Files.size(path) != file.bytes()) {
                    return Optional.of("a file is missing or of another size: " + path);
                }
            } catch (IOException e) {
                return Optional.of("a file cannot be looked at: " + path);
            }
        }
        return Optional.empty();
    }

    /**
     * Reads a manifest.
     *
     * @throws FolderRefusedException if there is no such folder
     * @throws StoreCorruptedException if it has none, or one that is damaged
     * @throws IncompatibleStoreException if it is of a newer version
     */
    static BackupManifest read(Path folder) {
        Path file = folder.resolve(BackupManifest.FILE);
        if (!StoreFolder.isThere(folder)) {
            throw new FolderRefusedException(
                    "There is no backup here",
                    folder,
                    "Name the folder of a backup; Backups.list finds those in a folder.");
        }
        if (!Files.isDirectory(folder)) {
            throw new FolderRefusedException(
                    "There is a file, or a link to no folder, in the place of a backup",
                    folder,
                    "Name the folder of a backup, and see that its disk is mounted.");
        }
        try {
            StoreFolder.isThere(file);
            if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                    || Files.size(file) > ManifestText.MAX_BYTES) {
                throw new StoreCorruptedException(
                        "a backup without a manifest: path=" + folder, REMEDY);
            }
            BackupManifest manifest = ManifestText.read(Files.readAllBytes(file), file);
            if (manifest.files().stream().noneMatch(f -> f.name().equals(BackupWriter.DATA))) {
                throw new StoreCorruptedException("a backup without a log: path=" + folder, REMEDY);
            }
            return manifest;
        } catch (IOException e) {
            throw DurableFiles.failed("reading a manifest", file, e);
        }
    }

    /** Compares sizes and sums. */
    static void compare(
            Path folder, BackupManifest manifest, ProblemList problems, ProgressMeter progress) {
        for (FileEntry file : manifest.files()) {
            Path path = folder.resolve(file.name());
            try {
                if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
                    String what =
                            StoreFolder.isThere(path) ? "there is no file, or a link" : MISSING;
                    problems.add(Kind.FILE, path.toString(), what);
                    continue;
                }
                FileSum sum = FileSum.of(path, progress::add);
                if (sum.bytes() != file.bytes() || !sum.sha256().equals(file.sha256())) {
                    problems.add(
                            Kind.FILE,
                            path.toString(),
                            "its bytes are not those that were backed up: bytes=" + sum.bytes());
                }
            } catch (IOException e) {
                problems.addWithRemedy(
                        Kind.FILE,
                        path.toString(),
                        new StoreIoException("A file could not be read: path=" + path, e));
            }
        }
    }
}
