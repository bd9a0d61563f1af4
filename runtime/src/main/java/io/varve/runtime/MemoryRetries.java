package io.varve.runtime;

import io.varve.store.errors.LackOfMemory;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;

/**
 * What becomes of a projection for which memory has run out. Who meets that need not be who has
 * used memory up, so it is tried again: another worker goes on behind the last commit, after pauses
 * that double, in which others who ran out of memory have let go of theirs. Only where it has been
 * tried often and nothing was committed has the projection failed. One thread at a time.
 */
final class MemoryRetries {
    private static final int MOST = 5;
    private static final long FIRST_PAUSE = 50_000_000;

    private final Progress progress;
    private final Function<Sources.Decoders, ProjectionWorker> workers;
    private final Clock clock;
    private final WorkerFailure failure;
    private long at = -1;
    private int attempts;
    private Instant since = Instant.EPOCH;

    /**
     * Nothing has happened yet.
     *
     * @param workers makes one that goes on behind the last commit
     */
    MemoryRetries(
            Progress progress, Function<Sources.Decoders, ProjectionWorker> workers, Clock clock) {
        this.progress = progress;
        this.workers = workers;
        this.clock = clock;
        this.failure = new WorkerFailure(progress);
    }

    /** Who resumes it wants it tried again. */
    void reset() {
        attempts = 0;
    }

    /** The worker that goes on; that which has ended, if it is over. */
    ProjectionWorker next(ProjectionWorker ended) {
        Throwable lack = ended.inbox().exhausted();
        while (lack != null && !ended.inbox().isStopped()) {
            if (!isWorthwhile()) {
                failure.is(lack);
                Threads.insist(failure);
                return ended;
            }
            try {
                pause(ended.inbox(), lack);
                if (!ended.inbox().isStopped()) {
                    ProjectionWorker next = workers.apply(ended.decoders());
                    progress.retrying(Optional.empty());
                    return next;
                }
            } catch (RuntimeException | Error e) {
                lack = e;
                attempts = LackOfMemory.isCauseOf(e) ? attempts : MOST;
            }
        }
        return ended;
    }

    private boolean isWorthwhile() {
        if (at != progress.position()) {
            at = progress.position();
            attempts = 0;
        }
        return attempts++ < MOST;
    }

    private void pause(WorkerInbox inbox, Throwable lack) {
        long end = System.nanoTime() + (FIRST_PAUSE << attempts - 1);
        since = attempts == 1 ? clock.instant() : since;
        progress.retrying(Optional.of(new ProjectionRetry(at + 1, attempts, since, lack)));
        while (System.nanoTime() < end && !inbox.isStopped()) {
            Threads.pause();
        }
    }
}
