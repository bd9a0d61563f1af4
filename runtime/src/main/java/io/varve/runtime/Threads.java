package io.varve.runtime;

/** Waiting for threads to end. */
final class Threads {
    private Threads() {}

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
}
