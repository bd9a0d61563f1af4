package io.varve.runtime;

import io.varve.store.StreamId;
import io.varve.store.errors.ErrorText;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.Optional;

/**
 * An event that a projection has not applied, although its turn has come. Its payload is not
 * copied: the event stays in the log, which is not truncated behind the oldest letter that can be
 * retried.
 *
 * @param position of the event
 * @param kind what is to become of it
 * @param stream of the event
 * @param type of the event
 * @param attempts how often it was tried, 0 for one that only waits
 * @param failure of the last attempt, if there was one
 * @param time of the last attempt, or since when it waits, to the millisecond
 */
public record DeadLetter(
        long position,
        Kind kind,
        StreamId stream,
        String type,
        int attempts,
        Optional<Failure> failure,
        Instant time) {
    /** What is to become of an event that was not applied. */
    public enum Kind {
        /** It failed; its stream is under quarantine until it is retried or discarded. */
        DEAD,

        /** It did not fail, but comes behind one of its stream that did. */
        WAITING,

        /** It is left out for good, by {@link ErrorPolicy#skip} or {@link DeadLetters#discard}. */
        SKIPPED
    }

    /**
     * What an attempt failed with.
     *
     * @param className of what was thrown
     * @param message the first 1,000 characters of it; empty where there is none
     */
    public record Failure(String className, String message) {
        static final int MAX_MESSAGE = 1_000;

        /**
         * Cuts long messages.
         *
         * @param className see the record
         * @param message see the record
         */
        public Failure {
            Objects.requireNonNull(className, "className");
            if (message.length() > MAX_MESSAGE) {
                message = message.substring(0, MAX_MESSAGE);
            }
        }

        /** What user code threw, rather than what that was wrapped in. */
        static Failure of(Throwable thrown) {
            Throwable cause = thrown.getCause() == null ? thrown : thrown.getCause();
            return new Failure(cause.getClass().getName(), ErrorText.message(cause));
        }
    }

    /**
     * Refuses what cannot be.
     *
     * @param position see the record
     * @param kind see the record
     * @param stream see the record
     * @param type see the record
     * @param attempts see the record
     * @param failure see the record
     * @param time see the record
     */
    public DeadLetter {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(stream, "stream");
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(failure, "failure");
        time = time.truncatedTo(ChronoUnit.MILLIS);
        if (position < 0 || attempts < 0) {
            throw new IllegalArgumentException("position=" + position + " attempts=" + attempts);
        }
    }

    /** Whether it can still be applied. */
    boolean isRetriable() {
        return kind != Kind.SKIPPED;
    }

    DeadLetter waiting() {
        return new DeadLetter(position, Kind.WAITING, stream, type, 0, Optional.empty(), time);
    }

    DeadLetter skipped() {
        return new DeadLetter(position, Kind.SKIPPED, stream, type, attempts, failure, time);
    }

    DeadLetter failedAgain(Throwable thrown, Instant now) {
        return new DeadLetter(
                position,
                Kind.DEAD,
                stream,
                type,
                attempts + 1,
                Optional.of(Failure.of(thrown)),
                now);
    }
}
