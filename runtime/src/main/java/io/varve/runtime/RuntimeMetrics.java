package io.varve.runtime;

import java.time.Duration;
import java.util.List;

/**
 * The figures of a runtime, at the time of the call.
 *
 * @param head position of the last event of the log; -1 if none
 * @param projections in the order they were added
 * @param oldestOpenView how long the oldest read view has been open, of whatever generation of a
 *     read model; zero if none is
 */
public record RuntimeMetrics(
        long head, List<ProjectionMetrics> projections, Duration oldestOpenView) {
    /**
     * Keeps a copy of the list.
     *
     * @param head see the record
     * @param projections see the record
     * @param oldestOpenView see the record
     */
    public RuntimeMetrics {
        projections = List.copyOf(projections);
    }

    /**
     * The figures of one projection.
     *
     * @param name of the projection
     * @return its figures
     * @throws IllegalArgumentException if there is none of that name
     */
    public ProjectionMetrics projection(String name) {
        return projections.stream()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow(
                        () -> new IllegalArgumentException("No such projection: name=" + name));
    }

    /**
     * How many events a second were given to topologies, all projections together.
     *
     * @return 0 or more
     */
    public double processRate() {
        return projections.stream().mapToDouble(ProjectionMetrics::processRate).sum();
    }

    /**
     * How many events were given to topologies, all projections together.
     *
     * @return 0 or more
     */
    public long processTotal() {
        return projections.stream().mapToLong(ProjectionMetrics::processTotal).sum();
    }

    /**
     * The lag of the projection that lags most.
     *
     * @return in events; 0 if none lags
     */
    public long recordsLagMax() {
        return projections.stream().mapToLong(ProjectionMetrics::recordsLag).max().orElse(0);
    }
}
