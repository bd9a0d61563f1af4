package io.varve.samples.flights;

import io.varve.projections.Projection;
import io.varve.runtime.PositionBound;
import io.varve.runtime.ProjectionRuntime;
import io.varve.runtime.ProjectionRuntimeBuilder;
import io.varve.runtime.ProjectionStatus;
import io.varve.runtime.ReadView;
import io.varve.samples.terminal.Arguments;
import io.varve.samples.terminal.Screen;
import io.varve.samples.terminal.WalkProgress;
import io.varve.store.AppendResult;
import io.varve.store.EventStore;
import io.varve.store.serde.EventSerde;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A week of flights: appended to the log, projected into two read models while that goes on,
 * printed, and checked against a plain loop over the file. Run again, it appends what is missing.
 */
public final class FlightsSample {
    /** What it understands. */
    public static final String USAGE =
            """
              flights            a week of US flights: log, two read models, tables (the default)
                --data DIR       where the data lies (default: data/flights, below the current
                                 directory)
                --fresh          delete what an earlier run left there, and begin anew; refused while
                                 another process has it open; files of others are left alone
                --kill-after N   die like kill -9 after N steps; a step is an event appended, or an
                                 event decoded for the projections; a first run has 227,000 to 340,000
                --acknowledge    print a line acknowledged=N for each batch that is on disk
            """;

    private static final int BATCH_EVENTS = 1_000;
    private static final Duration LOOK_EVERY = Duration.ofMillis(50);
    private static final Duration AT_ONCE = Duration.ofSeconds(10);
    private static final int MOST_DIFFERENCES = 20;

    private final Screen screen;
    private final DataFolder data;
    private final boolean fresh;
    private final boolean acknowledge;
    private final KillSwitch killSwitch;

    /**
     * A sample that has not run.
     *
     * @param arguments see {@link #USAGE}
     * @param screen where to print
     */
    public FlightsSample(List<String> arguments, Screen screen) {
        Arguments options =
                Arguments.parse(
                        arguments,
                        Set.of("--fresh", "--acknowledge"),
                        Set.of("--data", "--kill-after"));
        this.screen = screen;
        this.data = new DataFolder(options.path("--data").orElse(Path.of("data/flights")));
        this.fresh = options.has("--fresh");
        this.acknowledge = options.has("--acknowledge");
        this.killSwitch =
                options.number("--kill-after").stream()
                        .mapToObj(steps -> KillSwitch.after(steps, this::sayKilled))
                        .findFirst()
                        .orElseGet(KillSwitch::never);
    }

    /**
     * Runs it.
     *
     * @return the exit code: 0 if the read models are right, 1 if not
     * @throws IOException if the flights cannot be read, or old data cannot be deleted
     * @throws InterruptedException if the thread is interrupted
     */
    public int run() throws IOException, InterruptedException {
        if (fresh) {
            for (Path left : data.clear()) {
                screen.line("left alone, not known as Varve's: %s", left);
            }
        }
        List<FlightDeparted> flights = FlightsFile.week();
        EventSerde<FlightEvent> serde = killSwitch.counting(FlightEvent.JSON);
        try (EventStore store = EventStore.open(data.store())) {
            FlightsLog log = new FlightsLog(store, FlightEvent.JSON, flights, BATCH_EVENTS);
            Optional<String> mismatch = log.mismatch();
            if (mismatch.isPresent()) {
                return failed(
                        "The log holds something else than these flights; use --fresh or another"
                                + " --data: data="
                                + data,
                        List.of(mismatch.get()));
            }
            try (ProjectionRuntime runtime = runtime(store, serde)) {
                walk(log, runtime, flights.size());
                return report(runtime, flights);
            }
        }
    }

    private ProjectionRuntime runtime(EventStore store, EventSerde<FlightEvent> serde) {
        ProjectionRuntimeBuilder builder = ProjectionRuntime.builder(store, data.readModels());
        for (Projection projection : FlightProjections.all(serde)) {
            builder.add(projection);
        }
        return builder.build();
    }

