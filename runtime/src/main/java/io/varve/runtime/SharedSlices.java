package io.varve.runtime;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * Slices of the log that were read lately by those who catch up, so that several who read the same
 * sources decode an event once. Thread-safe.
 *
 * <pre>
 *   a slice, to who comes to it      he
 *   was read                         takes it
 *   is being read by another         reads what follows meanwhile, then takes it; his own if it is
 *                                    still not there
 *   nobody has come to it            reads it, for all
 * </pre>
 *
 * <p>So who is in front does the work, and who is behind draws level. Where there are more of them
 * than processors that is not enough: whoever has a processor runs away from those who have none,
 * and who has lost touch decodes for himself, is slower from then on, and never comes back. So they
 * stay together in a {@link Convoy}: before one goes so far ahead that others lose what he has
 * read, he lets them have his processor. His {@link Patience} is such that he loses nothing by it;
 * who is stuck is waited for once, for milliseconds, and nobody waits where there are processors
 * for all.
 *
 * <p>Where one is alone hardly anything is kept: just so much that it shows when another comes
 * close.
 */
final class SharedSlices {
    private static final int MOST_SLICES = 64;
    private static final int LEAST_SLICES = 2;

    /** For what they take once they are decoded nobody can tell: less where the heap is small. */
    private static final Convoy.Limits MOST =
            new Convoy.Limits(
                    MOST_SLICES,
                    Math.min(1 << 16, Runtime.getRuntime().maxMemory() >> 14),
                    Math.min(8 << 20, Runtime.getRuntime().maxMemory() >> 7));

    private static final Convoy.Limits ALONE =
            new Convoy.Limits(LEAST_SLICES, MOST.events(), MOST.bytes());

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<BitSet, Group> groups = new HashMap<>();
    private final int processors;
    private final LongSupplier clock;

    /** Convoys of more than one: they share the room there is. */
    private int shared;

    /** Nobody has come yet. */
    SharedSlices() {
        this(Runtime.getRuntime().availableProcessors(), System::nanoTime);
    }

    /**
     * Nobody has come yet.
     *
     * @param processors there are for those who catch up
     * @param clock in nanoseconds
     */
    SharedSlices(int processors, LongSupplier clock) {
        this.processors = processors;
        this.clock = clock;
    }

    /** Those who read the same sources, wherever they are. */
    static final class Group {
        private final List<Convoy> convoys = new ArrayList<>();
        private int readers;

        /** Who has begun, and has not come to a slice yet. */
        private int expected;

        /** The one that has a slice. */
        Optional<Convoy> at(long first) {
            for (Convoy convoy : convoys) {
                if (convoy.known(first).isPresent()) {
                    return Optional.of(convoy);
                }
            }
            return Optional.empty();
        }
    }

    /**
     * A reader of the log who shares with others while he catches up.
     *
     * @param log reads for him alone
     * @param sources the numbers of what it decodes
     */
    SliceReader reader(StoreSliceReader log, BitSet sources) {
        return new SharedSliceReader(this, log, sources, processors);
    }

    /** How many slices are kept. */
    int size() {
        lock.lock();
        try {
            return groups.values().stream()
                    .flatMap(group -> group.convoys.stream())
                    .mapToInt(Convoy::slices)
                    .sum();
        } finally {
            lock.unlock();
        }
    }

    /** Held for all that follows. */
    ReentrantLock lock() {
        return lock;
    }

    LongSupplier clock() {
        return clock;
    }

    /** One begins to catch up; he is expected to come to a slice. */
    Group enter(BitSet sources) {
        Group group = groups.computeIfAbsent(sources, added -> new Group());
        group.readers++;
        group.expected++;
        return group;
    }

    /** One reads no more, who is expected. */
    void exit(BitSet sources, Group group) {
        group.expected--;
        if (--group.readers == 0) {
            groups.remove(sources);
        }
    }

    /** One who is expected joins others. */
    void join(Group group, Convoy convoy, Convoy.Traveller traveller) {
        group.expected--;
        convoy.join(traveller);
        if (convoy.travellers() == 1) {
            group.convoys.add(convoy);
        } else if (convoy.travellers() == 2) {
            shared++;
        }
    }

    /** One leaves them, and is expected elsewhere. */
    void leave(Group group, Convoy convoy, Convoy.Traveller traveller) {
        group.expected++;
        convoy.leave(traveller);
        if (convoy.travellers() == 0) {
            group.convoys.remove(convoy);
        } else if (convoy.travellers() == 1) {
            shared--;
        }
    }

    /** How much a convoy may keep. */
    Convoy.Limits most(Group group, Convoy convoy) {
        return group.expected == 0 && convoy.inReach() <= 1
                ? ALONE
                : MOST.part(Math.max(1, shared));
    }
}
