package io.varve.samples.nexmark;

import java.util.Iterator;
import java.util.SplittableRandom;
import java.util.stream.LongStream;

/**
 * The events, in the proportions and with the preferences of the specification: of 50, one is a
 * person, three are auctions, 46 are bids. Half of the bids are for the hot auction, the first of
 * each hundred; three of four auctions are by the hot seller, and three of four bids by the hot
 * bidder, of each hundred persons. The others are spread over the last hundred auctions and the
 * last thousand persons, and a few beyond, who are not there yet. An auction is open for as long as
 * some 1,667 events take on average. Times go forward, by the same step from event to event.
 *
 * <p>An event is made from the seed and its number alone: the same always, and any number of times.
 */
final class NexmarkGenerator implements Iterable<NexmarkEvent> {
    /** The first event is at 2015-07-15T00:00Z. */
    static final long FIRST_MILLIS = 1_436_918_400_000L;

    private static final int FIRST_ID = 1_000;
    private static final int FIRST_CATEGORY = 10;
    private static final int CATEGORIES = 5;
    private static final int ROUND = 50;
    private static final int AUCTIONS_OF_ROUND = 3;
    private static final int HOT_OF = 100;
    private static final int ACTIVE_PERSONS = 1_000;
    private static final int OPEN_AUCTIONS = 100;
    private static final int AHEAD = 10;
    private static final int PERSON_BYTES = 200;
    private static final int AUCTION_BYTES = 500;
    private static final int BID_BYTES = 100;

    private static final String[] FIRST_NAMES = {
        "Ada", "Ben", "Cleo", "Dana", "Emil", "Fay", "Gus", "Hana", "Ivan", "June", "Karl"
    };
    private static final String[] LAST_NAMES = {
        "Adler", "Brook", "Clay", "Dorn", "Ebert", "Frost", "Gold", "Hale", "Irving"
    };
    private static final String[] CITIES = {
        "Phoenix",
        "Los Angeles",
        "San Francisco",
        "Boise",
        "Portland",
        "Bend",
        "Redmond",
        "Seattle",
        "Kent",
        "Cheyenne"
    };
    private static final String[] STATES = {"AZ", "CA", "ID", "OR", "WA", "WY"};
    private static final String[] CHANNELS = {"Apple", "Google", "Facebook", "Baidu"};

    private final long seed;
    private final long events;
    private final long stepMillis;

    NexmarkGenerator(long seed, long events, long stepMillis) {
        this.seed = seed;
        this.events = events;
        this.stepMillis = stepMillis;
    }

    @Override
    public Iterator<NexmarkEvent> iterator() {
        return LongStream.range(0, events).mapToObj(this::event).iterator();
    }

    /** The event of a number, from 0. */
    NexmarkEvent event(long number) {
        SplittableRandom random = new SplittableRandom(seed + number);
        long place = number % ROUND;
        if (place == 0) {
            return person(number, random);
        }
        return place <= AUCTIONS_OF_ROUND ? auction(number, random) : bid(number, random);
    }

    private long time(long number) {
        return FIRST_MILLIS + number * stepMillis;
    }

    /** The last person up to an event, from 0. */
    private static long lastPerson(long number) {
        return number / ROUND;
    }

    /** The last auction up to an event that is not the first of its round, from 0. */
    private static long lastAuction(long number) {
        long place = Math.min(number % ROUND, AUCTIONS_OF_ROUND);
        return number / ROUND * AUCTIONS_OF_ROUND + place - 1;
    }

    private Person person(long number, SplittableRandom random) {
        String first = one(FIRST_NAMES, random);
        String last = one(LAST_NAMES, random);
        StringBuilder card = new StringBuilder();
        for (int i = 0; i < 4; i++) {
            card.append(i == 0 ? "" : " ").append(1_000 + random.nextInt(9_000));
        }
        return new Person(
                FIRST_ID + lastPerson(number),
                first + " " + last,
                first + "@" + last + ".example",
                card.toString(),
                one(CITIES, random),
                one(STATES, random),
                time(number),
                text(random, PERSON_BYTES - 80));
    }

    private Auction auction(long number, SplittableRandom random) {
        long person = lastPerson(number);
        long seller = random.nextInt(4) > 0 ? person / HOT_OF * HOT_OF : anyPerson(person, random);
        long initialBid = price(random);
        long open = 2 * stepMillis * OPEN_AUCTIONS * ROUND / AUCTIONS_OF_ROUND;
        return new Auction(
                FIRST_ID + lastAuction(number),
                text(random, 20),
                text(random, 100),
                initialBid,
                initialBid + price(random),
                time(number),
                time(number) + 1 + random.nextLong(open),
                FIRST_ID + seller,
                FIRST_CATEGORY + random.nextInt(CATEGORIES),
                text(random, AUCTION_BYTES - 170));
    }

    private Bid bid(long number, SplittableRandom random) {
        long last = lastAuction(number);
        long auction = random.nextInt(2) > 0 ? last / HOT_OF * HOT_OF : anyAuction(last, random);
        long person = lastPerson(number);
        long bidder =
                random.nextInt(4) > 0 ? person / HOT_OF * HOT_OF + 1 : anyPerson(person, random);
        String channel = one(CHANNELS, random);
        return new Bid(
                FIRST_ID + auction,
                FIRST_ID + bidder,
                price(random),
                channel,
                "https://auction.example/" + channel + "/" + random.nextInt(10_000),
                time(number),
                text(random, BID_BYTES - 70));
    }

    private static long anyPerson(long last, SplittableRandom random) {
        long active = Math.min(last + 1, ACTIVE_PERSONS);
        return last + 1 - active + random.nextLong(active + AHEAD);
    }

    private static long anyAuction(long last, SplittableRandom random) {
        long first = Math.max(last - OPEN_AUCTIONS, 0);
        return first + random.nextLong(last - first + 1 + AHEAD);
    }

    /** One dollar to a million; each power of ten as often as the others. */
    private static long price(SplittableRandom random) {
        return Math.round(Math.pow(10, random.nextDouble() * 6) * 100);
    }

    private static String one(String[] of, SplittableRandom random) {
        return of[random.nextInt(of.length)];
    }

    /** Letters, as many as said, a fifth more or less. */
    private static String text(SplittableRandom random, int length) {
        char[] letters = new char[length - length / 5 + random.nextInt(2 * (length / 5) + 1)];
        for (int i = 0; i < letters.length; i++) {
            letters[i] = (char) ('a' + random.nextInt(26));
        }
        return new String(letters);
    }
}