    private void walk(FlightsLog log, ProjectionRuntime runtime, int total)
            throws InterruptedException {
        screen.line("%,d flights: US domestic, 1 to 7 January 2001", total);
        WalkProgress progress = new WalkProgress(screen, total);
        long before = log.recorded();
        runtime.start();
        long startedAt = System.nanoTime();
        log.append(batch -> appended(batch, runtime, progress));
        long appendedAt = System.nanoTime();
        for (ProjectionStatus projection : runtime.status()) {
            while (!runtime.awaitPosition(projection.name(), total - 1L, LOOK_EVERY)) {
                progress.show(total, () -> projected(runtime));
            }
        }
        long projectedAt = System.nanoTime();
        progress.end();
        sayAppended(before, total, appendedAt - startedAt);
        sayProjected(runtime, projectedAt - startedAt);
    }

    private void appended(AppendResult batch, ProjectionRuntime runtime, WalkProgress progress) {
        long recorded = batch.lastPosition() + 1;
        if (acknowledge) {
            screen.out().println("acknowledged=" + recorded);
        }
        killSwitch.step(batch.count());
        progress.show(recorded, () -> projected(runtime));
    }

    /** The events that are in all read models. */
    private static long projected(ProjectionRuntime runtime) {
        return runtime.status().stream().mapToLong(ProjectionStatus::position).min().orElse(-1) + 1;
    }

    private void sayAppended(long before, long total, long nanos) {
        if (before == total) {
            screen.line("%,d of %,d flights were there already, nothing appended", before, total);
            return;
        }
        if (before > 0) {
            screen.line("%,d of %,d flights were there already", before, total);
        }
        screen.line(
                "appended   %,9d events in %5.2f s  %,9.0f events/s  JSON, batches of %,d, each on disk"
                        + " before the next",
                total - before, nanos / 1e9, (total - before) * 1e9 / nanos, BATCH_EVENTS);
    }

    /** Events that a projection applied in this run, and the time from start to the last commit. */
    private void sayProjected(ProjectionRuntime runtime, long nanos) {
        long applied =
                runtime.status().stream().mapToLong(ProjectionStatus::applied).max().orElse(0);
        if (applied == 0) {
            screen.line("the read models were complete already, nothing projected");
            return;
        }
        screen.line(
                "projected  %,9d events in %5.2f s  %,9.0f events/s  into each of 2 read models, from"
                        + " start to complete, appends included",
                applied, nanos / 1e9, applied * 1e9 / nanos);
    }

    private int report(ProjectionRuntime runtime, List<FlightDeparted> flights)
            throws InterruptedException {
        PlainTotals totals = PlainTotals.of(flights);
        PositionBound complete = PositionBound.at(flights.size() - 1L);
        FlightsReport report = new FlightsReport(screen);
        List<String> differences = new ArrayList<>();
        try (ReadView view =
                runtime.readView(FlightProjections.AIRPORT_DELAYS, complete, AT_ONCE)) {
            differences.addAll(totals.airportDifferences(view.store(FlightProjections.DELAYS)));
            report.worstAirports(view.store(FlightProjections.DELAYS));
        }
        try (ReadView view = runtime.readView(FlightProjections.ROUTES, complete, AT_ONCE)) {
            differences.addAll(totals.routeDifferences(view.store(FlightProjections.FLIGHTS)));
            report.busiestRoutes(view.store(FlightProjections.FLIGHTS));
        }
        if (!differences.isEmpty()) {
            return failed(
                    "The read models are wrong: differences=" + differences.size(), differences);
        }
        screen.line(
                "%nchecked: %,d airports and %,d routes are as in a plain loop over the file",
                totals.airports(), totals.routes());
        screen.line(
                "data: %s (run again: nothing is appended twice; --fresh begins anew)",
                data.store().toAbsolutePath().getParent());
        if (killSwitch.armed()) {
            screen.line(
                    "--kill-after did not come to pass: this run had %d steps", killSwitch.made());
        }
        return 0;
    }

    /** On a terminal the progress is not drawn to its end; this stands in its place. */
    private void sayKilled(long steps) {
        screen.progress()
                .println(
                        (screen.terminal() ? "\r\u001b[K" : "")
                                + "killed after "
                                + steps
                                + " steps");
        screen.progress().flush();
    }

    private int failed(String what, List<String> details) {
        System.err.println(what);
        details.stream().limit(MOST_DIFFERENCES).forEach(line -> System.err.println("  " + line));
        return 1;
    }
}
