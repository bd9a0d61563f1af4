package io.varve.runtime;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The generation of a rebuild that is open, and what there is to tell of its beginning.
 *
 * @param insteadOf which could not be gone on with, and why
 * @param passedOver snapshots that it was to begin with and could not, and why
 */
record Candidate(Generation generation, Optional<BegunAnew> insteadOf, List<String> passedOver) {
    static Candidate goingOn(Generation generation) {
        return new Candidate(generation, Optional.empty(), List.of());
    }

    /** Why it has begun anew, if it has: the last time that it did. */
    Optional<BegunAnew> begunAnew() {
        return recovery().map(how -> BegunAnew.by(generation.id(), how)).or(() -> insteadOf);
    }

    /** Snapshots that were newer than its beginning and could not be used, and why. */
    List<String> allPassedOver() {
        return Stream.concat(
                        passedOver.stream(),
                        recovery().stream().flatMap(how -> how.passedOver().stream()))
                .toList();
    }

    private Optional<ReadModelRecovery> recovery() {
        return generation.progress().recovery();
    }
}
