package io.varve.runtime;

import java.util.List;
import java.util.Optional;

/**
 * How a projection and its rebuild are doing, looked at once.
 *
 * @param projection that was looked at
 * @param status of it
 * @param rebuild how that is doing which it has, if any
 * @param hung generations that are not read, but have code that has not come back
 */
record ProjectionCondition(
        HostedProjection projection,
        ProjectionStatus status,
        Optional<RebuildProgress> rebuild,
        List<Generation> hung) {
    static ProjectionCondition of(HostedProjection projection) {
        return new ProjectionCondition(
                projection,
                projection.status(),
                projection.rebuilding().map(Rebuild::progress),
                projection.hung());
    }

    /** Whether ticks are of use to it. */
    boolean hasTicks() {
        return projection.live().projection().topology().hasTicks();
    }

    String name() {
        return projection.name();
    }
}
