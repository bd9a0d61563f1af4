package io.varve.runtime;

import io.varve.store.state.Checkpoint;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/**
 * A copy of a read model as of one position, to begin with in place of the beginning of the log.
 *
 * @param projection its name
 * @param version of its definition
 * @param checkpoint up to where it was computed, and from which history
 * @param bytes of its files
 * @param madeAt when it was made
 * @param folders what it is in, one for each partition, in their order; they belong together
 */
public record ProjectionSnapshot(
        String projection,
        int version,
        Checkpoint checkpoint,
        long bytes,
        Instant madeAt,
        List<Path> folders) {
    /**
     * Keeps the list.
     *
     * @param projection see the record
     * @param version see the record
     * @param checkpoint see the record
     * @param bytes see the record
     * @param madeAt see the record
     * @param folders see the record
     */
    public ProjectionSnapshot {
        folders = List.copyOf(folders);
    }

    /**
     * The last event in it.
     *
     * @return 0 or more
     */
    public long position() {
        return checkpoint.position();
    }
}
