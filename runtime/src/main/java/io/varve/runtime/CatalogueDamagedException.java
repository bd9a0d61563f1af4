package io.varve.runtime;

import io.varve.store.errors.VarveException;
import java.nio.file.Path;

/**
 * The file that says which generation of a projection is live is damaged or gone, and there are
 * several generations. None is guessed to be the one.
 */
public final class CatalogueDamagedException extends VarveException {
    private static final long serialVersionUID = 1L;

    private final String projection;
    private final transient Path folder;

    CatalogueDamagedException(String projection, Path folder, String why) {
        super(
                "It is not known which generation is live: "
                        + why
                        + " projection="
                        + projection
                        + " folder="
                        + folder,
                "Delete all generations in the folder but the one to go on with, or the whole folder:"
                        + " the read model is then computed from the log.");
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
     * The folder of the projection.
     *
     * @return the value; null after deserialization
     */
    public Path folder() {
        return folder;
    }
}
