package io.varve.store.errors;

/**
 * An idempotency key belongs to an append of other events, or to one with another producer mark;
 * nothing was appended.
 */
public final class IdempotencyKeyReusedException extends VarveException {
    private static final long serialVersionUID = 1L;

    private final String key;
    private final long firstPosition;

    /**
     * Tells what happened.
     *
     * @param key the idempotency key
     * @param firstPosition of the append that has the key
     */
    public IdempotencyKeyReusedException(String key, long firstPosition) {
        super(
                "The idempotency key belongs to another append: key="
                        + key
                        + " firstPosition="
                        + firstPosition,
                "Use a key of its own for each append, and the same one only to try the same batch"
                        + " again, its producer mark included. Who has taken over a producer has"
                        + " another mark: what the one before has appended, EventStore.producerMark"
                        + " tells.");
        this.key = key;
        this.firstPosition = firstPosition;
    }

    /**
     * The idempotency key.
     *
     * @return the value
     */
    public String key() {
        return key;
    }

    /**
     * The position of the first event that was appended with the key.
     *
     * @return the value
     */
    public long firstPosition() {
        return firstPosition;
    }
}
