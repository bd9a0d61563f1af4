package io.varve.projections;

import io.varve.store.NewEvent;
import io.varve.store.StreamId;
import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.serde.EventSerde;
import java.util.Set;

/**
 * An event that says what time it is: that of the event, by the clock of the store. It lets time
 * pass for topologies that ask for ticks, with {@link Consumed#withTicks} or {@link
 * StreamsBuilder#withTicks}, while no other event comes. As it is in the log, whoever computes a
 * projection again comes to the same rows.
 *
 * <p>An engine appends it when something is due, and seldom. Others may as well:
 *
 * <pre>{@code
 * store.append(new EventBatch().add(Tick.STREAM, Tick.event()));
 * }</pre>
 */
public final class Tick {
    /** The stream of all ticks. Its category is not for other events. */
    public static final StreamId STREAM = StreamId.of("$ticks", "clock");

    /** The type of these events; they have no payload. */
    public static final String TYPE = "tick";

    /** As it is read. */
    static final Tick READ = new Tick();

    /** One object: engines decode once for all who read it. */
    static final Source SOURCE = new Source(STREAM.category(), new TickSerde());

    private static final byte[] NOTHING = {};

    private Tick() {}

    /**
     * One that is to be appended.
     *
     * @return without a time, which the store adds with its commit: events that come behind it and
     *     bring no time are not before it
     */
    public static NewEvent event() {
        return NewEvent.of(TYPE, NOTHING);
    }

    /** Refuses a category that is that of ticks. */
    static void checkFree(String category, String instead) {
        if (category.equals(STREAM.category())) {
            throw new TopologyException("The category is that of ticks: " + category, instead);
        }
    }

    @Override
    public String toString() {
        return TYPE;
    }

    private static final class TickSerde implements EventSerde<Tick> {
        @Override
        public Set<String> types() {
            return Set.of(TYPE);
        }

        @Override
        public String typeOf(Tick event) {
            return TYPE;
        }

        @Override
        public void serialize(Tick event, BytesWriter out) {
            // All that it says is when it is.
        }

        @Override
        public Tick deserialize(String type, BytesView payload) {
            return READ;
        }
    }
}
