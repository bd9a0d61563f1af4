package io.varve.runtime;

/**
 * How many events a projection has not applied although their turn has come, by what is to become
 * of them.
 *
 * @param dead failed, one for each stream at most
 * @param waiting come behind a dead one of their stream
 * @param skipped are left out for good, and their letters are still there
 * @param purged are left out for good, and their letters are gone, see {@link LetterRetention}
 */
public record DeadLetterCounts(long dead, long waiting, long skipped, long purged) {
    static final DeadLetterCounts NONE = new DeadLetterCounts(0, 0, 0);

    /**
     * Those of which none was purged.
     *
     * @param dead see the record
     * @param waiting see the record
     * @param skipped see the record
     */
    public DeadLetterCounts(long dead, long waiting, long skipped) {
        this(dead, waiting, skipped, 0);
    }

    /**
     * Those that can still be applied.
     *
     * @return dead and waiting ones together
     */
    public long retriable() {
        return dead + waiting;
    }

    /** The greater of each. */
    DeadLetterCounts most(DeadLetterCounts other) {
        return new DeadLetterCounts(
                Math.max(dead, other.dead),
                Math.max(waiting, other.waiting),
                Math.max(skipped, other.skipped),
                Math.max(purged, other.purged));
    }

    // As a record's own are, which the JVM would make at their first call: that takes longer than
    // a start has to spare.

    @Override
    public boolean equals(Object other) {
        return other instanceof DeadLetterCounts counts
                && dead == counts.dead
                && waiting == counts.waiting
                && skipped == counts.skipped
                && purged == counts.purged;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(dead + 31 * (waiting + 31 * (skipped + 31 * purged)));
    }
}
