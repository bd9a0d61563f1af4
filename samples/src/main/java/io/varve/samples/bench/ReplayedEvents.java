package io.varve.samples.bench;

import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * Learns from the store's own log how many events it read again when it was opened, and how long
 * that took.
 */
final class ReplayedEvents extends Handler implements AutoCloseable {
    private static final String LOGGER = "io.varve.store.Recovery";

    private final Logger logger = Logger.getLogger(LOGGER);
    private Replayed replayed = Replayed.NOTHING;

    /**
     * What was read again.
     *
     * @param events how many
     * @param millis what that took
     */
    record Replayed(long events, double millis) {
        static final Replayed NOTHING = new Replayed(0, 0);
    }

    /** Listens until it is closed. */
    ReplayedEvents() {
        logger.setLevel(Level.FINE);
        logger.addHandler(this);
    }

    /** What was since it was asked last. */
    Replayed take() {
        Replayed taken = replayed;
        replayed = Replayed.NOTHING;
        return taken;
    }

    @Override
    public void publish(LogRecord message) {
        Object[] parameters = message.getParameters();
        if (parameters != null
                && parameters.length > 1
                && parameters[0] instanceof Long events
                && parameters[1] instanceof Double millis) {
            replayed = new Replayed(events, millis);
        }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        logger.removeHandler(this);
    }
}
