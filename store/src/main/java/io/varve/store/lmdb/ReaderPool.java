package io.varve.store.lmdb;

import io.varve.store.errors.LimitExceededException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.lmdbjava.LmdbException;

/**
 * The readers of an environment. Those that nobody uses are kept, because waking one is cheaper
 * than making one; so their number is what is looked at, when one is made. Thread-safe.
 */
final class ReaderPool {
    private static final Logger LOGGER = System.getLogger(ReaderPool.class.getName());

    private final Path folder;
    private final ConcurrentLinkedQueue<LmdbReader> resting = new ConcurrentLinkedQueue<>();

    /** As many as were ever used at once. */
    private final ConcurrentLinkedQueue<LmdbReader> all = new ConcurrentLinkedQueue<>();

    private final AtomicInteger kept = new AtomicInteger();
    private final AtomicInteger spare = new AtomicInteger();

    ReaderPool(Path folder) {
        this.folder = folder;
    }

    /**
     * One that reads at the newest instant, for as long as it is wanted.
     *
     * @throws LimitExceededException if all are in use
     */
    LmdbReader wake(Supplier<LmdbReader> maker) {
        LmdbReader reader = resting.poll();
        if (reader != null) {
            reader.wake();
            return reader;
        }
        return make(kept, LmdbOptions.READERS, maker);
    }

    /** The same for a short read of our own, which has a few more where all are in use. */
    LmdbReader wakeOwn(Supplier<LmdbReader> maker) {
        try {
            return wake(maker);
        } catch (LimitExceededException e) {
            LmdbReader reader = make(spare, LmdbOptions.OWN, maker);
            reader.endAfterUse();
            return reader;
        }
    }

    private LmdbReader make(AtomicInteger made, int most, Supplier<LmdbReader> maker) {
        if (made.incrementAndGet() > most) {
            made.decrementAndGet();
            throw LmdbErrors.tooManyReaders(folder);
        }
        try {
            LmdbReader reader = maker.get();
            all.add(reader);
            return reader;
        } catch (RuntimeException | Error e) {
            made.decrementAndGet();
            throw e;
        }
    }

    void rest(LmdbReader reader) {
        if (reader.endsAfterUse()) {
            // Kept, it would be lent to anybody, and the next of us would find none.
            all.remove(reader);
            reader.destroy();
            spare.decrementAndGet();
        } else {
            reader.rest();
            resting.add(reader);
        }
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
