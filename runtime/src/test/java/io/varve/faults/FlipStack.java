package io.varve.faults;

import io.varve.projections.Consumed;
import io.varve.projections.EventStream;
import io.varve.projections.Grouped;
import io.varve.projections.Materialized;
import io.varve.projections.Produced;
import io.varve.projections.Projection;
import io.varve.projections.StoreRef;
import io.varve.projections.StreamsBuilder;
import io.varve.projections.TimeWindows;
import io.varve.projections.Windowed;
import io.varve.projections.query.StoreIndex;
import io.varve.runtime.ErrorPolicy;
import io.varve.runtime.ProjectionConfig;
import io.varve.runtime.ProjectionRuntime;
import io.varve.runtime.SnapshotPolicy;
import io.varve.store.Durability;
import io.varve.store.EventStore;
import io.varve.store.StoreConfig;
import io.varve.store.serde.Serdes;
import io.varve.store.snapshot.SnapshotStore;
import io.varve.store.snapshot.StreamSnapshots;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A small store with one of each thing that can lie on a disk, whose files are damaged. */
final class FlipStack {
    static final String BALANCES = "balances";
    static final String WINDOWS = "windows";
    static final String DIGEST = "digest";
    static final String ALERTS = "alerts";
    static final List<String> PROJECTIONS = List.of(BALANCES, WINDOWS, DIGEST, ALERTS);
    static final String NOTES = "notes";
    static final String PRODUCER = "notary";

    /** The posting that no code likes: a dead letter, and those of its author behind it wait. */
    static final int DEAD_AUTHOR = 2;

    static final long DEAD_NUMBER = 60;
    static final Duration WINDOW = Duration.ofSeconds(16);

    static final StoreRef<Integer, Stack.Balance> BY_ACCOUNT = StoreRef.of("by-account");
    static final StoreRef<Integer, Stack.Digest> BY_AUTHOR = StoreRef.of("by-author");
    static final StoreRef<Windowed<Integer>, Long> BY_WINDOW = StoreRef.of("by-window");
    static final StoreRef<String, Stack.Digest> ALL = StoreRef.of("all");
    static final StoreIndex<Integer, Stack.Balance, Integer> BY_COUNT =
            StoreIndex.of("by-count", (key, balance) -> (int) balance.count(), Serdes.int32());

    /** How the files were left. */
    enum Left {
        CLOSED,
        CLOSED_ASYNC,
        /** As if index and read models were too large for all of them to be summed up. */
        CLOSED_LARGE,
        KILLED,
        KILLED_ASYNC;

        boolean isKilled() {
            return this == KILLED || this == KILLED_ASYNC;
        }

        boolean isAsync() {
            return this == CLOSED_ASYNC || this == KILLED_ASYNC;
        }

        /** Whether the oldest events were removed from the log. */
        boolean isTruncated() {
            return this == CLOSED_ASYNC;
        }
    }

    private FlipStack() {}

    static EventStore store(Path data, Left left) {
        return EventStore.open(
                StoreConfig.at(Stack.log(data))
                        .withMergeEvents(64)
                        .withInitialMapBytes(1 << 24)
                        .withTamperEvidence(left == Left.CLOSED_ASYNC)
                        .withDurability(
                                left.isAsync()
                                        ? Durability.async(Duration.ofHours(1))
                                        : Durability.SYNC));
    }

    static ProjectionRuntime runtime(EventStore store, Path data) {
        ProjectionConfig failing = ProjectionConfig.defaults().withErrorPolicy(ErrorPolicy.fail());
        return ProjectionRuntime.builder(store, Stack.models(data))
                .add(
                        balances(),
                        ProjectionConfig.defaults()
                                .withPartitions(2)
                                .withErrorPolicy(ErrorPolicy.deadLetter()))
                .add(windows(), failing)
                .add(digest(), failing.withSnapshotPolicy(SnapshotPolicy.everyEvents(150).keep(2)))
                .add(alerts(), failing)
                .build();
    }

    static StreamSnapshots<Stack.Digest, Posting> folds(SnapshotStore snapshots, EventStore store) {
        return snapshots
                .streams(
                        "digests",
                        store.category(Posting.CATEGORY, Posting.SERDE),
                        Serdes.record(Stack.Digest.class))
                .fold(() -> Stack.Digest.NOTHING, Stack.Digest::add)
                .holding(false)
                .build();
    }

    private static EventStream<String, Posting> postings(StreamsBuilder builder) {
        return builder.stream(Posting.CATEGORY, Consumed.with(Posting.SERDE));
    }

    static boolean isDead(Posting posting) {
        return posting.author() == DEAD_AUTHOR && posting.number() == DEAD_NUMBER;
    }

    private static void refuseDead(Posting posting) {
        if (isDead(posting)) {
            throw new IllegalStateException("nobody likes it");
        }
    }

    private static Projection balances() {
        StreamsBuilder builder = new StreamsBuilder();
        EventStream<String, Posting> postings =
                postings(builder).peek((key, posting) -> refuseDead(posting));
        postings.groupBy((key, posting) -> posting.account())
                .aggregate(
                        () -> Stack.Balance.NOTHING,
                        (key, posting, balance) -> balance.add(posting),
                        Materialized.as(
                                        BY_ACCOUNT,
                                        Serdes.int32(),
                                        Serdes.record(Stack.Balance.class))
                                .withIndex(BY_COUNT));
        postings.groupBy((key, posting) -> posting.author())
                .aggregate(
                        () -> Stack.Digest.NOTHING,
                        (key, posting, digest) -> digest.add(posting),
                        Materialized.as(
                                BY_AUTHOR, Serdes.int32(), Serdes.record(Stack.Digest.class)));
        return Projection.of(BALANCES, 1, builder.build());
    }

    private static Projection windows() {
        StreamsBuilder builder = new StreamsBuilder();
        postings(builder)
                .groupBy(
                        (key, posting) -> posting.account(),
                        Grouped.with(Serdes.int32(), Serdes.record(Posting.class)))
                .windowedBy(TimeWindows.ofSizeAndGrace(WINDOW, Duration.ofDays(1)))
                .count(Materialized.windowed(BY_WINDOW, Serdes.int32(), Serdes.int64()));
        return Projection.of(WINDOWS, 1, builder.build());
    }

    private static Projection digest() {
        StreamsBuilder builder = new StreamsBuilder();
        postings(builder)
                .groupBy((key, posting) -> "all")
                .aggregate(
                        () -> Stack.Digest.NOTHING,
                        (key, posting, digest) -> digest.add(posting),
                        Materialized.as(ALL, Serdes.utf8(), Serdes.record(Stack.Digest.class)));
        return Projection.of(DIGEST, 1, builder.build());
    }

    private static Projection alerts() {
        StreamsBuilder builder = new StreamsBuilder();
        postings(builder)
                .filter((key, posting) -> Stack.isAlarming(posting))
                .to(ALERTS, Produced.with(Posting.SERDE).withName("alarm"));
        return Projection.of(ALERTS, 1, builder.build());
    }
}
