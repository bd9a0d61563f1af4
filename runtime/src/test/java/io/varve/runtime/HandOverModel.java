package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.Consumed;
import io.varve.projections.StreamsBuilder;
import io.varve.projections.Topology;
import io.varve.store.StreamId;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;

/**
 * The hand-over, step by step in one thread, in random order: appends, steps of the tailer, steps
 * of each follower, which are of different speeds, stand still for thousands of steps, throw, come
 * and go. Ring, tailer, sources and feed are the real ones; the log is a number.
 */
final class HandOverModel {
    /** What is made wrong on purpose, to see that it is noticed. */
    enum Mistake {
        NONE,
        /** The feed gives out a position again that was applied. */
        AGAIN,
        /** The feed leaves out a position. */
        LEFT_OUT,
        /** The head that ends the gap was read before the seat was taken. */
        STALE_HEAD
    }

    private static final long NOWHERE = -1;
    private static final int CATEGORIES = 4;
    private static final int MOST_FOLLOWERS = 6;

    /** Bytes of payload of a position; a ring may hold less than its slots would. */
    private static final int BYTES = 10;

    private static final Throwable NO_VALUE = new IllegalStateException("of no value");

    /** Which categories each topology reads: one, or two. */
    private static final int[][] READS = {{0}, {1}, {2}, {3}, {0, 1}};

    private static final List<StreamId> STREAMS = new ArrayList<>();
    private static final List<Topology> TOPOLOGIES = new ArrayList<>();

    static {
        for (int i = 0; i < CATEGORIES; i++) {
            STREAMS.add(StreamId.of("category-" + i, "one"));
        }
        for (int[] categories : READS) {
            StreamsBuilder builder = new StreamsBuilder();
            for (int one : categories) {
                builder.stream("category-" + one, Consumed.with(Notes.serde()))
                        .peek((key, note) -> {});
            }
            TOPOLOGIES.add(builder.build());
        }
    }

    final List<Follower> followers = new ArrayList<>();
    final Random random;
    final Mistake mistake;
    final EventRing ring;
    final LogTailer tailer;
    long head = -1;

    /** What the tailer has found to be decoded; the log may grow before it comes to read it. */
    Sources.Decoders found;

    private final Sources sources = new Sources();
    private final int longest;
    private final int slots;
    private final CountedLog tailed;
    private boolean failing;
    private int appends;
    private int tails;

    // Also those of followers that were removed.
    long fromRing;
    long changes;
    long failures;
    long wentOn;
    long added;
    long stalls;
    long detachedWhileStuck;
    long liveBesideStuck;

    /**
     * Nobody follows yet.
     *
     * @param longest slice, in positions
     * @param slots of the ring
     */
    HandOverModel(Random random, int longest, int slots, long ringBytes, Mistake mistake) {
        this.random = random;
        this.longest = longest;
        this.slots = slots;
        this.mistake = mistake;
        found = sources.all();
        ring = new EventRing(slots, ringBytes);
        tailed = new CountedLog(() -> found, false);
        tailer = new LogTailer(tailed, ring, (thread, position) -> {});
    }

    /** Of random size, with some followers. */
    static HandOverModel any(Random random, Mistake mistake) {
        int longest = 1 + random.nextInt(6);
        int slots = 2 << random.nextInt(5);
        // Now and then bytes are the narrower limit.
        long bytes = random.nextInt(3) == 0 ? 3L * BYTES * longest : EventRing.MOST_BYTES;
        HandOverModel model = new HandOverModel(random, longest, slots, bytes, mistake);
        model.head += random.nextInt(30);
        model.tailer.skipToHead();
        for (int i = 1 + random.nextInt(4); i > 0; i--) {
            model.add(1 + random.nextInt(8));
        }
        return model;
    }

    Follower add(int attachWithin) {
        return add(random.nextInt(READS.length), attachWithin);
    }

    Follower add(int topology, int attachWithin) {
        Follower one = new Follower(topology, attachWithin);
        followers.add(one);
        return one;
    }

    private static int category(long position) {
        return (int) (position % CATEGORIES);
    }

    /**
     * A log of positions of which only the category is known. Slices are of random length, so that
     * they overlap in every way, and hold what was to be decoded when they were read.
     */
    private final class CountedLog implements SliceReader {
        private final Supplier<Sources.Decoders> decoders;
        private final boolean stale;
        private long told = -1;
        private long reads;

        private CountedLog(Supplier<Sources.Decoders> decoders, boolean stale) {
            this.decoders = decoders;
            this.stale = stale;
        }

        @Override
        public long head() {
            long before = told;
            told = head;
            return stale && before >= 0 ? before : head;
        }

