package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.Partition;
import io.varve.projections.Projection;
import io.varve.store.errors.IncompatibleStoreException;
import io.varve.store.errors.StoreCorruptedException;
import io.varve.store.errors.VarveException;
import io.varve.store.state.Checkpoint;
import io.varve.store.state.StateCopy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file that says what a snapshot is. */
class SnapshotManifestTest {
    private static final Projection DIGEST =
            Notes.digest("digest", Notes.serde(), RuntimeTestBase.NOTHING);

    @TempDir Path folder;

    private static SnapshotManifest manifest(Checkpoint checkpoint) {
        StateCopy copy =
                new StateCopy(Path.of("x"), Optional.of(checkpoint), 4096, "0123".repeat(16));
        return SnapshotManifest.of(
                DIGEST, Partition.WHOLE, copy, 17, 4096, Instant.ofEpochMilli(1_764_079_200_123L));
    }

    private SnapshotManifest readBack(byte[] text) throws IOException {
        Files.write(folder.resolve(SnapshotManifest.FILE), text);
        return SnapshotManifest.read(folder);
    }

    @Test
    void shouldReadWhatWasWritten() throws IOException {
        for (Checkpoint checkpoint :
                new Checkpoint[] {
                    new Checkpoint(new UUID(1, 2), 3, 4, 5),
                    new Checkpoint(new UUID(-1, -2), 0, Long.MAX_VALUE, -1)
                }) {
            SnapshotManifest written = manifest(checkpoint);
            assertEquals(written, readBack(written.text()));
            assertTrue(written.isOf(DIGEST, Partition.WHOLE));
        }
    }

    /** Of each byte one, of which each is another. */
    @Test
    void shouldRefuseAFlippedBitOfEachByte() throws IOException {
        flipBits(9);
    }

    @Test
    @Tag("long")
    void shouldRefuseEachFlippedBit() throws IOException {
        flipBits(1);
    }

    private void flipBits(int step) throws IOException {
        byte[] text = manifest(new Checkpoint(new UUID(1, 2), 3, 4, 5)).text();
        for (int bit = 0; bit < 8 * text.length; bit += step) {
            byte[] flipped = text.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            assertThrows(VarveException.class, () -> readBack(flipped), "bit=" + bit);
        }
    }

    @Test
    void shouldRefuseWhatIsCut() throws IOException {
        byte[] text = manifest(new Checkpoint(new UUID(1, 2), 3, 4, 5)).text();
        for (int length = 0; length < text.length; length++) {
            byte[] cut = Arrays.copyOf(text, length);
            assertThrows(StoreCorruptedException.class, () -> readBack(cut), "length=" + length);
        }
    }

    @Test
    void shouldSayThatItIsOfANewerVersion() throws IOException {
        String text =
                new String(
                        manifest(new Checkpoint(new UUID(1, 2), 3, 4, 5)).text(),
                        StandardCharsets.UTF_8);
        String newer = text.substring(0, text.lastIndexOf("checksum")).replace(": 1\n", ": 2\n");
        byte[] signed = SealedText.write(newer);
        assertThrows(IncompatibleStoreException.class, () -> readBack(signed));
    }
}
