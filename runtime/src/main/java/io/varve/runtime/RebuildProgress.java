package io.varve.runtime;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How a rebuild is doing, at the time of the call.
 *
 * @param generation that is being computed
 * @param phase where it is
 * @param begunAt position of the snapshot that it has begun with, over restarts; -1 where it has
 *     begun with the first event, see {@link RebuildStart}
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
     * How many positions of the log it has not passed yet.
     *
     * @return 0 or more
     */
    public long lag() {
        return Math.max(0, head - position);
    }
}
