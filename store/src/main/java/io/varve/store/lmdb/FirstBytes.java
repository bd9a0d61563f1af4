package io.varve.store.lmdb;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;

/**
 * Tells, once, that the first bytes of a file are there, or that it is made or given up: LMDB takes
 * the instant that it copies before it writes anything, and says nothing of it.
 */
final class FirstBytes {
    private static final long LOOK_NANOS = 200_000;

    private final Path file;
    private final Thread looking;
    private volatile boolean ended;

    FirstBytes(Path file, Runnable told) {
        this.file = file;
        this.looking =
                new Thread(
                        () -> {
                            await();
                            told.run();
                        },
                        "varve-copy-begins");
        looking.setDaemon(true);
        looking.start();
    }

    private void await() {
        while (!ended && isEmpty()) {
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    private boolean isEmpty() {
        try {
            return Files.size(file) == 0;
        } catch (IOException e) {
            return true; // not there yet
        }
    }

    /** The file is made, or will not be. It is told when this returns. */
    void end() {
        ended = true;
        LockSupport.unpark(looking);
        boolean interrupted = false;
        while (looking.isAlive()) {
            try {
                looking.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
