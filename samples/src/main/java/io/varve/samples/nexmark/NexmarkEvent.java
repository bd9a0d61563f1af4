package io.varve.samples.nexmark;

import io.varve.store.EventBatch;

/** What happens in the auction house. Its time is the event time in the log. */
sealed interface NexmarkEvent permits Person, Auction, Bid {
    /** When it happened, in milliseconds since 1970-01-01T00:00Z. */
    long dateTime();

    /** Adds it to a batch, to the stream of what it is about. */
    void addTo(EventBatch batch);
}
