package io.varve.runtime;

import io.varve.projections.CacheSize;
import io.varve.projections.Partition;
import io.varve.projections.Projection;
import io.varve.projections.TopologyException;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * How one projection runs. Immutable; each {@code with} returns another.
 *
 * @param errorPolicy what is done with an event that cannot be applied
 * @param rebuildErrorPolicy the same, while the read model is being rebuilt; empty for errorPolicy
 * @param maxDeadLetters the most events that may be kept to be retried, dead and waiting ones
 *     together, 1 or more; with one more the projection fails
 * @param snapshotPolicy when snapshots of the read model are made
 * @param partitions among how many threads, each with a file of its own, the rows are divided by
 *     their keys, 1 to 64; results do not depend on it
 * @param cacheSize how much of the read model is kept decoded in memory, changed rows and all
 *     partitions included; it counts from the next time that the read model is opened
 * @param letterRetention for how long letters of skipped events are kept
 * @param previous the definition that serves until a rebuild of the new one is promoted, where the
 *     live read model was computed with it; see {@link #withPrevious}
 * @param stateOf fingerprints of the definitions whose rows are gone on with; see {@link
 *     #withStateOf}
 */
public record ProjectionConfig(
        ErrorPolicy errorPolicy,
        Optional<ErrorPolicy> rebuildErrorPolicy,
        int maxDeadLetters,
        SnapshotPolicy snapshotPolicy,
        int partitions,
        CacheSize cacheSize,
        LetterRetention letterRetention,
        Optional<Projection> previous,
        Set<String> stateOf) {
    /**
     * Refuses what cannot run.
     *
     * @param errorPolicy see the record
     * @param rebuildErrorPolicy see the record
     * @param maxDeadLetters see the record
     * @param snapshotPolicy see the record
     * @param partitions see the record
     * @param cacheSize see the record
     * @param letterRetention see the record
     * @param previous see the record
     * @param stateOf see the record
     */
    public ProjectionConfig {
        Objects.requireNonNull(errorPolicy, "errorPolicy");
        Objects.requireNonNull(rebuildErrorPolicy, "rebuildErrorPolicy");
        Objects.requireNonNull(snapshotPolicy, "snapshotPolicy");
        Objects.requireNonNull(cacheSize, "cacheSize");
        Objects.requireNonNull(letterRetention, "letterRetention");
        Objects.requireNonNull(previous, "previous");
        stateOf = Set.copyOf(stateOf);
        if (maxDeadLetters < 1) {
            throw new IllegalArgumentException(
                    "maxDeadLetters is 1 or more: actual=" + maxDeadLetters);
        }
        if (partitions < 1 || partitions > Partition.MOST) {
            throw new IllegalArgumentException(
                    "partitions is 1 to " + Partition.MOST + ": actual=" + partitions);
        }
    }

    /**
     * {@link ErrorPolicy#defaults}, for rebuilds too, up to 100,000 dead letters, snapshots on
     * demand, one partition, a cache of 64 MiB.
     *
     * @return the configuration
     */
    public static ProjectionConfig defaults() {
        return new ProjectionConfig(
                ErrorPolicy.defaults(),
                Optional.empty(),
                100_000,
                SnapshotPolicy.onDemand(),
                1,
                CacheSize.DEFAULT,
                LetterRetention.defaults(),
                Optional.empty(),
                Set.of());
    }

    /**
     * The same with another policy, for rebuilds too unless they have one of their own.
     *
     * @param policy for events that cannot be applied
     * @return a new configuration
     */
    public ProjectionConfig withErrorPolicy(ErrorPolicy policy) {
        return with(fields -> fields.errorPolicy = policy);
    }

    /**
     * The same with another policy for rebuilds than {@link #errorPolicy}, which they have
     * otherwise.
     *
     * @param policy for events that cannot be applied
     * @return a new configuration
     */
    public ProjectionConfig withRebuildErrorPolicy(ErrorPolicy policy) {
        Objects.requireNonNull(policy, "policy");
        return with(fields -> fields.rebuildErrorPolicy = Optional.of(policy));
    }

    /**
     * The same with another limit.
     *
     * @param most dead and waiting events
     * @return a new configuration
     */
    public ProjectionConfig withMaxDeadLetters(int most) {
        return with(fields -> fields.maxDeadLetters = most);
    }

    /**
     * The same with other snapshots.
     *
     * @param policy when they are made
     * @return a new configuration
     */
    public ProjectionConfig withSnapshotPolicy(SnapshotPolicy policy) {
        return with(fields -> fields.snapshotPolicy = policy);
    }

    /**
     * The same in another number of partitions: each event is applied by all of them at once, each
     * keeping the rows of its own keys. Pays where applying events and writing rows takes longer
     * than reading them, and cores are idle. Functions and serdes are called by several threads.
     *
     * <p>The number belongs to the read model: with another one than it was computed with it is
     * refused, see {@link ChangedPartitionsException}.
     *
     * @param count 1 to 64
     * @return a new configuration
     */
    public ProjectionConfig withPartitions(int count) {
        return with(fields -> fields.partitions = count);
    }

    /**
     * The same with another cache. A larger one spares reading and decoding rows, and lets a
     * projection that is far behind commit more rows at once, which is faster where keys are many.
     * Where rows do not all fit, changed ones have half of it at most.
     *
     * @param size of decoded rows
     * @return a new configuration
     */
    public ProjectionConfig withCacheSize(CacheSize size) {
        return with(fields -> fields.cacheSize = size);
    }

    /**
     * The same with another retention of letters.
     *
     * @param retention of skipped events
     * @return a new configuration
     */
    public ProjectionConfig withLetterRetention(LetterRetention retention) {
        return with(fields -> fields.letterRetention = retention);
    }

    /**
     * The same with the definition that was deployed before. Where the live read model is of its
     * version, it goes on serving, and the new definition is computed beside it: a {@link Rebuild}
     * begins with the start, which {@link ProjectionRuntime#rebuilds} tells, and becomes live when
     * it is promoted. One of a version between them that was never promoted makes way for it.
     * Without this, a start with a higher version serves the new definition at once, from an empty
     * read model.
     *
     * <pre>{@code
     * builder.add(totalsV2, ProjectionConfig.defaults().withPrevious(totalsV1));
     * ...
     * runtime.start();
     * runtime.rebuilds().forEach(one -> one.whenCaughtUp().thenRun(one::promote));
     * }</pre>
     *
     * <p>After a restart it goes on with what is live then, and with a rebuild that was
     * interrupted. Once the new one is promoted this has no effect but that {@link
     * ProjectionRuntime#rollback} finds the definition here.
     *
     * @param earlier of the same name and of another version, just as it was
     * @return a new configuration
     */
    public ProjectionConfig withPrevious(Projection earlier) {
        Objects.requireNonNull(earlier, "earlier");
        return with(fields -> fields.previous = Optional.of(earlier));
    }

    /**
     * The same for a definition of changed operators that is to go on, under its name and version,
     * with the rows that another has computed: from its next event on, as if the operators had come
     * and gone there. Without this it is refused, see {@link ChangedDefinitionException}, which
     * tells the fingerprint; a definition is known by that, so that no later change is taken along
     * by accident. It may stay here when that is done.
     *
     * <pre>{@code
     * builder.add(totals, ProjectionConfig.defaults().withStateOf("9f86d081884c"));
     * }</pre>
     *
     * <p>Stores are known by their names. Those that both definitions have stay, with all that
     * their operators keep; they must have the same serdes, indexes, windows and time to live.
     * Those that only the old one has are emptied; those that only the new one has begin empty.
     * {@link ProjectionStatus#changes} tells all that. A rebuild computes everything with the new
     * definition, as ever, and so does what begins anew because its read model is damaged.
     *
     * @param fingerprints of the definitions that were deployed before ({@link
     *     io.varve.projections.Topology#fingerprint}); none for what is the default
     * @return a new configuration
     */
    public ProjectionConfig withStateOf(String... fingerprints) {
        return with(fields -> fields.stateOf = Set.of(fingerprints));
    }

    /** Refuses a projection that cannot run so. */
    void checkFor(Projection projection) {
        if (partitions > 1) {
            try {
                projection.topology().checkPartitionable();
            } catch (TopologyException e) {
                throw new TopologyException(
                        e.what() + " projection=" + projection.name() + " partitions=" + partitions,
                        e.remedy());
            }
        }
        if (!projection.topology().sinks().isEmpty()) {
            EmittingPolicyException.check(projection, errorPolicy);
            rebuildErrorPolicy.ifPresent(own -> EmittingPolicyException.check(projection, own));
        }
    }

    private ProjectionConfig with(Consumer<Fields> change) {
        Fields fields = new Fields(this);
        change.accept(fields);
        return new ProjectionConfig(
                fields.errorPolicy,
                fields.rebuildErrorPolicy,
                fields.maxDeadLetters,
                fields.snapshotPolicy,
                fields.partitions,
                fields.cacheSize,
                fields.letterRetention,
                fields.previous,
                fields.stateOf);
    }

    /** The components, to be changed one at a time. */
    private static final class Fields {
        private ErrorPolicy errorPolicy;
        private Optional<ErrorPolicy> rebuildErrorPolicy;
        private int maxDeadLetters;
        private SnapshotPolicy snapshotPolicy;
        private int partitions;
        private CacheSize cacheSize;
        private LetterRetention letterRetention;
        private Optional<Projection> previous;
        private Set<String> stateOf;

        Fields(ProjectionConfig from) {
            errorPolicy = from.errorPolicy();
            rebuildErrorPolicy = from.rebuildErrorPolicy();
            maxDeadLetters = from.maxDeadLetters();
            snapshotPolicy = from.snapshotPolicy();
            partitions = from.partitions();
            cacheSize = from.cacheSize();
            letterRetention = from.letterRetention();
            previous = from.previous();
            stateOf = from.stateOf();
        }
    }
}
