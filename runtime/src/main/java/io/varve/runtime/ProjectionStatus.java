package io.varve.runtime;

import io.varve.projections.Projection;
import io.varve.store.errors.ErrorText;
import java.time.Duration;
import java.util.List;
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
 * @param failure why it has failed, if it has; or what has become of the files of one that is
 *     paused, if they cannot be gone on with
 * @param retry what it stands still for and will try again by itself, if it does
 * @param deadLetters how many events it has left out
 * @param recovery how its read model was begun anew by itself since the start, the last time, if it
 *     was
 * @param activity what its worker is doing
 * @param stuck where its code has not returned for {@link RuntimeConfig#stuckAfter}, if so
 * @param generations which computations of its read model there are
 * @param changes how its definition has changed while its rows were kept, the latest last: see
 *     {@link ProjectionConfig#withStateOf}
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
        ProjectionGenerations generations,
        List<DefinitionChange> changes) {
    /**
     * Copies the list, and sees that it can be printed.
     *
     * @param name see the record
     * @param version see the record
     * @param state see the record
     * @param position see the record
     * @param head see the record
     * @param lagEvents see the record
     * @param lagTime see the record
     * @param applied see the record
     * @param failure see the record
     * @param retry see the record
     * @param deadLetters see the record
     * @param recovery see the record
     * @param activity see the record
     * @param stuck see the record
     * @param generations see the record
     * @param changes see the record
     */
    public ProjectionStatus {
        failure = failure.map(ErrorText::printable);
        changes = List.copyOf(changes);
    }

    static ProjectionStatus of(
            Projection projection,
            Progress progress,
            Lag lag,
            long position,
            OpenReadModel readModel,
            ProjectionGenerations generations) {
        ProjectionState state = progress.state();
        return new ProjectionStatus(
                projection.name(),
                projection.version(),
                state,
                position,
                lag.head(),
                Math.max(0, lag.head() - position),
                lag.time(),
                progress.applied(),
                progress.failure()
                        .or(
                                () ->
                                        state == ProjectionState.PAUSED
                                                ? readModel.trouble()
                                                : Optional.empty()),
                progress.retry(),
                readModel.deadLetters(),
                progress.recovery(),
                progress.doing(),
                progress.stuck(),
                generations,
                readModel.changes());
    }
}