        @Override
        public EventSlice read(long from) {
            assertTrue(from <= head, "read beyond the head");
            reads++;
            Sources.Decoders now = decoders.get();
            long last = Math.min(head, from + random.nextInt(longest));
            List<EventSlice.Entry> entries = new ArrayList<>((int) (last - from) + 1);
            for (long position = from; position <= last; position++) {
                StreamId stream = STREAMS.get(category(position));
                List<Sources.Numbered> readers = now.byCategory().get(stream.category());
                for (int i = 0; readers != null && i < readers.size(); i++) {
                    int number = readers.get(i).number();
                    entries.add(new EventSlice.Poison(number, position, stream, "any", NO_VALUE));
                }
            }
            return new EventSlice(
                    from, last, EventSlice.UNKNOWN, now, entries, BYTES * (last - from + 1));
        }
    }

    /** What a worker does with its feed, and the rule: each position once, in order. */
    final class Follower {
        private final int topology;
        private final int attachWithin;
        Sources.Decoders own;
        EventFeed feed;
        long next;
        long committed;
        private boolean idle;
        private SliceReader log;
        private long failedAt = NOWHERE;
        private EventSlice inHand;
        private int pause;

        /** How often its turn comes; 0 while it stands still. */
        private int weight = 1;

        private long sameUntil;
        private boolean stuckLive;
        private long readsBefore;
        private boolean mustLeave;

        private Follower(int topology, int attachWithin) {
            this.topology = topology;
            this.attachWithin = attachWithin;
            begin();
        }

        boolean isRunning() {
            return feed != null;
        }

        /** A start, and a resume. */
        private void begin() {
            own = sources.add(TOPOLOGIES.get(topology));
            Sources.Decoders mine = own;
            log = new CountedLog(() -> mine, mistake == Mistake.STALE_HEAD);
            next = committed;
            failedAt = NOWHERE;
            feed = new EventFeed(log, ring, own.numbers(), next, attachWithin);
        }

        /** A crash, a pause, a remove. */
        private void end() {
            feed.leave();
            feed = null;
            mustLeave = false;
            stuckLive = false;
            sources.remove(TOPOLOGIES.get(topology));
        }

        private void crash() {
            end();
            begin();
        }

        /** Another speed for a while: thousands of steps if it is none. */
        private void drawSpeed(long step) {
            if (isStuck() && stuckLive && tailed.reads - 1 - readsBefore > slots) {
                mustLeave = true; // the ring was full of what it has not released
            }
            boolean stand = random.nextInt(5) == 0;
            weight = stand ? 0 : 1 + random.nextInt(8);
            sameUntil = step + (stand ? 1_000 + random.nextInt(4_000) : random.nextInt(2_000));
            stuckLive = stand && isRunning() && feed.isLive();
            readsBefore = tailed.reads;
            stalls += stand ? 1 : 0;
        }

        private boolean isStuck() {
            return weight == 0 && isRunning();
        }

        void step() {
            if (failedAt != NOWHERE) {
                recover();
                return;
            }
            boolean live = feed.isLive();
            EventFeed.Step step = feed.step();
            idle = step == EventFeed.Step.IDLE;
            switch (step) {
                case SLICE -> work(feed.slice());
                case END -> commit();
                case IDLE -> assertTrue(!mustLeave, "has kept a seat that it was to lose");
                case MOVED -> {}
            }
            if (live != feed.isLive()) {
                changes++;
                detachedWhileStuck += mustLeave ? 1 : 0;
                mustLeave = false;
            }
        }

        private void work(EventSlice slice) {
            if (failing && random.nextInt(500) == 0) {
                fail(slice);
                return;
            }
            long last = random.nextInt(8) == 0 ? within(slice) : slice.last();
            apply(slice, last);
            feed.applied(last + error(slice, last));
            if (random.nextInt(8) == 0) {
                commit();
            }
        }

        private int error(EventSlice slice, long last) {
            if (mistake == Mistake.NONE || last == slice.last() || random.nextInt(20) > 0) {
                return 0;
            }
            return switch (mistake) {
                case AGAIN -> -1;
                case LEFT_OUT -> 1;
                default -> 0;
            };
        }

        private void commit() {
            committed = next;
            feed.committed();
        }

        /** Any position of a slice that is not applied yet. */
        private long within(EventSlice slice) {
            long first = Math.max(slice.first(), feed.next());
            return first + random.nextInt((int) (slice.last() - first) + 1);
        }

        /** Throws somewhere in a slice: all that is not committed is forgotten. */
        private void fail(EventSlice slice) {
            failedAt = within(slice);
            inHand = slice;
            apply(slice, failedAt - 1);
            next = committed;
            pause = random.nextInt(60);
            idle = false;
            failures++;
            feed.rewind(committed);
        }

