package io.varve.store.lmdb;

import io.varve.store.errors.FolderRefusedException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;

/**
 * Refuses to make an environment on a file system of another machine: there neither locks nor maps
 * of files are what LMDB takes them for. Asked when a file is made, and not at each opening, as it
 * takes 0.1 ms, and 10 ms the first time in a process.
 */
final class LocalDisk {
    private static final Logger LOGGER = System.getLogger(LocalDisk.class.getName());

    /** A property of the JVM; {@code true} for who knows what he does. */
    static final String ALLOW = "varve.networkFileSystem";

    private static final Set<String> REMOTE =
            Set.of(
                    "nfs",
                    "nfs3",
                    "nfs4",
                    "cifs",
                    "smb",
                    "smb2",
                    "smb3",
                    "smbfs",
                    "9p",
                    "afs",
                    "afpfs",
                    "webdav",
                    "fuse.sshfs",
                    "fuse.glusterfs",
                    "fuse.davfs",
                    "fuse.s3fs");

    private LocalDisk() {}

    /**
     * Looks where a folder is.
     *
     * @throws FolderRefusedException if that is another machine
     */
    static void check(Path folder) {
        try {
            check(folder, Files.getFileStore(folder).type());
        } catch (IOException e) {
            LOGGER.log(Level.DEBUG, "The kind of file system cannot be told", e);
        }
    }

    static void check(Path folder, String type) {
        if (REMOTE.contains(type.toLowerCase(Locale.ROOT)) && !Boolean.getBoolean(ALLOW)) {
            throw new FolderRefusedException(
                    "The folder is on a network file system, type=" + type,
                    folder,
                    "Take a folder on a disk of this machine. If locks and maps of files work there"
                            + " as on one, and no other machine opens it, start the process with -D"
                            + ALLOW
                            + "=true.");
        }
    }
}
