package io.varve.samples.nexmark;

import io.varve.projections.EventStream;
import io.varve.projections.Grouped;
import io.varve.projections.KeyValue;
import io.varve.projections.Materialized;
import io.varve.projections.StoreRef;
import io.varve.projections.StreamsBuilder;
import io.varve.projections.Table;
import io.varve.projections.Topology;
import io.varve.store.serde.Serdes;
import java.util.List;
import java.util.Set;

/** q3, q4 and q9, which bring auctions together with persons and bids. */
final class AuctionQueries {
    /** The category that q3 asks for. */
    static final long CATEGORY = 10;

    /** The states that q3 asks for. */
    static final Set<String> STATES = Set.of("OR", "ID", "CA");

    private static final StoreRef<String, Person> PERSONS = StoreRef.of("persons");
    private static final StoreRef<String, Auction> AUCTIONS = StoreRef.of("auctions");
    private static final StoreRef<String, LocalItem> LOCAL_ITEMS = StoreRef.of("local-items");
    private static final StoreRef<String, WinningBid> WINNING = StoreRef.of("winning-bids");
    private static final StoreRef<Long, Average> AVERAGES = StoreRef.of("averages");

    private AuctionQueries() {}

    /** Something for sale nearby. */
    record LocalItem(String name, String city, String state, long auction) {}

    /** The highest bid for an auction while that was open; the first, if several are as high. */
    record WinningBid(long auction, long category, long bidder, long price, long dateTime) {
        static WinningBid of(Auction auction, Bid bid) {
            return new WinningBid(
                    auction.id(), auction.category(), bid.bidder(), bid.price(), bid.dateTime());
        }

        WinningBid or(WinningBid later) {
            return later.price() > price ? later : this;
        }
    }

    /** What the winning bids of a category are in all, in cents, and how many. */
    record Average(long sum, long count) {
        static Average ofNothing() {
            return new Average(0, 0);
        }

        Average plus(long price) {
            return new Average(sum + price, count + 1);
        }

        Average minus(long price) {
            return new Average(sum - price, count - 1);
        }
    }

    /** A bid beside its auction, on its way from a join to a filter. */
    private record Offer(Auction auction, Bid bid) {
        boolean isInTime() {
            return auction.isOpenFor(bid);
        }

        WinningBid winning() {
            return WinningBid.of(auction, bid);
        }
    }

    static List<NexmarkQuery<?, ?>> all() {
        return List.of(
                new NexmarkQuery<>(
                        "q3",
                        "auctions of a category by sellers in three states",
                        LOCAL_ITEMS,
                        localItems(),
                        PlainAuctions::localItems),
                new NexmarkQuery<>(
                        "q4",
                        "winning bids on average, by category",
                        AVERAGES,
                        averages(),
                        PlainAuctions::averages),
                new NexmarkQuery<>(
                        "q9",
                        "the winning bid of each auction",
                        WINNING,
                        winningBids(),
                        PlainAuctions::winningBids));
    }

    private static Topology localItems() {
        StreamsBuilder builder = new StreamsBuilder();
        Table<String, Person> persons =
                builder.stream(Person.CATEGORY, Person.CONSUMED)
                        .filter((id, person) -> STATES.contains(person.state()))
                        .toTable(
                                Materialized.as(
                                        PERSONS, Serdes.utf8(), Serdes.record(Person.class)));
        builder.stream(Auction.CATEGORY, Auction.CONSUMED)
                .filter((id, auction) -> auction.category() == CATEGORY)
                .toTable(Materialized.as(AUCTIONS, Serdes.utf8(), Serdes.record(Auction.class)))
                .join(
                        persons,
                        auction -> Long.toString(auction.seller()),
                        (auction, person) ->
                                new LocalItem(
                                        person.name(), person.city(), person.state(), auction.id()),
                        Materialized.as(
                                LOCAL_ITEMS, Serdes.utf8(), Serdes.record(LocalItem.class)));
        return builder.build();
    }

    private static Topology winningBids() {
        StreamsBuilder builder = new StreamsBuilder();
        winningBids(builder);
        return builder.build();
    }

    /**
     * A bid finds the auctions that are there at its place in the log. One that opens later is not
     * among them, and could not be won by it.
     */
    private static Table<String, WinningBid> winningBids(StreamsBuilder builder) {
        Table<String, Auction> auctions =
                builder.stream(Auction.CATEGORY, Auction.CONSUMED)
                        .toTable(
                                Materialized.as(
                                        AUCTIONS, Serdes.utf8(), Serdes.record(Auction.class)));
        EventStream<String, Bid> bids = builder.stream(Bid.CATEGORY, Bid.CONSUMED);
        return bids.join(auctions, (bid, auction) -> new Offer(auction, bid))
                .filter((id, offer) -> offer.isInTime())
                .mapValues(Offer::winning)
                .groupByKey()
                .reduce(
                        WinningBid::or,
                        Materialized.as(WINNING, Serdes.utf8(), Serdes.record(WinningBid.class)));
    }

    private static Topology averages() {
        StreamsBuilder builder = new StreamsBuilder();
        winningBids(builder)
                .groupBy(
                        (id, bid) -> KeyValue.pair(bid.category(), bid.price()),
                        Grouped.with(Serdes.int64(), Serdes.int64()))
                .aggregate(
                        Average::ofNothing,
                        (category, price, average) -> average.plus(price),
                        (category, price, average) -> average.minus(price),
                        Materialized.as(AVERAGES, Serdes.int64(), Serdes.record(Average.class)));
        return builder.build();
    }
}
