package io.varve.parity;

import io.varve.projections.TopologyException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** Makes cases out of a seed. */
final class CaseGenerator {
    private static final int MOST_STEPS = 12;
    private static final int MOST_INPUTS = 30;
    private static final List<String> KEYS = List.of("a", "bb", "c");

    private final Random random;
    private final boolean comparable;
    private final boolean versioned;
    private final List<Step> steps = new ArrayList<>();

    private CaseGenerator(long seed, boolean comparable) {
        this.random = new Random(seed);
        this.comparable = comparable;
        this.versioned = random.nextInt(12) == 0;
    }

    /** A case that means the same in both systems. */
    static Case of(long seed) {
        return new CaseGenerator(seed, true).make();
    }

    /** A case for Varve alone, of steps on any others that it does not refuse. */
    static Case unlimited(long seed) {
        return new CaseGenerator(seed, false).make();
    }

    private boolean fits(Step next) {
        List<Step> steps = withStep(next);
        if (comparable) {
            return Routes.of(steps).areAlike() && !looksBackAtVersions(next);
        }
        return !(next instanceof Step.JoinTables join) || join.kept() || isTaken(steps);
    }

    /** Kafka Streams tells what such a join was by what its sides were: see parity.md. */
    private boolean looksBackAtVersions(Step next) {
        boolean looks =
                next instanceof Step.Filter
                        || next instanceof Step.GroupTable
                        || next instanceof Step.JoinTables
                        || next instanceof Step.JoinForeign;
        return looks && next.from().stream().anyMatch(this::isJoinWithVersions);
    }

    private boolean isJoinWithVersions(int table) {
        Step step = steps.get(table);
        if (step instanceof Step.Filter || step instanceof Step.MapValues) {
            return isJoinWithVersions(step.from().get(0));
        }
        return step instanceof Step.JoinTables join && join.history().isPresent();
    }

    private static boolean isTaken(List<Step> steps) {
        try {
            VarveSystem.topology(new Case(steps, List.of()));
            return true;
        } catch (TopologyException e) {
            return false; // Two tables of the same rows need a store for their join.
        }
    }

    private Case make() {
        int sources = 1 + random.nextInt(3);
        for (int i = 0; i < sources; i++) {
            steps.add(new Step.Source("in" + i));
        }
        for (int i = 0; i < sources; i++) {
            if (random.nextInt(3) == 0) {
                steps.add(new Step.ToTable(i, anyHistory()));
            }
        }
        int more = 1 + random.nextInt(MOST_STEPS);
        for (int i = 0; i < more; i++) {
            // Mostly the latest, so that chains come about.
            int parent = Math.max(random.nextInt(steps.size()), random.nextInt(steps.size()));
            Step next = next(parent);
            if (fits(next)) {
                steps.add(next);
            }
        }
        return new Case(steps, inputs(sources));
    }

    private List<Step> withStep(Step next) {
        List<Step> all = new ArrayList<>(steps);
        all.add(next);
        return all;
    }

    private Step next(int parent) {
        return switch (steps.get(parent).kind()) {
            case STREAM -> onStream(parent);
            case TABLE -> onTable(parent);
            case WINDOWED_TABLE -> onWindows(parent);
        };
    }

    private Step onStream(int parent) {
        if (versioned && random.nextInt(3) == 0) {
            return joinedWithTable(parent); // or few would wait for a table
        }
        return switch (random.nextInt(30)) {
            case 0 -> new Step.Filter(parent, Kind.STREAM, any(Check.values()), false);
            case 1 -> new Step.Filter(parent, Kind.STREAM, any(Check.values()), true);
            case 2 -> new Step.MapValues(parent, Kind.STREAM, any(Change.values()));
            case 3 -> new Step.MapBoth(parent, any(KeyChange.values()), any(Change.values()));
            case 4 -> new Step.FlatMapValues(parent, any(Spread.values()));
            case 5 -> new Step.SelectKey(parent, any(KeyChange.values()));
            case 6 -> new Step.Peek(parent);
            case 7 -> new Step.Merge(parent, anyOf(Kind.STREAM).orElseThrow());
            case 8 -> new Step.ToTable(parent, anyHistory());
            case 9, 10, 11 ->
                    new Step.AggregateWindows(
                            parent, anyGroup(), any(Folding.values()), anyWindows());
            case 12 -> new Step.FlatMap(parent, any(KeyChange.values()), any(Spread.values()));
            case 13 -> new Step.Branch(parent, any(Check.values()), random.nextBoolean());
            case 14, 15 -> joinedWithTable(parent);
            case 16, 17 -> new Step.ToTable(parent, anyHistory());
            case 18, 19, 20, 21 ->
                    withStream(
                            other ->
                                    new Step.JoinStreams(
                                            parent, other, any(Joining.values()), anySpan()));
            case 22, 23 -> withStream(other -> cogroup(parent, other));
            case 24 -> new Step.To(parent);
            case 25, 26 -> new Step.Process(parent, any(comparable ? Work.COMPARABLE : Work.ALL));
            case 27 ->
                    comparable
                            ? new Step.Aggregate(
                                    parent, anyGroup(), any(Folding.values()), anyHistory())
                            : new Step.Expiring(parent, 1 + random.nextInt(60));
            default -> new Step.Aggregate(parent, anyGroup(), any(Folding.values()), anyHistory());
        };
    }

