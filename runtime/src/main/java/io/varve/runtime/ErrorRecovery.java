package io.varve.runtime;

import io.varve.store.errors.Logs;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Brings a worker past an event that failed: goes back to the checkpoint, applies and commits what
 * comes before the event, and treats the event alone, as the {@link ErrorPolicy} has it. Reads the
 * log itself; the worker has no seat at the ring meanwhile.
 *
 * <pre>
 *   checkpoint          P-1   P
 *        │  apply, commit │   │ retry ... then leave out and commit, or fail
 *        └───────────────▶└──▶└──▶ back to the worker, which goes on behind the checkpoint
 * </pre>
 */
final class ErrorRecovery {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);

    private final ProjectionWriter writer;
    private final SliceReader log;
    private final ErrorPolicy policy;
    private final WorkerInbox inbox;
    private final LetterWork letterWork;
    private final Progress progress;
    private final Emitter emitter;
    private Optional<EventSlice> known = Optional.empty();
    private int fullTimes;
    private long fullAt;
    private Instant fullSince = Instant.EPOCH;

    /**
     * Does nothing yet.
     *
     * @param emitter is asked behind each commit: what was emitted does not wait until the event
     *     behind it is dealt with
     */
    ErrorRecovery(
            ProjectionWriter writer,
            SliceReader log,
            ErrorPolicy policy,
            WorkerInbox inbox,
            LetterWork letterWork,
            Progress progress,
            Emitter emitter) {
        this.emitter = emitter;
        this.writer = writer;
        this.log = log;
        this.policy = policy;
        this.inbox = inbox;
        this.letterWork = letterWork;
        this.progress = progress;
    }

    /**
     * Goes on behind the checkpoint, or past the event that failed. What comes before that event,
     * and is given to the code again, is decoded again, as the code may have changed it; that event
     * itself only where it is tried again.
     *
     * @param inHand the slice that was being applied, if that is known
     * @throws RuntimeException the failure, if it ends the projection
     */
    void recover(RuntimeException failure, Optional<EventSlice> inHand) {
        known = inHand;
        Optional<RuntimeException> next = Optional.of(failure);
        while (next.isPresent() && !inbox.isStopped()) {
            writer.abandon();
            next = once(next.get());
        }
        known = Optional.empty();
    }

    /** Returns the next failure, if it has not come past it. */
    private Optional<RuntimeException> once(RuntimeException failure) {
        if (EventErrors.isLackOfRoom(failure)) {
            waitForRoom(failure);
            return Optional.empty();
        }
        long culprit = EventErrors.position(failure).orElseThrow(() -> failure);
        try {
            if (EventErrors.isExact(failure)) {
                applyThrough(culprit - 1);
            } else if (culprit > writer.committed() + 1) {
                // Some event up to that one: halve, until it is alone.
                applyThrough(writer.committed() + (culprit - writer.committed()) / 2);
                applyThrough(culprit);
                return Optional.empty();
            }
            if (!inbox.isStopped()) {
                alone(culprit, failure);
            }
            return Optional.empty();
        } catch (FinalFailure e) {
            throw e.failure;
        } catch (RuntimeException e) {
            return Optional.of(e);
        }
    }

    /** Not to be tried again. */
    private static final class FinalFailure extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final RuntimeException failure;

        private FinalFailure(RuntimeException failure) {
            super(failure);
            this.failure = failure;
        }
    }

    private void applyThrough(long last) {
        long next = writer.committed() + 1;
        while (next <= last && !inbox.isStopped()) {
            EventSlice slice = log.read(next, last);
            writer.begin(slice);
            for (EventSlice.Entry entry : slice.entries()) {
                if (entry.position() <= last && writer.reads(entry)) {
                    if (writer.isAbandoned()) {
                        return;
                    }
                    writer.apply(entry);
                }
            }
            next = Math.min(slice.last(), last) + 1;
        }
        writer.commit(next - 1);
        emitter.emit();
    }

    /** The event behind the checkpoint, which has failed once. */
    private void alone(long position, RuntimeException first) {
        EventSlice.Entry entry = known(position).orElseGet(() -> letterWork.entryAt(position));
        Instant since = writer.now();
        RuntimeException failure = first;
        int tried = writer.attempts(position) + 1;
        if (policy instanceof ErrorPolicy.Retry retry) {
            for (; tried <= retry.attempts() && !EventErrors.isLasting(failure); tried++) {
                // Before the pause, which a restart ends; a process that dies of an event counts
                // too.
                writer.keepAttempts(position, tried);
                progress.retrying(
                        Optional.of(new ProjectionRetry(position, tried, since, failure)));
                if (!inbox.pause(retry.pause(tried), letterWork)) {
                    return;
                }
                Optional<RuntimeException> again = attempt(letterWork.entryAt(position));
                if (again.isEmpty()) {
                    return;
                }
                failure = again.get();
            }
        }
        leaveOut(entry, tried, failure);
    }

    private Optional<EventSlice.Entry> known(long position) {
        return known.filter(slice -> slice.has(position)).stream()
                .flatMap(slice -> slice.entries().stream())
                .filter(entry -> entry.position() == position && writer.reads(entry))
                .findFirst();
    }

    /** Applies an event and commits it; returns how it failed, if it was its own fault. */
    private Optional<RuntimeException> attempt(EventSlice.Entry entry) {
        try {
            writer.apply(entry);
            writer.commit(entry.position());
            return Optional.empty();
        } catch (RuntimeException e) {
            if (EventErrors.position(e).isEmpty()) {
                throw e;
            }
            writer.abandon();
            return Optional.of(e);
        }
    }

    private void leaveOut(EventSlice.Entry entry, int attempts, RuntimeException failure) {
        if (policy.last() instanceof ErrorPolicy.Fail || EventErrors.isOfTime(failure)) {
            if (attempts > 1) {
                writer.keepAttempts(entry.position(), 0); // who resumes it wants it tried again
            }
            throw new FinalFailure(failure);
        }
        if (writer.isAbandoned()) {
            return;
        }
        DeadLetter letter = writer.leaveOut(entry, policy.last(), attempts, failure);
        writer.commit(entry.position());
        progress.tell(letter, failure);
    }

    /**
     * Leaves out an event that cannot be decoded, where all before it is committed. Another attempt
     * is of no use.
     *
     * @return false if it is not to be left out: it waits, fails, or is left out already
     */
    boolean leaveOut(EventSlice.Poison poison) {
        if (policy.last() instanceof ErrorPolicy.Fail || !writer.mayLeaveOut(poison)) {
            return false;
        }
        int attempts = writer.attempts(poison.position()) + 1;
        leaveOut(poison, attempts, writer.failureOf(poison));
        return true;
    }

    private void waitForRoom(RuntimeException failure) {
        // Without progress since the last time, the pause doubles.
        if (fullTimes == 0 || fullAt != writer.committed()) {
            fullTimes = 0;
            fullAt = writer.committed();
            fullSince = writer.now();
            Logs.of(ErrorRecovery.class)
                    .log(Level.WARNING, "A projection waits for room: " + progress.name(), failure);
        }
        fullTimes++;
        progress.retrying(
                Optional.of(
                        new ProjectionRetry(
                                writer.committed() + 1, fullTimes, fullSince, failure)));
        inbox.pause(ErrorPolicy.Retry.doubled(FIRST_PAUSE, fullTimes - 1), letterWork);
    }
}
