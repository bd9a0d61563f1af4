package io.varve.runtime;

import io.varve.projections.Projection;
import io.varve.store.Durability;
import io.varve.store.EventStore;
import io.varve.store.StoreConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Changes the life of a projection, step by step, and halts at a step that is named; or in the
 * middle of a rebuild. Others append and read meanwhile, if they are to.
 */
final class LifeChild {
    /** The author of what is appended meanwhile. */
    static final long BUSY = 2;

    private static final AtomicLong LEFT = new AtomicLong(Long.MAX_VALUE);

    private LifeChild() {}

    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[0]);
        String end = arguments[1];
        int partitions = Integer.parseInt(arguments[3]);
        boolean busy = Boolean.parseBoolean(arguments[4]);
        EventStore store =
                EventStore.open(
                        StoreConfig.at(folder.resolve("log"))
                                .withDurability(Durability.async(Duration.ofSeconds(1))));
        Projection one = Notes.digest("one", Notes.serde(), note -> count());
        ProjectionRuntime runtime =
                ProjectionRuntime.builder(store, folder.resolve("models"))
                        .add(one, ProjectionConfig.defaults().withPartitions(partitions))
                        .config(
                                RuntimeConfig.defaults()
                                        .withCatchUpBatchEvents(20)
                                        .withSlotEvents(10))
                        .steps(
                                step -> {
                                    if (step.equals(end)) {
                                        Runtime.getRuntime().halt(7);
                                    }
                                })
                        .build();
        runtime.start();
        if (busy) {
            runtime.awaitPosition("one", store.head(), Notes.LONG);
            daemon(() -> append(store));
            daemon(() -> read(runtime));
        }
        for (String action : List.of(arguments[2].split(","))) {
            switch (action) {
                case "promote" -> {
                    Rebuild rebuild = runtime.rebuild("one");
                    rebuild.await(Notes.LONG);
                    rebuild.promote();
                }
                case "resume" -> {
                    runtime.awaitPosition("one", store.head(), Notes.LONG);
                    LEFT.set(Long.parseLong(end)); // nothing but the rebuild is applied now
                    runtime.rebuild("one").await(Notes.LONG);
                }
                case "restore" -> {
                    runtime.awaitPosition("one", store.head(), Notes.LONG);
                    runtime.snapshot("one");
                    runtime.rebuild("one", RebuildStart.newestSnapshot());
                }
                case "cancel" -> runtime.rebuild("one").cancel();
                case "rollback" -> runtime.rollback("one");
                case "discard" -> runtime.discard("one");
                case "remove" -> runtime.remove("one", RemovedData.DELETE);
                default -> throw new IllegalArgumentException(action);
            }
        }
        Runtime.getRuntime().halt(8);
    }

    private static void count() {
        if (LEFT.decrementAndGet() == 0) {
            Runtime.getRuntime().halt(7);
        }
    }

    private static void daemon(Runnable body) {
        Thread thread = new Thread(body);
        thread.setDaemon(true);
        thread.start();
    }

    private static void append(EventStore store) {
        for (long number = 0; true; number++) {
            Notes.append(store, Notes.serde(), BUSY, number, 1);
        }
    }

    /** What it has seen it must see again, whichever generation is live. */
    private static void read(ProjectionRuntime runtime) {
        long seen = -1;
        while (true) {
            try (ReadView view = runtime.readView("one", PositionBound.any(), Notes.LONG)) {
                if (view.position() < seen) {
                    Runtime.getRuntime().halt(9);
                }
                seen = view.position();
                Notes.digestOf(view);
            } catch (Throwable e) {
                Runtime.getRuntime().halt(10);
            }
        }
    }
}
