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
        super(
                "The definition has changed since the read model was computed: projection="
                        + projection
                        + " "
                        + difference
                        + " folder="
                        + folder,
                "Give the changed projection a higher version, or delete the folder: either is"
                        + " computed from the first event. To be served by the old read model"
                        + " meanwhile, start with the old definition and rebuild with the new.");
        this.projection = projection;
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
