package io.varve.store;

import java.nio.file.Path;
import java.util.SplittableRandom;

/**
 * Appends until it is killed, from four threads, and prints what was acknowledged: {@code first
 * last version stream seed size}. Event {@code i} of a batch has the payload {@code payload(seed +
 * i, size)}.
 */
final class AppendingChild {
    private AppendingChild() {}

    public static void main(String[] arguments) {
        EventStore store = EventStore.open(TestEvents.restless(Path.of(arguments[0])));
        long seed = Long.parseLong(arguments[1]);
        for (int i = 1; i < 4; i++) {
            long mine = seed + i;
            new Thread(() -> append(store, mine)).start();
        }
        append(store, seed);
    }

    private static void append(EventStore store, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        while (true) {
            StreamId stream = TestEvents.stream("s" + random.nextInt(40));
            long first = random.nextLong() >>> 8;
            int count = 1 + random.nextInt(5);
            int size = random.nextInt(20) == 0 ? random.nextInt(100_000) : random.nextInt(300);
            EventBatch batch = new EventBatch();
            for (int i = 0; i < count; i++) {
                batch.add(stream, TestEvents.event(first + i, size));
            }
            AppendResult result = store.append(batch);
            String line =
                    result.firstPosition()
                            + " "
                            + result.lastPosition()
                            + " "
                            + result.version()
                            + " "
                            + stream.key()
                            + " "
                            + first
                            + " "
                            + size;
            synchronized (AppendingChild.class) {
                System.out.println(line);
                System.out.flush();
            }
        }
    }
}
