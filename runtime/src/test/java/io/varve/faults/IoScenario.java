package io.varve.faults;

import io.varve.runtime.DeadLetters;
import io.varve.runtime.HealthProblem;
import io.varve.runtime.ProjectionRuntime;
import io.varve.runtime.ProjectionState;
import io.varve.runtime.ProjectionStatus;
import io.varve.runtime.Rebuild;
import io.varve.store.Backups;
import io.varve.store.Durability;
import io.varve.store.EventQuery;
import io.varve.store.EventStore;
import io.varve.store.ProgressListener;
import io.varve.store.StoreConfig;
import io.varve.store.StreamId;
import io.varve.store.serde.Serdes;
import io.varve.store.snapshot.SnapshotPolicy;
import io.varve.store.snapshot.SnapshotStore;
import io.varve.store.snapshot.StreamSnapshots;
import io.varve.store.transfer.EventExport;
import io.varve.store.transfer.TransferFormat;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A run of all that writes files, step by step. What was acknowledged is written to another folder,
 * as {@link StackFolder} reads it. A step whose store or runtime could not be opened does nothing.
 */
final class IoScenario {
    static final List<String> NAMES = List.of(Stack.BALANCES, Stack.DIGEST, Stack.ALERTS);

    interface Work {
        void go() throws Exception;
    }

    record Step(String name, Work work) {}

    private final Path data;
    private final Path witness;
    private final boolean async;
    private final long seed;
    private final long[] next = new long[Posting.AUTHORS];
    private EventStore store;
    private ProjectionRuntime runtime;
    private int opened;

    IoScenario(Path data, Path witness, boolean async, long seed) {
        this.data = data;
        this.witness = witness;
        this.async = async;
        this.seed = seed;
    }

    List<Step> steps() {
        List<Step> steps = new ArrayList<>();
        steps.add(new Step("open", this::open));
        steps.add(new Step("start", this::start));
        steps.add(new Step("append", () -> append(4)));
        steps.add(new Step("settle", this::settle));
        steps.add(new Step("snapshot", this::snapshot));
        steps.add(new Step("streams", this::streams));
        steps.add(new Step("append more", () -> append(6)));
        steps.add(new Step("rebuild", () -> rebuild(Stack.DIGEST, true)));
        steps.add(new Step("letters", this::letters));
        steps.add(new Step("backup", this::backup));
        steps.add(new Step("export", this::export));
        steps.add(new Step("restore", this::restore));
        steps.add(new Step("rebuild parts", () -> rebuild(Stack.BALANCES, true)));
        steps.add(new Step("rollback", this::rollback));
        steps.add(new Step("discard", this::discard));
        steps.add(new Step("cancel", () -> rebuild(Stack.BALANCES, false)));
        steps.add(new Step("pause", this::pause));
        steps.add(new Step("append large", () -> append(2)));
        steps.add(new Step("truncate", this::truncate));
        steps.add(new Step("append again", () -> append(3)));
        steps.add(new Step("close runtime", this::closeRuntime));
        steps.add(new Step("start again", this::start));
        steps.add(new Step("close store", this::close));
        steps.add(new Step("open again", this::open));
        steps.add(new Step("start anew", this::start));
        steps.add(new Step("append last", () -> append(3)));
        steps.add(new Step("settle last", this::settle));
        return steps;
    }

    boolean isOpen() {
        return store != null;
    }

    EventStore store() {
        return store;
    }

    boolean isRunning() {
        return runtime != null;
    }

    ProjectionRuntime runtime() {
        return runtime;
    }

    /** How many stores were opened. */
    int opened() {
        return opened;
    }

    private void open() {
        if (store == null) {
            StoreConfig config =
                    StoreConfig.at(Stack.log(data))
                            .withInitialMapBytes(1 << 20)
                            .withMergeEvents(30);
            store =
                    EventStore.open(
                            async
                                    ? config.withDurability(Durability.async(Duration.ofHours(1)))
                                    : config);
            opened++;
        }
    }

    private void start() {
        if (store != null && runtime == null) {
            ProjectionRuntime made =
                    Stack.runtime(store, data, new SplittableRandom(seed), this::hook);
            try {
                made.start();
                runtime = made;
            } finally {
                if (runtime == null) {
                    made.close();
                }
            }
        }
    }

    private void hook(Posting posting) {
        if (posting.isWrong(seed)) {
            throw new WrongPosting(posting);
        }
    }

    /** The same again where it failed, as who does not know what came of it. */
    void append(int rounds) throws Exception {
        if (store == null) {
            return;
        }
        for (int i = 0; i < rounds; i++) {
            int author = i % Posting.AUTHORS;
            store.append(Posting.batch(author, next[author]));
            next[author] += Posting.together(author, next[author]);
            acknowledge("acknowledged-" + author, next[author]);
        }
        if (async) {
            long head = store.head();
            store.sync();
            acknowledge("durable", head);
        }
    }

    private void acknowledge(String name, long number) throws Exception {
        try (FileChannel file =
                FileChannel.open(
                        witness.resolve(name),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.APPEND)) {
            file.write(ByteBuffer.allocate(Long.BYTES).putLong(0, number));
        }
    }

