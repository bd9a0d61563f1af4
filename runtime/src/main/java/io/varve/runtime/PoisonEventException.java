package io.varve.runtime;

import io.varve.store.errors.VarveException;

/** An event that a projection reads could not be decoded; the cause says why. */
public final class PoisonEventException extends VarveException {
    private static final long serialVersionUID = 1L;

    private final String projection;
    private final long position;

    PoisonEventException(String projection, EventSlice.Poison poison) {
        super(
                "An event could not be decoded: projection="
                        + projection
                        + " position="
                        + poison.position()
                        + " stream="
                        + poison.stream()
                        + " type="
                        + poison.type(),
                "Make the serde of the category read it and start with that: a projection that has failed"
                        + " goes on behind its last commit, and where the event is a dead letter,"
                        + " retry that. To go on without the event, start the projection with"
                        + " ErrorPolicy.deadLetter() or ErrorPolicy.skip().",
                poison.cause());
        this.projection = projection;
        this.position = poison.position();
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
     * The position of the event.
     *
     * @return the value
     */
    public long position() {
        return position;
    }
}
