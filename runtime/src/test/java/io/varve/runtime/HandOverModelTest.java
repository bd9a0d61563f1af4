package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.Consumed;
import io.varve.projections.Source;
import io.varve.projections.StreamsBuilder;
import io.varve.projections.Topology;
import io.varve.store.StreamId;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The hand-over, step by step in one thread, in random order: appends, steps of the tailer, steps
 * of each worker, crashes. Ring, tailer and feed are the real ones; the log is a number.
 */
@Timeout(120)
class HandOverModelTest {
    private static final long NONE = -1;
    private static final int STEPS = 400_000;

    private static final int CATEGORIES = 4;

    /** Topologies that read one category each, and one that reads two. */
    private static final List<Topology> TOPOLOGIES = topologies();

    private static List<Topology> topologies() {
        List<Topology> made = new ArrayList<>();
        for (int i = 0; i < CATEGORIES; i++) {
            made.add(reading("category-" + i));
        }
        made.add(reading("category-0", "category-1"));
        return made;
    }

    private static Topology reading(String... categories) {
        StreamsBuilder builder = new StreamsBuilder();
        for (String category : categories) {
            builder.stream(category, Consumed.with(Notes.serde())).peek((key, note) -> {});
        }
        return builder.build();
    }

    private static String categoryAt(long position) {
        return "category-" + position % CATEGORIES;
    }

    /** How far the log is. */
    private static final class Head {
        private long position = -1;
    }

    /**
     * A log of positions of which only the category is known. Slices are of random length, so that
     * they overlap in every way, and hold what was to be decoded when they were read.
     */
    private static final class CountedLog implements SliceReader {
        private static final Throwable NO_VALUE = new IllegalStateException("of no value");

        private final Random random;
        private final int longest;
        private final Head head;
        private final Supplier<Sources.Decoders> decoders;

        private CountedLog(
                Random random, int longest, Head head, Supplier<Sources.Decoders> decoders) {
            this.random = random;
            this.longest = longest;
            this.head = head;
            this.decoders = decoders;
        }

        @Override
        public long head() {
            return head.position;
        }

        @Override
        public EventSlice read(long from) {
            assertTrue(from <= head.position, "read beyond the head");
            Sources.Decoders now = decoders.get();
            long last = Math.min(head.position, from + random.nextInt(longest));
            List<EventSlice.Entry> entries = new ArrayList<>();
            for (long position = from; position <= last; position++) {
                String category = categoryAt(position);
                StreamId stream = StreamId.of(category, "one");
                for (Sources.Numbered one : now.byCategory().getOrDefault(category, List.of())) {
                    entries.add(
                            new EventSlice.Poison(one.number(), position, stream, "any", NO_VALUE));
                }
            }
            return new EventSlice(from, last, EventSlice.UNKNOWN, now, entries);
        }
    }

    /** What a worker does with its feed, and the rule: each position once, in order. */
    private final class Follower {
        private final Topology topology;
        private final Set<String> categories;
        private final int attachWithin;
        private Sources.Decoders own;
        private EventFeed feed;
        private long next;
        private long committed;
        private boolean idle;
        private SliceReader log;
        private long failedAt = NONE;
        private int pause;

        private Follower(Topology topology, int attachWithin) {
            this.topology = topology;
            this.categories =
                    topology.sources().stream().map(Source::category).collect(Collectors.toSet());
            this.attachWithin = attachWithin;
            begin();
        }

        private boolean isRunning() {
            return feed != null;
        }

        /** A start, and a resume. */
        private void begin() {
            own = sources.add(topology);
            Sources.Decoders mine = own;
            log = new CountedLog(random, longest, head, () -> mine);
            next = committed;
            failedAt = NONE;
            feed = new EventFeed(log, ring, own.numbers(), next, attachWithin);
        }

        /** A crash, a pause, a remove. */
        private void end() {
            feed.leave();
            feed = null;
            sources.remove(topology);
        }

        private void step() {
            if (failedAt != NONE) {
                recover();
                return;
            }
            boolean live = feed.isLive();
            EventFeed.Step step = feed.step();
            idle = step == EventFeed.Step.IDLE;
            switch (step) {
                case SLICE -> {
                    EventSlice slice = feed.slice();
                    if (failing && random.nextInt(500) == 0) {
                        fail(slice);
                    } else {
                        long last = random.nextInt(8) == 0 ? within(slice) : slice.last();
                        apply(slice, last);
                        feed.applied(last);
                        if (random.nextInt(8) == 0) {
                            commit();
                        }
                    }
                }
                case END -> commit();
                case IDLE, MOVED -> {}
            }
            changes += live == feed.isLive() ? 0 : 1;
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
                failedAt = NONE;
                feed.rewind(next);
            }
        }

        private void apply(EventSlice slice, long last) {
            Set<Long> events =
                    slice.entries().stream()
                            .filter(entry -> own.numbers().get(entry.source()))
                            .map(EventSlice.Entry::position)
                            .collect(Collectors.toSet());
            for (long position = slice.first(); position <= slice.last(); position++) {
                if (position >= feed.next() && position >= next && position <= last) {
                    assertEquals(next, position, "each position once, in order");
                    assertEquals(
                            categories.contains(categoryAt(position)),
                            events.contains(position),
                            "its own events and no others, position=" + position);
                    next++;
                    fromRing += feed.isLive() ? 1 : 0;
                }
            }
        }

