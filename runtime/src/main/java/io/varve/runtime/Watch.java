package io.varve.runtime;

/** Somebody watches rows; made by {@link ProjectionRuntime#watch}. Thread-safe. */
public interface Watch extends AutoCloseable {
    /**
     * Whether more may be told.
     *
     * @return false after it was closed or has ended
     */
    boolean isOpen();

    /**
     * Ends it: the listener is not called any more when this returns, except for the call from
     * within which it is closed. Closing twice does nothing.
     */
    @Override
    void close();
}
