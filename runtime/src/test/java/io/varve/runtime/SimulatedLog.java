package io.varve.runtime;

import io.varve.store.EventBatch;
import io.varve.store.EventStore;
import io.varve.store.NewEvent;
import io.varve.store.StreamId;
import io.varve.store.errors.StoreIoException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** The part of a log that is a {@link Simulation}'s: what is in it, and how it is read. */
final class SimulatedLog {
    private static final int ALIGNED = 8;

    /** Many times what a simulation needs: whoever reads so often gets nowhere. */
    private static final int MOST_READS = 100_000;

    private final EventStore store;
    private final SplittableRandom random;
    final List<SimulatedEvent> events = new ArrayList<>();
    final long base;
    private final long[] numbers = new long[SimulatedEvent.AUTHORS];
    private int left;
    private int reads;

    /** How often it could not be read. */
    int faults;

    SimulatedLog(EventStore store, SplittableRandom random) {
        this.store = store;
        this.random = random;
        align();
        this.base = store.head() + 1;
    }

    /** Slices end at multiples of their size: the same ones, wherever it begins. */
    private void align() {
        EventBatch batch = new EventBatch();
        long first = store.head() + 1;
        for (long at = first; at % ALIGNED != 0; at++) {
            batch.add(StreamId.of("filler", "one"), NewEvent.of("filler", new byte[0]));
        }
        if (first % ALIGNED != 0) {
            store.append(batch);
        }
    }

    long head() {
        return base + events.size() - 1;
    }

    void append() {
        EventBatch batch = new EventBatch();
        for (int i = 1 + random.nextInt(5); i > 0; i--) {
            int author = random.nextInt(SimulatedEvent.AUTHORS);
            boolean poison = random.nextInt(40) == 0;
            int fails = random.nextInt(8) > 0 ? 0 : 1 + random.nextInt(5);
            int times = fails == 5 ? SimulatedEvent.ALWAYS : fails;
            SimulatedEvent event =
                    new SimulatedEvent(events.size(), author, numbers[author]++, times, poison);
            events.add(event);
            StreamId stream = StreamId.of(Notes.CATEGORY, "author-" + author);
            if (poison) {
                batch.add(stream, NewEvent.of("noted", new byte[3]));
            } else {
                batch.add(stream, Simulation.SERDE, event.note());
            }
        }
        store.append(batch);
    }

    /** The next reads, so many, fail. */
    void fail(int times) {
        left = times;
    }

    /** The log as it is read: now and then it cannot be. */
    SliceReader reader(SliceReader real) {
        return new SliceReader() {
            @Override
            public long head() {
                return real.head();
            }

            @Override
            public EventSlice read(long from) {
                beforeRead();
                return real.read(from);
            }

            @Override
            public EventSlice read(long from, long last) {
                beforeRead();
                return real.read(from, last);
            }

            @Override
            public void beginCatchUp() {
                real.beginCatchUp();
            }

            @Override
            public void endCatchUp() {
                real.endCatchUp();
            }
        };
    }

    private void beforeRead() {
        if (++reads > MOST_READS) {
            throw new AssertionError("the log is read again and again");
        }
        if (left > 0) {
            left--;
            faults++;
            throw new StoreIoException("No answer: simulated=true", "Try again.", null);
        }
    }
}
