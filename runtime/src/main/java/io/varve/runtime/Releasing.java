package io.varve.runtime;

import java.util.concurrent.atomic.AtomicBoolean;

/** That a generation is closed for good, once, by whoever comes first. */
final class Releasing {
    private final AtomicBoolean begun = new AtomicBoolean();
    private volatile boolean done;
    private volatile Runnable then = () -> {};

    /** Whether everything is closed. */
    boolean isDone() {
        return done;
    }

    /** Sets what is done afterwards, by whoever has closed it. */
    void then(Runnable what) {
        then = what;
    }

    /**
     * Closes it, unless that was begun before.
     *
     * @param closed is called when everything is closed
     */
    void run(Runnable close, Runnable closed) {
        if (!begun.compareAndSet(false, true)) {
            return;
        }
        try {
            close.run();
        } finally {
            done = true;
            closed.run();
        }
        then.run();
    }
}
