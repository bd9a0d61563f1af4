package io.varve.runtime;

import io.varve.projections.Projection;
import java.time.Duration;
import java.util.Optional;

/**
 * How a projection is doing, at the time of the call.
 *
 * @param name of the projection
 * @param version of its definition
 * @param state where it is in its life
 * @param position of the last event its read model has applied, or left out as a dead letter; -1 if
 *     none
 * @param head position of the last event of the log; -1 if none
 * @param lagEvents how many events of the log are not applied yet
 * @param lagTime how long the oldest of them has been committed; zero when there is none
 * @param applied how many events were given to its topology, and committed, since the start
 * @param failure why it has failed, if it has
 * @param retry what it stands still for and will try again by itself, if it does
 * @param deadLetters how many events it has left out
 * @param recovery how its read model was begun anew by itself since the start, the last time, if it
 *     was
 * @param activity what its worker is doing
 * @param stuck where its code has not returned for {@link RuntimeConfig#stuckAfter}, if so
 * @param generations which computations of its read model there are
 */
public record ProjectionStatus(
        String name,
        int version,
        ProjectionState state,
        long position,
        long head,
        long lagEvents,
        Duration lagTime,
        long applied,
        Optional<Throwable> failure,
        Optional<ProjectionRetry> retry,
        DeadLetterCounts deadLetters,
        Optional<ReadModelRecovery> recovery,
        ProjectionActivity activity,
        Optional<StuckWorker> stuck,
        ProjectionGenerations generations) {
    static ProjectionStatus of(
            Projection projection,
            Progress progress,
            Lag lag,
            long position,
            DeadLetterCounts letters,
            ProjectionGenerations generations) {
        return new ProjectionStatus(
                projection.name(),
                projection.version(),
                progress.state(),
                position,
                lag.head(),
                Math.max(0, lag.head() - position),
                lag.time(),
                progress.applied(),
                progress.failure(),
                progress.retry(),
                letters,
                progress.recovery(),
                progress.doing(),
                progress.stuck(),
                generations);
    }
}
