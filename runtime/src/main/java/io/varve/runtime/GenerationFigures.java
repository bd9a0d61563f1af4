package io.varve.runtime;

import io.varve.projections.Projection;
import java.util.Optional;

/** How a generation is doing. */
record GenerationFigures(
        Projection projection,
        Progress progress,
        LagAtClose lag,
        OpenReadModel readModel,
        Readers readers) {
    ProjectionMetrics metrics(Optional<RebuildProgress> rebuild) {
        long position = progress.position();
        return ProjectionMetrics.of(
                projection,
                progress,
                lag.behind(position),
                position,
                readModel.deadLetters(),
                readers,
                rebuild);
    }

    ProjectionStatus status(ProjectionGenerations generations) {
        long position = progress.position();
        return ProjectionStatus.of(
                projection, progress, lag.behind(position), position, readModel, generations);
    }
}
