package io.varve.runtime;

import io.varve.store.errors.ErrorText;
import java.util.Objects;
import java.util.Optional;

/**
 * Which computations of a read model there are.
 *
 * @param live the one that is read
 * @param previous the one that was live before: {@link ProjectionRuntime#rollback} goes back to it,
 *     {@link ProjectionRuntime#discard} deletes it
 * @param candidate the one that is being rebuilt; or was, and waits for {@link
 *     ProjectionRuntime#rebuild(String)}, or {@link ProjectionRuntime#cancelRebuild}
 * @param rebuilding whether the candidate is being computed at this moment
 * @param rebuildFailure why the rebuild has failed, also before a restart; or why the one that
 *     {@link ProjectionConfig#withPrevious} asks for could not begin, if so
 */
public record ProjectionGenerations(
        GenerationId live,
        Optional<GenerationId> previous,
        Optional<GenerationId> candidate,
        boolean rebuilding,
        Optional<Throwable> rebuildFailure) {
    /**
     * Refuses null, and sees that it can be printed.
     *
     * @param live see the record
     * @param previous see the record
     * @param candidate see the record
     * @param rebuilding see the record
     * @param rebuildFailure see the record
     */
    public ProjectionGenerations {
        Objects.requireNonNull(live, "live");
        Objects.requireNonNull(previous, "previous");
        Objects.requireNonNull(candidate, "candidate");
        rebuildFailure = rebuildFailure.map(ErrorText::printable);
    }

    /** Those where no rebuild has failed. */
    ProjectionGenerations(
            GenerationId live,
            Optional<GenerationId> previous,
            Optional<GenerationId> candidate,
            boolean rebuilding) {
        this(live, previous, candidate, rebuilding, Optional.empty());
    }

    /**
     * Whether a rebuild was interrupted or has failed, and goes on when it is asked for again. It
     * keeps the events it has not applied in the log, until it is promoted or cancelled.
     *
     * @return true if there is a candidate that nobody computes
     */
    public boolean isRebuildPending() {
        return candidate.isPresent() && !rebuilding;
    }
}
