package io.varve.projections.testing;

import io.varve.projections.Projection;
import io.varve.projections.Sink;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Tells what a projection emits: given some events, when another comes, then these are emitted.
 * Immutable; each step returns another.
 *
 * <pre>{@code
 * ReactionScenario.of(alarms)
 *         .given("readings", "oven", new Reading(20))
 *         .when("readings", "oven", new Reading(300))
 *         .thenEmits("alarms", new Overheated(300))
 *         .when("readings", "oven", new Reading(21))
 *         .thenEmitsNothing();
 * }</pre>
 */
public final class ReactionScenario {
    private final Projection projection;
    private final List<Happened> events;

    /** An event of a stream. */
    private record Happened(String category, String key, Object event) {
        @Override
        public String toString() {
            return category + "/" + key + "=" + event;
        }
    }

    private ReactionScenario(Projection projection, List<Happened> events) {
        this.projection = projection;
        this.events = List.copyOf(events);
    }

    /**
     * Begins without events.
     *
     * @param projection to be looked at, which emits
     * @return the scenario
     * @throws IllegalArgumentException if it emits nothing
     */
    public static ReactionScenario of(Projection projection) {
        if (projection.topology().sinks().isEmpty()) {
            throw new IllegalArgumentException(
                    "The projection emits nothing: projection="
                            + projection.name()
                            + ". Look at its rows with TopologyTestDriver, or at a fold with"
                            + " FoldScenario.");
        }
        return new ReactionScenario(projection, List.of());
    }

    /**
     * What has happened before; what is emitted for it is not looked at.
     *
     * @param category of the stream; the projection reads it
     * @param key of the stream
     * @param event known to the category's serde
     * @return the scenario with it
     */
    public ReactionScenario given(String category, String key, Object event) {
        return with(category, key, event);
    }

    /**
     * What happens now, all before being given.
     *
     * @param category of the stream; the projection reads it
     * @param key of the stream
     * @param event known to the category's serde
     * @return the scenario with it
     */
    public ReactionScenario when(String category, String key, Object event) {
        return with(category, key, event);
    }

    private ReactionScenario with(String category, String key, Object event) {
        List<Happened> all = new ArrayList<>(events);
        Objects.requireNonNull(category, "category");
        Objects.requireNonNull(key, "key");
        all.add(new Happened(category, key, Objects.requireNonNull(event, "event")));
        return new ReactionScenario(projection, all);
    }

    /**
     * What is emitted for the last event, with keys, times and headers. That a rebuild emits the
     * same with the same ids is seen to as well.
     *
     * @param category it is emitted to
     * @return in order; none without an event
     * @throws IllegalArgumentException if the projection does not emit to it
     */
    public List<EmittedRecord<Object>> emitted(String category) {
        try (TopologyTestDriver driver = new TopologyTestDriver(projection)) {
            int before = 0;
            for (Happened one : events) {
                before = driver.emitted(category, Object.class).size();
                driver.pipe(one.category(), one.key(), one.event());
            }
            List<EmittedRecord<Object>> all = driver.emitted(category, Object.class);
            driver.assertRebuildMatches();
            return List.copyOf(all.subList(before, all.size()));
        }
    }

    /**
     * Asserts what is emitted to a category for the last event; equal ones are taken for the same.
     *
     * @param category it is emitted to
     * @param expected in order
     * @return this
     * @throws AssertionError if it is something else
     */
    public ReactionScenario thenEmits(String category, Object... expected) {
        List<Object> found = emitted(category).stream().map(EmittedRecord::event).toList();
        if (!found.equals(List.of(expected))) {
            throw new AssertionError(
                    "Other events are emitted: category="
                            + category
                            + " expected="
                            + List.of(expected)
                            + " found="
                            + found
                            + " events="
                            + events);
        }
        return this;
    }

    /**
     * Asserts that nothing is emitted for the last event, to any category.
     *
     * @return this
     * @throws AssertionError if something is
     */
    public ReactionScenario thenEmitsNothing() {
        projection.topology().sinks().stream()
                .map(Sink::category)
                .distinct()
                .forEach(this::thenEmits);
        return this;
    }
}
