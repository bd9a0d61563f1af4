package io.varve.store.lmdb;

import io.varve.store.errors.InsecureStoreException;
import io.varve.store.errors.StoreIoException;
import io.varve.store.errors.VarveException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;

/**
 * Refuses files that would lead elsewhere, are elsewhere as well, or that everybody may write: who
 * can write a mapped file can end the process that reads it.
 *
 * <p>Folders and files are made for their owner alone, so a wider right was given by hand or by a
 * copy. Rights of the group are let pass: teams share folders so.
 */
public final class FolderRights {
    private static final String ALLOW = "varve.insecure.allow";

    private FolderRights() {}

    /**
     * Refuses an environment as opening it would, as its folder and files are.
     *
     * @param folder of an environment, or of none
     */
    public static void check(Path folder) {
        List<VarveException> refusals = refusals(folder);
        if (!refusals.isEmpty()) {
            throw refusals.get(0);
        }
    }

    /**
     * Why an environment is not opened, as its folder and files are: links, folders in place of
     * files, rights of everybody. Looks at no content, and changes nothing.
     *
     * @param folder of an environment, or of none
     * @return what opening it would refuse, that first
     */
    public static List<VarveException> refusals(Path folder) {
        List<VarveException> refusals = new ArrayList<>();
        if (Files.exists(folder)) {
            Path real = real(folder);
            add(refusals, () -> checkRights(real));
            for (String name : new String[] {DataFile.NAME, "lock.mdb", SyncFile.NAME}) {
                add(refusals, () -> checkFile(real.resolve(name)));
            }
        }
        return refusals;
    }

    private static Path real(Path folder) {
        try {
            return folder.toRealPath();
        } catch (IOException e) {
            throw new StoreIoException("A folder could not be looked at: path=" + folder, e);
        }
    }

    private static void add(List<VarveException> refusals, Runnable check) {
        try {
            check.run();
        } catch (VarveException e) {
            refusals.add(e);
        }
    }

    private static void checkFile(Path path) {
        PlainFile.checkOwn(path);
        checkRights(path);
        checkNames(path);
    }

    private static void checkRights(Path path) {
        if (!Boolean.getBoolean(ALLOW) && isWritableByAll(path)) {
            throw new InsecureStoreException(
                    "Everybody may write: path=" + path,
                    "Take that right away (chmod o-w), or start with -D" + ALLOW + "=true.");
        }
    }

    /** What is written would be written elsewhere. */
    static void checkNoLink(Path path) {
        if (!Files.isSymbolicLink(path)) {
            return;
        }
        throw Files.exists(path)
                ? new InsecureStoreException(
                        "A file of the store is a symbolic link: path=" + path,
                        "Put the file itself there, or link the whole folder instead.")
                : new InsecureStoreException(
                        "A file of the store is a symbolic link to nothing: path=" + path,
                        "Mount the disk or folder that it leads to, and put the file itself there, or"
                                + " link the whole folder instead. If the file is gone, delete the"
                                + " link and open the store: that tells what is missing.");
    }

    /** Under its other name it may belong to another store, whose lock is another. */
    private static void checkNames(Path path) {
        if (!path.getFileSystem().supportedFileAttributeViews().contains("unix")
                || !Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try {
            int names = (Integer) Files.getAttribute(path, "unix:nlink", LinkOption.NOFOLLOW_LINKS);
            if (names > 1) {
                throw new InsecureStoreException(
                        "A file of the store has other names (hard links), under which it would be"
                                + " changed as well: path="
                                + path
                                + " names="
                                + names,
                        "Copy the store's folder to another place (cp -r, not -l) and open the copy,"
                                + " or delete the other names.");
            }
        } catch (IOException e) {
            throw new StoreIoException("A file could not be looked at: path=" + path, e);
        }
    }

    private static boolean isWritableByAll(Path path) {
        boolean posix = path.getFileSystem().supportedFileAttributeViews().contains("posix");
        if (!posix || !Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        try {
            return Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS)
                    .contains(PosixFilePermission.OTHERS_WRITE);
        } catch (IOException e) {
            throw new StoreIoException("A file could not be looked at: path=" + path, e);
        }
    }
}
