package io.varve.runtime;

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
     */
    static Health of(
            RuntimeConfig config,
            boolean running,
            Optional<Throwable> tailer,
            List<ProjectionStatus> projections) {
        HealthCheck check =
                new HealthCheck(config.healthyLag())
                        .needs(
                                HealthProblem.Kind.NOT_RUNNING,
                                running,
                                "The runtime is not started, or is closed")
                        .needs(HealthProblem.Kind.TAILER_FAILED, tailer);
        projections.forEach(check::projection);
        return check.health();
    }

    private HealthCheck(Duration healthyLag) {
        this.healthyLag = healthyLag;
    }

    /** Without this part, nothing gets on. */
    private HealthCheck needs(HealthProblem.Kind kind, boolean fine, String otherwise) {
        if (!fine) {
            down = true;
            problems.add(HealthProblem.ofAll(kind, otherwise, Optional.empty()));
        }
        return this;
    }

    /** Without this part, nothing gets on. */
    private HealthCheck needs(HealthProblem.Kind kind, Optional<? extends Throwable> failure) {
        failure.ifPresent(
                cause -> {
                    down = true;
                    problems.add(
                            HealthProblem.ofAll(
                                    kind, String.valueOf(cause.getMessage()), Optional.of(cause)));
                });
        return this;
    }

    /** Judges a projection, unless somebody wants it to stand still. */
    private void projection(ProjectionStatus status) {
        if (status.state() == ProjectionState.PAUSED) {
            return;
        }
        projections++;
        Optional<HealthProblem> standstill = standstill(status);
        standstill.ifPresent(problems::add);
        boolean lags =
                !healthyLag.isZero()
                        && status.activity() != ProjectionActivity.NONE
                        && status.lagTime().compareTo(healthyLag) > 0;
        if (standstill.filter(HealthCheck::isForLong).isPresent()) {
            standing++;
        }
        if (lags) {
            problems.add(
                    problem(
                            HealthProblem.Kind.LAGGING,
                            status,
                            "events=" + status.lagEvents() + " time=" + status.lagTime(),
                            Optional.empty()));
        }
    }

    /** An event is tried again soon, or left out; room may never come. */
    private static boolean isForLong(HealthProblem problem) {
        return problem.kind() != HealthProblem.Kind.RETRYING
                || problem.cause().filter(EventErrors::isLackOfRoom).isPresent();
    }

    private static Optional<HealthProblem> standstill(ProjectionStatus status) {
        if (status.failure().isPresent()) {
            Throwable failure = status.failure().get();
            return Optional.of(
                    problem(
                            HealthProblem.Kind.FAILED,
                            status,
                            "position=" + status.position() + " failure=" + failure,
                            status.failure()));
        }
        if (status.stuck().isPresent()) {
            StuckWorker stuck = status.stuck().get();
            return Optional.of(
                    problem(
                            HealthProblem.Kind.STUCK,
                            status,
                            "position=" + stuck.position() + " since=" + stuck.since(),
                            Optional.empty()));
        }
        return status.retry()
                .map(
                        retry ->
                                problem(
                                        HealthProblem.Kind.RETRYING,
                                        status,
                                        "position="
                                                + retry.position()
                                                + " attempt="
                                                + retry.attempt()
                                                + " since="
                                                + retry.since(),
                                        Optional.of(retry.failure())));
    }

    private static HealthProblem problem(
            HealthProblem.Kind kind,
            ProjectionStatus status,
            String what,
            Optional<Throwable> cause) {
        return new HealthProblem(kind, Optional.of(status.name()), what, cause);
    }

    private Health health() {
        boolean none = projections > 0 && standing == projections;
        Health.Status status =
                down || none
                        ? Health.Status.DOWN
                        : problems.isEmpty() ? Health.Status.UP : Health.Status.DEGRADED;
        return new Health(status, problems);
    }
}
