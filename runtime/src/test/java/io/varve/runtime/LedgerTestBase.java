package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.Projection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;

/** A ledger at work, the events it was given, and what plain Java makes of them. */
abstract class LedgerTestBase extends RuntimeTestBase {
    /** The one that was started last. */
    ProjectionRuntime current;

    volatile Consumer<Ledger.Entry> hook = entry -> {};
    final List<Ledger.Timed> events = Collections.synchronizedList(new ArrayList<>());
    int partitions = 1;
    final AtomicInteger applied = new AtomicInteger();
    SplittableRandom random = new SplittableRandom(Long.getLong("varve.seed", 71));
    long now = 1_000_000;

    /** Its commits wait for no disk, as there are many. */
    @Override
    @BeforeEach
    void openStore() {
        store = openedWithoutWaiting();
    }

    Projection projection() {
        return Ledger.projection(
                entry -> {
                    applied.incrementAndGet();
                    hook.accept(entry);
                });
    }

    ProjectionRuntime ledger() {
        return ledger(RuntimeConfig.defaults(), SnapshotPolicy.onDemand().keep(3));
    }

    ProjectionRuntime ledger(RuntimeConfig config, SnapshotPolicy policy) {
        ProjectionRuntime runtime =
                closing(
                        ProjectionRuntime.builder(store, folder.resolve("models"))
                                .listener(new StateLog())
                                .config(config)
                                .add(
                                        projection(),
                                        ProjectionConfig.defaults()
                                                .withErrorPolicy(ErrorPolicy.deadLetter())
                                                .withSnapshotPolicy(policy)
                                                .withPartitions(partitions))
                                .build());
        current = runtime;
        runtime.start();
        return runtime;
    }

    void append(int count) {
        now += random.nextInt(200);
        List<Ledger.Timed> more = Ledger.random(random, now, count);
        events.addAll(more);
        Ledger.append(store, more);
    }

    void appendAndWait(ProjectionRuntime runtime, int count) throws InterruptedException {
        append(count);
        assertTrue(runtime.awaitPosition(Ledger.CATEGORY, store.head(), Notes.LONG));
    }

    Ledger.Rows expected(long position) {
        List<Ledger.Timed> all = new ArrayList<>(events); // while others add to it
        return new Ledger.Oracle().apply(all.subList(0, (int) position + 1)).rows();
    }

    TimeTravel travel(ProjectionRuntime runtime) {
        return runtime.timeTravel(Ledger.CATEGORY);
    }

    void assertAsOf(TimeTravel travel, long position) throws InterruptedException {
        try (ReadView view = travel.asOf(position)) {
            assertEquals(position, view.position());
            assertEquals(expected(position), Ledger.Rows.of(view), "position=" + position);
        }
    }

    Path overlays() {
        return folder.resolve("models").resolve(Ledger.CATEGORY).resolve("overlays");
    }

    void assertNothingLeft() throws IOException {
        if (Files.exists(overlays())) {
            try (Stream<Path> left = Files.list(overlays())) {
                assertEquals(List.of(), left.toList());
            }
        }
    }

    void awaitHead(ProjectionRuntime runtime) {
        try {
            assertTrue(runtime.awaitPosition(Ledger.CATEGORY, store.head(), Notes.LONG));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
