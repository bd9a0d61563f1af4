package io.varve.samples.nexmark;

import io.varve.projections.Materialized;
import io.varve.projections.StoreRef;
import io.varve.projections.StreamsBuilder;
import io.varve.projections.Topology;
import io.varve.store.serde.Serdes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * q0 to q2, which look at one bid at a time. The row of a bid has its position in the log as key.
 */
final class BidQueries {
    private static final StoreRef<Long, Bid> BIDS = StoreRef.of("bids");
    private static final StoreRef<Long, Bid> IN_EUROS = StoreRef.of("bids-in-euros");
    private static final StoreRef<Long, Price> SELECTED = StoreRef.of("selected-bids");

    private static final long SELECTED_OF = 123;

    private BidQueries() {}

    /** What was offered for an auction. */
    record Price(long auction, long price) {}

    static List<NexmarkQuery<?, ?>> all() {
        return List.of(
                new NexmarkQuery<>(
                        "q0",
                        "each bid as it came",
                        BIDS,
                        passThrough(),
                        events -> bids(events, Optional::of)),
                new NexmarkQuery<>(
                        "q1",
                        "each bid with its price in euros",
                        IN_EUROS,
                        currency(),
                        events -> bids(events, bid -> Optional.of(inEuros(bid)))),
                new NexmarkQuery<>(
                        "q2",
                        "the prices of one auction of 123",
                        SELECTED,
                        selection(),
                        events -> bids(events, BidQueries::selected)));
    }

    private static Topology passThrough() {
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream(Bid.CATEGORY, Bid.CONSUMED)
                .process(ByPosition<Bid>::new)
                .toTable(Materialized.as(BIDS, Serdes.int64(), Serdes.record(Bid.class)));
        return builder.build();
    }

    private static Topology currency() {
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream(Bid.CATEGORY, Bid.CONSUMED)
                .mapValues(BidQueries::inEuros)
                .process(ByPosition<Bid>::new)
                .toTable(Materialized.as(IN_EUROS, Serdes.int64(), Serdes.record(Bid.class)));
        return builder.build();
    }

    private static Topology selection() {
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream(Bid.CATEGORY, Bid.CONSUMED)
                .filter((auction, bid) -> bid.auction() % SELECTED_OF == 0)
                .mapValues(bid -> new Price(bid.auction(), bid.price()))
                .process(ByPosition<Price>::new)
                .toTable(Materialized.as(SELECTED, Serdes.int64(), Serdes.record(Price.class)));
        return builder.build();
    }

    /** For a dollar there are 0.908 euros, as in the specification. */
    private static Bid inEuros(Bid bid) {
        return new Bid(
                bid.auction(),
                bid.bidder(),
                bid.price() * 908 / 1000,
                bid.channel(),
                bid.url(),
                bid.dateTime(),
                bid.extra());
    }

    private static Optional<Price> selected(Bid bid) {
        return bid.auction() % SELECTED_OF == 0
                ? Optional.of(new Price(bid.auction(), bid.price()))
                : Optional.empty();
    }

    private static <V> Map<Long, V> bids(
            Iterable<NexmarkEvent> events, Function<Bid, Optional<V>> what) {
        Map<Long, V> rows = new HashMap<>();
        long position = 0;
        for (NexmarkEvent event : events) {
            if (event instanceof Bid bid) {
                long key = position;
                what.apply(bid).ifPresent(value -> rows.put(key, value));
            }
            position++;
        }
        return rows;
    }
}
