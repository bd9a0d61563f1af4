package io.varve.runtime;

import io.varve.store.Hold;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What {@link ProjectionRuntime#forget} has done.
 *
 * @param projection its name
 * @param released what it had kept in the log: all events from each of these positions on; the
 *     lowest first, empty if it had kept nothing
 * @param deleted the folder of its read model, if that was deleted
 */
public record ForgottenProjection(String projection, List<Hold> released, Optional<Path> deleted) {
    /**
     * Keeps a copy of the list.
     *
     * @param projection see the record
     * @param released see the record
     * @param deleted see the record
     */
    public ForgottenProjection {
        released = List.copyOf(released);
    }
}
