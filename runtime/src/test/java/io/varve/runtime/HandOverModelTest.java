package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
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
    private static final int STEPS = 400_000;

    /**
     * A log of positions without content. Slices are of random length, so that they overlap in
     * every way.
     */
    private static final class CountedLog implements SliceReader {
        private final Random random;
        private final int longest;
        private long head = -1;

        private CountedLog(Random random, int longest) {
            this.random = random;
            this.longest = longest;
        }

        @Override
        public long head() {
            return head;
        }

        @Override
        public EventSlice read(long from) {
            assertTrue(from <= head, "read beyond the head");
            return new EventSlice(from, Math.min(head, from + random.nextInt(longest)), List.of());
        }
    }

    /** What a worker does with its feed, and the rule: each position once, in order. */
    private static final class Follower {
        private final SliceReader log;
        private final EventRing ring;
        private final int attachWithin;
        private EventFeed feed;
        private long next;
        private long committed;
        private long fromRing;
        private long changes;
        private boolean idle;

        private Follower(SliceReader log, EventRing ring, int attachWithin) {
            this.log = log;
            this.ring = ring;
            this.attachWithin = attachWithin;
            feed = new EventFeed(log, ring, 0, attachWithin);
        }

        private void step() {
            boolean live = feed.isLive();
            EventFeed.Step step = feed.step();
            idle = step == EventFeed.Step.IDLE;
            switch (step) {
                case SLICE -> {
                    apply(feed.slice());
                    feed.applied();
                }
                case END -> {
                    committed = next;
                    feed.committed();
                }
                case IDLE, MOVED -> {}
            }
            changes += live == feed.isLive() ? 0 : 1;
        }

        private void apply(EventSlice slice) {
            for (long position = slice.first(); position <= slice.last(); position++) {
                if (position >= feed.next()) {
                    assertEquals(next, position, "each position once, in order");
                    next++;
                    fromRing += feed.isLive() ? 1 : 0;
                }
            }
        }

        private void crash() {
            feed.leave();
            next = committed;
            feed = new EventFeed(log, ring, next, attachWithin);
        }
    }

    private final List<Follower> followers = new ArrayList<>();
    private CountedLog log;
    private LogTailer tailer;

    private void set(Random random) {
        log = new CountedLog(random, 1 + random.nextInt(6));
        EventRing ring = new EventRing(2 << random.nextInt(4));
        tailer = new LogTailer(log, ring, position -> {});
        log.head += random.nextInt(30);
        tailer.skipToHead();
        followers.clear();
        for (int i = 1 + random.nextInt(4); i > 0; i--) {
            followers.add(new Follower(log, ring, 1 + random.nextInt(8)));
        }
    }

    private void run(Random random, int steps) {
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
                log.head += 1 + random.nextInt(4);
            } else if (dice < appends + tails) {
                tailer.step();
            } else {
                Follower one = followers.get(random.nextInt(followers.size()));
                if (random.nextInt(2_000) == 0) {
                    one.crash();
                } else {
                    one.step();
                }
            }
        }
    }

    /** Lets everybody finish, without appends; whoever cannot has lost something. */
    private void settle() {
        for (int round = 0; round < 1_000_000 && !isSettled(); round++) {
            tailer.step();
            followers.forEach(Follower::step);
        }
        for (Follower one : followers) {
            assertEquals(log.head, one.next - 1, "stands still before the head");
            assertEquals(one.next, one.committed, "stands still before the commit");
            assertTrue(one.feed.isLive(), "is live at the head");
        }
    }

    private boolean isSettled() {
        return followers.stream().allMatch(one -> one.idle && one.next - 1 == log.head);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void shouldSeeEveryPositionOnceInOrder(long seed) {
        long fromRing = 0;
        long changes = 0;
        for (int world = 0; world < 20; world++) {
            Random random = new Random(seed * 1_000 + world);
            set(random);
            try {
                run(random, STEPS / 20);
                settle();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed=" + seed + " world=" + world, e);
            }
            fromRing += followers.stream().mapToLong(one -> one.fromRing).sum();
            changes += followers.stream().mapToLong(one -> one.changes).sum();
        }
        assertTrue(fromRing > 1_000, "the ring was used: " + fromRing);
        assertTrue(changes > 100, "workers were detached: " + changes);
    }

    @Test
    void shouldCloseTheGapThatTheTailerSkippedBeforeTheSeatWasTaken() {
        log = new CountedLog(new Random(1), 1);
        EventRing ring = new EventRing(2);
        tailer = new LogTailer(log, ring, position -> {});
        Follower one = new Follower(log, ring, 1);
        log.head = 2;
        tailer.step(); // reads the head
        while (one.next <= 2) {
            one.step();
        }
        log.head = 5; // behind the worker's back
        tailer.step(); // finds no seats and skips up to 2
        one.step(); // READ_LOG again
        followers.add(one);
        settle();
        assertEquals(6, one.committed);
    }

    @Test
    void shouldNotReadWhatWasThereBeforeItBegan() {
        log = new CountedLog(new Random(1), 1);
        EventRing ring = new EventRing(2);
        tailer = new LogTailer(log, ring, position -> {});
        log.head = 10;
        tailer.skipToHead();
        EventRing.Seat seat = ring.attach();
        log.head = 11;
        while (seat.available() == seat.joined()) {
            assertTrue(tailer.step());
        }
        assertEquals(11, seat.slice(seat.joined() + 1).first());
    }
}
