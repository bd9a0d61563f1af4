package io.varve.runtime;

import io.varve.projections.Projection;
import io.varve.store.EventStore;
import java.nio.file.Path;
import java.util.List;

/** Changes the life of a projection, step by step, and halts at a step that is named. */
final class LifeChild {
    private LifeChild() {}

    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[0]);
        String end = arguments[1];
        EventStore store = EventStore.open(folder.resolve("log"));
        Projection one = Notes.digest("one", Notes.serde(), note -> {});
        ProjectionRuntime runtime =
                ProjectionRuntime.builder(store, folder.resolve("models"))
                        .add(one)
                        .steps(
                                step -> {
                                    if (step.equals(end)) {
                                        Runtime.getRuntime().halt(7);
                                    }
                                })
                        .build();
        runtime.start();
        for (String action : List.of(arguments[2].split(","))) {
            switch (action) {
                case "promote" -> {
                    Rebuild rebuild = runtime.rebuild("one");
                    rebuild.await(Notes.LONG);
                    rebuild.promote();
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
}
