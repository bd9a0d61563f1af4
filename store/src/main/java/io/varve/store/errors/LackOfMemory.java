package io.varve.store.errors;

/**
 * Tells whether memory ran out, however that was told on the way: libraries and we ourselves wrap
 * what they meet. It says nothing of what was being done, which may succeed another time. Takes no
 * memory itself. Thread-safe.
 */
public final class LackOfMemory {
    /** Causes may go round in circles. */
    private static final int DEEPEST_CAUSE = 100;

    private LackOfMemory() {}

    /**
     * Whether an {@link OutOfMemoryError} is a failure or among its causes.
     *
     * @param failure what was caught
     * @return true if so
     */
    public static boolean isCauseOf(Throwable failure) {
        try {
            throwIfCauseOf(failure);
            return false;
        } catch (OutOfMemoryError e) {
            return true;
        }
    }

    /**
     * Throws what said that memory ran out.
     *
     * @param failure what was caught
     * @throws OutOfMemoryError if it is the failure, or among its causes
     */
    public static void throwIfCauseOf(Throwable failure) {
        Throwable one = failure;
        for (int depth = 0; one != null && depth < DEEPEST_CAUSE; depth++) {
            if (one instanceof OutOfMemoryError error) {
                throw error;
            }
            one = one.getCause();
        }
    }
}
