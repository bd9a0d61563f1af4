package io.varve.runtime;

/** Waits for a worker whose partitions are at different positions to bring them to one. */
record TogetherPoint(Runnable together) implements CommitPoint {
    @Override
    public long wanted(long done, long end) {
        return done;
    }

    @Override
    public void reached(long position) {
        together.run();
    }

    @Override
    public void ended() {
        together.run();
    }
}
