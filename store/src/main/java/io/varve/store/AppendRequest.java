package io.varve.store;

import io.varve.store.errors.VarveException;
import java.util.concurrent.locks.LockSupport;

/** A batch on its way into the log, and the thread that waits for it. */
final class AppendRequest {
    private final EventBatch batch;
    private final Thread waiter = Thread.currentThread();

    /** The batch's streams and types in the log, by their index in the batch. Append lock only. */
    private final StreamEntry[] entries;

    private final int[] types;
    private AppendResult result;
    private VarveException error;
    private boolean refusedElsewhere;
    private volatile boolean done;

    AppendRequest(EventBatch batch) {
        this.batch = batch;
        this.entries = new StreamEntry[batch.streamCount()];
        this.types = new int[batch.typeCount()];
    }

    EventBatch batch() {
        return batch;
    }

    StreamEntry[] entries() {
        return entries;
    }

    int[] types() {
        return types;
    }

    void encoded(AppendResult where) {
        result = where;
        error = null;
    }

    void refused(VarveException why) {
        result = null;
        error = why;
        refusedElsewhere = waiter != Thread.currentThread();
    }

    /** Lets the waiter go; nothing of this request is touched afterwards. */
    void complete() {
        done = true;
        if (waiter != Thread.currentThread()) {
            LockSupport.unpark(waiter);
        }
    }

    void wake() {
        LockSupport.unpark(waiter);
    }

    boolean isDone() {
        return done;
    }

    AppendResult outcome() {
        if (error != null) {
            if (refusedElsewhere) {
                // The error's own trace says why it failed; this one says who appended.
                error.addSuppressed(new AppendTrace());
            }
            throw error;
        }
        return result;
    }

    /** Shows where an append was called that failed on another thread. */
    private static final class AppendTrace extends Exception {
        private static final long serialVersionUID = 1L;

        AppendTrace() {
            super("Appended here");
        }
    }
}
