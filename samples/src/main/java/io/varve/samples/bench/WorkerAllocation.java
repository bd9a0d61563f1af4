package io.varve.samples.bench;

import com.sun.management.ThreadMXBean;
import io.varve.runtime.ProjectionListener;
import io.varve.runtime.ProjectionState;
import java.lang.management.ManagementFactory;
import java.util.concurrent.CountDownLatch;

/**
 * Finds the thread of a projection, which is the one that tells of its changes of state, and how
 * much it has allocated since it began.
 */
final class WorkerAllocation implements ProjectionListener {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch live = new CountDownLatch(1);
    private volatile long thread;
    private volatile long before;
    private volatile boolean fellBack;

    @Override
    public void onStateChange(String projection, ProjectionState from, ProjectionState to) {
        if (from == ProjectionState.CREATED && to == ProjectionState.CATCHING_UP) {
            thread = Thread.currentThread().getId();
            before = bytes(thread);
            begun.countDown();
        } else if (to == ProjectionState.LIVE || to == ProjectionState.FAILED) {
            // Who waits for one that has failed finds out next.
            begun.countDown();
            live.countDown();
        } else if (to == ProjectionState.CATCHING_UP) {
            fellBack = true;
        }
    }

    void awaitLive() throws InterruptedException {
        live.await();
    }

    /** Whether it got all its events from the ring since it was live. */
    boolean isAlwaysLive() {
        return !fellBack;
    }

    /** What it has allocated since it began. */
    long bytes() throws InterruptedException {
        begun.await();
        return bytes(thread) - before;
    }

    /** What a thread has allocated so far. */
    static long bytes(long thread) {
        return THREADS.getThreadAllocatedBytes(thread);
    }
}
