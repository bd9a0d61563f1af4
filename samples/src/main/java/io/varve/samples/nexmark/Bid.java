package io.varve.samples.nexmark;

import io.varve.projections.Consumed;
import io.varve.store.EventBatch;
import io.varve.store.StreamId;
import io.varve.store.serde.EventSerde;
import java.util.OptionalLong;

/**
 * Someone offers a price.
 *
 * @param auction its id; it may be one that opens later
 * @param bidder id of a person
 * @param price in cents
 * @param channel by which it came
 * @param url of the page
 * @param dateTime milliseconds since 1970
 * @param extra brings the event to its usual size
 */
record Bid(
        long auction,
        long bidder,
        long price,
        String channel,
        String url,
        long dateTime,
        String extra)
        implements NexmarkEvent {
    /** The category; the stream is the auction that is bid on. */
    static final String CATEGORY = "bid";

    private static final EventSerde<Bid> SERDE =
            EventSerde.of(Bid.class).record("BidPlaced", Bid.class).build();

    static final Consumed<Bid> CONSUMED = Consumed.with(SERDE);

    @Override
    public void addTo(EventBatch batch) {
        batch.add(
                StreamId.of(CATEGORY, Long.toString(auction)),
                SERDE,
                this,
                OptionalLong.of(dateTime));
    }
}
