package io.varve.store;

import io.varve.store.errors.LackOfMemory;
import io.varve.store.errors.VarveException;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/** A batch on its way into the log, and the thread that waits for it. */
final class AppendRequest {
    private final EventBatch batch;
    private final Thread waiter = Thread.currentThread();

    /** The batch's streams and types in the log, by their index in the batch. Append lock only. */
    private final StreamEntry[] entries;

    private final int[] types;
    private final Optional<ContentHash> content;
    private AppendOutcome outcome;
    private VarveException error;
    private boolean refusedElsewhere;
    private volatile boolean done;

    AppendRequest(EventBatch batch) {
        this.batch = batch;
        this.entries = new StreamEntry[batch.streamCount()];
        this.types = new int[batch.typeCount()];
        this.content = batch.key().map(key -> ContentHash.of(batch));
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

    /** What identifies the content of a batch that has an idempotency key. */
    ContentHash content() {
        return content.orElseThrow();
    }

    void answered(AppendOutcome what) {
        outcome = what;
        error = null;
    }

    void refused(VarveException why) {
        outcome = null;
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

    AppendOutcome outcome() {
        if (error != null) {
            if (refusedElsewhere) {
                // The error's own trace says why it failed; this one says who appended.
                tellWhere();
            }
            throw error;
        }
        return outcome;
    }

    private void tellWhere() {
        try {
            error.addSuppressed(new AppendTrace());
        } catch (Error e) {
            if (!LackOfMemory.isCauseOf(e)) {
                throw e;
            }
            // The error itself is what counts.
        }
    }

    /** Shows where an append was called that failed on another thread. */
    private static final class AppendTrace extends Exception {
        private static final long serialVersionUID = 1L;

        AppendTrace() {
            super("Appended here");
        }
    }
}
