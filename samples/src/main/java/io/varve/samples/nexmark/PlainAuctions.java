package io.varve.samples.nexmark;

import io.varve.samples.nexmark.AuctionQueries.Average;
import io.varve.samples.nexmark.AuctionQueries.LocalItem;
import io.varve.samples.nexmark.AuctionQueries.WinningBid;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The answers of {@link AuctionQueries}, by plain loops over all events. */
final class PlainAuctions {
    private PlainAuctions() {}

    static Map<String, LocalItem> localItems(Iterable<NexmarkEvent> events) {
        Map<Long, Person> persons = new HashMap<>();
        List<Auction> auctions = new ArrayList<>();
        for (NexmarkEvent event : events) {
            if (event instanceof Person person) {
                persons.put(person.id(), person);
            } else if (event instanceof Auction auction) {
                auctions.add(auction);
            }
        }
        Map<String, LocalItem> rows = new HashMap<>();
        for (Auction auction : auctions) {
            Person seller = persons.get(auction.seller());
            if (auction.category() == AuctionQueries.CATEGORY
                    && seller != null
                    && AuctionQueries.STATES.contains(seller.state())) {
                rows.put(
                        Long.toString(auction.id()),
                        new LocalItem(seller.name(), seller.city(), seller.state(), auction.id()));
            }
        }
        return rows;
    }

    static Map<String, WinningBid> winningBids(Iterable<NexmarkEvent> events) {
        Map<Long, Auction> auctions = new HashMap<>();
        Map<Long, List<Bid>> bids = new HashMap<>();
        for (NexmarkEvent event : events) {
            if (event instanceof Auction auction) {
                auctions.put(auction.id(), auction);
            } else if (event instanceof Bid bid) {
                bids.computeIfAbsent(bid.auction(), id -> new ArrayList<>()).add(bid);
            }
        }
        Comparator<Bid> lastIsBest =
                Comparator.comparingLong(Bid::price)
                        .thenComparing(Comparator.comparingLong(Bid::dateTime).reversed());
        Map<String, WinningBid> rows = new HashMap<>();
        auctions.forEach(
                (id, auction) ->
                        bids.getOrDefault(id, List.of()).stream()
                                .filter(auction::isOpenFor)
                                .max(lastIsBest)
                                .ifPresent(
                                        bid ->
                                                rows.put(
                                                        Long.toString(id),
                                                        WinningBid.of(auction, bid))));
        return rows;
    }

    static Map<Long, Average> averages(Iterable<NexmarkEvent> events) {
        Map<Long, Average> rows = new HashMap<>();
        for (WinningBid bid : winningBids(events).values()) {
            rows.merge(
                    bid.category(),
                    new Average(bid.price(), 1),
                    (a, b) -> new Average(a.sum() + b.sum(), a.count() + b.count()));
        }
        return rows;
    }
}
