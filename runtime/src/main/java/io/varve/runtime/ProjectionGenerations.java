package io.varve.runtime;

import java.util.Optional;

/**
 * Which computations of a read model there are.
 *
 * @param live the one that is read
 * @param previous the one that was live before: {@link ProjectionRuntime#rollback} goes back to it,
 *     {@link ProjectionRuntime#discard} deletes it
 * @param candidate the one that is being rebuilt; or was, and waits for {@link
 *     ProjectionRuntime#rebuild(String)}
 * @param rebuilding whether the candidate is being computed at this moment
 */
public record ProjectionGenerations(
        GenerationId live,
        Optional<GenerationId> previous,
        Optional<GenerationId> candidate,
        boolean rebuilding) {
    /**
     * Whether a rebuild was interrupted, and goes on when it is asked for again.
     *
     * @return true if there is a candidate that nobody computes
     */
    public boolean isRebuildPending() {
        return candidate.isPresent() && !rebuilding;
    }
}
