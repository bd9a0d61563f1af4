package io.varve.runtime;

import io.varve.store.errors.LackOfMemory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/** Waiting for threads to end. */
final class Threads {
    private static final long INSIST_NANOS = 50_000_000;

    static {
        // Made ready, which takes memory the first time.
        LockSupport.parkNanos(1);
        LackOfMemory.isCauseOf(new OutOfMemoryError("none"));
    }

    private Threads() {}

    /** Takes now what memory it takes to see that there is none, and to wait for more. */
    static void makeReady() {
        // The class is.
    }

    /**
     * Makes something of each, at once where there are several; waits for all.
     *
     * @param name of the threads, but for their numbers
     */
    static <T, R> List<R> map(List<T> all, String name, Function<? super T, R> function) {
        if (all.size() == 1) {
            return List.of(function.apply(all.get(0)));
        }
        List<FutureTask<R>> tasks =
                all.stream().map(one -> new FutureTask<>(() -> function.apply(one))).toList();
        List<Thread> threads = new ArrayList<>();
        for (FutureTask<R> task : tasks) {
            Thread thread = new Thread(task, name + "-" + threads.size());
            thread.setDaemon(true);
            threads.add(thread);
        }
        threads.forEach(Thread::start);
        threads.forEach(thread -> join(thread, System.nanoTime() + Long.MAX_VALUE / 2));
        return tasks.stream().map(Threads::result).toList();
    }

    private static <R> R result(FutureTask<R> done) {
        boolean interrupted = Thread.interrupted();
        try {
            return done.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) e.getCause();
        } catch (InterruptedException e) {
            throw new IllegalStateException("It has ended, and is not waited for", e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * Waits for a thread to end, but no longer than until a time of {@link System#nanoTime}, nor
     * for itself.
     */
    static void join(Thread thread, long deadline) {
        boolean interrupted = false;
        long left = deadline - System.nanoTime();
        while (thread != Thread.currentThread() && thread.isAlive() && left > 0) {
            try {
                thread.join(left / 1_000_000, (int) (left % 1_000_000));
            } catch (InterruptedException e) {
                // Closing halfway would leave threads on closed environments; the caller is told
                // afterwards.
                interrupted = true;
            }
            left = deadline - System.nanoTime();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Does what must not be left out where memory has run out: again and again, until there is
     * enough for it. What a thread held that has come to its end is free by then, mostly.
     *
     * @param work may be begun more than once; made ahead, as there is no memory to make it
     */
    static void insist(Runnable work) {
        while (true) {
            try {
                work.run();
                return;
            } catch (RuntimeException | Error e) {
                if (!LackOfMemory.isCauseOf(e)) {
                    throw e;
                }
                pause();
            }
        }
    }

    /** Lets some time pass in which others may let memory go; takes none itself. */
    static void pause() {
        LockSupport.parkNanos(INSIST_NANOS);
    }

    /** Waits for a lock until a time of {@link System#nanoTime}, whoever interrupts. */
    static boolean tryLock(ReentrantLock lock, long deadline) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return lock.tryLock(
                            Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
