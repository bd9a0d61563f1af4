package io.varve.runtime;

import io.varve.store.errors.VarveException;

/** A projection has as many dead letters as it may have, and there would be one more. */
public final class DeadLettersFullException extends VarveException {
    private static final long serialVersionUID = 1L;

    private final String projection;
    private final int limit;

    DeadLettersFullException(String projection, long position, int limit) {
        super(
                "Too many dead letters: projection="
                        + projection
                        + " position="
                        + position
                        + " limit="
                        + limit,
                "Of the live generation: retry or discard some, also while the projection is failed, and"
                        + " resume(projection); or raise maxDeadLetters of its ProjectionConfig and"
                        + " start the runtime again. Of a rebuild: mend the code, or rebuild again"
                        + " with rebuild(projection, config.withMaxDeadLetters(n)), or with another"
                        + " error policy; its letters can be retried once it is promoted.");
        this.projection = projection;
        this.limit = limit;
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
     * The most dead and waiting events it may have.
     *
     * @return 1 or more
     */
    public int limit() {
        return limit;
    }
}
