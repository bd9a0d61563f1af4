package io.varve.runtime;

import java.util.function.BooleanSupplier;

/** The commits of a worker: when it is time for one, and what goes with it. Belongs to it. */
final class WorkerCommits {
    private final ProjectionWriter writer;
    private final EventFeed feed;
    private final SliceReader log;
    private final Emitter emitter;
    private final Surroundings surroundings;
    private final CommitPacing pacing;
    private final Activity activity;
    private boolean staysFull;
    private long shownAt;

    WorkerCommits(
            ProjectionWriter writer,
            EventFeed feed,
            SliceReader log,
            Emitter emitter,
            Activity activity,
            RuntimeContext context) {
        this.writer = writer;
        this.feed = feed;
        this.log = log;
        this.emitter = emitter;
        this.activity = activity;
        this.surroundings = context.surroundings();
        this.shownAt = surroundings.nanos();
        this.pacing = new CommitPacing(context.config(), surroundings.nanos());
    }

    /** Another batch begins; what was before is committed, or there was nothing to do. */
    void begin() {
        pacing.begin(surroundings.nanos());
    }

    /** Whether it is to be looked at the time after so many events of a slice. */
    boolean isToLook(int applied) {
        return (applied & pacing.lookMask()) == 0;
    }

    /** Rows may be large: those of one slice may take more than there is. */
    boolean isTime(int applied) {
        pacing.looked();
        return applied % CommitPacing.LOOK_EVERY == 0 && isOverdue()
                || !staysFull && writer.isFull();
    }

    private boolean isOverdue() {
        return pacing.isOverdue(surroundings.nanos(), feed.isLive());
    }

    void commitIfMuch() {
        long last = feed.next() - 1;
        long missing = feed.isLive() ? 0 : log.head() - last;
        if (pacing.isMuch(last - writer.committed(), writer.dirty(), missing)
                || writer.isFull()
                || isOverdue()) {
            commit(last);
        }
    }

    /** Waits behind some positions, where the pace is limited. */
    void keepPace(Pace pace, long positions, BooleanSupplier stopped) {
        boolean seenLongAgo = surroundings.nanos() - shownAt >= Pace.LONG_WAIT;
        if (seenLongAgo || pace.isWaitLong(positions)) {
            shownAt = surroundings.nanos();
            commit(); // who looks on should see it get on
        }
        activity.waits();
        pace.pass(positions, stopped);
        activity.works();
    }

    /** Commits all that was applied. */
    void commit() {
        commit(feed.next() - 1);
    }

    /** Commits what was applied, and lets the ring know. */
    void commit(long position) {
        long began = surroundings.nanos();
        boolean full = writer.isFull();
        writer.commit(position);
        pacing.committed(began, surroundings.nanos(), full);
        staysFull = writer.isFull();
        feed.committed();
        emitter.emit();
    }
}
