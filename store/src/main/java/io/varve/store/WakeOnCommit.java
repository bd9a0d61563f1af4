package io.varve.store;

/**
 * Unparks a thread when the log has reached a position. For who has several threads that can wait
 * for commits, and chooses between two commits which of them does: handing over from one to another
 * wakes neither.
 *
 * <p>{@link #arm} is called by one thread at a time, {@link #close} by anyone. What the committer
 * does for it is a comparison, and a wake-up where one is due; nobody's code runs.
 */
public final class WakeOnCommit implements AutoCloseable {
    private final CommitSignal signal;
    private final CommitWatch watch;

    WakeOnCommit(CommitSignal signal) {
        this.signal = signal;
        this.watch = new CommitWatch(signal, Thread.currentThread());
    }

    /**
     * Has a thread unparked when the log reaches a position, or the store is closed; at once where
     * it is there. Takes the place of what was asked for before. As ever with parking, the thread
     * looks again for what it waits for: it may be unparked too often, and never too seldom.
     *
     * @param waiting which thread
     * @param position of an event, 0 or more
     * @throws io.varve.store.errors.StoreClosedException if the store is closed
     */
    public void arm(Thread waiting, long position) {
        watch.arm(waiting, position);
        signal.checkOpen();
    }

    /** Unparks nobody any more. Closing twice does nothing. */
    @Override
    public void close() {
        watch.close();
    }
}
