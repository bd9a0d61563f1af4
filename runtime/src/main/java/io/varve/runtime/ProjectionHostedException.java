package io.varve.runtime;

import io.varve.store.errors.VarveException;
import java.nio.file.Path;

/**
 * A projection of this name is hosted already: by another runtime on the same store in another
 * folder; by code that was left behind in this process, as it had not come back in time when it was
 * removed or its runtime was closed; or, where it should be forgotten, by this runtime.
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

    /** By code that has not come back in this process, of a runtime that has it no more. */
    static ProjectionHostedException leftBehind(String projection, Path folder) {
        return leftBehind(
                projection,
                folder,
                "When that has returned, try again: resume(\""
                        + projection
                        + "\") where it has failed; or restart the process. Nothing was touched.");
    }

    /** Likewise of one that was to be deleted. */
    static ProjectionHostedException removedBeforeItsCode(String projection, Path folder) {
        return leftBehind(
                projection,
                folder,
                "The projection is removed, and nothing is deleted. When that has returned, or after"
                        + " a restart of the process, forget(\""
                        + projection
                        + "\", RemovedData.DELETE) deletes what is left.");
    }

    /** It was found no more, but has not ended. */
    static ProjectionHostedException leaving(String projection, Path folder) {
        return new ProjectionHostedException(
                "The projection is being removed: projection=" + projection + " folder=" + folder,
                "Add it again when remove(\""
                        + projection
                        + "\", ...) has returned. Nothing was touched.",
                projection,
                folder);
    }

    private static ProjectionHostedException leftBehind(
            String projection, Path folder, String then) {
        return new ProjectionHostedException(
                "Code of the projection has not come back since it was removed, or its runtime was"
                        + " closed: projection="
                        + projection
                        + " folder="
                        + folder
                        + " thread=varve-projection-"
                        + projection,
                "See in a thread dump where that thread is. " + then,
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
