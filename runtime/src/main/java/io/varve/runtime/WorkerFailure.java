package io.varve.runtime;

import io.varve.store.errors.ErrorText;
import io.varve.store.errors.Logs;
import java.lang.System.Logger.Level;

/**
 * Tells that a worker has failed: keeps why, for those who ask after a restart, tells its
 * projection then, the listener, and the log. Made ahead, and to be run again where memory runs out
 * on the way: it goes on where it was.
 */
final class WorkerFailure implements Runnable {
    private enum Next {
        KEEP,
        STATE,
        NEWS,
        CAUSE,
        LOG,
        NOTHING
    }

    private final Progress progress;
    private Throwable cause;
    private boolean failed;
    private boolean kept;
    private Next next = Next.STATE;

    /** Of a worker that has not failed so far. */
    WorkerFailure(Progress progress) {
        this.progress = progress;
    }

    /** Says what is to be told; takes no memory. */
    void is(Throwable thrown) {
        cause = thrown;
        next = Next.KEEP;
        kept = false;
    }

    /** What goes wrong with that comes again once it is told, which must not wait for it. */
    private void keepIfPossible() {
        try {
            progress.keepFailure(cause);
            kept = true;
        } catch (RuntimeException | Error e) {
            kept = false;
        }
    }

    @Override
    public void run() {
        if (next == Next.KEEP) {
            next = Next.STATE;
            if (progress.state().canMoveTo(ProjectionState.FAILED)) {
                keepIfPossible();
            }
        }
        if (next == Next.STATE) {
            failed = progress.failUntold(cause);
            next = failed ? Next.NEWS : Next.LOG;
        }
        if (next == Next.NEWS) {
            progress.tellFailed();
            next = Next.CAUSE;
        }
        if (next == Next.CAUSE) {
            if (!kept) {
                progress.keepFailure(cause);
                kept = true;
            }
            progress.tellFailure(cause);
            next = Next.LOG;
        }
        if (next == Next.LOG) {
            log();
            next = Next.NOTHING;
        }
    }

    private void log() {
        if (failed) {
            Logs.of(WorkerFailure.class)
                    .log(
                            Level.ERROR,
                            "A projection has failed: "
                                    + progress.name()
                                    + " applied="
                                    + progress.position(),
                            ErrorText.printable(cause));
        } else {
            Logs.of(WorkerFailure.class)
                    .log(
                            Level.WARNING,
                            "A projection has failed while it was stopped: " + progress.name(),
                            ErrorText.printable(cause));
        }
    }
}
