package io.varve.store.lmdb;

/** What of a file is summed up when it is closed, and what follows where it is another later. */
public enum ClosingSum {
    /** What leads to rows; the structure is checked then. */
    LEADING,

    /**
     * All of a small file; of others what leads to rows, and the rows' pages where these are few;
     * the structure is checked then: for what cannot be made anew.
     */
    CHECKED,

    /** All of a small file, of others what leads to rows; it is refused then: for the rest. */
    REFUSED
}
