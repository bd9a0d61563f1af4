package io.varve.runtime;

import io.varve.store.errors.ErrorText;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How a rebuild is doing, at the time of the call.
 *
 * @param generation that is being computed
 * @param phase where it is
 * @param begunAt position of the snapshot that it has begun with, over restarts; -1 where it has
 *     begun with the first event, see {@link RebuildStart}
 * @param begunAnew why it has not gone on with what was computed before, the last time that it had
 *     to begin anew since it was asked for; empty if it had not
 * @param passedOver newer snapshots that it would have begun with and could not use, and why
 * @param position of the last event applied and committed; -1 if none
 * @param head position of the last event of the log; -1 if none
 * @param eventsPerSecond how many positions of the log it has passed a second, lately; no more than
 *     its limit, if there is one; 0 if that is not known yet
 * @param remaining how long it will take to catch up, at that rate and with no new events; zero
 *     when it has, empty if that cannot be told, as where it stands still
 * @param limit the most positions it may pass a second, if it is limited
 * @param deadLetters how many events it has left out, which its read model will lack when it is
 *     promoted; they are told to {@link ProjectionListener#onDeadLetter}, and can be retried and
 *     discarded then
 * @param failure why it has failed, if it has
 * @param activity what its worker is doing
 * @param retry what it stands still for and will try again by itself, if it does
 * @param stuck where its code has not returned for {@link RuntimeConfig#stuckAfter}, if so
 */
public record RebuildProgress(
        GenerationId generation,
        RebuildPhase phase,
        long begunAt,
        Optional<BegunAnew> begunAnew,
        List<String> passedOver,
        long position,
        long head,
        double eventsPerSecond,
        Optional<Duration> remaining,
        OptionalLong limit,
        DeadLetterCounts deadLetters,
        Optional<Throwable> failure,
        ProjectionActivity activity,
        Optional<ProjectionRetry> retry,
        Optional<StuckWorker> stuck) {
    /**
     * Keeps the list, and sees that it can be printed.
     *
     * @param generation see the record
     * @param phase see the record
     * @param begunAt see the record
     * @param begunAnew see the record
     * @param passedOver see the record
     * @param position see the record
     * @param head see the record
     * @param eventsPerSecond see the record
     * @param remaining see the record
     * @param limit see the record
     * @param deadLetters see the record
     * @param failure see the record
     * @param activity see the record
     * @param retry see the record
     * @param stuck see the record
     */
    public RebuildProgress {
        failure = failure.map(ErrorText::printable);
        passedOver = List.copyOf(passedOver);
    }

    /**
     * How many positions of the log it has not passed yet.
     *
     * @return 0 or more
     */
    public long lag() {
        return Math.max(0, head - position);
    }
}
