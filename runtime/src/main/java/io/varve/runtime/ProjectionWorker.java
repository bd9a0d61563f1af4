package io.varve.runtime;

import io.varve.projections.Projection;
import io.varve.projections.ProjectionTask;
import io.varve.store.state.Checkpoint;
import io.varve.store.state.StateEnvironment;
import java.lang.System.Logger.Level;
import java.util.BitSet;

/**
 * Applies the log to one projection, on a thread of its own: takes slices from its {@link
 * EventFeed}, gives their events to the {@link ProjectionTask}, commits rows and checkpoint
 * together.
 *
 * <p>It ends when told to, or with its first failure; it never ends silently.
 */
final class ProjectionWorker implements Runnable {
    private static final System.Logger LOG = System.getLogger(ProjectionWorker.class.getName());

    /** How many events are applied between two looks at the clock; a power of two. */
    private static final int CLOCK_EVERY = 16;

    private final Projection projection;
    private final StateEnvironment environment;
    private final History history;
    private final EventRing ring;
    private final SliceReader log;
    private final BitSet own;
    private final RuntimeConfig config;
    private final Progress progress;

    /** Where it begins if it has no checkpoint. */
    private final long start;

    private volatile boolean stopped;
    private volatile boolean abandoned;

    private ProjectionTask task;
    private volatile EventFeed feed;
    private long committed;
    private long applied;
    private long batchBegan;

    ProjectionWorker(
            Projection projection,
            StateEnvironment environment,
            RuntimeContext context,
            Progress progress,
            Sources.Decoders decoders,
            long start) {
        this.projection = projection;
        this.start = start;
        this.environment = environment;
        this.history = context.history();
        this.ring = context.ring();
        this.own = decoders.numbers();
        this.log = new StoreSliceReader(context.store(), () -> decoders, context.config());
        this.config = context.config();
        this.progress = progress;
    }

    /** Ends the loop behind the slice in hand. */
    void stop() {
        stopped = true;
        EventFeed begun = feed;
        if (begun != null) {
            begun.stop();
        }
    }

    /** Gives it up: it applies and commits nothing more. */
    void abandon() {
        abandoned = true;
        stop();
    }

    @Override
    public void run() {
        try (ProjectionTask opened = new ProjectionTask(projection.topology(), environment)) {
            task = opened;
            try {
                begin();
                work();
            } catch (Throwable e) {
                giveUp(e);
                throw e;
            } finally {
                leave();
            }
        } catch (Throwable e) {
            fail(e);
        }
    }

    private void begin() {
        committed = task.checkpoint().map(Checkpoint::position).orElse(start - 1);
        batchBegan = System.nanoTime();
        feed = new EventFeed(log, ring, own, committed + 1, config.slotEvents());
        if (stopped) {
            // stop() may have looked before there was a feed
            feed.stop();
        }
        progress.moveTo(ProjectionState.CATCHING_UP);
    }

    private void work() {
        while (!stopped) {
            switch (feed.step()) {
                case SLICE -> {
                    if (apply(feed.slice())) {
                        feed.applied();
                        commitIfMuch();
                    }
                }
                case END -> commit(feed.next() - 1);
                case IDLE -> {
                    feed.await();
                    batchBegan = System.nanoTime();
                }
                case MOVED -> {}
            }
            tellState();
        }
        commit(feed.next() - 1);
    }

    /** Applies what is new in a slice; returns false if it was given up on the way. */
    private boolean apply(EventSlice slice) {
        long next = feed.next();
        for (EventSlice.Entry entry : slice.entries()) {
            if (entry.position() >= next && own.get(entry.source())) {
                if (abandoned) {
                    return false;
                }
                apply(entry);
                if ((++applied & CLOCK_EVERY - 1) == 0 && isOverdue()) {
                    commit(entry.position());
                }
            }
        }
        return !abandoned;
    }

    private void apply(EventSlice.Entry entry) {
        if (entry instanceof EventSlice.Decoded decoded) {
            task.process(decoded.event());
        } else if (entry instanceof EventSlice.Poison poison) {
            throw new PoisonEventException(projection.name(), poison);
        }
    }

    private void commitIfMuch() {
        long last = feed.next() - 1;
        if (last - committed >= config.catchUpBatchEvents()
                || task.dirty() >= config.maxDirtyRows()
                || isOverdue()) {
            commit(last);
        }
    }

    private boolean isOverdue() {
        return System.nanoTime() - batchBegan >= config.commitInterval().toNanos();
    }

    /**
     * Commits rows and checkpoint, if anything was applied; then lets the ring and the waiters
     * know.
     */
    private void commit(long position) {
        if (abandoned) {
            return;
        }
        if (position > committed) {
            task.commit(history.at(position));
            committed = position;
            progress.committed(position, applied);
        }
        batchBegan = System.nanoTime();
        feed.committed();
    }

    private void tellState() {
        ProjectionState now = feed.isLive() ? ProjectionState.LIVE : ProjectionState.CATCHING_UP;
        if (progress.state() != now
                && (now != ProjectionState.LIVE || committed == feed.next() - 1)) {
            progress.moveTo(now);
        }
    }

    private void leave() {
        if (feed != null) {
            feed.leave();
        }
    }

    private void giveUp(Throwable failure) {
        try {
            task.abandon();
        } catch (Throwable e) {
            failure.addSuppressed(e);
        }
    }

    /** The one place where a failure ends a projection. */
    private void fail(Throwable failure) {
        if (progress.fail(failure)) {
            LOG.log(
                    Level.ERROR,
                    "A projection has failed: projection="
                            + projection.name()
                            + " applied="
                            + committed,
                    failure);
        } else {
            LOG.log(
                    Level.WARNING,
                    "A projection has failed while it was stopped: projection=" + projection.name(),
                    failure);
        }
    }
}
