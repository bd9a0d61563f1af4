package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Walks of {@link HandOverModel}, each in many worlds of other sizes. Another seed: {@code
 * -Dvarve.seed=1}.
 */
@Timeout(120)
class HandOverModelTest {
    private static final int WORLDS = 20;
    private static final int STEPS = 1_000_000;
    private static final int LONG_STEPS = 4_000_000;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void shouldSeeEveryPositionOnceInOrder(long seed) {
        walk(Long.getLong("varve.seed", seed), STEPS);
    }

    @ParameterizedTest
    @Tag("long")
    @ValueSource(longs = {4, 5, 6, 7, 8, 9, 10, 11, 12})
    void shouldSeeEveryPositionOnceInOrderForLong(long seed) {
        walk(Long.getLong("varve.seed", seed), LONG_STEPS);
    }

    private static void walk(long seed, int steps) {
        Counts all = new Counts();
        for (int world = 0; world < WORLDS; world++) {
            all.add(world(seed, world, steps / WORLDS, HandOverModel.Mistake.NONE));
        }
        all.check();
    }

    private static HandOverModel world(
            long seed, int world, int steps, HandOverModel.Mistake mistake) {
        try {
            HandOverModel model = HandOverModel.any(Worlds.random(seed, world), mistake);
            model.run(steps);
            model.settle();
            return model;
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("varve.seed=" + seed + " world=" + world, e);
        }
    }

    /** What has happened on a walk: if it has not, the walk shows nothing. */
    private static final class Counts {
        private long fromRing;
        private long failures;
        private long wentOn;
        private long changes;
        private long added;
        private long stalls;
        private long detachedWhileStuck;
        private long liveBesideStuck;

        private void add(HandOverModel model) {
            fromRing += model.fromRing;
            failures += model.failures;
            wentOn += model.wentOn;
            changes += model.changes;
            added += model.added;
            stalls += model.stalls;
            detachedWhileStuck += model.detachedWhileStuck;
            liveBesideStuck += model.liveBesideStuck;
        }

        private void check() {
            assertTrue(fromRing > 1_000, "the ring was used: " + fromRing);
            assertTrue(failures > 50, "workers have thrown: " + failures);
            assertTrue(wentOn > 20, "and gone on with the slice in hand: " + wentOn);
            assertTrue(changes > 100, "workers were detached: " + changes);
            assertTrue(added > 20, "projections were added: " + added);
            assertTrue(stalls > 100, "workers stood still: " + stalls);
            assertTrue(detachedWhileStuck > 5, "and lost their seat: " + detachedWhileStuck);
            assertTrue(liveBesideStuck > 1_000, "others were at the head: " + liveBesideStuck);
        }
    }

    @ParameterizedTest
    @EnumSource(value = HandOverModel.Mistake.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void shouldNoticeAMistake(HandOverModel.Mistake mistake) {
        AssertionError noticed =
                assertThrows(
                        AssertionError.class,
                        () -> {
                            for (int world = 0; world < WORLDS; world++) {
                                world(1, world, STEPS / WORLDS, mistake);
                            }
                        });
        assertNotNull(noticed.getCause(), () -> "of the walk itself: " + noticed);
    }

    private static HandOverModel small(int slots) {
        return new HandOverModel(
                new Random(1), 1, slots, EventRing.MOST_BYTES, HandOverModel.Mistake.NONE);
    }

    @Test
    void shouldCloseTheGapThatTheTailerSkippedBeforeTheSeatWasTaken() {
        HandOverModel model = small(2);
        HandOverModel.Follower one = model.add(1);
        model.head = 2;
        model.tailer.step(); // reads the head
        while (one.next <= 2) {
            one.step();
        }
        model.head = 5; // behind the worker's back
        model.tailer.step(); // finds no seats and skips up to 2
        one.step(); // READ_LOG again
        model.settle();
        assertEquals(6, one.committed);
    }

    @Test
    void shouldNotReadWhatWasThereBeforeItBegan() {
        HandOverModel model = small(2);
        model.head = 10;
        model.tailer.skipToHead();
        EventRing.Seat seat = model.ring.attach();
        model.head = 11;
        while (seat.available() == seat.joined()) {
            assertTrue(model.tailer.step());
        }
        assertEquals(11, seat.slice(seat.joined() + 1).orElseThrow().first());
    }

    @Test
    void shouldNotTakeASliceThatWasDecodedBeforeItsSourceWasAdded() {
        HandOverModel model = small(4);
        HandOverModel.Follower early = model.add(0, 1);
        model.settle();
        HandOverModel.Follower late = model.add(4, 1);
        assertFalse(model.found.include(late.own.numbers()));
        while (!late.feed.isLive()) {
            late.step();
        }
        model.head = 0;
        while (early.next == 0) {
            model.tailer.step(); // with what it had found before
            early.step();
        }
        long before = model.fromRing;
        while (late.next == 0) {
            late.step();
        }
        assertEquals(before + 1, model.fromRing, "without leaving its seat");
        model.settle();
        assertEquals(1, late.committed);
    }
}
