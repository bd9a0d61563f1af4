package io.varve.store.errors;

/**
 * What is said of an error that may be of any class: one of the user's may throw where it is asked
 * what it is. Not API. Thread-safe.
 */
public final class ErrorText {
    /** Causes may go round in circles. */
    private static final int DEEPEST_CAUSE = 100;

    private ErrorText() {}

    /**
     * What an error says of itself.
     *
     * @param failure what was caught
     * @return its text; its class where it has none
     */
    public static String of(Throwable failure) {
        try {
            return String.valueOf(failure.toString());
        } catch (Throwable e) {
            return silent(failure, e);
        }
    }

    /**
     * The message of an error.
     *
     * @param failure what was caught
     * @return empty if it has none
     */
    public static String message(Throwable failure) {
        try {
            String message = failure.getMessage();
            return message == null ? "" : message;
        } catch (Throwable e) {
            return silent(failure, e);
        }
    }

    private static String silent(Throwable failure, Throwable why) {
        return failure.getClass().getName()
                + " (whose text throws "
                + why.getClass().getName()
                + ")";
    }

    /**
     * An error that can be printed, with its causes.
     *
     * @param failure what was caught
     * @return the same, or one that stands for it where that throws
     */
    public static Throwable printable(Throwable failure) {
        try {
            Throwable one = failure;
            for (int depth = 0; one != null && depth < DEEPEST_CAUSE; depth++) {
                one.toString();
                one = one.getCause();
            }
            return failure;
        } catch (Throwable e) {
            return LackOfMemory.isCauseOf(e) ? failure : new Silent(of(failure), failure);
        }
    }

    /** Stands for an error that cannot be printed. */
    private static final class Silent extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Silent(String text, Throwable of) {
            super(text);
            try {
                setStackTrace(of.getStackTrace());
            } catch (Throwable e) {
                setStackTrace(new StackTraceElement[0]);
            }
        }
    }
}
