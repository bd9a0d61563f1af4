package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Cuts, step by step in one thread, in random order: appends, steps of workers at different speeds,
 * workers that go back to their commit, wait for events, stand still or end, cuts that are given
 * up. The cuts are the real ones; the log is a number, and a view is the position it was opened at.
 * Another seed: {@code -Dvarve.seed=1}.
 */
@Timeout(120)
class CutModelTest {
    private static final int STEPS = 200_000;

    private final List<Walker> walkers = new ArrayList<>();
    private final List<Asked> open = new ArrayList<>();
    private long head = -1;
    private long complete;
    private long missed;
    private long behindOthers;

    /** A cut that somebody waits for. */
    private static final class Asked {
        private final List<Long> closed = new ArrayList<>();
        private final Cut<Long> cut;
        private final long bound;
        private final List<Walker> members;
        private final long jumpsBefore;
        private final Map<Walker, CommitPoint> points = new HashMap<>();

        private Asked(long bound, List<Walker> members) {
            this.cut = new Cut<>(bound, closed::add);
            this.bound = bound;
            this.members = members;
            this.jumpsBefore = jumps();
            for (Walker member : members) {
                points.put(
                        member,
                        cut.member(member.name, () -> member.committed, () -> member.woken = true));
            }
            for (Walker member : members) {
                assertTrue(member.points.add(points.get(member)));
                member.woken = true;
            }
        }

        private long jumps() {
            return members.stream().mapToLong(member -> member.jumps).sum();
        }

        private void giveUp() {
            int open = cut.views().size();
            cut.cancel();
            members.forEach(member -> member.points.remove(points.get(member)));
            assertEquals(open, closed.size(), "views that nobody gets are closed");
        }
    }

    /** What a worker does with its commit points; positions are all there is to apply. */
    private static final class Walker {
        private final String name;
        private final CommitPoints points = new CommitPoints();
        private long done = -1;
        private long committed = -1;
        private long end;
        private boolean inSlice;
        private boolean woken;
        private long jumps;

        private Walker(String name) {
            this.name = name;
        }

        /** As the worker: looks between slices; before a slice; and applies up to where it may. */
        private void step(Random random, long head) {
            if (!inSlice && done == head && !woken) {
                return; // waits for events, or to be woken
            }
            if (!inSlice) {
                woken = false;
                meet(points.next(done, done));
                end = Math.min(head, done + 1 + random.nextInt(6));
                inSlice = end > done;
                return;
            }
            long next = points.next(done, end);
            long until = next == CommitPoint.NONE ? end : next;
            done = until;
            if (random.nextInt(4) == 0) {
                committed = done;
            }
            meet(next);
            inSlice = done < end;
        }

        private void meet(long position) {
            if (position != CommitPoint.NONE) {
                assertEquals(done, position, "asked for where it is");
                committed = done;
                points.reached(position);
            }
        }

        /** After an error: all that was not committed is applied again. */
        private void rewind(Random random, long head) {
            inSlice = false;
            woken = true;
            done = committed;
            if (random.nextInt(3) == 0) {
                // Recovery goes past the failed event without looking.
                jumps++;
                done = Math.min(head, Math.max(done, end));
                committed = done;
            }
        }
    }

    private void step(Random random) {
        int dice = random.nextInt(100);
        if (dice < 15) {
            head += 1 + random.nextInt(3);
        } else if (dice < 18 && open.size() < 4) {
            ask(random);
        } else if (dice < 19 && !open.isEmpty()) {
            open.remove(random.nextInt(open.size())).giveUp();
        } else {
            Walker one = walkers.get(Math.min(random.nextInt(8), walkers.size() - 1));
            if (random.nextInt(30) == 0) {
                one.rewind(random, head);
            } else {
                one.step(random, head);
            }
        }
        lookAtCuts();
    }

    private void ask(Random random) {
        List<Walker> members = new ArrayList<>(walkers);
        members.removeIf(walker -> walkers.size() > 1 && random.nextInt(3) == 0);
        if (!members.isEmpty()) {
            long bound = random.nextInt(3) == 0 ? head + random.nextInt(5) - 2 : -1;
            open.add(new Asked(bound, members));
        }
    }

    private void lookAtCuts() {
        open.removeIf(
                asked -> {
                    if (asked.cut.isMissed()) {
                        assertTrue(asked.jumps() > asked.jumpsBefore, "missed for no reason");
                        asked.giveUp();
                        missed++;
                        return true;
                    }
                    for (Long at : asked.cut.views().values()) {
                        assertEquals(asked.cut.position(), at, "all at one position");
                        assertTrue(at >= asked.bound && at <= head, "at or behind the bound");
                    }
                    if (asked.cut.views().size() < asked.members.size()) {
                        return false;
                    }
                    complete++;
                    behindOthers +=
                            walkers.stream().mapToLong(w -> w.done).max().orElseThrow()
                                            > asked.cut.position()
                                    ? 1
                                    : 0;
                    return true;
                });
    }

    /** Nothing more is appended: every cut that can be complete must be, also one at rest. */
    private void settle(Random random) {
        head += 10;
        complete(random);
        open.add(new Asked(-1, List.copyOf(walkers)));
        complete(random);
        walkers.forEach(walker -> assertTrue(walker.points.isEmpty(), "a point that is left"));
    }

    private void complete(Random random) {
        for (int i = 0; i < 10_000 && !open.isEmpty(); i++) {
            walkers.forEach(walker -> walker.step(random, head));
            lookAtCuts();
        }
        assertEquals(0, open.size(), "a cut that nobody comes to");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void shouldOpenAllViewsAtOnePosition(long seed) {
        walk(Long.getLong("varve.seed", seed));
    }

    @ParameterizedTest
    @Tag("long")
    @ValueSource(longs = {3, 4, 5, 6, 7, 8})
    void shouldOpenAllViewsAtOnePositionForLong(long seed) {
        walk(Long.getLong("varve.seed", seed));
    }

    private void walk(long seed) {
        for (int world = 0; world < 20; world++) {
            Random random = Worlds.random(seed, world);
            walkers.clear();
            open.clear();
            head = -1;
            for (int i = 1 + random.nextInt(4); i > 0; i--) {
                walkers.add(new Walker("w" + i));
            }
            try {
                for (int i = 0; i < STEPS / 20; i++) {
                    step(random);
                }
                settle(random);
            } catch (AssertionError e) {
                throw new AssertionError("varve.seed=" + seed + " world=" + world, e);
            }
        }
        assertTrue(complete > 300, "cuts were complete: " + complete);
        assertTrue(behindOthers > 50, "workers went on meanwhile: " + behindOthers);
        assertTrue(missed > 0, "workers have passed a cut: " + missed);
    }
}
