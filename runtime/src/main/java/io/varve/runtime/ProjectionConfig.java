package io.varve.runtime;

import java.util.Objects;

/**
 * How one projection runs. Immutable; each {@code with} returns another.
 *
 * @param errorPolicy what is done with an event that cannot be applied
 * @param rebuildErrorPolicy the same, while the read model is being rebuilt
 * @param maxDeadLetters the most events that may be kept to be retried, dead and waiting ones
 *     together, 1 or more; with one more the projection fails
 * @param snapshotPolicy when snapshots of the read model are made
 */
public record ProjectionConfig(
        ErrorPolicy errorPolicy,
        ErrorPolicy rebuildErrorPolicy,
        int maxDeadLetters,
        SnapshotPolicy snapshotPolicy) {
    /**
     * Refuses what cannot run.
     *
     * @param errorPolicy see the record
     * @param rebuildErrorPolicy see the record
     * @param maxDeadLetters see the record
     * @param snapshotPolicy see the record
     */
    public ProjectionConfig {
        Objects.requireNonNull(errorPolicy, "errorPolicy");
        Objects.requireNonNull(rebuildErrorPolicy, "rebuildErrorPolicy");
        Objects.requireNonNull(snapshotPolicy, "snapshotPolicy");
        if (maxDeadLetters < 1) {
            throw new IllegalArgumentException(
                    "maxDeadLetters is 1 or more: actual=" + maxDeadLetters);
        }
    }

    /**
     * {@link ErrorPolicy#defaults} for both, up to 100,000 dead letters, and snapshots on demand.
     *
     * @return the configuration
     */
    public static ProjectionConfig defaults() {
        return new ProjectionConfig(
                ErrorPolicy.defaults(), ErrorPolicy.defaults(), 100_000, SnapshotPolicy.onDemand());
    }

    /**
     * The same with another policy.
     *
     * @param policy for events that cannot be applied
     * @return a new configuration
     */
    public ProjectionConfig withErrorPolicy(ErrorPolicy policy) {
        return new ProjectionConfig(policy, rebuildErrorPolicy, maxDeadLetters, snapshotPolicy);
    }

    /**
     * The same with another policy for rebuilds.
     *
     * @param policy for events that cannot be applied
     * @return a new configuration
     */
    public ProjectionConfig withRebuildErrorPolicy(ErrorPolicy policy) {
        return new ProjectionConfig(errorPolicy, policy, maxDeadLetters, snapshotPolicy);
    }

    /**
     * The same with another limit.
     *
     * @param most dead and waiting events
     * @return a new configuration
     */
    public ProjectionConfig withMaxDeadLetters(int most) {
        return new ProjectionConfig(errorPolicy, rebuildErrorPolicy, most, snapshotPolicy);
    }

    /**
     * The same with other snapshots.
     *
     * @param policy when they are made
     * @return a new configuration
     */
    public ProjectionConfig withSnapshotPolicy(SnapshotPolicy policy) {
        return new ProjectionConfig(errorPolicy, rebuildErrorPolicy, maxDeadLetters, policy);
    }
}