        /** Step by step: what comes before it, a pause, the event itself, and back to the feed. */
        private void recover() {
            if (next < failedAt) {
                apply(log.read(next), failedAt - 1);
            } else if (pause > 0) {
                committed = next;
                pause--;
            } else {
                // Applied or left out, its turn is over.
                next = failedAt + 1;
                committed = next;
                failedAt = NOWHERE;
                feed.rewind(next);
                if (random.nextBoolean()) {
                    feed.goOnWith(inHand);
                    wentOn++;
                }
            }
        }

        /** All that the feed gives out is applied: it is not for a worker to know what he has. */
        private void apply(EventSlice slice, long end) {
            List<EventSlice.Entry> entries = slice.entries();
            long last = Math.min(end, slice.last());
            int entry = 0;
            for (long position = slice.first(); position <= last; position++) {
                boolean isOwn = false;
                for (; entry < entries.size(); entry++) {
                    EventSlice.Entry one = entries.get(entry);
                    if (one.position() > position) {
                        break;
                    }
                    isOwn |= own.numbers().get(one.source());
                }
                if (position >= feed.next()) {
                    if (next != position || reads(position) != isOwn) {
                        assertEquals(next, position, "each position once, in order");
                        assertEquals(
                                reads(position),
                                isOwn,
                                "its own events and no others, position=" + position);
                    }
                    next++;
                    fromRing += feed.isLive() ? 1 : 0;
                }
            }
        }

        private boolean reads(long position) {
            int category = category(position);
            int[] all = READS[topology];
            return all[0] == category || all.length > 1 && all[1] == category;
        }
    }

    /** Now and then a projection is added, removed, paused or resumed, or its worker dies. */
    private void live(Follower one) {
        switch (random.nextInt(4)) {
            case 0 -> {
                if (one.isRunning()) {
                    one.crash();
                }
            }
            case 1 -> {
                if (one.isRunning()) {
                    one.end();
                } else {
                    one.begin();
                }
            }
            case 2 -> {
                if (followers.size() < MOST_FOLLOWERS) {
                    add(1 + random.nextInt(8));
                    added++;
                }
            }
            default -> {
                if (followers.size() > 1) {
                    followers.remove(one);
                    if (one.isRunning()) {
                        one.end();
                    }
                }
            }
        }
    }

    void run(int steps) {
        failing = true;
        for (int i = 0; i < steps; i++) {
            // Now and then everything runs at other speeds.
            if (i % 500 == 0) {
                appends = random.nextInt(random.nextInt(4) > 0 ? 4 : 30);
                tails = 1 + random.nextInt(60);
            }
            int dice = random.nextInt(100);
            if (dice < appends) {
                head += 1 + random.nextInt(4);
            } else if (dice < appends + tails) {
                if (random.nextInt(3) == 0) {
                    found = sources.all();
                }
                tailer.step();
            } else {
                follow(i);
            }
        }
    }

    /** A step of one of them: the faster, the likelier it is its turn. */
    private void follow(int step) {
        int all = 0;
        boolean stuck = false;
        for (int i = 0; i < followers.size(); i++) {
            Follower one = followers.get(i);
            if (step >= one.sameUntil) {
                one.drawSpeed(step);
            }
            all += one.weight;
            stuck |= one.isStuck();
        }
        if (random.nextInt(500) == 0) {
            live(followers.get(random.nextInt(followers.size())));
        } else if (all > 0) {
            Follower one = turn(random.nextInt(all));
            if (one.isRunning()) {
                one.step();
                liveBesideStuck += stuck && one.idle && one.next > head ? 1 : 0;
            }
        }
    }

    private Follower turn(int weight) {
        int left = weight;
        int i = 0;
        while (left >= followers.get(i).weight) {
            left -= followers.get(i++).weight;
        }
        return followers.get(i);
    }

    /**
     * Lets everybody finish, without appends; whoever cannot has lost something. First all but one
     * of them, who stands still wherever he is.
     */
    void settle() {
        failing = false;
        followers.stream().filter(one -> !one.isRunning()).forEach(Follower::begin);
        List<Follower> others = new ArrayList<>(followers);
        others.remove(random.nextInt(others.size()));
        settle(others);
        settle(followers);
    }

    private void settle(List<Follower> some) {
        for (int round = 0; round < 1_000_000 && !isSettled(some); round++) {
            found = sources.all();
            tailer.step();
            some.forEach(Follower::step);
        }
        for (Follower one : some) {
            assertEquals(head, one.next - 1, "stands still before the head");
            assertEquals(one.next, one.committed, "stands still before the commit");
            assertTrue(one.feed.isLive(), "is live at the head");
        }
    }

    private boolean isSettled(List<Follower> some) {
        return some.stream().allMatch(one -> one.idle && one.next - 1 == head);
    }
}
