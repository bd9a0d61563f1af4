package io.varve.store;

import java.util.Objects;

/**
 * The SHA-256 of a log up to a position. Kept where nobody who can change the log can change it, it
 * proves later that no event up to there was changed, left out or put in.
 *
 * @param position of the last event it covers
 * @param sha256 64 hexadecimal digits, in lower case
 */
public record Seal(long position, String sha256) {
    /**
     * Refuses what cannot be a seal.
     *
     * @param position see the record
     * @param sha256 see the record
     */
    public Seal {
        Objects.requireNonNull(sha256, "sha256");
        if (position < 0 || !sha256.matches("[0-9a-f]{64}")) {
            throw new IllegalArgumentException(
                    "A seal has a position and 64 hexadecimal digits: position="
                            + position
                            + " sha256="
                            + sha256);
        }
    }
}