        private void crash() {
            end();
            begin();
        }
    }

    private final List<Follower> followers = new ArrayList<>();
    private Random random;
    private int longest;
    private Head head;
    private Sources sources;
    private EventRing ring;
    private LogTailer tailer;

    /** What the tailer has found to be decoded; the log may grow before it comes to read it. */
    private Sources.Decoders found;

    // Also those of followers that were removed.
    private long fromRing;
    private long changes;
    private long failures;
    private long added;
    private boolean failing;

    private void set(Random newRandom, int longestSlice, int slots) {
        random = newRandom;
        longest = longestSlice;
        head = new Head();
        sources = new Sources();
        found = sources.all();
        ring = new EventRing(slots);
        SliceReader log = new CountedLog(random, longest, head, () -> found);
        tailer = new LogTailer(log, ring, position -> {});
        followers.clear();
    }

    private Follower add(int attachWithin) {
        Topology topology = TOPOLOGIES.get(random.nextInt(TOPOLOGIES.size()));
        Follower one = new Follower(topology, attachWithin);
        followers.add(one);
        return one;
    }

    private void world(Random newRandom) {
        set(newRandom, 1 + newRandom.nextInt(6), 2 << newRandom.nextInt(4));
        head.position += random.nextInt(30);
        tailer.skipToHead();
        for (int i = 1 + random.nextInt(4); i > 0; i--) {
            add(1 + random.nextInt(8));
        }
    }

    /** Now and then a projection is added, removed, paused or resumed, or its worker dies. */
    private void live() {
        Follower one = followers.get(random.nextInt(followers.size()));
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
                if (followers.size() < 6) {
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

    private void run(int steps) {
        failing = true;
        int appends = 1 + random.nextInt(30);
        int tails = 1 + random.nextInt(60);
        for (int i = 0; i < steps; i++) {
            // Now and then everything runs at other speeds.
            if (i % 500 == 0) {
                appends = 1 + random.nextInt(30);
                tails = 1 + random.nextInt(60);
            }
            int dice = random.nextInt(100);
            if (dice < appends) {
                head.position += 1 + random.nextInt(4);
            } else if (dice < appends + tails) {
                if (random.nextInt(3) == 0) {
                    found = sources.all();
                }
                tailer.step();
            } else {
                Follower one = followers.get(random.nextInt(followers.size()));
                if (random.nextInt(500) == 0) {
                    live();
                } else if (one.isRunning()) {
                    one.step();
                }
            }
        }
    }

    /** Lets everybody finish, without appends; whoever cannot has lost something. */
    private void settle() {
        failing = false;
        followers.stream().filter(one -> !one.isRunning()).forEach(Follower::begin);
        for (int round = 0; round < 1_000_000 && !isSettled(); round++) {
            found = sources.all();
            tailer.step();
            followers.forEach(Follower::step);
        }
        for (Follower one : followers) {
            assertEquals(head.position, one.next - 1, "stands still before the head");
            assertEquals(one.next, one.committed, "stands still before the commit");
            assertTrue(one.feed.isLive(), "is live at the head");
        }
    }

    private boolean isSettled() {
        return followers.stream().allMatch(one -> one.idle && one.next - 1 == head.position);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void shouldSeeEveryPositionOnceInOrder(long seed) {
        walk(seed);
    }

    @ParameterizedTest
    @Tag("long")
    @ValueSource(longs = {4, 5, 6, 7, 8, 9, 10, 11, 12})
    void shouldSeeEveryPositionOnceInOrderForLong(long seed) {
        walk(seed);
    }

    private void walk(long seed) {
        for (int world = 0; world < 20; world++) {
            world(new Random(seed * 1_000 + world));
            try {
                run(STEPS / 20);
                settle();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed=" + seed + " world=" + world, e);
            }
        }
        assertTrue(fromRing > 1_000, "the ring was used: " + fromRing);
        assertTrue(failures > 50, "workers have thrown: " + failures);
        assertTrue(changes > 100, "workers were detached: " + changes);
        assertTrue(added > 20, "projections were added: " + added);
    }

    @Test
    void shouldCloseTheGapThatTheTailerSkippedBeforeTheSeatWasTaken() {
        set(new Random(1), 1, 2);
        Follower one = add(1);
        head.position = 2;
        tailer.step(); // reads the head
        while (one.next <= 2) {
            one.step();
        }
        head.position = 5; // behind the worker's back
        tailer.step(); // finds no seats and skips up to 2
        one.step(); // READ_LOG again
        settle();
        assertEquals(6, one.committed);
    }

    @Test
    void shouldNotReadWhatWasThereBeforeItBegan() {
        set(new Random(1), 1, 2);
        head.position = 10;
        tailer.skipToHead();
        EventRing.Seat seat = ring.attach();
        head.position = 11;
        while (seat.available() == seat.joined()) {
            assertTrue(tailer.step());
        }
        assertEquals(11, seat.slice(seat.joined() + 1).orElseThrow().first());
    }

    @Test
    void shouldNotTakeASliceThatWasDecodedBeforeItsSourceWasAdded() {
        set(new Random(1), 1, 4);
        Follower early = new Follower(TOPOLOGIES.get(0), 1);
        followers.add(early);
        settle();
        Follower late = new Follower(TOPOLOGIES.get(4), 1);
        assertFalse(found.include(late.own.numbers()));
        while (!late.feed.isLive()) {
            late.step();
        }
        head.position = 0;
        while (early.next == 0) {
            tailer.step(); // with what it had found before
            early.step();
        }
        long before = fromRing;
        while (late.next == 0) {
            late.step();
        }
        assertEquals(before + 1, fromRing, "without leaving its seat");
        followers.add(late);
        settle();
        assertEquals(1, late.committed);
    }
}
