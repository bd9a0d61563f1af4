package io.varve.runtime;

import java.time.Duration;
import java.util.Objects;

/**
 * What a projection does with an event that it cannot apply: its code threw a {@link
 * io.varve.projections.ProjectionException}, or the event could not be decoded ({@link
 * PoisonEventException}). Immutable.
 *
 * <pre>{@code
 * ErrorPolicy.retry(5, Duration.ofMillis(200), ErrorPolicy.skip())
 * }</pre>
 *
 * <p>All events before it are committed first, for which they may be given to the code again, and
 * it is then treated alone. What would fail of the same each time is not tried again, whatever the
 * policy has: an event that cannot be decoded, and what has a {@link
 * io.varve.store.errors.SerdeException} or {@link io.varve.store.errors.LimitExceededException} for
 * its cause, as a row whose key is too long.
 *
 * <p>What is due by time, as the result of a window that closes, is no fault of the event that lets
 * time go on, and would fail with the next one too. So where that fails ({@link
 * io.varve.projections.DueWorkException}), it is tried again as the policy has it, and then the
 * projection fails, whatever the policy does in the end: no event is left out. Only a dead letter
 * that was retried stays one.
 *
 * <p>A {@link StackOverflowError}, {@link AssertionError} or {@link LinkageError} of the code is
 * the event's as an exception is. Errors that are not the event's do not come here: while there is
 * no room on the disk the projection waits and goes on by itself; where memory has run out it is
 * tried again a few times; with every other error of the store, and every other {@link Error}, it
 * fails.
 */
public sealed interface ErrorPolicy {
    /**
     * Three more attempts, after 100, 200 and 400 milliseconds, unless the failure is one that will
     * not pass; then {@link #deadLetter()}.
     *
     * @return the policy of a projection that was given no other
     */
    static ErrorPolicy defaults() {
        return retry(3, Duration.ofMillis(100), deadLetter());
    }

    /**
     * Fails the projection; its read model ends before the event.
     *
     * @return the policy
     */
    static Final fail() {
        return new Fail();
    }

    /**
     * Goes on without the event, and keeps a {@link DeadLetter} of it as skipped. Later events of
     * its stream are applied.
     *
     * @return the policy
     */
    static Final skip() {
        return new Skip();
    }

    /**
     * Keeps a {@link DeadLetter} of the event, and puts its stream under quarantine: later events
     * of the stream are not applied but kept behind it, in order, until {@link DeadLetters#retry}
     * or {@link DeadLetters#discard}. Other streams go on.
     *
     * @return the policy
     */
    static Final deadLetter() {
        return new Quarantine();
    }

    /**
     * Tries the event again some times, with pauses that double up to {@link Retry#LONGEST_PAUSE}.
     * The projection stands still meanwhile, others do not.
     *
     * @param attempts how often it is tried again, 1 or more; not at all where it would fail of the
     *     same
     * @param backoff the first pause, more than zero
     * @param then what is done when the last attempt has failed too
     * @return the policy
     */
    static ErrorPolicy retry(int attempts, Duration backoff, Final then) {
        return new Retry(attempts, backoff, then);
    }

    /**
     * What is done in the end.
     *
     * @return this policy, or what a {@link Retry} does when its last attempt has failed
     */
    Final last();

    /** A policy that does not try again. */
    sealed interface Final extends ErrorPolicy {
        @Override
        default Final last() {
            return this;
        }
    }

    /** See {@link #fail()}. */
    record Fail() implements Final {}

    /** See {@link #skip()}. */
    record Skip() implements Final {}

    /** See {@link #deadLetter()}. */
    record Quarantine() implements Final {}

    /**
     * See {@link #retry}.
     *
     * @param attempts how often an event is tried again, 1 or more
     * @param backoff the first pause, more than zero, no longer than {@link #LONGEST_PAUSE}
     * @param last what is done when the last attempt has failed too
     */
    record Retry(int attempts, Duration backoff, Final last) implements ErrorPolicy {
        /** Pauses grow no further. */
        public static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

        /**
         * Refuses what would not try again, or not wait.
         *
         * @param attempts see the record
         * @param backoff see the record
         * @param last see the record
         */
        public Retry {
            Objects.requireNonNull(backoff, "backoff");
            Objects.requireNonNull(last, "last");
            if (attempts < 1) {
                throw new IllegalArgumentException("attempts is 1 or more: actual=" + attempts);
            }
            if (backoff.isZero() || backoff.isNegative() || backoff.compareTo(LONGEST_PAUSE) > 0) {
                throw new IllegalArgumentException(
                        "backoff is more than zero and at most "
                                + LONGEST_PAUSE
                                + ": actual="
                                + backoff);
            }
        }

        /**
         * The pause before an attempt.
         *
         * @param attempt 1 for the first time that it is tried again
         * @return {@code backoff}, doubled with each attempt, up to {@link #LONGEST_PAUSE}
         */
        public Duration pause(int attempt) {
            return doubled(backoff, attempt - 1);
        }

        static Duration doubled(Duration first, int times) {
            // 2^35 nanoseconds are longer than the longest pause already.
            Duration pause = first.multipliedBy(1L << Math.min(times, 35));
            return pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
        }
    }
}
