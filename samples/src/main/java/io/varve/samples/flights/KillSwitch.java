package io.varve.samples.flights;

import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.serde.EventSerde;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/**
 * Ends the process as {@code kill -9} would, after a number of steps: no shutdown hook runs,
 * nothing of the store is flushed or closed. An event that was appended is a step, and so is every
 * decoding of an event for the projections: once for all of them when they follow the log live,
 * once for each when they catch up. Thread-safe.
 */
final class KillSwitch {
    /** What a shell reports for a process that died of signal 9. */
    static final int EXIT_CODE = 137;

    private final long limit;
    private final LongConsumer lastWords;
    private final AtomicLong made = new AtomicLong();

    private KillSwitch(long limit, LongConsumer lastWords) {
        this.limit = limit;
        this.lastWords = lastWords;
    }

    /** Lets it say something right before the end, when it is told how many steps were made. */
    static KillSwitch after(long steps, LongConsumer lastWords) {
        return new KillSwitch(steps, lastWords);
    }

    static KillSwitch never() {
        return new KillSwitch(Long.MAX_VALUE, steps -> {});
    }

    /** Some steps were made. */
    void step(long count) {
        long steps = made.addAndGet(count);
        if (steps >= limit) {
            die(steps);
        }
    }

    /** One thread dies for all; the others wait for it, so that its words are not cut short. */
    private synchronized void die(long steps) {
        lastWords.accept(steps);
        Runtime.getRuntime().halt(EXIT_CODE);
    }

    /** How many steps there were. */
    long made() {
        return made.get();
    }

    /** Whether it is set to end the process at some time. */
    boolean armed() {
        return limit != Long.MAX_VALUE;
    }

    /** The same serde, with a step for each event that is read. */
    <E> EventSerde<E> counting(EventSerde<E> serde) {
        return new Counting<>(serde, this);
    }

    private record Counting<E>(EventSerde<E> serde, KillSwitch killSwitch)
            implements EventSerde<E> {
        @Override
        public Set<String> types() {
            return serde.types();
        }

        @Override
        public String typeOf(E event) {
            return serde.typeOf(event);
        }

        @Override
        public Optional<String> typeOfClass(Class<?> event) {
            return serde.typeOfClass(event);
        }

        @Override
        public void serialize(E event, BytesWriter out) {
            serde.serialize(event, out);
        }

        @Override
        public E deserialize(String type, BytesView payload) {
            killSwitch.step(1);
            return serde.deserialize(type, payload);
        }
    }
}
