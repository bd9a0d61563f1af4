package io.varve.store.lmdb;

import org.lmdbjava.Dbi;

/** A named table of an environment. Thread-safe. */
public final class LmdbTable {
    private final Dbi<NativeBytes> dbi;
    private final String name;
    private final int number;

    LmdbTable(Dbi<NativeBytes> dbi, String name, int number) {
        this.dbi = dbi;
        this.name = name;
        this.number = number;
    }

    /**
     * Its name.
     *
     * @return as it was opened
     */
    public String name() {
        return name;
    }

    Dbi<NativeBytes> dbi() {
        return dbi;
    }

    int number() {
        return number;
    }
}
