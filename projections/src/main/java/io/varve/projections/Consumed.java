package io.varve.projections;

import io.varve.store.serde.EventSerde;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * How a category is read.
 *
 * <pre>{@code
 * builder.stream("orders", Consumed.with(ORDER_EVENTS).withName("orders-source"));
 * }</pre>
 *
 * @param serde for the events of the category
 * @param name of the source node; empty for an automatic one
 * @param lateness how long after their time its events may come, if ticks let time pass for them
 * @param <E> what the events have in common
 */
public record Consumed<E>(EventSerde<E> serde, Optional<Named> name, Optional<Duration> lateness) {
    /**
     * Refuses a missing serde.
     *
     * @param serde for the events of the category
     * @param name of the source node; empty for an automatic one
     * @param lateness zero to a thousand years; empty if no tick concerns it
     */
    public Consumed {
        if (serde == null) {
            throw new IllegalArgumentException(
                    "A category cannot be read without a serde. Use Consumed.with(serde).");
        }
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(lateness, "lateness");
        lateness.ifPresent(time -> WindowTimes.check("lateness", time, 0));
    }

    /**
     * Reads with a serde.
     *
     * @param serde for the events of the category
     * @param <E> what the events have in common
     * @return how to read
     */
    public static <E> Consumed<E> with(EventSerde<E> serde) {
        return new Consumed<>(serde, Optional.empty(), Optional.empty());
    }

    /**
     * The same with a name for the source node.
     *
     * @param newName of the node
     * @return a new value
     */
    public Consumed<E> withName(String newName) {
        return new Consumed<>(serde, Optional.of(Named.as(newName)), lateness);
    }

    /**
     * The same for events that bring no time of their own, or come at once: see {@link
     * #withTicks(Duration)}.
     *
     * @return a new value
     */
    public Consumed<E> withTicks() {
        return withTicks(Duration.ZERO);
    }

    /**
     * The same for events whose times are those of the clock, nearly. Then time passes for them
     * also while none comes: a {@link Tick} lets windows close, {@code suppress} tell of what is
     * due, joins of streams tell of what found no match, rows expire, and what goes by stream time
     * be done. An engine appends ticks to the log when something is due, and seldom.
     *
     * <pre>{@code
     * builder.stream("clicks", Consumed.with(CLICKS).withTicks(Duration.ofSeconds(5)))
     *         .groupByKey()
     *         .windowedBy(TimeWindows.ofSizeWithNoGrace(Duration.ofMinutes(1)))
     *         .emitStrategy(EmitStrategy.onWindowClose())
     *         .count(Materialized.windowed(CLICKS_A_MINUTE, Serdes.utf8(), Serdes.int64()));
     * }</pre>
     *
     * <p>Events that come later than they may are late like any others: for windows that are closed
     * by then they are dropped. Do not ask for it where old events are imported.
     *
     * @param mayBeLate how long after its time an event may come; zero to a thousand years
     * @return a new value
     */
    public Consumed<E> withTicks(Duration mayBeLate) {
        return new Consumed<>(
                serde, name, Optional.of(Objects.requireNonNull(mayBeLate, "mayBeLate")));
    }
}
