package io.varve.samples.bench;

import io.varve.runtime.PositionBound;
import io.varve.runtime.ProjectionRuntime;
import io.varve.runtime.ReadView;
import io.varve.store.Category;
import io.varve.store.EventStore;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/**
 * The process that counts hits of many keys, and is killed while it does: {@code FOLDER KEYS}. Says
 * when its read model holds all that is in the log, and how long the steps to there took; then
 * whether it holds what a plain loop over the log counts; then, when it has gone on for a while,
 * that it can be killed; and goes on. A log that is empty gets a hit of each key first.
 */
final class RestartProcess {
    static final String READY = "ready";
    static final String RIGHT = "right";
    static final String WRONG = "wrong";
    static final String GOING = "going";

    private static final String NAME = "by-key";
    private static final int SINGLES = 1_000;

    private RestartProcess() {}

    public static void main(String[] args) throws InterruptedException {
        long begun = System.nanoTime();
        Path folder = Path.of(args[0]);
        int keys = Integer.parseInt(args[1]);
        try (EventStore store = EventStore.open(folder.resolve("store"));
                ProjectionRuntime runtime =
                        LoggedFlights.runtime(
                                store,
                                folder.resolve("read-models"),
                                List.of(Hits.counting(NAME)))) {
            long opened = System.nanoTime();
            runtime.start();
            long started = System.nanoTime();
            if (store.head() < 0) {
                Hits.append(store, ManyKeys.of(keys, 0), 0, keys);
            }
            try (ReadView view = view(store, runtime)) {
                boolean found = view.store(Hits.COUNTS).get(0L).isPresent();
                ResultLine line =
                        new ResultLine()
                                .with("state", found ? READY : WRONG)
                                .with("open_ms", (opened - begun) / 1e6, 1)
                                .with("start_ms", (started - opened) / 1e6, 1)
                                .with("view_ms", (System.nanoTime() - started) / 1e6, 1);
                System.out.println(line);
            }
            System.out.println(isRight(store, runtime, keys) ? RIGHT : WRONG);
            goOn(store, keys);
        }
    }

    private static ReadView view(EventStore store, ProjectionRuntime runtime)
            throws InterruptedException {
        return runtime.readView(NAME, PositionBound.at(store.head()), ProjectionWork.PATIENCE);
    }

    private static boolean isRight(EventStore store, ProjectionRuntime runtime, int keys)
            throws InterruptedException {
        HitCounts counts = new HitCounts(keys);
        try (ReadView view = view(store, runtime)) {
            counts.addAll(store, view.position());
            return counts.isRight(view.store(Hits.COUNTS));
        }
    }

    /** Until it is killed, or nobody listens any more. */
    private static void goOn(EventStore store, int keys) {
        Category<Hits.Hit> category = store.category(Hits.STREAM.category(), Hits.EVENTS);
        Random random = new Random();
        for (long done = 1; !System.out.checkError(); done++) {
            category.append(Hits.STREAM.key(), new Hits.Hit((long) random.nextInt(keys)));
            if (done % SINGLES == 0) {
                System.out.println(GOING);
            }
        }
    }
}
