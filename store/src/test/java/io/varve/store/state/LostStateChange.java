package io.varve.store.state;

import io.varve.store.lmdb.LostChange;

/** Leaves state with a change that nobody can end, as a lack of memory does. */
public final class LostStateChange {
    private LostStateChange() {}

    /**
     * Begins a change, and loses it.
     *
     * @param environment in files; it cannot be closed then
     */
    public static void begin(StateEnvironment environment) {
        LostChange.begin(((LmdbStateEnvironment) environment).environment());
    }
}
