package io.varve.runtime;

import com.lmax.disruptor.AlertException;
import com.lmax.disruptor.Sequence;
import com.lmax.disruptor.SequenceBarrier;
import com.lmax.disruptor.WaitStrategy;

/**
 * Waits without spinning for a slice that nobody knows of, and awake for one that is on its way: it
 * takes a sleeping thread tens of microseconds to run again, in which the tailer can read a slice.
 *
 * <pre>
 *   waiter     asleep ───────▶ waking up ───▶ awake, at most 50 µs ──▶ has it
 *                   ▲ herald                                         ▲ publish
 *   tailer     ─────┴──────── reads and decodes the slice ───────────┘
 * </pre>
 *
 * <p>Nothing is heralded where so many sleep that they would take the tailer's core. Heralding is
 * no promise: who misses it, or for whom it takes too long, is woken when the slice is there.
 */
final class HeraldedWaitStrategy implements WaitStrategy {
    private static final long AWAKE_NANOS = 50_000;

    private final Object mutex = new Object();
    private final int mostAwake;
    private int asleep;
    private long heralded;

    /**
     * A strategy for one ring.
     *
     * @param mostAwake how many may wait awake
     */
    HeraldedWaitStrategy(int mostAwake) {
        this.mostAwake = mostAwake;
    }

    @Override
    public long waitFor(
            long sequence, Sequence cursor, Sequence dependentSequence, SequenceBarrier barrier)
            throws AlertException, InterruptedException {
        while (cursor.get() < sequence) {
            sleep(sequence, cursor, barrier);
            stayAwake(sequence, cursor, barrier);
        }
        long available = dependentSequence.get();
        while (available < sequence) {
            barrier.checkAlert();
            Thread.onSpinWait();
            available = dependentSequence.get();
        }
        return available;
    }

    private void sleep(long sequence, Sequence cursor, SequenceBarrier barrier)
            throws AlertException, InterruptedException {
        synchronized (mutex) {
            long before = heralded;
            while (cursor.get() < sequence && heralded == before) {
                barrier.checkAlert();
                asleep++;
                try {
                    mutex.wait();
                } finally {
                    asleep--;
                }
            }
        }
    }

    private static void stayAwake(long sequence, Sequence cursor, SequenceBarrier barrier)
            throws AlertException {
        long began = System.nanoTime();
        while (cursor.get() < sequence && System.nanoTime() - began < AWAKE_NANOS) {
            barrier.checkAlert();
            Thread.yield();
        }
    }

    /** Says that a slice is on its way. */
    void herald() {
        synchronized (mutex) {
            if (asleep > 0 && asleep <= mostAwake) {
                heralded++;
                mutex.notifyAll();
            }
        }
    }

    @Override
    public void signalAllWhenBlocking() {
        synchronized (mutex) {
            mutex.notifyAll();
        }
    }
}
