package io.varve.runtime;

import io.varve.store.errors.VarveException;

/** The next event that was offered is not the next of the log. Nothing of it was applied. */
public final class SeamBrokenException extends VarveException {
    private static final long serialVersionUID = 1L;

    private final long expected;
    private final long actual;

    SeamBrokenException(String from, long expected, long actual) {
        super(
                "Positions do not follow each other: from="
                        + from
                        + " expected="
                        + expected
                        + " actual="
                        + actual,
                "This is a defect of Varve; please report it. Restarting goes on at the last commit.");
        this.expected = expected;
        this.actual = actual;
    }

    /**
     * The position that had to come next.
     *
     * @return the value
     */
    public long expected() {
        return expected;
    }

    /**
     * The position that came.
     *
     * @return the value
     */
    public long actual() {
        return actual;
    }
}
