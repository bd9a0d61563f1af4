package io.varve.projections;

import io.varve.store.errors.ErrorText;
import io.varve.store.errors.VarveException;

/**
 * A processor has failed to close. The task is closed all the same, and so are its other
 * processors; rows are not concerned, as what was not committed is not kept in any case. The cause
 * is what it threw; if several failed, this is of the first, and the others are suppressed.
 */
public final class ProcessorCloseException extends VarveException {
    private static final long serialVersionUID = 1L;

    private final String node;

    ProcessorCloseException(String node, Throwable cause) {
        super(
                "A processor could not be closed: node=" + node + " cause=" + ErrorText.of(cause),
                "See the cause and correct its close(). What it had opened may still be open.",
                cause);
        this.node = node;
    }

    /**
     * The node of the processor, as in {@link Topology#describe()}.
     *
     * @return its name
     */
    public String node() {
        return node;
    }
}
