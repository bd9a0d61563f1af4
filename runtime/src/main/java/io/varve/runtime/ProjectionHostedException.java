package io.varve.runtime;

import io.varve.store.errors.VarveException;
import java.nio.file.Path;

/**
 * A projection of this name is hosted already: by another runtime on the same store in another
 * folder, or, where it should be forgotten, by this one.
 */
public final class ProjectionHostedException extends VarveException {
    private static final long serialVersionUID = 1L;

    private final String projection;
    private final transient Path other;

    ProjectionHostedException(String projection, Path folder, Path other) {
        this(
                "Another runtime on this store has a projection of this name: projection="
                        + projection
                        + " folder="
                        + folder
                        + " other="
                        + other,
                "Give it another name, or close the other runtime first, or remove the projection"
                        + " there: what a projection holds in the log goes by its name. Nothing was"
                        + " touched.",
                projection,
                other);
    }

    private ProjectionHostedException(String what, String remedy, String projection, Path other) {
        super(what, remedy);
        this.projection = projection;
        this.other = other;
    }

    static ProjectionHostedException here(String projection, Path folder) {
        return new ProjectionHostedException(
                "This runtime has the projection: projection=" + projection + " folder=" + folder,
                "Remove it, which lets go of what it holds in the log. Nothing was touched.",
                projection,
                folder);
    }

    static ProjectionHostedException leftBehind(String projection, Path folder) {
        return new ProjectionHostedException(
                "Code of the projection has not come back since that was removed: projection="
                        + projection
                        + " folder="
                        + folder,
                "Try again when it has, or after a restart of the process. Nothing was touched.",
                projection,
                folder);
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
     * The folder of the read models of the runtime that has it.
     *
     * @return its path
     */
    public Path other() {
        return other;
    }
}
