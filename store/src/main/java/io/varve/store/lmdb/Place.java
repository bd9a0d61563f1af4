package io.varve.store.lmdb;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Which file it is, and since when the machine runs.
 *
 * @param inode of the data file, or 0 where that is not known
 * @param device it is on, or 0
 * @param boot id of this run of the operating system, or empty
 */
record Place(long inode, long device, String boot) {
    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

    /** Where a file is now. */
    static Place of(Path file) throws IOException {
        String boot = Files.isReadable(BOOT_ID) ? Files.readString(BOOT_ID).trim() : "";
        return new Place(attribute(file, "unix:ino"), attribute(file, "unix:dev"), boot);
    }

    private static long attribute(Path file, String name) throws IOException {
        try {
            return ((Number) Files.getAttribute(file, name)).longValue();
        } catch (UnsupportedOperationException | IllegalArgumentException e) {
            return 0; // another operating system: then it is not known
        }
    }

    /** Whether it is the same file, as far as that is known. */
    boolean isFileOf(Place other) {
        return inode == 0 || other.inode == 0 || inode == other.inode;
    }

    /** Whether what the other's processes wrote is still to be seen, on disk or not. */
    boolean hasSeen(Place other) {
        return !boot.isEmpty() && boot.equals(other.boot) && device == other.device;
    }
}
