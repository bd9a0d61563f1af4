package io.varve.runtime;

import io.varve.runtime.HealthProblem.Kind;
import io.varve.store.errors.ErrorText;
import io.varve.store.errors.VarveException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Judges a runtime by what its parts tell. Used once, by one thread. */
final class HealthCheck {
    private final Duration healthyLag;
    private final List<HealthProblem> problems = new ArrayList<>();
    private boolean down;
    private int projections;
    private int standing;

    /**
     * Judges a runtime.
     *
     * @param tailer why the log can no longer be read, if so
     * @param ticker why ticks cannot be appended, if somebody asks for them
     */
    static Health of(
            RuntimeConfig config,
            boolean running,
            Optional<Throwable> tailer,
            Optional<Throwable> ticker,
            List<ProjectionCondition> projections,
            List<HealthNote> notes) {
        HealthCheck check = new HealthCheck(config.healthyLag());
        if (!running) {
            check.needs(
                    Kind.NOT_RUNNING,
                    "The runtime is not started, or is closed",
                    "Call start(); after close(), build and start another.",
                    Optional.empty());
        }
        tailer.ifPresent(
                cause ->
                        check.needs(
                                Kind.TAILER_FAILED,
                                cause instanceof VarveException known
                                        ? known.what()
                                        : ErrorText.message(cause),
                                remedy(cause, "Put the log right, then start another runtime."),
                                tailer));
        ticker.ifPresent(check::ticks);
        for (ProjectionCondition one : projections) {
            check.projection(one.status());
            check.snapshots(one);
            RebuildHealth.of(one).forEach(check.problems::add);
        }
        return check.health(notes);
    }

    private HealthCheck(Duration healthyLag) {
        this.healthyLag = healthyLag;
    }

    /** Without this part, nothing gets on. */
    private void needs(Kind kind, String what, String remedy, Optional<Throwable> cause) {
        down = true;
        problems.add(new HealthProblem(kind, Optional.empty(), what, remedy, cause));
    }

    private void ticks(Throwable cause) {
        problems.add(
                new HealthProblem(
                        Kind.NO_TICKS,
                        Optional.empty(),
                        ErrorText.message(cause),
                        remedy(cause, "See the cause; it is tried again by itself."),
                        Optional.of(cause)));
    }

    private static String remedy(Throwable cause, String otherwise) {
        return StoreClosedFirst.remedy(
                cause, cause instanceof VarveException known ? known.remedy() : otherwise);
    }

    /** Judges a projection; not how far it has got, if somebody wants it to stand still. */
    private void projection(ProjectionStatus status) {
        if (status.state() != ProjectionState.PAUSED || status.failure().isPresent()) {
            projections++;
            standstill(status).ifPresent(this::stands);
            lag(status).ifPresent(problems::add);
        }
        deadLetters(status).ifPresent(problems::add);
    }

    private void stands(HealthProblem problem) {
        problems.add(problem);
        if (isForLong(problem)) {
            standing++;
        }
    }

    /** An event is tried again soon, or left out; room may never come. */
    private static boolean isForLong(HealthProblem problem) {
        return problem.kind() != Kind.RETRYING || isForRoom(problem.cause());
    }

    private static boolean isForRoom(Optional<Throwable> cause) {
        return cause.filter(EventErrors::isLackOfRoom).isPresent();
    }

    private static Optional<HealthProblem> standstill(ProjectionStatus status) {
        if (status.failure().isPresent()) {
            Throwable failure = status.failure().get();
            return problem(
                    Kind.FAILED,
                    status,
                    "position=" + status.position() + " failure=" + HealthProblem.describe(failure),
                    remedy(failure, "See the failure and correct it, then resume the projection."),
                    status.failure());
        }
        if (status.stuck().isPresent()) {
            StuckWorker stuck = status.stuck().get();
            return problem(
                    Kind.STUCK,
                    status,
                    "position=" + stuck.position() + " since=" + stuck.since(),
                    "See the stack in its status: what its code waits for there has to come, or the"
                            + " process to be restarted.",
                    Optional.empty());
        }
        return status.retry().flatMap(retry -> retrying(status, retry));
    }

    private static Optional<HealthProblem> retrying(
            ProjectionStatus status, ProjectionRetry retry) {
        Optional<Throwable> failure = Optional.of(retry.failure());
        return problem(
                Kind.RETRYING,
                status,
                describe(retry),
                isForRoom(failure)
                        ? "Make room on the disk; it goes on by itself."
                        : "None is needed yet: it tries again by itself, then does what its error"
                                + " policy says.",
                failure);
    }

    static String describe(ProjectionRetry retry) {
        return "position="
                + retry.position()
                + " attempt="
                + retry.attempt()
                + " since="
                + retry.since();
    }

    private Optional<HealthProblem> lag(ProjectionStatus status) {
        boolean lags =
                !healthyLag.isZero()
                        && status.activity() != ProjectionActivity.NONE
                        && status.lagTime().compareTo(healthyLag) > 0;
        return lags
                ? problem(
                        Kind.LAGGING,
                        status,
                        "events=" + status.lagEvents() + " time=" + status.lagTime(),
                        "Wait while its lag gets less; if it does not, its metrics say at which rate"
                                + " it goes, and partitions may help.",
                        Optional.empty())
                : Optional.empty();
    }

    private void snapshots(ProjectionCondition one) {
        Optional<Throwable> failure = one.projection().live().readModel().snapshotFailure();
        failure.flatMap(
                        cause ->
                                problem(
                                        Kind.NO_SNAPSHOT,
                                        one.status(),
                                        "failure=" + HealthProblem.describe(cause),
                                        remedy(
                                                cause,
                                                "See the failure and correct it, then make one with"
                                                        + " snapshot(\""
                                                        + one.name()
                                                        + "\")."),
                                        failure))
                .ifPresent(problems::add);
    }

    private static Optional<HealthProblem> deadLetters(ProjectionStatus status) {
        DeadLetterCounts letters = status.deadLetters();
        return letters.retriable() > 0
                ? problem(
                        Kind.DEAD_LETTERS,
                        status,
                        "dead=" + letters.dead() + " waiting=" + letters.waiting(),
                        "See why in deadLetters(\""
                                + status.name()
                                + "\"), then retry or discard"
                                + " them there.",
                        Optional.empty())
                : Optional.empty();
    }

    private static Optional<HealthProblem> problem(
            Kind kind,
            ProjectionStatus status,
            String what,
            String remedy,
            Optional<Throwable> cause) {
        return Optional.of(
                new HealthProblem(kind, Optional.of(status.name()), what, remedy, cause));
    }

    private Health health(List<HealthNote> notes) {
        boolean none = projections > 0 && standing == projections;
        Health.Status status =
                down || none
                        ? Health.Status.DOWN
                        : problems.isEmpty() ? Health.Status.UP : Health.Status.DEGRADED;
        return new Health(status, problems, notes);
    }
}
