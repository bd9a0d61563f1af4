package io.varve.runtime;

import io.varve.store.errors.VarveException;
import java.nio.file.Path;

/** Another runtime on the same store has a projection of this name, in another folder. */
public final class ProjectionHostedException extends VarveException {
    private static final long serialVersionUID = 1L;

    private final String projection;
    private final transient Path other;

    ProjectionHostedException(String projection, Path folder, Path other) {
        super(
                "Another runtime on this store has a projection of this name: projection="
                        + projection
                        + " folder="
                        + folder
                        + " other="
                        + other,
                "Give it another name, or close the other runtime first, or remove the projection"
                        + " there: what a projection holds in the log goes by its name. Nothing was"
                        + " touched.");
        this.projection = projection;
        this.other = other;
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
     * The folder of the other runtime's read models.
     *
     * @return its path
     */
    public Path other() {
        return other;
    }
}
