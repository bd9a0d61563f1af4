package io.varve.runtime;

import io.varve.store.errors.LackOfMemory;
import io.varve.store.errors.Logs;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Applies the log to one projection, on a thread of its own: takes slices from its {@link
 * EventFeed}, gives their events to its {@link ProjectionWriter}, which commits rows and checkpoint
 * together. What to do about events that fail is left to {@link ErrorRecovery}.
 *
 * <p>It ends when told to, or with a failure; it never ends silently.
 */
final class ProjectionWorker implements Runnable {
    private final ReadModel model;
    private final ErrorPolicy policy;
    private final Sources.Decoders decoders;
    private final SliceReader log;
    private final ReentrantLock writing;
    private final Pace pace;
    private final Surroundings surroundings;
    private final Progress progress;
    private final CommitPoints points;
    private final Activity activity;
    private final WorkerInbox inbox;
    private final WorkerFailure failure; // as those below made ahead, while there is memory
    private final Runnable locking;
    private final Runnable leaving = this::leave;
    private final Runnable ending = this::forget;
    private ProjectionWriter writer;
    private EventFeed feed;
    private LetterWork letterWork;
    private ErrorRecovery recovery;
    private WorkerCommits commits;
    private Emitter emitter;
    private boolean agreed;
    private boolean over;
    private Throwable ended; // null unless it has ended of something

    /**
     * A worker that has not begun.
     *
     * @param decoders of the sources that the projection reads
     * @param writing held by the worker while it runs, as nobody else may write then
     * @param points what is to be done right at its commits
     */
    ProjectionWorker(
            ReadModel model,
            ErrorPolicy policy,
            Sources.Decoders decoders,
            ReentrantLock writing,
            CommitPoints points,
            Pace pace) {
        this.points = points;
        this.model = model;
        this.policy = policy;
        this.decoders = decoders;
        this.surroundings = model.context().surroundings();
        this.log = surroundings.log(model.log(decoders));
        this.writing = writing;
        this.locking = writing::lock;
        this.pace = pace;
        this.progress = model.progress();
        this.activity =
                new Activity(model.projection().name(), progress, model.context().watchdog());
        this.inbox = new WorkerInbox(activity, surroundings);
        this.failure = new WorkerFailure(progress);
    }

    Sources.Decoders decoders() {
        return decoders;
    }

    /** Whether the caller is this worker, or one of its partitions. */
    boolean isOnItsThread() {
        return activity.isOnItsThread();
    }

    /** What others want of it. */
    WorkerInbox inbox() {
        return inbox;
    }

    /** Ends the loop behind the slice in hand, and any wait at once. */
    void stop() {
        inbox.stop();
        pace.wake();
    }

    /** Gives it up: it applies and commits nothing more, but for a commit that is under way. */
    void abandon() {
        inbox.abandon();
        pace.wake();
    }

    /** Waits for a commit that is under way; false if it does not end in time. */
    boolean awaitCommit(Duration timeout) {
        return model.awaitCommit(timeout);
    }

    @Override
    public void run() {
        begin();
        while (turn()) {
            // until it is over
        }
        end();
    }

    /** Takes what it needs; then it has turns until it is over, and is ended. By one thread. */
    void begin() {
        Threads.insist(locking);
        try {
            activity.begin();
            if (model.damage().isPresent()) {
                inbox.damaged(); // found while there was no worker to be told
            }
            writer = model.writer(decoders, inbox::isAbandoned);
            writer.tells(activity);
            prepare();
        } catch (Throwable e) {
            over(e);
        }
    }

    private void prepare() {
        letterWork = model.letterWork(writer, log, inbox::isStopped);
        emitter = new Emitter(model, writer, inbox::isAbandoned, activity);
        recovery = new ErrorRecovery(writer, log, policy, inbox, letterWork, progress, emitter);
        feed =
                new EventFeed(
                        log,
                        model.context().ring(),
                        decoders.numbers(),
                        writer.committed() + 1,
                        model.context().config().slotEvents());
        commits = new WorkerCommits(writer, feed, log, emitter, activity, model.context());
        inbox.wakeBy(feed::wake);
        points.wakeBy(feed::wake);
        progress.moveTo(ProjectionState.CATCHING_UP);
    }

    /** Does a step, and what it takes to get past what has failed; false if it is over. */
    boolean turn() {
        if (over) {
            return false;
        }
        try {
            stepOrStop();
        } catch (Throwable e) {
            over(e);
        }
        return !over;
    }

    private void stepOrStop() {
        over = inbox.isStopped();
        try {
            if (over) {
                commits.commit();
            } else {
                step();
            }
        } catch (RuntimeException e) {
            recover(e);
        }
        if (!over) {
            tellState();
        }
    }

    private void over(Throwable thrown) {
        over = true;
        ended = thrown;
        if (writer != null) {
            giveUp(thrown);
        }
    }

    /** Lets go of all it has. Of the thread that has begun. */
    void end() {
        try {
            close();
            if (ended != null) {
                fail(ended);
            }
        } finally {
            try {
                Threads.insist(ending);
            } finally {
                writing.unlock();
            }
        }
    }

    private void close() {
        try {
            Threads.insist(leaving);
            if (writer != null) {
                writer.close();
            }
        } catch (Throwable e) {
            if (ended == null) {
                ended = e;
            } else {
                ended.addSuppressed(e);
            }
        }
    }

