package io.varve.runtime;

import io.varve.store.Durability;
import io.varve.store.EventStore;
import io.varve.store.StoreConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/** Appends notes, and changes who answers them, until it is killed or comes to a step. */
final class EmittingChild {
    private EmittingChild() {}

    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[0]);
        Random random = new Random(Long.parseLong(arguments[1]));
        String end = arguments[2];
        AtomicInteger left = new AtomicInteger(Integer.parseInt(arguments[3]));
        EventStore store =
                EventStore.open(
                        StoreConfig.at(folder.resolve("log"))
                                .withDurability(Durability.async(Duration.ofSeconds(1))));
        ProjectionRuntime runtime =
                ProjectionRuntime.builder(store, folder.resolve("models"))
                        .add(Echoes.projection(), RuntimeTestBase.FAILING)
                        .steps(
                                step -> {
                                    if (step.equals(end) && left.decrementAndGet() <= 0) {
                                        Runtime.getRuntime().halt(7);
                                    }
                                })
                        .build();
        runtime.start();
        for (int i = 0; ; i++) {
            Notes.append(store, Notes.serde(), random.nextInt(3), i * 3L, 1 + random.nextInt(4));
            if (random.nextInt(10) == 0) {
                change(runtime, random);
            }
            System.out.println(i);
        }
    }

    private static void change(ProjectionRuntime runtime, Random random) throws Exception {
        boolean back = runtime.status(Echoes.NAME).generations().previous().isPresent();
        if (back && random.nextBoolean()) {
            runtime.rollback(Echoes.NAME);
            return;
        }
        Rebuild rebuild = runtime.rebuild(Echoes.NAME);
        rebuild.await(Notes.LONG);
        rebuild.promote();
    }
}
