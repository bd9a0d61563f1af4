package io.varve.samples.nexmark;

import io.varve.projections.Consumed;
import io.varve.store.EventBatch;
import io.varve.store.StreamId;
import io.varve.store.serde.EventSerde;
import java.util.OptionalLong;

/**
 * Someone has registered, who may sell and bid.
 *
 * @param id from 1,000
 * @param name first and last
 * @param emailAddress of the person
 * @param creditCard four groups of four digits
 * @param city where the person lives
 * @param state two letters
 * @param dateTime milliseconds since 1970
 * @param extra brings the event to its usual size
 */
record Person(
        long id,
        String name,
        String emailAddress,
        String creditCard,
        String city,
        String state,
        long dateTime,
        String extra)
        implements NexmarkEvent {
    /** The category; the stream is the person. */
    static final String CATEGORY = "person";

    private static final EventSerde<Person> SERDE =
            EventSerde.of(Person.class).record("PersonRegistered", Person.class).build();

    static final Consumed<Person> CONSUMED = Consumed.with(SERDE);

    @Override
    public void addTo(EventBatch batch) {
        batch.add(StreamId.of(CATEGORY, Long.toString(id)), SERDE, this, OptionalLong.of(dateTime));
    }
}
