package io.varve.runtime;

import java.util.BitSet;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * One who reads the log, and shares slices with others while he catches up: his way from slice to
 * slice through {@link SharedSlices}. Belongs to one thread.
 */
final class SharedSliceReader implements SliceReader {
    private static final int MOST_AHEAD = 8;

    @FunctionalInterface
    private interface Wait {
        void await(Convoy convoy, long nanos) throws InterruptedException;
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

    private final SharedSlices all;
    private final StoreSliceReader log;
    private final BitSet sources;
    private final ReentrantLock lock;
    private final LongSupplier clock;
    private final Patience patience;
    private final Convoy.Traveller traveller = new Convoy.Traveller();
    private SharedSlices.Group group;
    private Convoy convoy;
    private int together;

    SharedSliceReader(SharedSlices all, StoreSliceReader log, BitSet sources, int processors) {
        this.all = all;
        this.log = log;
        this.sources = sources;
        this.lock = all.lock();
        this.clock = all.clock();
        this.patience = new Patience(processors, clock);
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
            group = all.enter(sources);
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
            all.exit(sources, group);
            group = null;
        } finally {
            lock.unlock();
        }
    }

    private void leaveConvoy() {
        if (convoy != null) {
            all.leave(group, convoy, traveller);
            convoy = null;
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
            all.join(group, next, traveller);
            convoy = next;
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
        return all.most(group, convoy);
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
            put(claim, read);
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
