package io.varve.runtime;

import io.varve.store.errors.VarveException;
import io.varve.store.state.Checkpoint;
import java.nio.file.Path;

/**
 * A read model was derived from another history than that of the store: another store, one restored
 * from a backup, or one that has lost events.
 */
public final class StaleCheckpointException extends VarveException {
    private static final long serialVersionUID = 1L;

    private final String projection;
    private final transient Path folder;

    StaleCheckpointException(String projection, Path folder, Checkpoint checkpoint, String reason) {
        super(
                "The read model was derived from another history: "
                        + reason
                        + " projection="
                        + projection
                        + " folder="
                        + folder
                        + " checkpoint="
                        + checkpoint,
                "Delete the folder to rebuild the read model from the log.");
        this.projection = projection;
        this.folder = folder;
    }

    /**
     * The name of the projection.
     *
     * @return the value
     */
    public String projection() {
        return projection;
    }

    /**
     * The folder to be deleted.
     *
     * @return the value; null after deserialization
     */
    public Path folder() {
        return folder;
    }
}
