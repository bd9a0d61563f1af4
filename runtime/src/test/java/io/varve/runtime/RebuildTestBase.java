package io.varve.runtime;

import io.varve.projections.Projection;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Runtimes of one projection, and what their listener is told of its rebuilds. */
abstract class RebuildTestBase extends RuntimeTestBase {
    /** Phases alone, and with all else that is told of generations, as texts. */
    final List<RebuildPhase> phases = new CopyOnWriteArrayList<>();

    final List<String> told = new CopyOnWriteArrayList<>();

    ProjectionRuntime running(ProjectionConfig config, Projection projection) {
        ProjectionListener listener =
                new ProjectionListener() {
                    @Override
                    public void onDeadLetter(
                            String name, GenerationId generation, DeadLetter letter) {
                        told.add(name + " " + generation + " at " + letter.position());
                    }

                    @Override
                    public void onRebuild(String name, GenerationId id, RebuildPhase phase) {
                        told.add(id + " " + phase);
                        phases.add(phase);
                    }
                };
        ProjectionRuntime runtime =
                closing(
                        ProjectionRuntime.builder(store, folder.resolve("models"))
                                .listener(listener)
                                .add(projection, config)
                                .build());
        runtime.start();
        return runtime;
    }

    /** Digests notes, but for those of a number. */
    static Projection failingAt(int version, long number) {
        Projection digest =
                Notes.digest(
                        "one",
                        Notes.serde(),
                        note -> {
                            if (note.number() == number) {
                                throw new IllegalStateException("on purpose");
                            }
                        });
        return Projection.of("one", version, digest.topology());
    }
}
