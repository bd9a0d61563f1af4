package io.varve.runtime;

import io.varve.store.EventStore;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** Goes on with the rows of another definition, and waits on the way to be killed. */
final class RedefiningChild {
    private RedefiningChild() {}

    /**
     * Of a folder, at a step, when it is reached for the so manieth time.
     *
     * @param arguments folder, step, number from 1
     */
    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[0]);
        AtomicInteger left = new AtomicInteger(Integer.parseInt(arguments[2]));
        EventStore store = EventStore.open(folder.resolve("log"));
        ProjectionRuntime runtime =
                ProjectionRuntime.builder(store, folder.resolve("models"))
                        .steps(
                                step -> {
                                    if (step.equals(arguments[1]) && left.decrementAndGet() == 0) {
                                        System.out.println("reached");
                                        waitToBeKilled();
                                    }
                                })
                        .add(KilledRedefinitionTest.now(), KilledRedefinitionTest.keeping())
                        .build();
        runtime.start();
        runtime.awaitPosition("p", store.head(), Notes.LONG);
        System.out.println("done");
        Runtime.getRuntime().halt(8);
    }

    private static void waitToBeKilled() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
