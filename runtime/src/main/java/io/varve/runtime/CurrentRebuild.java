package io.varve.runtime;

import io.varve.projections.Projection;
import java.util.Optional;

/**
 * The rebuild that a projection has, if any, and why it has none where one could not begin. Changed
 * by one thread at a time; read by anyone.
 */
final class CurrentRebuild {
    private final Lineage lineage;
    private final News news;
    private volatile Optional<Rebuild> rebuild = Optional.empty();
    private volatile Optional<Throwable> unbegun = Optional.empty();

    CurrentRebuild(Lineage lineage, News news) {
        this.lineage = lineage;
        this.news = news;
    }

    /** One that is neither promoted nor cancelled. */
    Optional<Rebuild> get() {
        return rebuild;
    }

    /** That of a generation. */
    Optional<Rebuild> of(GenerationId id) {
        return rebuild.filter(one -> one.generation().equals(id));
    }

    boolean is(Rebuild one) {
        return rebuild.filter(one::equals).isPresent();
    }

    /** Whether events are applied on behalf of it. */
    boolean isRunning() {
        return rebuild.filter(one -> !one.phase().isOver()).isPresent();
    }

    /** Why it has failed, or could not begin. */
    Optional<Throwable> failure() {
        return rebuild.filter(one -> one.phase() == RebuildPhase.FAILED)
                .flatMap(one -> one.candidate().progress().failure())
                .or(() -> unbegun);
    }

    /** Lets one that has failed make way for another, which may go on with what it has computed. */
    private Optional<Rebuild> makeWay() {
        Optional<Rebuild> before = rebuild;
        if (before.isPresent()) {
            Rebuild known = before.get();
            if (known.phase() != RebuildPhase.FAILED) {
                throw new RebuildInProgressException(known.projection(), known.generation());
            }
            end(known, RebuildPhase.FAILED);
            close(known);
        }
        return before;
    }

    private void close(Rebuild over) {
        clear();
        lineage.finish(over.candidate());
        if (!over.candidate().isReleased()) {
            ProjectionStuckException stuck = over.candidate().stuck();
            throw over.phase() == RebuildPhase.CANCELLED ? stuck.thoughCancelled() : stuck;
        }
    }

    /** Ends that which there is, also one that was interrupted; false if there is none. */
    boolean cancel() {
        Optional<GenerationId> candidate = lineage.candidateId();
        try {
            tellCancelled(candidate);
            rebuild.ifPresent(this::close);
        } finally {
            clear();
            // From the disk later, if its code has not come back.
            candidate.ifPresent(id -> lineage.dropCandidate());
        }
        return candidate.isPresent();
    }

    private void tellCancelled(Optional<GenerationId> candidate) {
        rebuild.ifPresent(one -> end(one, RebuildPhase.CANCELLED));
        candidate.ifPresent(id -> news.rebuild(id, RebuildPhase.CANCELLED));
    }

    /** Its projection is removed, and all data with it: nobody will go on with it. */
    void isRemoved() {
        tellCancelled(lineage.knownCandidate());
    }

    /**
     * Opens the generation of a rebuild; tells of one that is deleted for it.
     *
     * @throws RebuildInProgressException if there is one that has not failed
     */
    Candidate open(Projection definition, ProjectionConfig config, RebuildStart from) {
        Optional<Rebuild> failed = makeWay();
        Optional<GenerationId> before = lineage.candidateId();
        try {
            return lineage.openCandidate(definition, config, from);
        } finally {
            if (!lineage.candidateId().equals(before)) {
                failed.ifPresent(Rebuild::isReplaced);
                before.ifPresent(gone -> news.rebuild(gone, RebuildPhase.CANCELLED));
            }
        }
    }

    /** Another begins. */
    void begin(Rebuild begun) {
        unbegun = Optional.empty();
        rebuild = Optional.of(begun);
        news.rebuildBegins(begun.generation());
    }

    /** One that nobody asked for could not begin. */
    void couldNotBegin(Throwable why) {
        unbegun = Optional.of(why);
        news.failure(why);
    }

    /** There is none any more. */
    void clear() {
        unbegun = Optional.empty();
        rebuild = Optional.empty();
    }

    /** Its projection is closed; one that has failed stays so. */
    void suspend() {
        rebuild.ifPresent(one -> end(one, RebuildPhase.SUSPENDED));
    }

    /** Says how one ends, behind what it has come to so far. */
    void end(Rebuild over, RebuildPhase phase) {
        over.end(phase)
                .ifPresent(
                        before -> {
                            news.rebuild(over.generation(), before);
                            news.rebuild(over.generation(), over.phase());
                        });
    }
}
