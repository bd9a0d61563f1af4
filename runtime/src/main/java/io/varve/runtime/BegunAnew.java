package io.varve.runtime;

import java.util.Objects;

/**
 * Why what a rebuild had computed before was given up, so that it has begun anew.
 *
 * @param generation what was given up: another generation than that of the rebuild, which is
 *     deleted; or the same one, whose files were damaged, gone, or of another log
 * @param why it could not be gone on with, for people
 */
public record BegunAnew(GenerationId generation, String why) {
    /**
     * Refuses what is missing.
     *
     * @param generation see the record
     * @param why see the record
     */
    public BegunAnew {
        Objects.requireNonNull(generation, "generation");
        Objects.requireNonNull(why, "why");
    }

    static BegunAnew insteadOf(GenerationId generation, Throwable why) {
        return new BegunAnew(generation, HealthProblem.describe(why));
    }

    static BegunAnew by(GenerationId generation, ReadModelRecovery how) {
        return new BegunAnew(generation, how.reason() + ": " + how.detail());
    }
}
