package io.varve.runtime;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** Keeps what the runtime logs, and keeps it from the console, until it is closed. */
final class Logged extends Handler implements AutoCloseable {
    private final Logger logger = Logger.getLogger("io.varve.runtime");
    private final Level before = logger.getLevel();
    private final List<LogRecord> records = new CopyOnWriteArrayList<>();

    Logged(Level from) {
        logger.setLevel(from);
        logger.setUseParentHandlers(false);
        logger.addHandler(this);
    }

    /** Those that begin so. */
    List<LogRecord> of(String text) {
        return records.stream().filter(one -> one.getMessage().startsWith(text)).toList();
    }

    /** Waits for one that begins so, which another thread says. */
    synchronized void await(String text) throws InterruptedException {
        long deadline = System.nanoTime() + Notes.LONG.toNanos();
        while (of(text).isEmpty()) {
            long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (left <= 0) {
                throw new AssertionError("not said: " + text);
            }
            wait(left);
        }
    }

    @Override
    public synchronized void publish(LogRecord one) {
        records.add(one);
        notifyAll();
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        logger.removeHandler(this);
        logger.setUseParentHandlers(true);
        logger.setLevel(before);
    }
}
