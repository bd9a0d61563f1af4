package io.varve.runtime;

import java.lang.System.Logger.Level;

/**
 * Tells that a worker has failed: its projection first, then the listener, then the log. Made
 * ahead, and to be run again where memory runs out on the way: it goes on where it was.
 */
final class WorkerFailure implements Runnable {
    private static final System.Logger LOG = System.getLogger(WorkerFailure.class.getName());

    private enum Next {
        STATE,
        NEWS,
        CAUSE,
        LOG,
        NOTHING
    }

    private final Progress progress;
    private Throwable cause;
    private boolean failed;
    private Next next = Next.STATE;

    /** Of a worker that has not failed so far. */
    WorkerFailure(Progress progress) {
        this.progress = progress;
    }

    /** Says what is to be told; takes no memory. */
    void is(Throwable thrown) {
        cause = thrown;
        next = Next.STATE;
    }

    @Override
    public void run() {
        if (next == Next.STATE) {
            failed = progress.failUntold(cause);
            next = failed ? Next.NEWS : Next.LOG;
        }
        if (next == Next.NEWS) {
            progress.tellFailed();
            next = Next.CAUSE;
        }
        if (next == Next.CAUSE) {
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
            LOG.log(
                    Level.ERROR,
                    "A projection has failed: "
                            + progress.name()
                            + " applied="
                            + progress.position(),
                    cause);
        } else {
            LOG.log(
                    Level.WARNING,
                    "A projection has failed while it was stopped: " + progress.name(),
                    cause);
        }
    }
}
