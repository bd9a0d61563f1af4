package io.varve.parity;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Gives a case to both systems. */
final class Comparison {
    private final Function<Case, Outcome> ours;
    private final Function<Case, Outcome> theirs;

    Comparison(Function<Case, Outcome> ours, Function<Case, Outcome> theirs) {
        this.ours = ours;
        this.theirs = theirs;
    }

    static Comparison withKafkaStreams() {
        return new Comparison(VarveSystem::run, KafkaSystem::run);
    }

    /** What to say of a seed whose case comes out differently; the case is made small before. */
    Optional<String> differenceAt(long seed) {
        Case given = CaseGenerator.of(seed);
        if (difference(given).isEmpty()) {
            return Optional.empty();
        }
        Case small = shrink(given);
        return Optional.of(
                "seed="
                        + seed
                        + " (-Dvarve.seed="
                        + seed
                        + ")\n"
                        + difference(small).orElse("comes and goes")
                        + "\n"
                        + small
                        + VarveSystem.topology(small).describe()
                        + "\n"
                        + KafkaSystem.topology(small).describe());
    }

    private Optional<String> difference(Case given) {
        try {
            Outcome our = comparable(ours.apply(given), given);
            Outcome their = comparable(theirs.apply(given), given);
            Set<String> outer = given.outerEnds();
            return our.matched(outer)
                    .differenceTo(their.matched(outer))
                    .or(() -> our.unmatchedDifferenceTo(their, outer));
        } catch (RuntimeException | AssertionError e) {
            StackTraceElement[] stack = e.getStackTrace();
            return Optional.of(e + (stack.length == 0 ? "" : " at " + stack[0]));
        }
    }

    private static Outcome comparable(Outcome outcome, Case given) {
        return outcome.loosened(given.looseEnds()).withoutHeaders(given.withOtherHeaders());
    }

    /** Leaves out what is not needed for a difference, until all of it is. */
    private Case shrink(Case given) {
        Case small = given;
        boolean smaller = true;
        while (smaller) {
            smaller = false;
            for (Case next : smaller(small)) {
                if (difference(next).isPresent()) {
                    small = next;
                    smaller = true;
                    break;
                }
            }
        }
        return small;
    }

    private static List<Case> smaller(Case given) {
        List<Case> found = new ArrayList<>();
        for (int i = given.steps().size() - 1; i >= 0; i--) {
            found.add(given.without(i));
            if (given.canBridge(i)) {
                found.add(given.bridging(i));
            }
        }
        List<Input> inputs = given.inputs();
        int half = inputs.size() / 2;
        if (half > 1) {
            found.add(given.withInputs(inputs.subList(half, inputs.size())));
            found.add(given.withInputs(inputs.subList(0, half)));
        }
        for (int i = 0; i < inputs.size(); i++) {
            List<Input> fewer = new ArrayList<>(inputs);
            fewer.remove(i);
            found.add(given.withInputs(fewer));
        }
        found.removeIf(
                next ->
                        next.steps().isEmpty()
                                || !next.isSound()
                                || !Routes.of(next.steps()).areAlike());
        return found;
    }
}
