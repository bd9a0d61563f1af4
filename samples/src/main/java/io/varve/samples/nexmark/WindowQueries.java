package io.varve.samples.nexmark;

import io.varve.projections.EmitStrategy;
import io.varve.projections.Grouped;
import io.varve.projections.KeyValue;
import io.varve.projections.Materialized;
import io.varve.projections.SessionWindows;
import io.varve.projections.StoreRef;
import io.varve.projections.StreamsBuilder;
import io.varve.projections.Table;
import io.varve.projections.TimeWindows;
import io.varve.projections.Topology;
import io.varve.projections.Windowed;
import io.varve.store.serde.Serdes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** q5, q7, q8, q11 and q12, which ask by windows of time, always that of the events. */
final class WindowQueries {
    /** How long a window is, and how long a session lasts without a bid. */
    static final Duration SIZE = Duration.ofSeconds(10);

    /** How often a window of q5 begins. */
    static final Duration HOP = Duration.ofSeconds(2);

    /** The only group there is, where a question is about all bids. */
    static final String ALL = "all";

    private static final TimeWindows TUMBLING = TimeWindows.ofSizeWithNoGrace(SIZE);

    private static final StoreRef<Windowed<String>, Long> BIDS_OF_AUCTIONS =
            StoreRef.of("bids-of-auctions");
    private static final StoreRef<Long, HotItems> HOT_ITEMS = StoreRef.of("hot-items");
    private static final StoreRef<Windowed<String>, HighestBids> HIGHEST = StoreRef.of("highest");
    private static final StoreRef<Windowed<String>, Person> REGISTERED = StoreRef.of("registered");
    private static final StoreRef<Windowed<String>, Long> SELLERS = StoreRef.of("sellers");
    private static final StoreRef<Windowed<String>, NewSeller> NEW_SELLERS =
            StoreRef.of("new-sellers");
    private static final StoreRef<Windowed<Long>, Long> SESSIONS = StoreRef.of("sessions");
    private static final StoreRef<Windowed<Long>, Long> BIDS_OF_BIDDERS =
            StoreRef.of("bids-of-bidders");

    private WindowQueries() {}

    /** The auctions with most bids. */
    record HotItems(long bids, Set<String> auctions) {
        static HotItems none() {
            return new HotItems(0, Set.of());
        }

        HotItems or(BidsOfAuction other) {
            if (other.bids() < bids) {
                return this;
            }
            Set<String> all = new TreeSet<>(other.bids() > bids ? Set.of() : auctions);
            all.add(other.auction());
            return new HotItems(other.bids(), all);
        }
    }

    /** How many bids an auction had in a window. */
    private record BidsOfAuction(String auction, long bids) {}

    /** The bids of the highest price. */
    record HighestBids(long price, List<Bid> bids) {
        static HighestBids none() {
            return new HighestBids(0, List.of());
        }

        HighestBids or(Bid bid) {
            if (bid.price() < price) {
                return this;
            }
            List<Bid> all = new ArrayList<>(bid.price() > price ? List.of() : bids);
            all.add(bid);
            return new HighestBids(bid.price(), all);
        }
    }

    /** Someone who has registered, and opened an auction in the same window. */
    record NewSeller(long id, String name) {}

    static List<NexmarkQuery<?, ?>> all() {
        return List.of(
                new NexmarkQuery<>(
                        "q5",
                        "auctions with most bids, by hopping windows",
                        HOT_ITEMS,
                        hotItems(),
                        PlainWindows::hotItems),
                new NexmarkQuery<>(
                        "q7",
                        "highest bids, by tumbling windows",
                        HIGHEST,
                        highestBids(),
                        PlainWindows::highestBids),
                new NexmarkQuery<>(
                        "q8",
                        "new persons who sell in the tumbling window they came in",
                        NEW_SELLERS,
                        newSellers(),
                        PlainWindows::newSellers),
                new NexmarkQuery<>(
                        "q11",
                        "bids by bidder and session",
                        SESSIONS,
                        sessions(),
                        PlainWindows::sessions),
                new NexmarkQuery<>(
                        "q12",
                        "bids by bidder and tumbling window, of event time",
                        BIDS_OF_BIDDERS,
                        bidsOfBidders(),
                        PlainWindows::bidsOfBidders));
    }

    /** A window is ranked once, when it closes: what is still open at the end has no row. */
    private static Topology hotItems() {
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream(Bid.CATEGORY, Bid.CONSUMED)
                .groupByKey()
                .windowedBy(TUMBLING.advanceBy(HOP))
                .emitStrategy(EmitStrategy.onWindowClose())
                .count(Materialized.windowed(BIDS_OF_AUCTIONS, Serdes.utf8(), Serdes.int64()))
                .toStream()
                .map(
                        (auction, bids) ->
                                KeyValue.pair(
                                        auction.window().startMillis(),
                                        new BidsOfAuction(auction.key(), bids)))
                .groupByKey()
                .aggregate(
                        HotItems::none,
                        (start, auction, hot) -> hot.or(auction),
                        Materialized.as(HOT_ITEMS, Serdes.int64(), Serdes.record(HotItems.class)));
        return builder.build();
    }

    private static Topology highestBids() {
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream(Bid.CATEGORY, Bid.CONSUMED)
                .groupBy((auction, bid) -> ALL)
                .windowedBy(TUMBLING)
                .aggregate(
                        HighestBids::none,
                        (all, bid, highest) -> highest.or(bid),
                        Materialized.windowed(
                                HIGHEST, Serdes.utf8(), Serdes.record(HighestBids.class)));
        return builder.build();
    }

    private static Topology newSellers() {
        StreamsBuilder builder = new StreamsBuilder();
        Table<Windowed<String>, Long> sellers =
                builder.stream(Auction.CATEGORY, Auction.CONSUMED)
                        .groupBy((id, auction) -> Long.toString(auction.seller()))
                        .windowedBy(TUMBLING)
                        .count(Materialized.windowed(SELLERS, Serdes.utf8(), Serdes.int64()));
        builder.stream(Person.CATEGORY, Person.CONSUMED)
                .groupByKey()
                .windowedBy(TUMBLING)
                .reduce(
                        (person, again) -> person,
                        Materialized.windowed(
                                REGISTERED, Serdes.utf8(), Serdes.record(Person.class)))
                .join(
                        sellers,
                        (person, auctions) -> new NewSeller(person.id(), person.name()),
                        Materialized.windowed(
                                NEW_SELLERS, Serdes.utf8(), Serdes.record(NewSeller.class)));
        return builder.build();
    }

    private static Topology sessions() {
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream(Bid.CATEGORY, Bid.CONSUMED)
                .groupBy((auction, bid) -> bid.bidder(), Grouped.keySerde(Serdes.int64()))
                .windowedBy(SessionWindows.ofInactivityGapWithNoGrace(SIZE))
                .count(Materialized.windowed(SESSIONS, Serdes.int64(), Serdes.int64()));
        return builder.build();
    }

    private static Topology bidsOfBidders() {
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream(Bid.CATEGORY, Bid.CONSUMED)
                .groupBy((auction, bid) -> bid.bidder(), Grouped.keySerde(Serdes.int64()))
                .windowedBy(TUMBLING)
                .count(Materialized.windowed(BIDS_OF_BIDDERS, Serdes.int64(), Serdes.int64()));
        return builder.build();
    }
}
