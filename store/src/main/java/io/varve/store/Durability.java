package io.varve.store;

/** What an append has survived when it returns. */
public enum Durability {
    /** It is on disk: it survives the death of the process and of the machine. */
    SYNC
}
