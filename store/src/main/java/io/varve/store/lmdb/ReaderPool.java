package io.varve.store.lmdb;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import org.lmdbjava.LmdbException;

/**
 * The readers of an environment. Those that nobody uses are kept, because waking one is cheaper
 * than making one. Thread-safe.
 */
final class ReaderPool {
    private static final Logger LOGGER = System.getLogger(ReaderPool.class.getName());

    private final Path folder;
    private final ConcurrentLinkedQueue<LmdbReader> resting = new ConcurrentLinkedQueue<>();

    /** As many as were ever used at once. */
    private final ConcurrentLinkedQueue<LmdbReader> all = new ConcurrentLinkedQueue<>();

    ReaderPool(Path folder) {
        this.folder = folder;
    }

    /** One that reads at the newest instant. */
    LmdbReader wake(Supplier<LmdbReader> maker) {
        LmdbReader reader = resting.poll();
        if (reader == null) {
            reader = maker.get();
            all.add(reader);
        } else {
            reader.wake();
        }
        return reader;
    }

    void rest(LmdbReader reader) {
        reader.rest();
        resting.add(reader);
    }

    /** Those in use. */
    OpenReaders open() {
        long now = System.nanoTime();
        int count = 0;
        long oldest = 0;
        for (LmdbReader reader : all) {
            OptionalLong since = reader.openSince();
            if (since.isPresent()) {
                count++;
                oldest = Math.max(oldest, now - since.getAsLong());
            }
        }
        return new OpenReaders(count, Duration.ofNanos(oldest));
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
