package io.varve.runtime;

import io.varve.store.Retention;
import io.varve.store.errors.Logs;
import java.lang.System.Logger.Level;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Generations of a projection that are finished, but have code that has not come back, on an
 * environment that is open: nothing of them is deleted before. Changed by one thread at a time;
 * read by anyone.
 */
final class LeftGenerations {
    private final String projection;
    private final Consumer<Runnable> betweenChanges;
    private final Runnable sweep;
    private final List<Generation> left = new CopyOnWriteArrayList<>();

    /** Left by a runtime of this process before this one; until the next start. */
    private final Set<GenerationId> foreign = new HashSet<>();

    /**
     * Begins without one.
     *
     * @param betweenChanges does something while nobody changes the life of the projection
     * @param sweep clears away what can be
     */
    LeftGenerations(String projection, Consumer<Runnable> betweenChanges, Runnable sweep) {
        this.projection = projection;
        this.betweenChanges = betweenChanges;
        this.sweep = sweep;
    }

    /** Closes a generation, or leaves it to its stuck code, after which it is cleared away. */
    void finish(Generation gone, long deadline) {
        gone.whenReleased(() -> betweenChanges.accept(() -> cameBack(gone)));
        try {
            gone.finish(deadline);
        } finally {
            if (!gone.isReleased()) {
                left.add(gone);
            }
        }
    }

    private void cameBack(Generation gone) {
        try {
            if (left.contains(gone)) {
                sweep.run();
            }
        } catch (RuntimeException e) {
            // In nobody's way but the disk's; the next sweep, or start, deletes it.
            Logs.of(LeftGenerations.class)
                    .log(
                            Level.WARNING,
                            "A generation was not cleared away: projection=" + projection,
                            e);
        }
    }

    /** One was left by another runtime of this process. */
    void addForeign(GenerationId id) {
        foreign.add(id);
    }

    /** One is open here, so that it is nobody else's. */
    void takeForeign(GenerationId id) {
        foreign.remove(id);
    }

    /** Whether there is any that may not be deleted because another runtime has left it. */
    boolean hasForeign() {
        return !foreign.isEmpty();
    }

    /** Those whose code has not come back. */
    Stream<Generation> hung() {
        return left.stream().filter(one -> !one.isReleased());
    }

    /** One of them. */
    Optional<Generation> hung(GenerationId id) {
        return hung().filter(one -> one.id().equals(id)).findFirst();
    }

    /** Deletes and releases what a catalogue does not name, but for what somebody has open. */
    void sweep(ProjectionFolder folder, Catalogue catalogue, Retention retention) {
        left.removeIf(Generation::isReleased);
        Set<GenerationId> inUse =
                Stream.concat(left.stream().map(Generation::id), foreign.stream())
                        .collect(Collectors.toSet());
        if (!inUse.isEmpty()) {
            Logs.of(LeftGenerations.class)
                    .log(
                            Level.WARNING,
                            "What is no longer needed is deleted later, because of stuck code: projection={0}"
                                    + " generations={1}",
                            projection,
                            inUse);
        }
        Set<GenerationId> kept =
                Stream.concat(catalogue.all(), inUse.stream()).collect(Collectors.toSet());
        folder.deleteOthers(kept);
        ProjectionHold.releaseOthers(retention, projection, kept, folder::hasOldLayout);
    }
}
