package io.varve.runtime;

import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which generations of a projection there are. Immutable.
 *
 * @param live the one that is read
 * @param previous the one that was live before, to go back to
 * @param candidate the one that is being rebuilt, or whose rebuild was interrupted
 * @param next the number of the next generation
 * @param paused those that are paused, as far as that is known beside their files
 */
record Catalogue(
        GenerationId live,
        Optional<GenerationId> previous,
        Optional<GenerationId> candidate,
        int next,
        Set<GenerationId> paused) {
    Catalogue {
        paused =
                all(live, previous, candidate)
                        .filter(paused::contains)
                        .collect(Collectors.toUnmodifiableSet());
        if (live.number() < 1
                || all(live, previous, candidate).anyMatch(id -> id.number() >= next)
                || all(live, previous, candidate).distinct().count()
                        != all(live, previous, candidate).count()) {
            throw new IllegalArgumentException("numbers of generations disagree");
        }
    }

    private static Stream<GenerationId> all(
            GenerationId live, Optional<GenerationId> previous, Optional<GenerationId> candidate) {
        return Stream.of(Stream.of(live), previous.stream(), candidate.stream()).flatMap(id -> id);
    }

    /** The catalogue of a projection that begins. */
    static Catalogue first(int version) {
        return of(new GenerationId(1, version));
    }

    /** The catalogue of a single generation. */
    static Catalogue of(GenerationId only) {
        return new Catalogue(only, Optional.empty(), Optional.empty(), only.number() + 1, Set.of());
    }

    /** With one that is paused, or is not. */
    Catalogue with(GenerationId id, boolean isPaused) {
        Stream<GenerationId> others = paused.stream().filter(one -> !one.equals(id));
        Stream<GenerationId> now = isPaused ? Stream.of(id) : Stream.empty();
        return new Catalogue(
                live,
                previous,
                candidate,
                next,
                Stream.concat(others, now).collect(Collectors.toSet()));
    }

    Stream<GenerationId> all() {
        return all(live, previous, candidate);
    }

    /**
     * With a live generation of a version: that which is live, or was before, or a new one. What
     * code is run says which read model it needs.
     */
    Catalogue startedWith(int version) {
        if (live.version() == version) {
            return this;
        }
        if (previous.filter(id -> id.version() == version).isPresent()) {
            return rolledBack();
        }
        GenerationId begun = new GenerationId(next, version);
        return new Catalogue(begun, Optional.of(live), candidate, next + 1, paused);
    }

    /** With a new candidate instead of an earlier one. */
    Catalogue withCandidate(int version) {
        return new Catalogue(
                live, previous, Optional.of(new GenerationId(next, version)), next + 1, paused);
    }

    Catalogue withoutCandidate() {
        return new Catalogue(live, previous, Optional.empty(), next, paused);
    }

    /** The candidate is live; what was live is what can be gone back to, and nothing else. */
    Catalogue promoted() {
        return new Catalogue(
                candidate.orElseThrow(), Optional.of(live), Optional.empty(), next, paused);
    }

    /** The previous one is live again, and the other way round. */
    Catalogue rolledBack() {
        return new Catalogue(previous.orElseThrow(), Optional.of(live), candidate, next, paused);
    }

    /** Nothing of it is there any more, and what is found is a left-over. */
    Catalogue deleted() {
        return of(new GenerationId(next, live.version()));
    }

    Catalogue withoutPrevious() {
        return new Catalogue(live, Optional.empty(), candidate, next, paused);
    }
}
