package io.varve.samples.flights;

import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.serde.EventSerde;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Ends the process as {@code kill -9} would, after a number of steps: no shutdown hook runs,
 * nothing is flushed or closed. An event that was appended is a step, and so is every decoding of
 * an event for the projections: once for all of them when they follow the log live, once for each
 * when they catch up. Thread-safe.
 */
final class KillSwitch {
    /** What a shell reports for a process that died of signal 9. */
    static final int EXIT_CODE = 137;

    private final AtomicLong left;

    private KillSwitch(long steps) {
        left = new AtomicLong(steps);
    }

    static KillSwitch after(long steps) {
        return new KillSwitch(steps);
    }

    static KillSwitch never() {
        return new KillSwitch(Long.MAX_VALUE);
    }

    /** Some steps were made. */
    void step(long count) {
        if (left.addAndGet(-count) <= 0) {
            Runtime.getRuntime().halt(EXIT_CODE);
        }
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
