package io.varve.runtime;

import java.util.Optional;

/**
 * How a projection and its rebuild are doing, looked at once.
 *
 * @param projection that was looked at
 * @param status of it
 * @param rebuild how that is doing which it has, if any
 */
record ProjectionCondition(
        HostedProjection projection, ProjectionStatus status, Optional<RebuildProgress> rebuild) {
    static ProjectionCondition of(HostedProjection projection) {
        return new ProjectionCondition(
                projection, projection.status(), projection.rebuilding().map(Rebuild::progress));
    }

    String name() {
        return projection.name();
    }
}
