package io.varve.store.lmdb;

import io.varve.store.errors.LackOfMemory;
import io.varve.store.errors.LimitExceededException;
import io.varve.store.errors.Logs;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.lmdbjava.LmdbException;
import org.lmdbjava.LmdbNativeException;

/**
 * The readers of an environment. Those that nobody uses are kept, because waking one is cheaper
 * than making one; so their number is what is looked at, when one is made. Thread-safe.
 */
final class ReaderPool {
    private final LmdbEnvironment environment;
    private final int tables;
    private final ConcurrentLinkedQueue<LmdbReader> resting = new ConcurrentLinkedQueue<>();

    /** As many as were ever used at once. */
    private final ConcurrentLinkedQueue<LmdbReader> all = new ConcurrentLinkedQueue<>();

    private final AtomicInteger kept = new AtomicInteger();
    private final Semaphore spare = new Semaphore(LmdbOptions.OWN);
    private final Duration patience;

    /**
     * @param environment that is read; not before it is open
     * @param tables how many it may have
     * @param patience how long to wait for one of our own
     */
    ReaderPool(LmdbEnvironment environment, int tables, Duration patience) {
        this.environment = environment;
        this.tables = tables;
        this.patience = patience;
    }

    /**
     * One that reads at the newest instant, for as long as it is wanted.
     *
     * @throws LimitExceededException if all are in use
     */
    LmdbReader wake() {
        LmdbReader reader = wakeOrMake();
        if (reader == null) {
            throw LmdbErrors.tooManyReaders(environment.folder());
        }
        return reader;
    }

    /** Null if all are in use: each read comes by here, and an object would be one too many. */
    private LmdbReader wakeOrMake() {
        LmdbReader reader = resting.poll();
        while (reader != null) {
            if (isWoken(reader)) {
                return reader;
            }
            reader = resting.poll();
        }
        if (kept.incrementAndGet() > LmdbOptions.READERS) {
            kept.decrementAndGet();
            return null;
        }
        return make(false);
    }

    /**
     * False where LMDB wakes none of its environment any more, as a meta page could not be written:
     * it is given up, and its slot goes with the map. Who is made then reads in another way, see
     * {@link LmdbMap#beginReading}.
     */
    private boolean isWoken(LmdbReader reader) {
        try {
            reader.wake();
            return true;
        } catch (LmdbNativeException.PanicException e) {
            all.remove(reader);
            kept.decrementAndGet();
            return false;
        }
    }

    /**
     * The same for a short read of our own, which has a few more where all are in use; and where
     * these are in use too, waits for one of them, as it is given back soon.
     */
    LmdbReader wakeOwn() {
        LmdbReader usual = wakeOrMake();
        if (usual != null) {
            return usual;
        }
        if (!awaitSpare()) {
            throw LmdbErrors.tooManyReaders(environment.folder());
        }
        LmdbReader reader = make(true);
        reader.endAfterUse();
        return reader;
    }

    private boolean awaitSpare() {
        try {
            return spare.tryAcquire(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private LmdbReader make(boolean own) {
        try {
            return noted(LmdbReader.begin(environment, tables));
        } catch (RuntimeException | Error e) {
            if (own) {
                spare.release();
            } else {
                kept.decrementAndGet();
            }
            throw e;
        }
    }

    private LmdbReader noted(LmdbReader reader) {
        try {
            all.add(reader);
            return reader;
        } catch (RuntimeException | Error e) {
            reader.destroy(); // nobody else could
            throw e;
        }
    }

    void rest(LmdbReader reader) {
        if (reader.endsAfterUse()) {
            // Kept, it would be lent to anybody, and the next of us would find none.
            all.remove(reader);
            reader.destroy();
            spare.release();
        } else {
            reader.rest();
            keep(reader);
        }
    }

    private void keep(LmdbReader reader) {
        try {
            resting.add(reader);
        } catch (Error e) {
            if (!LackOfMemory.isCauseOf(e)) {
                throw e;
            }
            // There is none to keep it, so it makes way for another.
            all.remove(reader);
            kept.decrementAndGet();
            reader.wake();
            reader.destroy();
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
                if (isWoken(reader)) {
                    reader.destroy();
                }
            }
        } catch (LmdbException e) {
            // Their slots go with the map.
            Logs.of(ReaderPool.class)
                    .log(
                            Level.DEBUG,
                            "Readers at rest could not be ended: path=" + environment.folder(),
                            e);
        }
    }
}
