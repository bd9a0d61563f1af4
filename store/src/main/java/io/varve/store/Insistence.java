package io.varve.store;

import io.varve.store.errors.LackOfMemory;
import io.varve.store.errors.StoreIoException;
import java.util.concurrent.locks.LockSupport;

/** Does what must be done although memory runs out meanwhile, and may be done again. */
final class Insistence {
    private static final int MOST_TRIES = 5;

    /** Nanoseconds that others have to let memory go. */
    private static final long REST = 20_000_000;

    private final String what;

    /** Made ahead: there may be no memory for one with its cause. */
    private final StoreIoException refusal;

    /** What is being done, ending in facts. */
    Insistence(String what) {
        this.what = what;
        refusal = refusal(null);
    }

    /**
     * Does it, and again where memory ran out.
     *
     * @throws StoreIoException if it did each time
     */
    void run(Runnable action) {
        for (int tries = 1; ; tries++) {
            try {
                action.run();
                return;
            } catch (RuntimeException | Error e) {
                if (!LackOfMemory.isCauseOf(e)) {
                    throw e;
                }
                if (tries == MOST_TRIES) {
                    throw lastly(e);
                }
                LockSupport.parkNanos(REST);
            }
        }
    }

    private StoreIoException lastly(Throwable cause) {
        try {
            return refusal(cause);
        } catch (OutOfMemoryError none) {
            return refusal;
        }
    }

    private StoreIoException refusal(Throwable cause) {
        return new StoreIoException(
                "Memory ran out: " + what,
                "Give the JVM more memory, and do it again: what was acknowledged is kept.",
                cause);
    }
}
