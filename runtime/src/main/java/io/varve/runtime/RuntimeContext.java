package io.varve.runtime;

import io.varve.store.EventStore;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * What the projections of one runtime share.
 *
 * @param started whether the runtime is
 * @param threads for what may block: listeners, and who waits for a future
 */
record RuntimeContext(
        EventStore store,
        History history,
        EventRing ring,
        Sources sources,
        SharedSlices shared,
        RuntimeConfig config,
        OpenViews views,
        SnapshotThread snapshots,
        boolean truncatedAllowed,
        Watchdog watchdog,
        Executor threads,
        BooleanSupplier started,
        Consumer<String> steps,
        Surroundings surroundings) {
    /** Tells that a step of a change is done: where tests end the process. */
    void reached(String step) {
        steps.accept(step);
    }
}
