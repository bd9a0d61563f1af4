package io.varve.runtime;

import io.varve.projections.Projection;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The definitions of a projection that were given when it was added.
 *
 * @param wanted the one that is to be live in the end
 * @param previous the one that serves until then, if the live read model was computed with it
 */
record GivenDefinitions(Projection wanted, Optional<Projection> previous) {
    GivenDefinitions(Projection wanted, ProjectionConfig how) {
        this(wanted, how.previous());
        previous.ifPresent(how::checkFor);
    }

    GivenDefinitions {
        Projection now = wanted;
        previous.filter(one -> isOther(now, one))
                .ifPresent(
                        one -> {
                            throw new IllegalArgumentException(
                                    "The previous definition has the same name and another"
                                            + " version: projection="
                                            + now.name()
                                            + " version="
                                            + now.version()
                                            + " previous="
                                            + one.name()
                                            + " version="
                                            + one.version());
                        });
    }

    private static boolean isOther(Projection wanted, Projection previous) {
        return !previous.name().equals(wanted.name()) || previous.version() == wanted.version();
    }

    Optional<Projection> ofVersion(int version) {
        return Stream.concat(Stream.of(wanted), previous.stream())
                .filter(one -> one.version() == version)
                .findFirst();
    }

    /** Which one serves, given what is live. */
    Projection served(Optional<Catalogue> kept) {
        return kept.flatMap(all -> ofVersion(all.live().version())).orElse(wanted);
    }
}