    /** It is kept while nobody goes on; what it has read and applied is not. */
    private void forget() {
        writer = null;
        recovery = null;
        emitter = null;
        commits = null;
        letterWork = null;
        activity.end();
        inbox.close();
    }

    private void step() {
        if (!agreed && writer.isTogether()) { // before, they differ by what some are ahead
            commits.commit(); // as below: letters are applied behind what is committed
            letterWork.agree();
            agreed = true;
        }
        if (inbox.hasCalls()) {
            commits.commit();
            inbox.runCalls(letterWork);
        }
        emitter.emit();
        long done = feed.next() - 1;
        if (isAsked() && points.next(done, done) == done) {
            meet(done, done);
        }
        activity.step();
        switch (feed.step()) {
            case SLICE -> applyPortion(feed.slice());
            case END -> commits.commit();
            case IDLE -> {
                activity.waits();
                surroundings.idle(feed);
                activity.works();
                commits.begin();
            }
            case MOVED -> {}
        }
    }

    /** Applies a slice, or as much of it as it may at once where it is limited. */
    private void applyPortion(EventSlice slice) {
        if (!feed.isBegun()) {
            progress.read(slice.bytes());
        }
        long before = feed.next();
        long end =
                slice.last() - before < pace.portion() ? slice.last() : before - 1 + pace.portion();
        if (apply(slice, end)) {
            feed.applied(end);
            commits.commitIfMuch();
            if (pace.isLimited()) {
                commits.keepPace(pace, feed.next() - before, inbox::isStopped);
            }
        }
    }

    /** Goes back to the checkpoint, and from there past what has failed. */
    private void recover(RuntimeException failure) {
        Optional<EventSlice> inHand = Optional.ofNullable(feed.slice());
        // First of all: the ring must not wait.
        feed.rewind(writer.committed() + 1);
        if (!inbox.isStopped()) {
            tellState();
            recovery.recover(failure, inHand);
        } else if (!EventErrors.isMetAgain(failure, inbox.isAbandoned())) {
            throw failure;
        } else {
            Logs.of(ProjectionWorker.class)
                    .log(
                            Level.INFO,
                            "An event has failed while its projection was stopped; it is met again: "
                                    + failure.getMessage());
            writer.abandon();
        }
        long next = writer.committed() + 1;
        feed.rewind(next);
        if (EventErrors.isBehind(next, failure)) {
            inHand.ifPresent(feed::goOnWith);
        }
        commits.begin();
    }

    /** Applies what is new in a slice, up to a position; false if it was given up on the way. */
    private boolean apply(EventSlice slice, long end) {
        writer.begin(slice);
        long next = feed.next();
        long until = until(next - 1, end);
        int applied = 0;
        List<EventSlice.Entry> entries = slice.entries();
        for (int i = 0; i < entries.size(); i++) {
            EventSlice.Entry entry = entries.get(i);
            long position = entry.position();
            if (position > end) {
                break;
            }
            if (position >= next && writer.reads(entry)) {
                if (inbox.isAbandoned()) {
                    return false;
                }
                while (position > until) {
                    until = meet(until, end);
                }
                if (entry instanceof EventSlice.Poison poison) {
                    pass(poison);
                } else {
                    writer.apply(entry);
                }
                if (commits.isToLook(++applied) && commits.isTime(applied)) {
                    commits.commit(position);
                }
            }
        }
        while (until < end && !inbox.isAbandoned()) {
            until = meet(until, end);
        }
        return !inbox.isAbandoned();
    }

    /**
     * An event that cannot be decoded: no code has failed of it, so what comes before it is
     * committed as it is, and it is left out in its turn.
     */
    private void pass(EventSlice.Poison poison) {
        commits.commit(poison.position() - 1);
        if (!recovery.leaveOut(poison)) {
            writer.apply(poison);
        }
    }

    /** Whether somebody wants something at a commit, of partitions that are at one position. */
    private boolean isAsked() {
        return !points.isEmpty() && writer.isTogether();
    }

    /** How far it may go before there is something to do at a commit. */
    private long until(long done, long end) {
        long next = isAsked() ? points.next(done, end) : CommitPoint.NONE;
        return next == CommitPoint.NONE ? end : next;
    }

    /** Commits, and does what is to be done there; then says how far it may go. */
    private long meet(long position, long end) {
        commits.commit(position);
        if (inbox.isAbandoned()) {
            return end;
        }
        points.reached(position);
        return until(position, end);
    }

    private void tellState() {
        if (progress.state() != ProjectionState.LIVE) {
            if (feed.isLive() && writer.committed() == feed.next() - 1) {
                progress.moveTo(ProjectionState.LIVE);
            }
        } else if (feed.isCatchingUp()) {
            progress.moveTo(ProjectionState.CATCHING_UP);
        }
    }

    private void leave() {
        if (feed != null) {
            feed.leave();
        }
    }

    private void giveUp(Throwable thrown) {
        try {
            writer.abandon();
        } catch (Throwable e) {
            // Rows are let go first of all, so this has done that also where memory has run out.
            if (!LackOfMemory.isCauseOf(e)) {
                thrown.addSuppressed(e);
            }
        }
    }

    /** The one place where a failure ends a projection. */
    private void fail(Throwable thrown) {
        if (!inbox.isDamaged() && !inbox.isExhausted(thrown)) { // else another worker goes on
            failure.is(thrown);
            Threads.insist(failure);
        }
    }
}
