package io.varve.store;

import java.text.MessageFormat;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What the store writes into the log of the application, from now on until it is closed. */
final class LogLines extends Handler implements AutoCloseable {
    private static final Logger LOGGER = Logger.getLogger("io.varve.store");

    private final List<String> lines = Collections.synchronizedList(new ArrayList<>());

    LogLines() {
        LOGGER.addHandler(this);
    }

    /** So far, with level, values and what was thrown. */
    List<String> all() {
        return List.copyOf(lines);
    }

    @Override
    public void publish(LogRecord line) {
        Object[] values = line.getParameters();
        String text = line.getMessage();
        lines.add(
                line.getLevel()
                        + " "
                        + (values == null ? text : new MessageFormat(text).format(values))
                        + (line.getThrown() == null ? "" : " " + line.getThrown()));
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        LOGGER.removeHandler(this);
    }
}
