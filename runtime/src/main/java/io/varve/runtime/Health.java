package io.varve.runtime;

import java.util.List;

/**
 * Whether a runtime does what it should, measured against the head of the log. How far projections
 * have got that are paused is not judged: they stand still because somebody wants it.
 *
 * @param status of the whole
 * @param problems why it is not {@link Status#UP}; empty if it is
 * @param notes what is worth knowing besides, of which the status does not depend; empty once the
 *     runtime is closed
 */
public record Health(Status status, List<HealthProblem> problems, List<HealthNote> notes) {
    /** How well it is. */
    public enum Status {
        /** All projections that are not paused keep up, and none lacks an event. */
        UP,

        /**
         * Some projections do not keep up, or have failed; others do. Or all of them wait to try an
         * event again. Or a read model lacks events that are dead letters, or a rebuild has failed.
         */
        DEGRADED,

        /**
         * No projection gets on, or none will: the runtime does not run, the log cannot be read, or
         * every projection that is not paused has failed, is stuck, or waits for room on the disk.
         */
        DOWN
    }

    /**
     * Keeps copies of the lists.
     *
     * @param status see the record
     * @param problems see the record
     * @param notes see the record
     */
    public Health {
        problems = List.copyOf(problems);
        notes = List.copyOf(notes);
    }

    /**
     * Whether there is no problem.
     *
     * @return true if the status is up
     */
    public boolean isUp() {
        return status == Status.UP;
    }
}
