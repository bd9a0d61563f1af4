package io.varve.samples.nexmark;

import io.varve.projections.Projection;
import io.varve.runtime.PositionBound;
import io.varve.runtime.ProjectionRuntime;
import io.varve.runtime.ReadView;
import io.varve.runtime.RemovedData;
import io.varve.samples.flights.Folders;
import io.varve.samples.nexmark.NexmarkQuery.Comparison;
import io.varve.samples.terminal.Arguments;
import io.varve.samples.terminal.Screen;
import io.varve.samples.terminal.UsageException;
import io.varve.store.EventBatch;
import io.varve.store.EventStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Runs the queries one after the other, each over the same log, from nothing to its last event, and
 * compares every row with a plain loop.
 */
public final class NexmarkSample {
    /** What it understands. */
    public static final String USAGE =
            """
              nexmark            persons, auctions and bids: eleven queries, each checked and timed
                --events N       how many there are in the log (default: 200000)
                --only Q,Q       some of q0 to q5, q7, q8, q9, q11, q12 (default: all)
                --repeat R       runs of each query, of which the fastest is told of (default: 3)
                --dir DIR        where the scratch folder is made, and deleted at the end (default:
                                 data, below the current directory)
            """;

    private static final long SEED = 42;
    private static final int BATCH_EVENTS = 1_000;
    private static final Duration PATIENCE = Duration.ofHours(1);

    private final Screen screen;
    private final NexmarkGenerator events;
    private final long count;
    private final long repeat;
    private final List<NexmarkQuery<?, ?>> queries;
    private final Path parent;

    /** One query from nothing to the last event. */
    private record Run(double seconds, Comparison comparison) {}

    /**
     * A sample that has not run.
     *
     * @param arguments see {@link #USAGE}
     * @param screen where to print
     */
    public NexmarkSample(List<String> arguments, Screen screen) {
        Arguments options =
                Arguments.parse(
                        arguments, Set.of(), Set.of("--events", "--only", "--repeat", "--dir"));
        this.screen = screen;
        this.count = options.number("--events").orElse(200_000);
        this.repeat = options.number("--repeat").orElse(3);
        this.events = new NexmarkGenerator(SEED, count, 1);
        this.queries = queries(options.value("--only"));
        this.parent = options.path("--dir").orElse(Path.of("data"));
    }

    private static List<NexmarkQuery<?, ?>> queries(Optional<String> only) {
        List<NexmarkQuery<?, ?>> all = NexmarkQuery.all();
        if (only.isEmpty()) {
            return all;
        }
        List<String> names = Arrays.asList(only.get().split(","));
        for (String name : names) {
            if (all.stream().noneMatch(query -> query.name().equals(name))) {
                throw new UsageException(
                        "--only knows "
                                + String.join(",", all.stream().map(NexmarkQuery::name).toList())
                                + ", not "
                                + name);
            }
        }
        return all.stream().filter(query -> names.contains(query.name())).toList();
    }

    /**
     * Runs it.
     *
     * @return the exit code: 0 if all rows are right, 1 if not
     * @throws IOException if the scratch folder cannot be made or deleted
     * @throws InterruptedException if the thread is interrupted
     */
    public int run() throws IOException, InterruptedException {
        Files.createDirectories(parent);
        Path folder = Files.createTempDirectory(parent, "nexmark-");
        boolean right = true;
        try (EventStore store = EventStore.open(folder.resolve("store"))) {
            append(store);
            for (NexmarkQuery<?, ?> query : queries) {
                right &= run(query, store, folder.resolve("read-models"));
            }
        } finally {
            Folders.delete(folder);
        }
        return right ? 0 : 1;
    }

    private void append(EventStore store) {
        screen.progress().println("appending " + count + " events");
        EventBatch batch = new EventBatch();
        for (NexmarkEvent event : events) {
            event.addTo(batch);
            if (batch.size() == BATCH_EVENTS) {
                store.append(batch);
                batch.clear();
            }
        }
        if (batch.size() > 0) {
            store.append(batch);
        }
    }

    private <K, V> boolean run(NexmarkQuery<K, V> query, EventStore store, Path folder)
            throws InterruptedException {
        boolean right = true;
        Run fastest = null;
        for (long run = 1; run <= repeat; run++) {
            screen.progress().println(query.name() + " run " + run + " of " + repeat);
            Run next = once(query, store, folder);
            right &= next.comparison().right();
            fastest = fastest == null || next.seconds() < fastest.seconds() ? next : fastest;
        }
        screen.line(
                "query=%s events=%d events/s=%.0f rows=%d checked=%s about=\"%s\"",
                query.name(),
                count,
                count / fastest.seconds(),
                fastest.comparison().rows(),
                right ? "yes" : "NO",
                query.about());
        return right;
    }

    private <K, V> Run once(NexmarkQuery<K, V> query, EventStore store, Path folder)
            throws InterruptedException {
        Projection projection = query.projection();
        try (ProjectionRuntime runtime =
                ProjectionRuntime.builder(store, folder).add(projection).build()) {
            long startedAt = System.nanoTime();
            runtime.start();
            if (!runtime.awaitPosition(projection.name(), store.head(), PATIENCE)) {
                throw new IllegalStateException(
                        "Not complete after an hour: " + runtime.status(projection.name()));
            }
            double seconds = (System.nanoTime() - startedAt) / 1e9;
            PositionBound complete = PositionBound.at(store.head());
            try (ReadView view = runtime.readView(projection.name(), complete, PATIENCE)) {
                return new Run(seconds, query.compare(view.store(query.result()), events));
            } finally {
                // The log keeps events for each projection that it knows.
                runtime.remove(projection.name(), RemovedData.DELETE);
            }
        }
    }
}
