package io.varve.samples.nexmark;

import io.varve.projections.Window;
import io.varve.projections.Windowed;
import io.varve.samples.nexmark.WindowQueries.HighestBids;
import io.varve.samples.nexmark.WindowQueries.HotItems;
import io.varve.samples.nexmark.WindowQueries.NewSeller;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The answers of {@link WindowQueries}, by plain loops over all events. */
final class PlainWindows {
    private static final long SIZE = WindowQueries.SIZE.toMillis();
    private static final long HOP = WindowQueries.HOP.toMillis();

    private PlainWindows() {}

    static Map<Long, HotItems> hotItems(Iterable<NexmarkEvent> events) {
        Map<Long, Map<String, Long>> counts = new HashMap<>();
        long last = Long.MIN_VALUE;
        for (Bid bid : bids(events)) {
            long time = bid.dateTime();
            last = Math.max(last, time);
            for (long start = time - time % HOP; start > time - SIZE; start -= HOP) {
                counts.computeIfAbsent(start, window -> new HashMap<>())
                        .merge(Long.toString(bid.auction()), 1L, Long::sum);
            }
        }
        Map<Long, HotItems> rows = new HashMap<>();
        for (Map.Entry<Long, Map<String, Long>> window : counts.entrySet()) {
            if (window.getKey() + SIZE <= last) {
                rows.put(window.getKey(), hottest(window.getValue()));
            }
        }
        return rows;
    }

    private static HotItems hottest(Map<String, Long> counts) {
        long most = Collections.max(counts.values());
        Set<String> auctions =
                counts.keySet().stream()
                        .filter(auction -> counts.get(auction) == most)
                        .collect(Collectors.toSet());
        return new HotItems(most, auctions);
    }

    static Map<Windowed<String>, HighestBids> highestBids(Iterable<NexmarkEvent> events) {
        Map<Windowed<String>, List<Bid>> windows = new HashMap<>();
        for (Bid bid : bids(events)) {
            windows.computeIfAbsent(
                            tumbling(WindowQueries.ALL, bid.dateTime()), key -> new ArrayList<>())
                    .add(bid);
        }
        Map<Windowed<String>, HighestBids> rows = new HashMap<>();
        windows.forEach(
                (window, bids) -> {
                    long most = bids.stream().mapToLong(Bid::price).max().orElseThrow();
                    rows.put(
                            window,
                            new HighestBids(
                                    most,
                                    bids.stream().filter(bid -> bid.price() == most).toList()));
                });
        return rows;
    }

    static Map<Windowed<String>, NewSeller> newSellers(Iterable<NexmarkEvent> events) {
        Map<Windowed<String>, NewSeller> registered = new HashMap<>();
        Set<Windowed<String>> sellers = new HashSet<>();
        for (NexmarkEvent event : events) {
            if (event instanceof Person person) {
                registered.put(
                        tumbling(Long.toString(person.id()), person.dateTime()),
                        new NewSeller(person.id(), person.name()));
            } else if (event instanceof Auction auction) {
                sellers.add(tumbling(Long.toString(auction.seller()), auction.dateTime()));
            }
        }
        registered.keySet().retainAll(sellers);
        return registered;
    }

    static Map<Windowed<Long>, Long> sessions(Iterable<NexmarkEvent> events) {
        Map<Long, TreeSet<Long>> times = new HashMap<>();
        for (Bid bid : bids(events)) {
            // No two events have the same time.
            times.computeIfAbsent(bid.bidder(), bidder -> new TreeSet<>()).add(bid.dateTime());
        }
        Map<Windowed<Long>, Long> rows = new HashMap<>();
        times.forEach((bidder, all) -> addSessions(bidder, all, rows));
        return rows;
    }

    private static void addSessions(
            long bidder, TreeSet<Long> times, Map<Windowed<Long>, Long> rows) {
        long start = times.first();
        long end = start;
        long bids = 0;
        for (long time : times) {
            if (time - end > SIZE) {
                rows.put(new Windowed<>(bidder, new Window(start, end)), bids);
                start = time;
                bids = 0;
            }
            end = time;
            bids++;
        }
        rows.put(new Windowed<>(bidder, new Window(start, end)), bids);
    }

    static Map<Windowed<Long>, Long> bidsOfBidders(Iterable<NexmarkEvent> events) {
        Map<Windowed<Long>, Long> rows = new HashMap<>();
        for (Bid bid : bids(events)) {
            rows.merge(tumbling(bid.bidder(), bid.dateTime()), 1L, Long::sum);
        }
        return rows;
    }

    private static <K> Windowed<K> tumbling(K key, long time) {
        long start = time - time % SIZE;
        return new Windowed<>(key, new Window(start, start + SIZE));
    }

    private static List<Bid> bids(Iterable<NexmarkEvent> events) {
        List<Bid> bids = new ArrayList<>();
        for (NexmarkEvent event : events) {
            if (event instanceof Bid bid) {
                bids.add(bid);
            }
        }
        return bids;
    }
}
