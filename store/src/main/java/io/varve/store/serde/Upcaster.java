package io.varve.store.serde;

/**
 * Turns an old event into a newer one when it is read; the log keeps what was written.
 *
 * <p>Called once per event and read, by any thread, so it must give the same result each time: no
 * clock, no look-up, no randomness. Otherwise a rebuilt read model would differ from the one
 * before.
 *
 * @param <O> the old shape
 * @param <N> the newer shape
 */
@FunctionalInterface
public interface Upcaster<O, N> {
    /**
     * Turns one old event into one newer event.
     *
     * @param old as it was written
     * @return the newer one, never null
     */
    N upcast(O old);
}
