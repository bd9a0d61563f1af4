package io.varve.store.errors;

/**
 * Where is said what no caller can be told. Not API.
 *
 * <p>A logger is looked up where there is something to say, and not kept in a field of each class:
 * the first one takes a new JVM tens of milliseconds, and most processes never say anything.
 *
 * <p>Thread-safe.
 */
public final class Logs {
    private Logs() {}

    /**
     * The logger of a class.
     *
     * @param type who says it
     * @return the logger of its name
     */
    public static System.Logger of(Class<?> type) {
        return System.getLogger(type.getName());
    }
}
