package io.varve.store.lmdb;

import io.varve.store.errors.InsecureStoreException;
import io.varve.store.errors.StoreIoException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;

/**
 * Refuses files that would lead elsewhere, or that everybody may write: who can write a mapped file
 * can end the process that reads it.
 *
 * <p>Folders and files are made for their owner alone, so a wider right was given by hand or by a
 * copy. Rights of the group are let pass: teams share folders so.
 */
final class FolderRights {
    private static final String ALLOW = "varve.insecure.allow";

    private FolderRights() {}

    static void check(Path folder) {
        for (String name : new String[] {"", DataFile.NAME, "lock.mdb", SyncFile.NAME}) {
            Path path = folder.resolve(name);
            checkNoLink(path);
            if (!name.isEmpty()) {
                PlainFile.checkRegular(path, LinkOption.NOFOLLOW_LINKS);
            }
            if (!Boolean.getBoolean(ALLOW) && isWritableByAll(path)) {
                throw new InsecureStoreException(
                        "Everybody may write: path=" + path,
                        "Take that right away (chmod o-w), or start with -D" + ALLOW + "=true.");
            }
        }
    }

    /** What is written would be written elsewhere. */
    static void checkNoLink(Path path) {
        if (Files.isSymbolicLink(path)) {
            throw new InsecureStoreException(
                    "A file of the store is a symbolic link: path=" + path,
                    "Put the file itself there, or link the whole folder instead.");
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
