package io.varve.store;

import java.util.OptionalLong;

/**
 * What an append expects of a stream's current version; where it is wrong, nothing is appended.
 *
 * <p>The current version is that of the stream's last event, from 0; a stream without events has
 * none.
 */
public sealed interface ExpectedVersion {
    /**
     * Expects nothing.
     *
     * @return the expectation that is always right
     */
    static ExpectedVersion any() {
        return Any.ANY;
    }

    /**
     * Expects that the stream has no event yet.
     *
     * @return the expectation
     */
    static ExpectedVersion noStream() {
        return NoStream.NO_STREAM;
    }

    /**
     * Expects that the stream has an event.
     *
     * @return the expectation
     */
    static ExpectedVersion streamExists() {
        return StreamExists.STREAM_EXISTS;
    }

    /**
     * Expects a version.
     *
     * @param version the version of the stream's last event, 0 or more
     * @return the expectation
     */
    static ExpectedVersion exactly(long version) {
        return new Exactly(version);
    }

    /**
     * Expects what was found: no event, or a version.
     *
     * @param found as {@link EventStore#version} answers
     * @return the expectation
     */
    static ExpectedVersion of(OptionalLong found) {
        return found.isPresent() ? exactly(found.getAsLong()) : noStream();
    }

    /**
     * Whether the expectation is right.
     *
     * @param actual the current version, or -1 where there is no event
     * @return true if it is
     */
    boolean matches(long actual);

    /** Expects nothing. */
    enum Any implements ExpectedVersion {
        /** The one. */
        ANY;

        @Override
        public boolean matches(long actual) {
            return true;
        }

        @Override
        public String toString() {
            return "any";
        }
    }

    /** Expects that the stream has no event yet. */
    enum NoStream implements ExpectedVersion {
        /** The one. */
        NO_STREAM;

        @Override
        public boolean matches(long actual) {
            return actual < 0;
        }

        @Override
        public String toString() {
            return "noStream";
        }
    }

    /** Expects that the stream has an event. */
    enum StreamExists implements ExpectedVersion {
        /** The one. */
        STREAM_EXISTS;

        @Override
        public boolean matches(long actual) {
            return actual >= 0;
        }

        @Override
        public String toString() {
            return "streamExists";
        }
    }

    /**
     * Expects a version.
     *
     * @param version the version of the stream's last event, 0 or more
     */
    record Exactly(long version) implements ExpectedVersion {
        /**
         * Refuses negative versions.
         *
         * @param version see the record
         */
        public Exactly {
            if (version < 0) {
                throw new IllegalArgumentException(
                        "A version is 0 or more; for an empty stream use noStream(): version="
                                + version);
            }
        }

        @Override
        public boolean matches(long actual) {
            return actual == version;
        }

        @Override
        public String toString() {
            return "exactly(" + version + ")";
        }
    }
}
