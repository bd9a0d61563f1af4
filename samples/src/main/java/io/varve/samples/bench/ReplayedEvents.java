package io.varve.samples.bench;

import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** Learns from the store's own log how many events it read again when it was opened. */
final class ReplayedEvents extends Handler implements AutoCloseable {
    private static final String LOGGER = "io.varve.store.Recovery";

    private final Logger logger = Logger.getLogger(LOGGER);
    private long events;

    /** Listens until it is closed. */
    ReplayedEvents() {
        logger.setLevel(Level.FINE);
        logger.addHandler(this);
    }

    /** How many since it was asked last. */
    long take() {
        long taken = events;
        events = 0;
        return taken;
    }

    @Override
    public void publish(LogRecord message) {
        Object[] parameters = message.getParameters();
        if (parameters != null && parameters.length > 0 && parameters[0] instanceof Long count) {
            events += count;
        }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        logger.removeHandler(this);
    }
}