    private Step cogroup(int parent, int other) {
        Optional<Windowing> windows =
                random.nextBoolean() ? Optional.of(anyWindows().onUpdate()) : Optional.empty();
        return new Step.Cogroup(
                parent, other, anyGroup(), any(Folding.OF_VALUES), any(Folding.OF_VALUES), windows);
    }

    /** With any stream; mostly such a step can be compared. */
    private Step withStream(IntFunction<Step> step) {
        return step.apply(anyOf(Kind.STREAM).orElseThrow());
    }

    private Span anySpan() {
        long before = random.nextInt(4) == 0 ? -random.nextInt(5) : random.nextInt(13);
        long after = Math.max(0, -before) + random.nextInt(13);
        long grace = random.nextInt(20);
        // Kafka Streams joins nothing in windows of nothing: see parity.md.
        return new Span(before, before + after == 0 ? after + 1 : after, grace);
    }

    private Step onTable(int parent) {
        if (comparable
                && (steps.get(parent) instanceof Step.JoinForeign
                        || steps.get(parent) instanceof Step.Suppress)) {
            return new Step.ToStream(parent);
        }
        return switch (random.nextInt(16)) {
            case 14 ->
                    Case.historyOf(steps, parent).isPresent() // it is refused there
                            ? new Step.ToStream(parent)
                            : new Step.Suppress(
                                    parent,
                                    Kind.TABLE,
                                    Optional.of((long) random.nextInt(40)),
                                    anyRows());
            case 0 ->
                    new Step.Filter(parent, Kind.TABLE, any(Check.values()), random.nextBoolean());
            case 1 -> new Step.MapValues(parent, Kind.TABLE, any(Change.values()));
            case 2, 3, 4, 5 -> joined(parent);
            case 6, 7, 8 -> joinedByForeignKey(parent);
            case 9, 10 ->
                    new Step.GroupTable(
                            parent,
                            any(KeyChange.values()),
                            any(TableFolding.values()),
                            anyHistory());
            default -> new Step.ToStream(parent);
        };
    }

    private Step joinedWithTable(int parent) {
        Joining joining = random.nextBoolean() ? Joining.INNER : Joining.LEFT;
        return withTable(
                table -> new Step.JoinTable(parent, table, joining, anyGrace(table)),
                new Step.ToTable(parent, anyHistory()));
    }

    private Step joined(int parent) {
        Joining joining = any(Joining.values());
        boolean kept = random.nextBoolean();
        Optional<Long> history = kept ? anyHistory() : Optional.empty();
        return withTable(
                table -> new Step.JoinTables(parent, table, joining, kept, history),
                new Step.ToStream(parent));
    }

    private Step joinedByForeignKey(int parent) {
        Joining joining = random.nextBoolean() ? Joining.INNER : Joining.LEFT;
        KeyChange key = random.nextBoolean() ? KeyChange.BY_VALUE : any(KeyChange.values());
        return withTable(
                table -> new Step.JoinForeign(parent, table, key, joining),
                new Step.ToStream(parent));
    }

    /** With a table that the step can be compared with, if there is one. */
    private Step withTable(IntFunction<Step> step, Step otherwise) {
        List<Integer> tables =
                new ArrayList<>(
                        IntStream.range(0, steps.size())
                                .filter(i -> steps.get(i).kind() == Kind.TABLE)
                                .boxed()
                                .toList());
        Collections.shuffle(tables, random);
        return tables.stream().map(step::apply).filter(this::fits).findFirst().orElse(otherwise);
    }

