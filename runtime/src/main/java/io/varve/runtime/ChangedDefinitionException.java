package io.varve.runtime;

import io.varve.store.errors.VarveException;
import java.nio.file.Path;

/**
 * A projection has another topology, or a store of it another serde, than its read model was
 * computed with, under the same name and version. The message tells the first line that differs.
 */
public final class ChangedDefinitionException extends VarveException {
    private static final long serialVersionUID = 1L;

    private final String projection;

    ChangedDefinitionException(String projection, Path folder, String difference) {
        this(
                projection,
                folder,
                difference,
                "Give the changed projection a higher version, or delete the folder: either is"
                        + " computed from the first event. To be served by the old read model"
                        + " meanwhile, start with the old definition and rebuild with the new.");
    }

    private ChangedDefinitionException(
            String projection, Path folder, String difference, String remedy) {
        super(
                "The definition has changed since the read model was computed: projection="
                        + projection
                        + " "
                        + difference
                        + " folder="
                        + folder,
                remedy);
        this.projection = projection;
    }

    /** Whoever goes back has not said to which definition. */
    static ChangedDefinitionException ofPrevious(
            String projection, Path folder, int version, int given) {
        return new ChangedDefinitionException(
                projection,
                folder,
                "was=[version " + version + "] is=[version " + given + "]",
                "Give rollback(Projection) the definition of version " + version + ".");
    }

    /**
     * The name of the projection.
     *
     * @return the value
     */
    public String projection() {
        return projection;
    }
}
