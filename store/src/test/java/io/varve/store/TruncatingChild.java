package io.varve.store;

import java.nio.file.Path;

/**
 * Appends and truncates until it is killed, and prints what was acknowledged: {@code head N} and
 * {@code first N}. All events follow from their position: see {@link #stream} and {@link #event}.
 */
final class TruncatingChild {
    /** Streams; each position belongs to one of them. */
    static final int STREAMS = 13;

    private TruncatingChild() {}

    static StreamId stream(long position) {
        return TestEvents.stream("s" + (position * 7 + position / 50) % STREAMS);
    }

    static NewEvent event(long position) {
        return TestEvents.event(position, (int) (position % 97 == 0 ? 9_000 : position % 200));
    }

    public static void main(String[] arguments) {
        try (EventStore store = EventStore.open(TestEvents.restless(Path.of(arguments[0])))) {
            long seed = Long.parseLong(arguments[1]);
            for (long round = seed; ; round++) {
                EventBatch batch = new EventBatch();
                long next = store.head() + 1;
                for (int i = 0; i <= Math.floorMod(round, 4); i++) {
                    batch.add(stream(next + i), event(next + i));
                }
                store.append(batch);
                tell("head " + store.head());
                if (Math.floorMod(round, 5) == 0) {
                    store.retention().truncateBefore(Math.max(0, store.head() - 30));
                    tell("first " + store.retention().firstPosition());
                }
            }
        }
    }

    private static void tell(String line) {
        System.out.println(line);
        System.out.flush();
    }
}
