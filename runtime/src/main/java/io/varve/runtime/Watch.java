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
     * within which it is closed. A call that is under way is waited for, but no longer than {@link
     * RuntimeConfig#shutdownTimeout}: one that is stuck goes on after that, and is the last.
     * Closing twice does nothing.
     */
    @Override
    void close();
}
