package io.varve.store;

import java.util.Objects;

/** Counts work and tells a listener, but not at every step. One thread at a time. */
final class ProgressMeter {
    /** How often a listener is told, about. */
    private static final int STEPS = 200;

    private final ProgressListener listener;
    private final long total;
    private final long step;
    private long done;
    private long told;

    ProgressMeter(ProgressListener listener, long total) {
        this.listener = Objects.requireNonNull(listener, "listener");
        this.total = total;
        this.step = Math.max(1, total / STEPS);
        listener.progress(0, total);
    }

    void add(long units) {
        done = Math.min(total, done + units);
        if (done - told >= step && done < total) {
            told = done;
            listener.progress(done, total);
        }
    }

    /** As {@link #add}, for work that may begin anew: what was told is not taken back. */
    void reach(long units) {
        if (units > done) {
            add(units - done);
        }
    }

    /** Tells that everything is done. */
    void end() {
        done = total;
        listener.progress(total, total);
    }
}
