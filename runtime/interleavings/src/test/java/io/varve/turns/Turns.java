package io.varve.turns;

import java.util.concurrent.atomic.AtomicReference;

/** Threads of a round, and what has failed in them: else nobody would see it. */
public final class Turns {
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final Thread[] threads;

    private Turns(Runnable[] bodies) {
        threads = new Thread[bodies.length];
        for (int i = 0; i < bodies.length; i++) {
            Runnable body = bodies[i];
            threads[i] = new Thread(() -> run(body));
            threads[i].start();
        }
    }

    /** Starts a thread for each. */
    public static Turns of(Runnable... bodies) {
        return new Turns(bodies);
    }

    private void run(Runnable body) {
        try {
            body.run();
        } catch (Throwable e) {
            failure.compareAndSet(null, e);
        }
    }

    /** One of the threads. */
    public Thread thread(int number) {
        return threads[number];
    }

    /** Waits for all of them, and fails if one has. */
    public void end() {
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        if (failure.get() != null) {
            throw new AssertionError(failure.get());
        }
    }
}
