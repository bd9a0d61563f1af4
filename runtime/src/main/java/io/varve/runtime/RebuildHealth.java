package io.varve.runtime;

import io.varve.runtime.HealthProblem.Kind;
import java.util.Optional;
import java.util.stream.Stream;

/** Judges rebuilds, and what is left of them: what is live goes on, whatever becomes of it. */
final class RebuildHealth {
    private RebuildHealth() {}

    /** What is wrong with the rebuild of a projection, if it has one, or should. */
    static Stream<HealthProblem> of(ProjectionCondition one) {
        Optional<RebuildProgress> running = one.rebuild().filter(now -> !now.phase().isOver());
        return Stream.concat(
                Stream.of(
                                failed(one.status()),
                                running.flatMap(now -> stuck(one.name(), now)),
                                running.flatMap(now -> retrying(one.name(), now)))
                        .flatMap(Optional::stream),
                one.hung().stream().map(hung -> leftBehind(one.name(), hung)));
    }

    private static HealthProblem leftBehind(String projection, Generation hung) {
        return problem(
                Kind.LEFT_BEHIND,
                projection,
                "generation="
                        + hung.id()
                        + " position="
                        + hung.progress().position()
                        + hung.progress()
                                .stuck()
                                .map(stuck -> " since=" + stuck.since())
                                .orElse(""),
                "See in a thread dump where varve-projection-"
                        + projection
                        + " is: what its code waits for there has to come, or the process to be"
                        + " restarted. What is not needed any more is deleted then.",
                Optional.empty());
    }

    private static Optional<HealthProblem> failed(ProjectionStatus status) {
        ProjectionGenerations generations = status.generations();
        String generation = generations.candidate().map(GenerationId::toString).orElse("none");
        return generations
                .rebuildFailure()
                .map(
                        failure ->
                                problem(
                                        Kind.REBUILD_FAILED,
                                        status.name(),
                                        "generation="
                                                + generation
                                                + " failure="
                                                + HealthProblem.describe(failure),
                                        StoreClosedFirst.remedy(
                                                failure,
                                                "See the failure and correct it, then rebuild again;"
                                                        + " or end it with cancelRebuild(\""
                                                        + status.name()
                                                        + "\")."),
                                        generations.rebuildFailure()));
    }

    private static Optional<HealthProblem> stuck(String projection, RebuildProgress now) {
        return now.stuck()
                .map(
                        stuck ->
                                problem(
                                        Kind.REBUILD_STUCK,
                                        projection,
                                        "generation="
                                                + now.generation()
                                                + " position="
                                                + stuck.position()
                                                + " since="
                                                + stuck.since(),
                                        "See the stack in its progress: what its code waits for"
                                                + " there has to come. Mend the code, and end the"
                                                + " rebuild with cancelRebuild(\""
                                                + projection
                                                + "\"), or with the process.",
                                        Optional.empty()));
    }

    private static Optional<HealthProblem> retrying(String projection, RebuildProgress now) {
        return now.retry()
                .map(
                        retry ->
                                problem(
                                        Kind.REBUILD_RETRYING,
                                        projection,
                                        "generation="
                                                + now.generation()
                                                + " "
                                                + HealthCheck.describe(retry),
                                        EventErrors.isLackOfRoom(retry.failure())
                                                ? "Make room on the disk, and it goes on by itself;"
                                                        + " or end it with cancelRebuild(\""
                                                        + projection
                                                        + "\")."
                                                : "None is needed yet: it tries again by itself,"
                                                        + " then does what its error policy says."
                                                        + " Where that takes too long, mend the"
                                                        + " code, end it with cancelRebuild(\""
                                                        + projection
                                                        + "\") and rebuild again.",
                                        Optional.of(retry.failure())));
    }

    private static HealthProblem problem(
            Kind kind, String projection, String what, String remedy, Optional<Throwable> cause) {
        return new HealthProblem(kind, Optional.of(projection), what, remedy, cause);
    }
}
