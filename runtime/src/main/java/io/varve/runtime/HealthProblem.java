package io.varve.runtime;

import io.varve.store.errors.ErrorText;
import io.varve.store.errors.VarveException;
import java.util.Optional;

/**
 * One thing that is not as it should be.
 *
 * @param kind what sort of thing
 * @param projection that it is about; empty if it is about all
 * @param what it is, with figures, for people
 * @param remedy what can be done about it, a sentence
 * @param cause the error behind it, if there is one
 */
public record HealthProblem(
        Kind kind,
        Optional<String> projection,
        String what,
        String remedy,
        Optional<Throwable> cause) {
    /** What has failed, without the remedy, which is told beside it. */
    static String describe(Throwable failure) {
        return failure instanceof VarveException known
                ? known.getClass().getName() + ": " + known.what()
                : ErrorText.of(failure);
    }

    /**
     * All of it in a line, each thing once.
     *
     * @return for people
     */
    @Override
    public String toString() {
        String said =
                kind
                        + projection.map(name -> " projection=" + name).orElse("")
                        + ": "
                        + what
                        + ". ";
        return said
                + remedy
                + cause.map(HealthProblem::describe)
                        .filter(one -> !said.contains(one) && !one.endsWith(": " + what))
                        .map(one -> " cause=" + one)
                        .orElse("");
    }

    /** Sorts of problems. */
    public enum Kind {
        /** The runtime is not started, or is closed. */
        NOT_RUNNING,

        /** The log can no longer be read. */
        TAILER_FAILED,

        /**
         * Ticks cannot be appended to the log, so windows of quiet streams do not close, and what
         * goes by the clock is not done; it is tried again.
         */
        NO_TICKS,

        /** A projection has failed. */
        FAILED,

        /** The code of a projection has not returned for {@link RuntimeConfig#stuckAfter}. */
        STUCK,

        /** A projection waits to try an event again that has failed, or for room on the disk. */
        RETRYING,

        /** Events have been waiting for longer than {@link RuntimeConfig#healthyLag}. */
        LAGGING,

        /**
         * The read model lacks events that failed, or wait behind one of these. Not those that are
         * skipped or discarded, as that was wanted.
         */
        DEAD_LETTERS,

        /**
         * The snapshot that was due the last time could not be made; the next one is tried when it
         * is due. What begins anew meanwhile takes longer, and older events stay in the log.
         */
        NO_SNAPSHOT,

        /** A rebuild has failed, or could not begin; what is live goes on. */
        REBUILD_FAILED,

        /**
         * The code of a rebuild has not returned for {@link RuntimeConfig#stuckAfter}; what is live
         * goes on.
         */
        REBUILD_STUCK,

        /**
         * A rebuild waits to try an event again that has failed, or for room on the disk; what is
         * live goes on.
         */
        REBUILD_RETRYING,

        /**
         * The code of a generation that is not read any more, of a rebuild that was cancelled for
         * example, has not come back; what is live goes on.
         */
        LEFT_BEHIND
    }
}
