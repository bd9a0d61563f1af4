package io.varve.runtime;

import io.varve.store.errors.ErrorText;
import java.time.Instant;

/**
 * What a projection stands still for: it will try again by itself.
 *
 * @param position the first that is not applied
 * @param attempt the number of the next attempt, 1 for the first time that it tries again
 * @param since when it failed first
 * @param failure of the last attempt
 */
public record ProjectionRetry(long position, int attempt, Instant since, Throwable failure) {
    /**
     * Sees that it can be printed.
     *
     * @param position see the record
     * @param attempt see the record
     * @param since see the record
     * @param failure see the record
     */
    public ProjectionRetry {
        failure = ErrorText.printable(failure);
    }
}
