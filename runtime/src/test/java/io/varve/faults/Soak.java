package io.varve.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.faults.SoakFigures.Measure;
import io.varve.runtime.ProjectionRuntime;
import io.varve.runtime.RebuildStart;
import io.varve.store.EventStore;
import io.varve.store.ProgressListener;
import io.varve.store.snapshot.SnapshotStore;
import io.varve.store.snapshot.StreamSnapshots;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * A stack that works at a steady rate for long, is killed now and then, every second time at a call
 * that changes a file, looked at and gone on with; and how it was doing.
 */
final class Soak {
    private static final int KILLED = 137;
    private static final int REPORTS_OF_LIFE = 20;
    private static final double NANOS_OF_MINUTE = 60e9;
    private static final String[] CALLS = {"rename", "fdatasync", "write", "unlink", "mkdir"};

    /**
     * How it goes.
     *
     * @param minutes of all lives together
     * @param lives how many
     * @param rate events a second
     */
    record Plan(double minutes, int lives, int rate, long seed, SoakLeak leak) {
        double minutesOfLife() {
            return minutes / lives;
        }

        /** Those of the lives before the last are purged, once they were looked at. */
        int letters() {
            return 50 + (int) (minutesOfLife() * rate / 10);
        }

        long millisBetweenReports() {
            return (long) (minutesOfLife() * TimeUnit.MINUTES.toMillis(1) / REPORTS_OF_LIFE);
        }
    }

    final List<SoakFigures> figures = new ArrayList<>();
    private final List<Double> kills = new ArrayList<>();
    private final List<Double> stops = new ArrayList<>();
    private final Path folder;
    private final Path data;
    private final Path witness;
    private final Plan plan;
    private final Optional<KillPoint> points;
    private final SplittableRandom random;
    private final SoakClock clock = new SoakClock().started();
    private final StackCheck check = new StackCheck(SoakLoad.AUTHORS);
    private final Map<String, Integer> deaths = new TreeMap<>();
    private long reported;
    private int rebuilds;
    private int restored;

    Soak(Path folder, Plan plan) throws IOException, InterruptedException {
        this.folder = folder;
        this.plan = plan;
        this.data = folder.resolve("data");
        this.witness = Files.createDirectories(folder.resolve("witness"));
        this.points = KillPoint.build(folder);
        this.random = new SplittableRandom(plan.seed());
        Files.createDirectories(Stack.backups(data));
        try (EventStore store = SoakChild.store(data)) {
            hold(store);
        }
    }

    /** What is removed before was read here. */
    private void hold(EventStore store) {
        store.retention().hold("reader", check.next());
    }

    Soak run() throws Exception {
        for (int life = 0; life < plan.lives(); life++) {
            try {
                live(life);
                check(life);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("life=" + life + " " + plan + " data=" + data, e);
            }
        }
        return this;
    }

    private void live(int life) throws IOException, InterruptedException {
        Path output = folder.resolve("output");
        Path when = witness.resolve("kill-" + life);
        long seed = random.nextLong(1L << 40);
        ProcessBuilder builder =
                StackFolder.program(
                        List.of(),
                        SoakChild.class,
                        List.of(
                                data,
                                witness,
                                seed,
                                plan.rate(),
                                plan.millisBetweenReports(),
                                plan.letters(),
                                plan.leak()),
                        output);
        boolean named = points.isPresent() && life % 2 == 1;
        if (named) {
            boolean half = random.nextBoolean();
            points.get().armLater(builder.environment(), data, when, half);
        }
        reports(); // what the one before has said in its last moment
        Process process = builder.start();
        try {
            look(life, process);
            die(named ? CALLS[life / 2 % CALLS.length] : "", when, process);
        } finally {
            process.destroyForcibly();
        }
        int code = process.waitFor();
        assertEquals(KILLED, code, () -> "it ended by itself: " + text(output));
    }

    /** Notes what it reports, and what can be seen from outside then; from its first report on. */
    private void look(int life, Process process) throws IOException, InterruptedException {
        long length = (long) (plan.minutesOfLife() * NANOS_OF_MINUTE);
        SoakProbe probe = new SoakProbe(data, process.pid());
        long stopped = clock.stopped();
        long begin = clock.now();
        boolean begun = false;
        while (clock.now() < begin + (begun ? length : Stack.LONG.toNanos())
                && !process.waitFor(50, TimeUnit.MILLISECONDS)) {
            List<String> lines = reports();
            if (!begun && !lines.isEmpty()) {
                begun = true;
                begin = clock.now();
            }
            double minute = life * plan.minutesOfLife() + (clock.now() - begin) / NANOS_OF_MINUTE;
            if (clock.stopped() > stopped) {
                stopped = clock.stopped();
                stops.add(minute);
            }
            for (String line : lines) {
                SoakFigures one = SoakFigures.of(line);
                one.minute = minute;
                one.life = life;
                probe.look(one);
                figures.add(one);
            }
        }
        assertTrue(begun || !process.isAlive(), "it has not begun");
    }

