package io.varve.projections;

import io.varve.store.errors.VarveException;

/** A topology is wired wrongly, or was asked for a store that it does not have. */
public final class TopologyException extends VarveException {
    private static final long serialVersionUID = 1L;

    /**
     * Tells what happened.
     *
     * @param what is wrong, ending in facts
     * @param remedy what to do about it
     */
    public TopologyException(String what, String remedy) {
        super(what, remedy);
    }

    TopologyException(String what, String remedy, Throwable cause) {
        super(what, remedy, cause);
    }
}
