package io.varve.runtime;

import io.varve.store.errors.WaitTimeoutException;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * On which terms the log is applied anew.
 *
 * @param overlayBytes how much of what changes is held in memory
 * @param deadline of {@link System#nanoTime}; empty for none
 * @param told is told how far it has got
 */
record ReplayTerms(long overlayBytes, OptionalLong deadline, Consumer<ReplayProgress> told) {
    /** Ends it if there is a reason to. */
    void check(Timeline line, long position, long target) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException(
                    "projection=" + line.projection().name() + " position=" + position);
        }
        line.readers().checkOpen();
        if (deadline.isPresent() && System.nanoTime() - deadline.getAsLong() >= 0) {
            throw new WaitTimeoutException(
                    "projection=" + line.projection().name(), target, position);
        }
    }
}
