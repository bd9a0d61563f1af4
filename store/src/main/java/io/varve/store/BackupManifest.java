package io.varve.store;

import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * What a backup holds.
 *
 * @param identity of the store it was made of
 * @param firstPosition of its first event; -1 where it has none
 * @param position of its last event; -1 where it has none
 * @param events how many
 * @param chain hash of its last block; 0 where it has none
 * @param seal of its last block, where the log has hashes; see {@link EventStore#seal}
 * @param created when it was complete
 * @param files it consists of, beside the manifest
 */
public record BackupManifest(
        StoreIdentity identity,
        long firstPosition,
        long position,
        long events,
        long chain,
        Optional<Seal> seal,
        Instant created,
        List<FileEntry> files) {
    /** The name of the file that a manifest is in. */
    public static final String FILE = "manifest";

    /** What lies beside a data file and is about that very file; and what is made here. */
    private static final Set<String> RESERVED =
            Set.of(FILE, "varve.sync", "varve.lock", "lock.mdb");

    /** So that a small multiple can be told as progress. */
    private static final long MOST_BYTES = Long.MAX_VALUE / 8;

    /**
     * A file of a backup.
     *
     * @param name inside the backup's folder, without folders
     * @param bytes its size
     * @param sha256 of its bytes, 64 hexadecimal digits in lower case
     */
    public record FileEntry(String name, long bytes, String sha256) {
        /**
         * Refuses what cannot be the file of a backup.
         *
         * @param name see the record
         * @param bytes see the record
         * @param sha256 see the record
         */
        public FileEntry {
            if (!name.matches("[a-z0-9][a-z0-9.-]{0,99}") || RESERVED.contains(name)) {
                throw new IllegalArgumentException("no name of a file: " + name);
            }
            if (bytes < 0 || !sha256.matches("[0-9a-f]{64}")) {
                throw new IllegalArgumentException("no size or sum of a file: " + name);
            }
        }
    }

    /**
     * Refuses what cannot be.
     *
     * @param identity see the record
     * @param firstPosition see the record
     * @param position see the record
     * @param events see the record
     * @param chain see the record
     * @param seal see the record
     * @param created see the record
     * @param files see the record
     */
    public BackupManifest {
        Objects.requireNonNull(identity, "identity");
        Objects.requireNonNull(created, "created");
        files = List.copyOf(files);
        checkFiles(files);
        boolean counted =
                events == 0
                        ? firstPosition == -1 && position == -1
                        : events > 0
                                && firstPosition >= 0
                                && position - firstPosition == events - 1;
        if (!counted || seal.isPresent() && seal.get().position() != position) {
            throw new IllegalArgumentException(
                    "positions and count of events disagree: firstPosition="
                            + firstPosition
                            + " position="
                            + position
                            + " events="
                            + events);
        }
    }

    private static void checkFiles(List<FileEntry> files) {
        Set<String> names = new HashSet<>();
        long left = MOST_BYTES;
        for (FileEntry file : files) {
            if (!names.add(file.name())) {
                throw new IllegalArgumentException("a file comes twice: " + file.name());
            }
            if (file.bytes() > left) {
                throw new IllegalArgumentException("no size of a file: " + file.name());
            }
            left -= file.bytes();
        }
    }

    /**
     * How large the backup is.
     *
     * @return bytes of all files
     */
    public long bytes() {
        return files.stream().mapToLong(FileEntry::bytes).sum();
    }
}
