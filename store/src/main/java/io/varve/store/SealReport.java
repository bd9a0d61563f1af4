package io.varve.store;

import java.util.List;

/**
 * What {@link EventStore#verifySeals} has found.
 *
 * @param firstPosition the first position whose hash was computed again
 * @param lastPosition the last one; -1 if there was none
 * @param blocks how many hashes were computed again
 * @param confirmed the seals that fit, and before which all blocks fit: the log up to there is what
 *     was sealed
 * @param truncated the seals of which retention has removed the events, so that they cannot be
 *     checked; that of the last event removed can, by the hash that is kept of it
 * @param violations what does not fit; empty in a log that is what it was
 */
public record SealReport(
        long firstPosition,
        long lastPosition,
        long blocks,
        List<Seal> confirmed,
        List<Seal> truncated,
        List<Violation> violations) {
    /**
     * Copies the lists.
     *
     * @param firstPosition see the record
     * @param lastPosition see the record
     * @param blocks see the record
     * @param confirmed see the record
     * @param truncated see the record
     * @param violations see the record
     */
    public SealReport {
        confirmed = List.copyOf(confirmed);
        truncated = List.copyOf(truncated);
        violations = List.copyOf(violations);
    }

    /** What does not fit. */
    public enum Kind {
        /** A block is not what was hashed, or the one before it is not. */
        CHANGED,
        /** A block does not fit its own checksums: damage rather than forgery. */
        DAMAGED,
        /** A block has no hash, though all from an earlier one on must have. */
        UNSEALED,
        /** A block is missing. */
        MISSING,
        /** The log up to a seal is not the one that was sealed. */
        SEAL_BROKEN
    }

    /**
     * One thing that does not fit.
     *
     * @param kind what
     * @param position of the last event of the block, or of the seal
     */
    public record Violation(Kind kind, long position) {}

    /**
     * Whether everything fits.
     *
     * @return false if there is a violation
     */
    public boolean isIntact() {
        return violations.isEmpty();
    }
}
