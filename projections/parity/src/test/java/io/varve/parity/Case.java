package io.varve.parity;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A topology and what it is given. */
record Case(List<Step> steps, List<Input> inputs) {
    Case {
        steps = List.copyOf(steps);
        inputs = List.copyOf(inputs);
    }

    /** Streams that nothing stands on, and that go nowhere: their records are collected. */
    List<Integer> ends() {
        Set<Integer> used = new HashSet<>();
        steps.forEach(step -> used.addAll(step.from()));
        return IntStream.range(0, steps.size())
                .filter(i -> steps.get(i).kind() == Kind.STREAM && !used.contains(i))
                .filter(i -> !(steps.get(i) instanceof Step.To))
                .boxed()
                .toList();
    }

    /** How long versions of the rows are kept that a table has, or is made of. */
    static Optional<Long> historyOf(List<Step> steps, int table) {
        Step step = steps.get(table);
        if (step instanceof Step.Kept kept) {
            return kept.history();
        }
        return step instanceof Step.Single single
                        && single.kind() == Kind.TABLE
                        && !(step instanceof Step.Suppress)
                ? historyOf(steps, single.parent())
                : Optional.empty();
    }

    /** Whether no step asks for what another has not. */
    boolean isSound() {
        return steps.stream().allMatch(this::finds);
    }

    private boolean finds(Step step) {
        return !(step instanceof Step.JoinTable join)
                || join.grace().isEmpty()
                || historyOf(steps, join.right()).orElse(-1L) >= join.grace().get();
    }

    /** How long a step's store keeps versions; empty if only the latest. */
    Optional<Long> history(int number) {
        return steps.get(number) instanceof Step.Kept kept ? kept.history() : Optional.empty();
    }

    /** A time behind all inputs. */
    long end() {
        return inputs.stream().mapToLong(Input::time).max().orElse(0) + 1;
    }

    /** Steps whose records go to a topic or category. */
    List<Integer> sent() {
        return IntStream.range(0, steps.size())
                .filter(i -> steps.get(i) instanceof Step.To)
                .boxed()
                .toList();
    }

    /** Whether a step reads what another has sent. */
    boolean isSentAndRead() {
        return steps.stream()
                .flatMap(step -> step.from().stream())
                .anyMatch(from -> steps.get(from) instanceof Step.To);
    }

    boolean isRead(int number) {
        return steps.stream().anyMatch(step -> step.from().contains(number));
    }

    /** Whether some of a step's records come in an order of their own: see parity.md. */
    static boolean isLoose(List<Step> steps, int number) {
        return isForeign(steps, number) || isOuter(steps, number);
    }

    /** Whether a step is a join by foreign key, or its changes. */
    private static boolean isForeign(List<Step> steps, int number) {
        Step step = steps.get(number);
        return step instanceof Step.JoinForeign
                || step instanceof Step.ToStream changes
                        && steps.get(changes.parent()) instanceof Step.JoinForeign;
    }

    /** Whether records of a step may be without a match. */
    private static boolean isOuter(List<Step> steps, int number) {
        return steps.get(number) instanceof Step.JoinStreams join
                && join.joining() != Joining.INNER;
    }

    /** Ends of which the last record of each key is compared, without its time. */
    Set<String> looseEnds() {
        return endsThat(end -> isForeign(steps, end));
    }

    /** Ends whose records without a match are compared without their order. */
    Set<String> outerEnds() {
        return endsThat(end -> isOuter(steps, end));
    }

    /** Ends and topics whose records have other headers, or may have: see parity.md. */
    Set<String> withOtherHeaders() {
        Set<String> found = endsThat(this::hasOtherHeaders);
        sent().stream().filter(this::hasOtherHeaders).forEach(step -> found.add("sent" + step));
        return found;
    }

    private boolean hasOtherHeaders(int number) {
        Step step = steps.get(number);
        return step instanceof Step.AggregateWindows windows && windows.windows().losesHeaders()
                || step instanceof Step.Cogroup cogroup
                        && cogroup.windows().stream().anyMatch(Windowing::losesHeaders)
                || isOuter(steps, number)
                || isForeign(steps, number)
                || step.from().stream().anyMatch(this::hasOtherHeaders);
    }

    private Set<String> endsThat(IntPredicate are) {
        return ends().stream()
                .filter(are::test)
                .map(end -> "out" + end)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    Set<String> categories() {
        return steps.stream()
                .filter(Step.Source.class::isInstance)
                .map(step -> ((Step.Source) step).category())
                .collect(Collectors.toSet());
    }

    /** Inputs of categories that are read. */
    List<Input> readInputs() {
        Set<String> read = categories();
        return inputs.stream()
                .filter(input -> input.isTick() || read.contains(input.category()))
                .toList();
    }

    /** Whether the clock goes on for it; for Varve alone. */
    boolean hasTicks() {
        return inputs.stream().anyMatch(Input::isTick)
                || steps.stream()
                        .anyMatch(
                                step ->
                                        step instanceof Step.Process process
                                                && process.work() == Work.CLOCK);
    }

    Case withInputs(List<Input> others) {
        return new Case(steps, others);
    }

    /** Without a step and all that stands on it. */
    Case without(int removed) {
        List<Step> kept = new ArrayList<>();
        List<Integer> places = new ArrayList<>();
        for (int i = 0; i < steps.size(); i++) {
            List<Integer> from = steps.get(i).from().stream().map(places::get).toList();
            boolean gone = i == removed || from.contains(-1);
            places.add(gone ? -1 : kept.size());
            if (!gone) {
                kept.add(steps.get(i).on(from));
            }
        }
        return new Case(kept, inputs);
    }

    /** What stood on a step stands on its first parent. */
    Case bridging(int removed) {
        List<Step> moved = new ArrayList<>(steps);
        int parent = steps.get(removed).from().get(0);
        for (int i = removed + 1; i < moved.size(); i++) {
            List<Integer> from =
                    moved.get(i).from().stream().map(f -> f == removed ? parent : f).toList();
            moved.set(i, moved.get(i).on(from));
        }
        return new Case(moved, inputs).without(removed);
    }

    boolean canBridge(int removed) {
        Step step = steps.get(removed);
        return !step.from().isEmpty() && steps.get(step.from().get(0)).kind() == step.kind();
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < steps.size(); i++) {
            text.append("  ").append(i).append(": ").append(steps.get(i)).append('\n');
        }
        inputs.forEach(input -> text.append("  ").append(input).append('\n'));
        return text.toString();
    }
}
