package io.varve.store.errors;

/** Somebody who is running is asked already how far he is, under the same name of a hold. */
public final class HoldFollowedException extends VarveException {
    private static final long serialVersionUID = 1L;

    private final String hold;

    /**
     * Tells what happened.
     *
     * @param hold its name
     */
    public HoldFollowedException(String hold) {
        super(
                "Somebody follows this hold already: hold=" + hold,
                "Take another name, or close what the other call has returned first; one hold cannot"
                        + " keep what two need.");
        this.hold = hold;
    }

    /**
     * The name of the hold.
     *
     * @return the value
     */
    public String hold() {
        return hold;
    }
}
