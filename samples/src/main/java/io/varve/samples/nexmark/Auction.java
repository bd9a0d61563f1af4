package io.varve.samples.nexmark;

import io.varve.projections.Consumed;
import io.varve.store.EventBatch;
import io.varve.store.StreamId;
import io.varve.store.serde.EventSerde;
import java.util.OptionalLong;

/**
 * Something is for sale.
 *
 * @param id from 1,000
 * @param itemName what it is
 * @param description of it
 * @param initialBid where bids begin, in cents
 * @param reserve for less than that it is not sold, in cents
 * @param dateTime milliseconds since 1970
 * @param expires when it is over, in milliseconds since 1970
 * @param seller id of a person
 * @param category 10 to 14
 * @param extra brings the event to its usual size
 */
record Auction(
        long id,
        String itemName,
        String description,
        long initialBid,
        long reserve,
        long dateTime,
        long expires,
        long seller,
        long category,
        String extra)
        implements NexmarkEvent {
    /** The category; the stream is the auction. */
    static final String CATEGORY = "auction";

    private static final EventSerde<Auction> SERDE =
            EventSerde.of(Auction.class).record("AuctionOpened", Auction.class).build();

    static final Consumed<Auction> CONSUMED = Consumed.with(SERDE);

    /** Whether a bid comes while it is open. */
    boolean isOpenFor(Bid bid) {
        return bid.dateTime() >= dateTime && bid.dateTime() <= expires;
    }

    @Override
    public void addTo(EventBatch batch) {
        batch.add(StreamId.of(CATEGORY, Long.toString(id)), SERDE, this, OptionalLong.of(dateTime));
    }
}
