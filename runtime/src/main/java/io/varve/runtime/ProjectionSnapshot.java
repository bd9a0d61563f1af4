package io.varve.runtime;

import io.varve.store.state.Checkpoint;
import java.nio.file.Path;
import java.time.Instant;

/**
 * A copy of a read model as of one position, to begin with in place of the beginning of the log.
 *
 * @param projection its name
 * @param version of its definition
 * @param checkpoint up to where it was computed, and from which history
 * @param bytes of its file
 * @param madeAt when it was made
 * @param folder it is in
 */
public record ProjectionSnapshot(
        String projection,
        int version,
        Checkpoint checkpoint,
        long bytes,
        Instant madeAt,
        Path folder) {
    /**
     * The last event in it.
     *
     * @return 0 or more
     */
    public long position() {
        return checkpoint.position();
    }
}
