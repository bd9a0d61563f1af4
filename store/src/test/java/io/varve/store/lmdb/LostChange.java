package io.varve.store.lmdb;

import static org.junit.jupiter.api.Assertions.assertThrows;

/** Leaves an environment with a change that nobody can end, as a lack of memory does. */
public final class LostChange {
    private LostChange() {}

    /**
     * Begins a change, and loses it.
     *
     * @param environment which cannot be closed then
     */
    public static void begin(LmdbEnvironment environment) {
        LmdbMap map = environment.map();
        assertThrows(
                OutOfMemoryError.class,
                () ->
                        map.beginWriting(
                                () -> {
                                    map.env().txnWrite();
                                    throw new OutOfMemoryError("none");
                                }));
    }
}
