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
    private static final int MOST_AHEAD = 8;

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
    private static final class Group {
        private final List<Convoy> convoys = new ArrayList<>();
        private int readers;

        /** Who has begun, and has not come to a slice yet. */
        private int expected;

        private Optional<Convoy> at(long first) {
            for (Convoy convoy : convoys) {
                if (convoy.known(first).isPresent()) {
                    return Optional.of(convoy);
                }
            }
            return Optional.empty();
        }
    }

    /** What one who comes to a slice does next: he has it, or reads one for all, or for himself. */
    private record Turn(Optional<EventSlice> slice, Optional<Convoy.Claim> claim) {
        static final Turn FOR_HIMSELF = new Turn(Optional.empty(), Optional.empty());

        static Turn take(EventSlice slice) {
            return new Turn(Optional.of(slice), Optional.empty());
        }

        static Turn read(Convoy.Claim claim) {
            return new Turn(Optional.empty(), Optional.of(claim));
        }
    }

    /**
     * A reader of the log who shares with others while he catches up.
     *
     * @param log reads for him alone
     * @param sources the numbers of what it decodes
     */
    SliceReader reader(StoreSliceReader log, BitSet sources) {
        return new Reader(log, sources);
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

    private void join(Group group, Convoy convoy, Convoy.Traveller traveller) {
        convoy.join(traveller);
        if (convoy.travellers() == 1) {
            group.convoys.add(convoy);
        } else if (convoy.travellers() == 2) {
            shared++;
        }
    }

    private void leave(Group group, Convoy convoy, Convoy.Traveller traveller) {
        convoy.leave(traveller);
        if (convoy.travellers() == 0) {
            group.convoys.remove(convoy);
        } else if (convoy.travellers() == 1) {
            shared--;
        }
    }

    private final class Reader implements SliceReader {
        private final StoreSliceReader log;
        private final BitSet sources;
        private final Convoy.Traveller traveller = new Convoy.Traveller();
        private final Patience patience = new Patience(processors, clock);
        private Group group;
        private Convoy convoy;
        private int together;

        Reader(StoreSliceReader log, BitSet sources) {
            this.log = log;
            this.sources = sources;
        }

        @Override
        public long head() {
            return log.head();
        }

        @Override
        public EventSlice read(long from, long last) {
            return log.read(from, last);
        }

        @Override
        public void beginCatchUp() {
            if (group != null) {
                return;
            }
            lock.lock();
            try {
                Group joined = groups.computeIfAbsent(sources, added -> new Group());
                joined.readers++;
                joined.expected++;
                group = joined;
                patience.begin();
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void endCatchUp() {
            if (group == null) {
                return;
            }
            lock.lock();
            try {
                leaveConvoy();
                group.expected--;
                if (--group.readers == 0) {
                    groups.remove(sources);
                }
                group = null;
            } finally {
                lock.unlock();
            }
        }

        private void leaveConvoy() {
            if (convoy != null) {
                leave(group, convoy, traveller);
                convoy = null;
                group.expected++;
            }
        }

        @Override
        public EventSlice read(long from) {
            if (group == null) {
                return log.read(from);
            }
            patience.worked(together);
            EventSlice slice = readShared(from);
            patience.works();
            return slice;
        }

        private EventSlice readShared(long from) {
            while (true) {
                Turn turn = turn(from);
                if (turn.slice().isPresent()) {
                    return turn.slice().get();
                }
                if (turn.claim().isEmpty()) {
                    return log.read(from);
                }
                Convoy.Claim claim = turn.claim().get();
                if (claim.first() == from) {
                    return readForAll(claim);
                }
                readAhead(claim);
            }
        }

        private Turn turn(long from) {
            lock.lock();
            try {
                Optional<Turn> turn;
                do {
                    goTo(from);
                    together = convoy.inReach();
                    Optional<Convoy.Claim> known = convoy.known(from);
                    turn = known.isPresent() ? take(known.get()) : readNew(from);
                } while (turn.isEmpty());
                return turn.get();
            } finally {
                lock.unlock();
            }
        }

        /** To where the slice is; else in front of those he is with; else he begins alone. */
        private void goTo(long from) {
            if (convoy != null && convoy.known(from).isPresent()) {
                return;
            }
            Optional<Convoy> there = group.at(from);
            if (there.isPresent() || convoy == null || convoy.hasPassed(from)) {
                Convoy next =
                        there.orElseGet(() -> new Convoy(lock.newCondition(), lock.newCondition()));
                leaveConvoy();
                join(group, next, traveller);
                convoy = next;
                group.expected--;
            }
        }

        private Optional<Turn> readNew(long from) {
            if (!convoy.hasRoom(most())) {
                if (await(Convoy::awaitRoom)) {
                    return Optional.empty();
                }
                convoy.leaveBehind();
            }
            Convoy.Claim claim = convoy.claim(from, clock.getAsLong());
            convoy.moved(traveller, claim, clock.getAsLong());
            return Optional.of(Turn.read(claim));
        }

        private Optional<Turn> take(Convoy.Claim known) {
            if (known.slice().isEmpty() && !known.isLeftToEach()) {
                Optional<Turn> ahead = readAhead(known.first());
                if (ahead.isPresent() || await(Convoy::awaitSlice)) {
                    return ahead;
                }
            }
            convoy.moved(traveller, known, clock.getAsLong());
            return Optional.of(known.slice().map(Turn::take).orElse(Turn.FOR_HIMSELF));
        }

        private Optional<Turn> readAhead(long from) {
            if (!convoy.hasRoom(most()) && patience() > 0) {
                return Optional.empty();
            }
            long next = from;
            for (int i = 0; i < MOST_AHEAD; i++) {
                next = log.nextBoundary(next);
                if (next <= log.head() && convoy.known(next).isEmpty()) {
                    return Optional.of(Turn.read(convoy.claim(next, clock.getAsLong())));
                }
            }
            return Optional.empty();
        }

        private long patience() {
            return patience.left(together, convoy.movedAt());
        }

        /** False if he is not to wait any more. */
        private boolean await(Wait wait) {
            long most = patience();
            if (most <= 0) {
                return false;
            }
            long began = clock.getAsLong();
            try {
                wait.await(convoy, most);
                return true;
            } catch (InterruptedException e) {
                // Nothing of ours interrupts a worker; user code on its thread did, and may ask.
                Thread.currentThread().interrupt();
                return false;
            } finally {
                patience.waited(began);
            }
        }

        private Convoy.Limits most() {
            return group.expected == 0 && convoy.inReach() <= 1
                    ? ALONE
                    : MOST.part(Math.max(1, shared));
        }

        private void readAhead(Convoy.Claim claim) {
            try {
                readForAll(claim);
            } catch (RuntimeException e) {
                // Whoever comes to it meets it himself; nobody has come to it yet.
                return;
            }
        }

        private EventSlice readForAll(Convoy.Claim claim) {
            Optional<EventSlice> read = Optional.empty();
            try {
                read = Optional.of(log.read(claim.first()));
                return read.get();
            } finally {
                put(claim, read.filter(slice -> !slice.hasPoison()));
            }
        }

        private void put(Convoy.Claim claim, Optional<EventSlice> read) {
            lock.lock();
            try {
                if (read.isPresent()) {
                    convoy.keep(claim, read.get(), most(), clock.getAsLong());
                } else {
                    convoy.leaveToEach(claim);
                }
            } finally {
                lock.unlock();
            }
        }
    }

    @FunctionalInterface
    private interface Wait {
        void await(Convoy convoy, long nanos) throws InterruptedException;
    }
}
