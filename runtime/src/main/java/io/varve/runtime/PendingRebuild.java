package io.varve.runtime;

import io.varve.store.errors.Logs;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What is known of a rebuild that nobody computes since its projection was started: that it was
 * interrupted, or why it has failed. Changed by one thread at a time; read by anyone.
 */
final class PendingRebuild {
    private final String projection;
    private volatile Optional<Throwable> failure = Optional.empty();

    PendingRebuild(String projection) {
        this.projection = projection;
    }

    /** Finds out what has become of one. */
    void lookAt(GenerationId candidate, Path folder) {
        Optional<ProjectionFailedException> failed =
                KeptFailure.read(folder)
                        .map(
                                kept ->
                                        ProjectionFailedException.ofRebuild(
                                                projection, candidate, kept));
        failure = failed.map(one -> one);
        if (failed.isPresent()) {
            Logs.of(PendingRebuild.class)
                    .log(
                            Level.WARNING,
                            "A rebuild keeps events in the log until it is gone on with or cancelled: {0}",
                            failed.get().what());
        } else {
            Logs.of(PendingRebuild.class)
                    .log(
                            Level.INFO,
                            "A rebuild was interrupted, and keeps events in the log until it is gone on with or"
                                    + " cancelled: projection={0} generation={1}",
                            projection,
                            candidate);
        }
    }

    /** Why it has failed, if it has. */
    Optional<Throwable> failure() {
        return failure;
    }

    /** It is gone on with. */
    void goesOn(Path folder) {
        KeptFailure.forget(folder);
        failure = Optional.empty();
    }

    /** It was cancelled, or there is none any more for another reason. */
    void isGone() {
        failure = Optional.empty();
    }

    /** Another takes its place. */
    void isReplaced(GenerationId gone, GenerationId other) {
        isGone();
        Logs.of(PendingRebuild.class)
                .log(
                        Level.WARNING,
                        "A rebuild makes way for another, and what it has computed is deleted: projection={0}"
                                + " generation={1} other={2}",
                        projection,
                        gone,
                        other);
    }
}
