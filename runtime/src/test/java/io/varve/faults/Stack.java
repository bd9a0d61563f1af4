package io.varve.faults;

import io.varve.projections.Consumed;
import io.varve.projections.EventStream;
import io.varve.projections.Materialized;
import io.varve.projections.Produced;
import io.varve.projections.Projection;
import io.varve.projections.StoreRef;
import io.varve.projections.StreamsBuilder;
import io.varve.runtime.ErrorPolicy;
import io.varve.runtime.LetterRetention;
import io.varve.runtime.ProjectionConfig;
import io.varve.runtime.ProjectionRuntime;
import io.varve.runtime.RuntimeConfig;
import io.varve.runtime.SnapshotPolicy;
import io.varve.store.Durability;
import io.varve.store.EventStore;
import io.varve.store.StoreConfig;
import io.varve.store.serde.Serdes;
import java.nio.file.Path;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/** A store and all that can follow it, in one folder: what a program would have. */
final class Stack {
    static final String BALANCES = "balances";
    static final String DIGEST = "digest";
    static final String ALERTS = "alerts";

    /** Longer than a machine that has other things to do keeps a process waiting. */
    static final Duration LONG = Duration.ofMinutes(10);

    static final StoreRef<Integer, Balance> BY_ACCOUNT = StoreRef.of("by-account");
    static final StoreRef<Integer, Digest> BY_AUTHOR = StoreRef.of("by-author");
    static final StoreRef<String, Digest> ALL = StoreRef.of("all");

    /** The same in any order. */
    record Balance(long count, long cents) {
        static final Balance NOTHING = new Balance(0, 0);

        Balance add(Posting posting) {
            return new Balance(count + 1, cents + posting.cents());
        }
    }

    /** The same only for the same postings in the same order. */
    record Digest(long count, long hash) {
        static final Digest NOTHING = new Digest(0, 0);

        Digest add(Posting posting) {
            long next = hash * 1_000_003 + posting.author() * 7_919L + posting.number();
            return new Digest(count + 1, next);
        }
    }

    private Stack() {}

    static Path log(Path folder) {
        return folder.resolve("log");
    }

    static Path models(Path folder) {
        return folder.resolve("models");
    }

    static Path backups(Path folder) {
        return folder.resolve("backups");
    }

    /** Opens the log; synced with each append or not, and with many small merges of its index. */
    static EventStore store(Path folder, SplittableRandom random) {
        Durability durability =
                random.nextBoolean() ? Durability.SYNC : Durability.async(Duration.ofMillis(20));
        return EventStore.open(
                StoreConfig.at(log(folder))
                        .withDurability(durability)
                        .withMergeEvents(64 << random.nextInt(6)));
    }

    /** Not started. In balances, what the hook does not like is a dead letter. */
    static ProjectionRuntime runtime(
            EventStore store, Path folder, SplittableRandom random, Consumer<Posting> hook) {
        ErrorPolicy.Final letter = ErrorPolicy.deadLetter();
        ErrorPolicy policy =
                random.nextBoolean() ? letter : ErrorPolicy.retry(1, Duration.ofMillis(1), letter);
        RuntimeConfig config =
                RuntimeConfig.defaults()
                        .withSlotEvents(1 + random.nextInt(20))
                        .withCatchUpBatchEvents(1 + random.nextInt(100));
        SnapshotPolicy snapshots = SnapshotPolicy.everyEvents(300).keep(2);
        LetterRetention all = LetterRetention.defaults();
        return runtime(store, folder, config, policy, all, snapshots, hook);
    }

    static ProjectionRuntime runtime(
            EventStore store,
            Path folder,
            RuntimeConfig config,
            ErrorPolicy policy,
            LetterRetention letters,
            SnapshotPolicy snapshots,
            Consumer<Posting> hook) {
        return ProjectionRuntime.builder(store, models(folder))
                .config(config)
                .add(
                        balances(hook),
                        ProjectionConfig.defaults()
                                .withPartitions(2)
                                .withErrorPolicy(policy)
                                .withLetterRetention(letters))
                .add(
                        digest(),
                        ProjectionConfig.defaults()
                                .withErrorPolicy(ErrorPolicy.fail())
                                .withSnapshotPolicy(snapshots))
                .add(alerts(), ProjectionConfig.defaults().withErrorPolicy(ErrorPolicy.fail()))
                .build();
    }

    /** Whoever had paused may have been killed before it could resume. */
    static void start(ProjectionRuntime runtime) {
        runtime.start();
        runtime.resume(BALANCES);
        runtime.resume(DIGEST);
    }

    private static EventStream<String, Posting> postings(StreamsBuilder builder) {
        return builder.stream(Posting.CATEGORY, Consumed.with(Posting.SERDE));
    }

    private static Projection balances(Consumer<Posting> hook) {
        StreamsBuilder builder = new StreamsBuilder();
        EventStream<String, Posting> postings =
                postings(builder).peek((key, posting) -> hook.accept(posting));
        postings.groupBy((key, posting) -> posting.account())
                .aggregate(
                        () -> Balance.NOTHING,
                        (key, posting, balance) -> balance.add(posting),
                        Materialized.as(BY_ACCOUNT, Serdes.int32(), Serdes.record(Balance.class)));
        postings.groupBy((key, posting) -> posting.author())
                .aggregate(
                        () -> Digest.NOTHING,
                        (key, posting, digest) -> digest.add(posting),
                        Materialized.as(BY_AUTHOR, Serdes.int32(), Serdes.record(Digest.class)));
        return Projection.of(BALANCES, 1, builder.build());
    }

    private static Projection digest() {
        StreamsBuilder builder = new StreamsBuilder();
        postings(builder)
                .groupBy((key, posting) -> "all")
                .aggregate(
                        () -> Digest.NOTHING,
                        (key, posting, digest) -> digest.add(posting),
                        Materialized.as(ALL, Serdes.utf8(), Serdes.record(Digest.class)));
        return Projection.of(DIGEST, 1, builder.build());
    }

    private static Projection alerts() {
        StreamsBuilder builder = new StreamsBuilder();
        postings(builder)
                .filter((key, posting) -> isAlarming(posting))
                .to(ALERTS, Produced.with(Posting.SERDE).withName("alarm"));
        return Projection.of(ALERTS, 1, builder.build());
    }

    static boolean isAlarming(Posting posting) {
        return posting.cents() % 7 == 0;
    }
}
