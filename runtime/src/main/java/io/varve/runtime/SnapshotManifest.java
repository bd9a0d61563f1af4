package io.varve.runtime;

import io.varve.projections.Partition;
import io.varve.projections.Projection;
import io.varve.store.errors.IncompatibleStoreException;
import io.varve.store.errors.StoreCorruptedException;
import io.varve.store.state.Checkpoint;
import io.varve.store.state.StateCopy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * What is said of a snapshot, in a file beside its data, see {@link SealedText}.
 *
 * <pre>
 *   varve-snapshot: 1
 *   projection: revenue
 *   version: 2
 *   fingerprint: 9f86d081884c7d65...   SHA-256 of the definition, see Definition, and behind it,
 *                                      where there are several, of the line "Partition: 3 of 8"
 *   store: 3f2504e0-4f89-11d3-9a0c-0305e82c3301
 *   incarnation: 0
 *   position: 41999
 *   chain: 00a1b2c3d4e5f607            16 hexadecimal digits
 *   needs: 41207                       first position of the log that it needs: that of its oldest
 *                                      dead letter, or what comes behind it; 0 where it is missing
 *   read: 4096000                      bytes of payload that were read for it, at least; 0 where
 *                                      nobody counts
 *   made: 1764079200000                milliseconds since 1970
 *   bytes: 1048576                     of data.mdb
 *   sha256: 2c26b46b68ffc68f...        of data.mdb
 *   checksum: fcde2b2edba56bf4...      SHA-256 of all lines before
 * </pre>
 *
 * <p>Lines of other names are passed over: later versions may add some.
 */
record SnapshotManifest(
        String projection,
        int version,
        String fingerprint,
        Checkpoint checkpoint,
        long needs,
        long read,
        Instant made,
        long bytes,
        String sha256) {
    static final String FILE = "manifest";
    private static final String FORMAT = "1";
    private static final int HEX = 16;

    static SnapshotManifest of(
            Projection projection,
            Partition partition,
            StateCopy copy,
            long needs,
            long read,
            Instant made) {
        return new SnapshotManifest(
                projection.name(),
                projection.version(),
                fingerprint(projection, partition),
                copy.checkpoint().orElseThrow(),
                needs,
                read,
                made,
                copy.bytes(),
                copy.sha256());
    }

    private static String fingerprint(Projection projection, Partition partition) {
        String definition = Definition.text(projection);
        return SealedText.sum(
                partition.isWhole() ? definition : definition + "Partition: " + partition + "\n");
    }

    /** Whether a read model of a projection may begin with it, or a partition of one. */
    boolean isOf(Projection other, Partition partition) {
        return projection.equals(other.name())
                && version == other.version()
                && fingerprint.equals(fingerprint(other, partition));
    }

    byte[] text() {
        StringBuilder text = new StringBuilder();
        SealedText.line(text, "varve-snapshot", FORMAT);
        SealedText.line(text, "projection", projection);
        SealedText.line(text, "version", version);
        SealedText.line(text, "fingerprint", fingerprint);
        SealedText.line(text, "store", checkpoint.storeId());
        SealedText.line(text, "incarnation", checkpoint.incarnation());
        SealedText.line(text, "position", checkpoint.position());
        SealedText.line(text, "chain", HexFormat.of().toHexDigits(checkpoint.chainHash()));
        SealedText.line(text, "needs", needs);
        SealedText.line(text, "read", read);
        SealedText.line(text, "made", made.toEpochMilli());
        SealedText.line(text, "bytes", bytes);
        SealedText.line(text, "sha256", sha256);
        return SealedText.write(text.toString());
    }

    /**
     * Reads the manifest of a snapshot.
     *
     * @throws StoreCorruptedException if it is not as it was written
     * @throws IncompatibleStoreException if it is of a newer version
     */
    static SnapshotManifest read(Path folder) throws IOException {
        Path file = folder.resolve(FILE);
        Map<String, String> values =
                SealedText.read(Files.readAllBytes(file))
                        .orElseThrow(() -> damaged(file, "its checksum does not fit"));
        if (!FORMAT.equals(values.get("varve-snapshot"))) {
            throw new IncompatibleStoreException(
                    "A snapshot of another version: version="
                            + values.get("varve-snapshot")
                            + " path="
                            + folder,
                    "Use the version of Varve that made it, or a newer one.");
        }
        return parse(values).orElseThrow(() -> damaged(file, "a line is missing"));
    }

    private static Optional<SnapshotManifest> parse(Map<String, String> values) {
        try {
            Checkpoint checkpoint =
                    new Checkpoint(
                            UUID.fromString(values.getOrDefault("store", "")),
                            number(values, "incarnation"),
                            number(values, "position"),
                            Long.parseUnsignedLong(values.getOrDefault("chain", ""), HEX));
            return Optional.of(
                    new SnapshotManifest(
                            values.getOrDefault("projection", ""),
                            Math.toIntExact(number(values, "version")),
                            values.getOrDefault("fingerprint", ""),
                            checkpoint,
                            Long.parseLong(values.getOrDefault("needs", "0")),
                            Long.parseLong(values.getOrDefault("read", "-1")),
                            Instant.ofEpochMilli(number(values, "made")),
                            number(values, "bytes"),
                            values.getOrDefault("sha256", "")));
        } catch (IllegalArgumentException | ArithmeticException e) {
            return Optional.empty();
        }
    }

    private static long number(Map<String, String> values, String name) {
        return Long.parseLong(values.getOrDefault(name, ""));
    }

    private static StoreCorruptedException damaged(Path file, String why) {
        return new StoreCorruptedException(
                "a snapshot's manifest: " + why + " path=" + file,
                "Delete the snapshot; another one, or the log, is used in its place.");
    }
}
