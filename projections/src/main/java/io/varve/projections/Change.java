package io.varve.projections;

/**
 * What happened to a row: its value before and after, null where there is no row. Operators behind
 * a table need both, to take back what the old value did to their own rows.
 */
class Change<V> {
    private final V oldValue;
    private final V newValue;
    private final boolean latest;

    /**
     * Of one version of a row.
     *
     * @param oldValue of the latest version
     * @param newValue of the version that was put
     * @param latest whether that is the latest now; only versioned tables tell of others, which
     *     replace nothing
     */
    Change(V oldValue, V newValue, boolean latest) {
        this.oldValue = oldValue;
        this.newValue = newValue;
        this.latest = latest;
    }

    /** Of a row that is the latest, as all are where there are no versions. */
    Change(V oldValue, V newValue) {
        this(oldValue, newValue, true);
    }

    V oldValue() {
        return oldValue;
    }

    V newValue() {
        return newValue;
    }

    boolean isLatest() {
        return latest;
    }

    @Override
    public String toString() {
        return "Change[oldValue="
                + oldValue()
                + ", newValue="
                + newValue()
                + ", isLatest="
                + latest
                + "]";
    }
}