    /** Until each projection has applied all there is, or says why it does not. */
    void settle() throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (runtime != null && NAMES.stream().anyMatch(name -> isUnderWay(name, true))) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("neither goes on nor says why: " + runtime.status());
            }
            store.awaitPosition(store.head() + 1, Duration.ofMillis(1));
        }
    }

    boolean isUnderWay(String name, boolean retryIsGood) {
        ProjectionStatus status = runtime.status(name);
        boolean still =
                status.failure().isPresent()
                        || status.state() == ProjectionState.PAUSED
                        || retryIsGood
                                && status.retry()
                                        .filter(one -> isOfTheDisk(one.failure()))
                                        .isPresent();
        return !still && status.position() < store.head();
    }

    /** Not for what code has thrown, which is treated soon. */
    private static boolean isOfTheDisk(Throwable failure) {
        Throwable one = failure;
        while (one.getCause() != null && !(one instanceof WrongPosting)) {
            one = one.getCause();
        }
        return !(one instanceof WrongPosting);
    }

    private static final class WrongPosting extends RuntimeException {
        private static final long serialVersionUID = 1;

        WrongPosting(Posting posting) {
            super(posting.author() + "/" + posting.number());
        }
    }

    private void snapshot() throws InterruptedException {
        settle();
        if (runtime != null) {
            runtime.snapshot(Stack.DIGEST);
        }
    }

    private StreamSnapshots<Stack.Digest, Posting> streams(SnapshotStore snapshots) {
        return snapshots
                .streams(
                        "fold",
                        store.category(Posting.CATEGORY, Posting.SERDE),
                        Serdes.record(Stack.Digest.class))
                .fold(() -> Stack.Digest.NOTHING, Stack.Digest::add)
                .policy(SnapshotPolicy.everyEvents(1))
                .build();
    }

    private void streams() {
        if (store == null) {
            return;
        }
        try (SnapshotStore snapshots = SnapshotStore.open(data.resolve("streams"))) {
            var streams = streams(snapshots);
            for (int author = 0; author < Posting.AUTHORS; author++) {
                if (store.version(Posting.stream(author)).isPresent()) {
                    streams.save(streams.load("author-" + author));
                }
            }
            streams.hold();
        }
    }

    private void rebuild(String name, boolean promote) throws InterruptedException {
        settle();
        if (runtime == null) {
            return;
        }
        Rebuild rebuild = runtime.rebuild(name);
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (promote && !rebuild.await(Duration.ofMillis(5))) {
            if (runtime.health().problems().stream().anyMatch(IoScenario::isOfARebuild)) {
                break;
            }
            if (System.nanoTime() > deadline) {
                throw new AssertionError("a rebuild neither goes on nor says why: " + rebuild);
            }
        }
        if (promote) {
            rebuild.promote();
        } else {
            rebuild.cancel();
        }
        settle();
    }

    private static boolean isOfARebuild(HealthProblem problem) {
        return problem.kind().name().startsWith("REBUILD")
                && problem.cause().filter(IoScenario::isOfTheDisk).isPresent();
    }

    private void letters() throws InterruptedException {
        settle();
        if (runtime == null) {
            return;
        }
        DeadLetters letters = runtime.deadLetters(Stack.BALANCES);
        List<StreamId> held = letters.streams();
        for (int i = 0; i < held.size(); i++) {
            if (i % 2 == 0) {
                letters.discard(held.get(i), Stack.LONG);
            } else {
                letters.retry(held.get(i), Stack.LONG);
            }
        }
        settle();
    }

    private Path backupFolder() {
        return Stack.backups(data).resolve("backup-0");
    }

    private void backup() throws Exception {
        if (store != null) {
            store.backup(backupFolder(), ProgressListener.none());
            Files.createFile(witness.resolve("backup-0"));
        }
    }

    private void export() throws Exception {
        if (store != null) {
            EventExport.write(
                    store,
                    EventQuery.all(),
                    TransferFormat.JSON_LINES,
                    data.resolve("export"),
                    ProgressListener.none());
            Files.createFile(witness.resolve("exported"));
        }
    }

    private void restore() {
        if (Files.exists(backupFolder())) {
            Backups.restore(backupFolder(), data.resolve("restored"), ProgressListener.none());
        }
    }

    private void rollback() throws InterruptedException {
        if (runtime != null
                && runtime.status(Stack.BALANCES).generations().previous().isPresent()) {
            runtime.rollback(Stack.BALANCES);
            settle();
        }
    }

    private void discard() {
        if (runtime != null
                && runtime.status(Stack.BALANCES).generations().previous().isPresent()) {
            runtime.discard(Stack.BALANCES);
        }
    }

    private void pause() throws InterruptedException {
        if (runtime != null) {
            runtime.pause(Stack.DIGEST);
            runtime.resume(Stack.DIGEST);
            settle();
        }
    }

    /**
     * What is removed is written down before, as nobody else knows it then. Nobody would remove
     * what a projection may need that could not even begin.
     */
    private void truncate() throws Exception {
        snapshot();
        streams();
        if (runtime == null || NAMES.stream().anyMatch(this::hasFailed)) {
            return;
        }
        long before = store.head() / 2;
        List<String> history = new ArrayList<>();
        store.read(
                EventQuery.all().limit(before),
                event -> {
                    history.add(
                            StackCheck.written(
                                    event.stream().category().equals(Stack.ALERTS),
                                    Posting.SERDE.deserialize(event.type(), event.payload())));
                    return true;
                });
        Files.write(witness.resolve("history"), history);
        store.retention().truncateBefore(before);
        store.sync();
    }

    private boolean hasFailed(String name) {
        return runtime.status(name).failure().isPresent();
    }

    void closeRuntime() {
        ProjectionRuntime one = runtime;
        runtime = null;
        if (one != null) {
            one.close();
        }
    }

    void close() {
        EventStore one = store;
        try {
            closeRuntime();
        } finally {
            store = null;
            if (one != null) {
                one.close();
            }
        }
    }
}
