package io.varve.runtime;

import io.varve.store.errors.VarveException;

/** A projection has no read model beside its live one, to go back to or to delete. */
public final class NoPreviousGenerationException extends VarveException {
    private static final long serialVersionUID = 1L;

    private final String projection;

    NoPreviousGenerationException(String projection, GenerationId live) {
        super(
                "There is no previous generation: projection=" + projection + " live=" + live,
                "A promoted rebuild leaves one, and so does a start with another version, until it is"
                        + " discarded or the next takes its place.");
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
