package io.varve.projections.testing;

import io.varve.projections.Fold;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Tells what a fold makes of events: given some, when others come, then the state is this.
 * Immutable; each step returns another.
 *
 * <pre>{@code
 * FoldScenario.of(ACCOUNT)
 *         .given(new Opened("ann"), new Deposited(100))
 *         .when(new Withdrawn(30))
 *         .then(new Account("ann", 70));
 * }</pre>
 *
 * @param <E> what the events have in common
 * @param <S> states
 */
public final class FoldScenario<E, S> {
    private final Fold<E, S> fold;
    private final List<E> events;

    private FoldScenario(Fold<E, S> fold, List<E> events) {
        this.fold = fold;
        this.events = List.copyOf(events);
    }

    /**
     * Begins without events.
     *
     * @param fold to be looked at
     * @param <E> what the events have in common
     * @param <S> states
     * @return the scenario
     */
    public static <E, S> FoldScenario<E, S> of(Fold<E, S> fold) {
        return new FoldScenario<>(Objects.requireNonNull(fold, "fold"), List.of());
    }

    /**
     * What has happened before.
     *
     * @param more events, behind those given so far
     * @return the scenario with them
     */
    @SafeVarargs
    public final FoldScenario<E, S> given(E... more) {
        if (more == null) {
            throw new NullPointerException("more");
        }
        List<E> all = new ArrayList<>(events);
        for (E event : more) {
            all.add(Objects.requireNonNull(event, "event"));
        }
        return new FoldScenario<>(fold, all);
    }

    /**
     * What happens now.
     *
     * @param more events, behind those given so far
     * @return the scenario with them
     */
    @SafeVarargs
    public final FoldScenario<E, S> when(E... more) {
        if (more == null) {
            throw new NullPointerException("more");
        }
        List<E> all = new ArrayList<>(events);
        for (E event : more) {
            all.add(Objects.requireNonNull(event, "event"));
        }
        return new FoldScenario<>(fold, all);
    }

    /**
     * The state.
     *
     * @return empty if there is none
     */
    public Optional<S> state() {
        return fold.load(events);
    }

    /**
     * Asserts what the state is; equal ones are taken for the same.
     *
     * @param expected not null
     * @return this
     * @throws AssertionError if it is another, or none
     */
    public FoldScenario<E, S> then(S expected) {
        return check(Optional.of(Objects.requireNonNull(expected, "expected")));
    }

    /**
     * Asserts that there is no state.
     *
     * @return this
     * @throws AssertionError if there is one
     */
    public FoldScenario<E, S> thenNothing() {
        return check(Optional.empty());
    }

    private FoldScenario<E, S> check(Optional<S> expected) {
        Optional<S> found = state();
        if (!found.equals(expected)) {
            throw new AssertionError(
                    "Another state: expected="
                            + shown(expected)
                            + " found="
                            + shown(found)
                            + " events="
                            + events);
        }
        return this;
    }

    private static String shown(Optional<?> state) {
        return state.map(Object::toString).orElse("none");
    }
}