    private Step onWindows(int parent) {
        if (comparable && steps.get(parent) instanceof Step.Suppress) {
            return new Step.WindowsToStream(parent);
        }
        boolean plain = !comparable || haveOneOldValue(parent);
        return switch (random.nextInt(6)) {
            case 2 ->
                    plain && random.nextBoolean()
                            ? new Step.Suppress(parent, Kind.WINDOWED_TABLE, Optional.empty())
                            : new Step.Suppress(
                                    parent,
                                    Kind.WINDOWED_TABLE,
                                    Optional.of((long) random.nextInt(40)),
                                    anyRows());
            case 0 ->
                    !plain
                            ? new Step.WindowsToStream(parent)
                            : new Step.Filter(
                                    parent,
                                    Kind.WINDOWED_TABLE,
                                    any(Check.values()),
                                    random.nextBoolean());
            case 1 -> new Step.MapValues(parent, Kind.WINDOWED_TABLE, any(Change.values()));
            default -> new Step.WindowsToStream(parent);
        };
    }

    /** Kafka Streams gives sessions and sliding windows old values of other rows: see parity.md. */
    private boolean haveOneOldValue(int step) {
        Step at = steps.get(step);
        while (at instanceof Step.Single && !(at instanceof Step.AggregateWindows)) {
            at = steps.get(at.from().get(0));
        }
        Windowing windows =
                at instanceof Step.Cogroup cogroup
                        ? cogroup.windows().orElseThrow()
                        : ((Step.AggregateWindows) at).windows();
        Windowing.Shape shape = windows.shape();
        return shape == Windowing.Shape.TUMBLING || shape == Windowing.Shape.HOPPING;
    }

    private Optional<Long> anyRows() {
        return random.nextInt(3) == 0 ? Optional.of(1L + random.nextInt(3)) : Optional.empty();
    }

    private Windowing anyWindows() {
        long size = 2 + random.nextInt(25);
        return new Windowing(
                any(Windowing.Shape.values()),
                size,
                1 + random.nextInt((int) size),
                random.nextInt(3) == 0 ? 0 : random.nextInt(40),
                random.nextInt(4) == 0);
    }

    /** Mostly none: what keeps it there is on disk, and takes its time. */
    private Optional<Long> anyHistory() {
        boolean has = versioned && random.nextBoolean();
        return has ? Optional.of((long) random.nextInt(100)) : Optional.empty();
    }

    /** For records that wait for a table of versions. */
    private Optional<Long> anyGrace(int table) {
        Optional<Long> history = Case.historyOf(steps, table);
        return history.isPresent() && random.nextInt(3) > 0
                ? Optional.of((long) random.nextInt((int) Math.min(history.get() + 1, 30)))
                : Optional.empty();
    }

    private Optional<KeyChange> anyGroup() {
        return random.nextInt(3) == 0 ? Optional.of(any(KeyChange.values())) : Optional.empty();
    }

    private Optional<Integer> anyOf(Kind kind) {
        List<Integer> found =
                IntStream.range(0, steps.size())
                        .filter(i -> steps.get(i).kind() == kind)
                        .boxed()
                        .toList();
        return found.isEmpty()
                ? Optional.empty()
                : Optional.of(found.get(random.nextInt(found.size())));
    }

    private <T> T any(T[] choices) {
        return choices[random.nextInt(choices.length)];
    }

    private List<Input> inputs(int sources) {
        List<Input> inputs = new ArrayList<>();
        int count = 1 + random.nextInt(MOST_INPUTS);
        // Kafka Streams takes windows that end before time 0 to end at 0: see parity.md.
        boolean joinsLater =
                steps.stream()
                        .anyMatch(
                                step ->
                                        step instanceof Step.JoinStreams join
                                                && join.span().before() < 0);
        long time = random.nextInt(4) == 0 && !joinsLater ? 0 : 100;
        for (int i = 0; i < count; i++) {
            time += random.nextInt(9);
            long late = random.nextInt(4) == 0 ? random.nextInt(60) : 0;
            if (!comparable && random.nextInt(6) == 0) {
                inputs.add(Input.tick(random.nextInt(40)));
            }
            inputs.add(
                    new Input(
                            "in" + random.nextInt(sources),
                            KEYS.get(random.nextInt(KEYS.size())),
                            random.nextInt(7) == 0 ? null : (long) random.nextInt(10),
                            time - Math.min(late, time),
                            random.nextInt(3) == 0 ? null : "h" + i));
        }
        return inputs;
    }
}