    /** The lines that are new and whole. */
    private List<String> reports() throws IOException {
        Path report = witness.resolve(SoakChild.REPORT);
        if (!Files.exists(report)) {
            return List.of();
        }
        String text = Files.readString(report);
        List<String> lines =
                text.substring((int) reported, text.lastIndexOf('\n') + 1).lines().toList();
        reported = text.lastIndexOf('\n') + 1;
        return lines;
    }

    private void die(String call, Path when, Process process)
            throws IOException, InterruptedException {
        String how = "any time";
        if (!call.isEmpty() && process.isAlive()) {
            Files.writeString(when, call);
            how = process.waitFor(20, TimeUnit.SECONDS) ? "in " + call : how;
        }
        deaths.merge(how, 1, Integer::sum);
        kills.add((deaths.values().stream().mapToInt(one -> one).sum()) * plan.minutesOfLife());
    }

    private void check(int life) throws Exception {
        try (EventStore store = SoakChild.store(data)) {
            check.goOn(store);
            check.assertKept(acknowledged());
            checkStates(store);
            try (ProjectionRuntime runtime =
                    SoakChild.runtime(store, data, plan.letters(), SoakLeak.NONE, posting -> {})) {
                Stack.start(runtime);
                check.assertAsOfTheirPosition(runtime);
                check.assertComplete(runtime);
                rebuild(runtime);
            }
            if (life % 3 == 0) {
                assertEquals(List.of(), store.verify(ProgressListener.none()).problems());
            }
            hold(store);
        }
        restored += new StackBackups(data, witness).check(this::checkRestored) ? 1 : 0;
    }

    private void rebuild(ProjectionRuntime runtime) throws InterruptedException {
        runtime.cancelRebuild(Stack.DIGEST);
        if (!runtime.snapshots(Stack.DIGEST).isEmpty()) {
            check.assertRebuildMatches(
                    runtime.rebuild(Stack.DIGEST, RebuildStart.newestSnapshot()),
                    runtime,
                    random.nextBoolean());
            rebuilds++;
        }
    }

    private void checkStates(EventStore store) {
        try (SnapshotStore all = SnapshotStore.openIn(store)) {
            StreamSnapshots<Stack.Digest, Posting> states = SoakChild.states(store, all);
            for (int author = 0; author < SoakLoad.AUTHORS; author++) {
                assertEquals(check.digestOf(author), states.load("author-" + author).state());
            }
        }
    }

    private void checkRestored(Path copy) {
        try (EventStore store = SoakChild.store(copy)) {
            check.assertIsPartOfIt(store);
        }
    }

    private long[] acknowledged() throws IOException {
        long[] found = new long[SoakLoad.AUTHORS];
        Path file = witness.resolve(SoakChild.ACKNOWLEDGED);
        ByteBuffer in = ByteBuffer.wrap(Files.readAllBytes(file));
        for (int i = 0; in.remaining() >= Long.BYTES; i++) {
            found[i] = in.getLong();
        }
        return found;
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** How often what was done. */
    Map<String, Integer> work() throws IOException {
        Map<String, Integer> counts = new TreeMap<>();
        for (String one : Files.readAllLines(witness.resolve(SoakChild.WORK))) {
            counts.merge(one, 1, Integer::sum);
        }
        return counts;
    }

    /** How it went, over its quarters. */
    String table() throws IOException {
        StringBuilder out = new StringBuilder();
        out.append(
                "%s%nevents=%d deaths=%s rebuilds_compared=%d restored=%d minutes_stopped=%.1f%nwork=%s%n"
                        .formatted(
                                plan,
                                check.next(),
                                deaths,
                                rebuilds,
                                restored,
                                clock.stopped() / NANOS_OF_MINUTE,
                                work()));
        out.append(
                "%-50s%10s%10s%10s%10s%10s%n"
                        .formatted("median of", "1st", "2nd", "3rd", "4th", "max"));
        for (Measure measure : Measure.values()) {
            row(out, measure);
        }
        return out.toString();
    }

    private void row(StringBuilder out, Measure measure) {
        String unit = measure.unit.isEmpty() ? "" : " " + measure.unit;
        out.append("%-50s".formatted(measure.name + unit));
        int size = figures.size();
        for (int i = 0; i < 4; i++) {
            List<SoakFigures> quarter = figures.subList(size * i / 4, size * (i + 1) / 4);
            out.append(String.format(Locale.ROOT, "%10.2f", SoakFlat.median(quarter, measure)));
        }
        double most =
                figures.stream()
                        .mapToDouble(one -> one.get(measure))
                        .filter(one -> !Double.isNaN(one))
                        .max()
                        .orElse(Double.NaN);
        out.append(String.format(Locale.ROOT, "%10.2f%n", most));
    }

    String plot() {
        String title =
                "%.0f minutes at %d events a second; red: killed, grey: the machine had stopped it"
                        .formatted(plan.minutes(), plan.rate());
        return new SoakPlot(figures, kills, stops, plan.minutes()).draw(title);
    }

    /** What has grown that may not. */
    List<String> grown() {
        assertTrue(
                figures.size() >= plan.lives() * REPORTS_OF_LIFE / 2, figures.size() + " reports");
        return new SoakFlat(figures).grown();
    }
}
