package io.varve.projections;

/**
 * What happened to a row: its value before and after, null where there is no row. Operators behind
 * a table need both, to take back what the old value did to their own rows.
 *
 * @param oldValue of the latest version
 * @param newValue of the version that was put
 * @param isLatest whether that is the latest now; only versioned tables tell of others, which
 *     replace nothing
 */
record Change<V>(V oldValue, V newValue, boolean isLatest) {
    /** Of a row that is the latest, as all are where there are no versions. */
    Change(V oldValue, V newValue) {
        this(oldValue, newValue, true);
    }
}
