package io.varve.store;

import io.varve.store.VerificationReport.Kind;
import io.varve.store.VerificationReport.Problem;
import io.varve.store.errors.FolderRefusedException;
import io.varve.store.errors.StoreCorruptedException;
import io.varve.store.errors.StoreIoException;
import io.varve.store.errors.VarveException;
import io.varve.store.lmdb.DurableFiles;
import io.varve.store.lmdb.Uninterrupted;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What can be done with backups that {@link EventStore#backup} has made: list, verify, restore. No
 * store need be open. Thread-safe.
 *
 * <p>A backup is a folder with a copy of the log, {@code data.mdb}, and a text that says what it
 * holds, {@code manifest}. It appears under its name only when it is whole and on the disk. Listing
 * and verifying write nothing into it, so it may lie on a medium that is read-only.
 */
public final class Backups {
    private Backups() {}

    /**
     * Lists the backups in a folder. Their manifests are read, and the sizes of their files
     * compared.
     *
     * @param parent of the backups
     * @return complete ones, oldest first, and those that cannot be used
     * @throws StoreIoException if the folder cannot be read
     */
    public static BackupList list(Path parent) {
        try {
            return BackupFiles.list(parent);
        } catch (IOException e) {
            throw new StoreIoException("A folder could not be read: path=" + parent, e);
        }
    }

    /**
     * Reads all of a backup again: sums of its files, structure of their pages, checksums and chain
     * of all blocks, every event; and compares that with the manifest. Damage is reported, not
     * thrown. It takes 40 bytes of memory a stream, beside the largest event.
     *
     * @param backup its folder
     * @param listener is told how many bytes were read; all are read twice
     * @return what was found
     */
    public static VerificationReport verify(Path backup, ProgressListener listener) {
        return Uninterrupted.call(() -> verifyHere(backup, listener));
    }

    private static VerificationReport verifyHere(Path backup, ProgressListener listener) {
        ProblemList problems = new ProblemList(BackupFiles.REMEDY);
        BackupManifest manifest;
        try {
            manifest = BackupFiles.read(backup);
        } catch (VarveException e) {
            problems.addWithRemedy(Kind.MANIFEST, backup.toString(), e);
            return VerificationReport.ofNothing(problems);
        }
        ProgressMeter progress = new ProgressMeter(listener, 2 * manifest.bytes());
        BackupFiles.compare(backup, manifest, problems, progress);
        LogFileVerifier log = new LogFileVerifier(backup, problems, progress);
        log.run();
        compare(manifest, log, problems);
        progress.end();
        return log.report(0);
    }

    private static void compare(
            BackupManifest manifest, LogFileVerifier log, ProblemList problems) {
        LogVerifier found = log.blocks();
        boolean same =
                log.identity().filter(manifest.identity()::equals).isPresent()
                        && found.first() == manifest.firstPosition()
                        && found.head() == manifest.position()
                        && found.events() == manifest.events()
                        && found.chain() == manifest.chain()
                        && found.seal().equals(manifest.seal());
        if (!same) {
            problems.add(
                    Kind.MANIFEST,
                    "positions "
                            + found.first()
                            + " to "
                            + found.head()
                            + ", "
                            + hashes(found.chain(), found.seal()),
                    "the log is not what the manifest says: "
                            + manifest.firstPosition()
                            + " to "
                            + manifest.position()
                            + ", "
                            + hashes(manifest.chain(), manifest.seal()));
        }
    }

    private static String hashes(long chain, Optional<Seal> seal) {
        return "chain="
                + Long.toHexString(chain)
                + seal.map(there -> " seal=" + there.sha256()).orElse("");
    }

    /**
     * Makes a store from a backup, which is verified first. The folder appears whole and on the
     * disk, or not at all.
     *
     * <p>The store keeps the id of the one that was backed up and gets the next {@link
     * StoreIdentity#incarnation incarnation}, so what was derived from the old one, and may be
     * ahead of it, is not taken to be derived from this one. Its index is built when it is opened.
     *
     * @param backup its folder
     * @param target the folder of the new store: missing or empty
     * @param listener is told how many bytes were read; all are read three times
     * @return what the backup holds
     * @throws FolderRefusedException if {@code target} is not empty, or there is no such backup
     * @throws StoreCorruptedException if the backup is damaged; nothing was made
     * @throws io.varve.store.errors.IncompatibleStoreException if it is of a newer version
     * @throws io.varve.store.errors.StoreFullException if there is no room; nothing was made
     */
    public static BackupManifest restore(Path backup, Path target, ProgressListener listener) {
        return Uninterrupted.call(() -> restoreHere(backup, target, listener));
    }

    private static BackupManifest restoreHere(Path backup, Path target, ProgressListener listener) {
        DurableFiles.checkEmpty(target);
        BackupManifest manifest = BackupFiles.read(backup);
        long total = 3 * manifest.bytes();
        listener.progress(0, total);
        VerificationReport report =
                verifyHere(backup, (done, all) -> listener.progress(done, total));
        if (!report.isClean()) {
            throw damaged(backup, report);
        }
        StoreRestore.run(
                backup,
                manifest,
                target,
                copied -> listener.progress(2 * manifest.bytes() + copied, total));
        listener.progress(total, total);
        return manifest;
    }

    private static StoreCorruptedException damaged(Path backup, VerificationReport report) {
        Problem first = report.problems().get(0);
        return new StoreCorruptedException(
                "a backup: "
                        + first.what()
                        + ": where="
                        + first.where()
                        + " problems="
                        + report.problems().size()
                        + " path="
                        + backup,
                first.remedy());
    }
}
