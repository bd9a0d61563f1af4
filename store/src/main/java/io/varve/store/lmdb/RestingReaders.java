package io.varve.store.lmdb;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.lmdbjava.LmdbException;

/** Readers that nobody uses, kept because waking one is cheaper than making one. Thread-safe. */
final class RestingReaders {
    private static final Logger LOGGER = System.getLogger(RestingReaders.class.getName());

    private final Path folder;
    private final ConcurrentLinkedQueue<LmdbReader> resting = new ConcurrentLinkedQueue<>();

    RestingReaders(Path folder) {
        this.folder = folder;
    }

    /** One that reads at the newest instant, or null where there is none. */
    LmdbReader wake() {
        LmdbReader reader = resting.poll();
        if (reader != null) {
            reader.wake();
        }
        return reader;
    }

    void add(LmdbReader reader) {
        reader.rest();
        resting.add(reader);
    }

    /** Gives their slots back, before the environment is closed. */
    void end() {
        try {
            for (LmdbReader reader = resting.poll(); reader != null; reader = resting.poll()) {
                reader.wake();
                reader.destroy();
            }
        } catch (LmdbException e) {
            // After a meta page could not be written LMDB wakes none: their slots go with the map.
            LOGGER.log(Level.DEBUG, "Readers at rest could not be ended: path=" + folder, e);
        }
    }
}
