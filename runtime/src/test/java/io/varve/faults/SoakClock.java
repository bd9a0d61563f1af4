package io.varve.faults;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * Time that stands still while the machine has stopped this process: it is looked at all the time,
 * and where it was not for more than a second, nobody ran. A collection of garbage is not taken for
 * that. Nanoseconds, from 0. Thread-safe.
 */
final class SoakClock {
    private static final long TICK = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long STOP = TimeUnit.SECONDS.toNanos(1);

    private final LongSupplier time;
    private final LongSupplier collecting;
    private final long begin;
    private long lookedAt;
    private long collectedThen;
    private long stopped;
    private long apart;

    SoakClock() {
        this(System::nanoTime, SoakClock::collecting);
    }

    SoakClock(LongSupplier time, LongSupplier collecting) {
        this.time = time;
        this.collecting = collecting;
        begin = time.getAsLong();
        lookedAt = begin;
    }

    private static long collecting() {
        long millis = 0;
        for (GarbageCollectorMXBean bean : ManagementFactory.getGarbageCollectorMXBeans()) {
            millis += bean.getCollectionTime();
        }
        return TimeUnit.MILLISECONDS.toNanos(millis);
    }

    /** Begins to look at it. */
    SoakClock started() {
        Thread thread =
                new Thread(
                        () -> {
                            while (true) {
                                tick();
                                LockSupport.parkNanos(TICK);
                            }
                        },
                        "soak-clock");
        thread.setDaemon(true);
        thread.start();
        return this;
    }

    synchronized void tick() {
        now();
        collectedThen = collecting.getAsLong();
    }

    synchronized long now() {
        long now = time.getAsLong();
        long unseen = now - lookedAt - TICK;
        if (unseen > STOP) {
            unseen -= collecting.getAsLong() - collectedThen;
            stopped += unseen > STOP ? unseen : 0;
        }
        lookedAt = now;
        return now - begin - stopped - apart;
    }

    /** For how long the machine has stopped this process. */
    synchronized long stopped() {
        now();
        return stopped;
    }

    /** Does something that is not to be seen in what others measure meanwhile. */
    synchronized void apart(Runnable task) {
        long before = now();
        task.run();
        apart += now() - before;
    }

    void awaitUntil(long then) {
        for (long left = then - now(); left > 0; left = then - now()) {
            LockSupport.parkNanos(left);
        }
    }
}
