package io.varve.runtime;

import io.varve.store.errors.ErrorText;
import java.util.Objects;
import java.util.Optional;

/**
 * What came of retrying the dead letters of a stream. Where it has none, or they were discarded,
 * nothing was applied and nothing remains.
 *
 * @param applied how many events were applied, and are no dead letters any more
 * @param remaining how many are left; with 0 the quarantine of the stream is lifted
 * @param end why it went no further
 * @param failure why the next one could not be applied; there if, and only if, it has failed. A
 *     {@link io.varve.projections.DueWorkException} where it lets time go on, and what is due then
 *     fails: it is not counted as tried then, and stays as it was
 */
public record RetryResult(int applied, int remaining, End end, Optional<Throwable> failure) {
    /** Why a retry went no further. */
    public enum End {
        /** None is left. */
        DONE,

        /** The next one has failed again, or what is due by its time. */
        FAILED,

        /**
         * One of several partitions is behind the others, after a failure of its disk, and has not
         * come to the next one yet: resume the projection if it has failed, and try again.
         */
        NOT_REACHED,

        /**
         * The worker was asked to end: the runtime is closed, or the projection paused, removed or
         * promoted. Try again where it goes on.
         */
        STOPPED
    }

    /**
     * Refuses what is no result, and sees that it can be printed.
     *
     * @param applied see the record
     * @param remaining see the record
     * @param end see the record
     * @param failure see the record
     */
    public RetryResult {
        Objects.requireNonNull(end, "end");
        failure = failure.map(ErrorText::printable);
        if (failure.isPresent() != (end == End.FAILED) || end == End.DONE && remaining > 0) {
            throw new IllegalArgumentException("end=" + end + " remaining=" + remaining);
        }
    }
}
