package io.varve.runtime;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Slices of the log that were read lately by those who catch up, so that several who read the same
 * sources decode an event once. Thread-safe; nobody waits for another.
 *
 * <pre>
 *   a slice, to who comes to it      he
 *   was read                         takes it
 *   is being read by another         reads what follows meanwhile, then takes it; his own if it is
 *                                    still not there
 *   nobody has come to it            reads it, for all
 * </pre>
 *
 * <p>So who is in front does the work, and who is behind draws level. Where nobody has shared for a
 * while, hardly anything is kept: just so much that it shows when one comes close to another.
 */
final class SharedSlices {
    private static final int MOST_SLICES = 64;
    private static final int LEAST_SLICES = 2;
    private static final int WHILE_SLICES = 256;
    private static final int MOST_AHEAD = 8;

    /** For what they take once they are decoded nobody can tell: less where the heap is small. */
    private static final long MOST_EVENTS =
            Math.min(1 << 16, Runtime.getRuntime().maxMemory() >> 14);

    private static final long MOST_BYTES = Math.min(8 << 20, Runtime.getRuntime().maxMemory() >> 7);

    private final Map<BitSet, Window> windows = new HashMap<>();

    /** A slice that was read, or that somebody reads. */
    private static final class Claim {
        private Optional<EventSlice> slice = Optional.empty();
    }

    /** What those have read lately who read the same sources, oldest first. */
    private static final class Window {
        private final Map<Long, Claim> byFirst = new LinkedHashMap<>();
        private int readers;
        private int unshared;
        private long events;
        private long bytes;

        private void join() {
            readers++;
            unshared = 0;
        }

        private Optional<Claim> claim(long first) {
            Optional<Claim> known = Optional.ofNullable(byFirst.putIfAbsent(first, new Claim()));
            unshared = known.isPresent() ? 0 : unshared + 1;
            return known;
        }

        private void keep(Claim claim, EventSlice slice) {
            claim.slice = Optional.of(slice);
            events += slice.entries().size();
            bytes += slice.bytes();
            boolean alone = readers == 1 || unshared > WHILE_SLICES;
            int most = alone ? LEAST_SLICES : MOST_SLICES;
            Iterator<Claim> oldest = byFirst.values().iterator();
            while (byFirst.size() > most || events > MOST_EVENTS || bytes > MOST_BYTES) {
                oldest.next().slice.ifPresent(this::forget);
                oldest.remove();
            }
        }

        private void forget(EventSlice slice) {
            events -= slice.entries().size();
            bytes -= slice.bytes();
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
    synchronized int size() {
        return windows.values().stream().mapToInt(window -> window.byFirst.size()).sum();
    }

    private synchronized void join(BitSet sources) {
        windows.computeIfAbsent(sources, added -> new Window()).join();
    }

    private synchronized void leave(BitSet sources) {
        if (--windows.get(sources).readers == 0) {
            windows.remove(sources);
        }
    }

    /** Comes to a slice: nothing, if it is his to read and {@link #put}. */
    private synchronized Optional<Claim> claim(BitSet sources, long first) {
        return windows.get(sources).claim(first);
    }

    private synchronized Optional<EventSlice> slice(Claim claim) {
        return claim.slice;
    }

    private synchronized void put(BitSet sources, EventSlice slice) {
        Window window = windows.get(sources);
        Claim claim = window.byFirst.get(slice.first());
        if (claim != null && claim.slice.isEmpty()) {
            window.keep(claim, slice);
        }
    }

    private synchronized void giveUp(BitSet sources, long first) {
        Map<Long, Claim> byFirst = windows.get(sources).byFirst;
        Claim claim = byFirst.get(first);
        if (claim != null && claim.slice.isEmpty()) {
            byFirst.remove(first);
        }
    }

    private final class Reader implements SliceReader {
        private final StoreSliceReader log;
        private final BitSet sources;
        private boolean shares;

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
            if (!shares) {
                join(sources);
                shares = true;
            }
        }

        @Override
        public void endCatchUp() {
            if (shares) {
                shares = false;
                leave(sources);
            }
        }

        @Override
        public EventSlice read(long from) {
            if (!shares) {
                return log.read(from);
            }
            Optional<Claim> known = claim(sources, from);
            if (known.isEmpty()) {
                return readForAll(from);
            }
            Claim claim = known.get();
            long ahead = from;
            for (int i = 0; i < MOST_AHEAD && slice(claim).isEmpty(); i++) {
                ahead = log.nextBoundary(ahead);
                readAhead(ahead);
            }
            return slice(claim).orElseGet(() -> log.read(from));
        }

        private EventSlice readForAll(long from) {
            try {
                EventSlice slice = log.read(from);
                if (slice.hasPoison()) {
                    giveUp(sources, from); // the next time it may be read
                } else {
                    put(sources, slice);
                }
                return slice;
            } catch (RuntimeException | Error e) {
                giveUp(sources, from);
                throw e;
            }
        }

        private void readAhead(long from) {
            if (from > log.head() || claim(sources, from).isPresent()) {
                return;
            }
            try {
                readForAll(from);
            } catch (RuntimeException e) {
                // Whoever comes to it meets it himself; nobody has come to it yet.
                return;
            }
        }
    }
}
