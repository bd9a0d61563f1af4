package io.varve.store;

import java.nio.file.Path;
import java.time.Duration;

/** Appends to a store that hardly ever syncs, until it is killed; prints {@code position.} */
final class AsyncChild {
    private AsyncChild() {}

    public static void main(String[] arguments) {
        StoreConfig config =
                TestEvents.restless(Path.of(arguments[0]))
                        .withDurability(Durability.async(Duration.ofHours(1)));
        EventStore store = EventStore.open(config);
        while (true) {
            long next = store.head() + 1;
            StreamId stream = TestEvents.stream("s" + next % 7);
            store.append(stream, ExpectedVersion.any(), TestEvents.event(next, (int) (next % 700)));
            if (next % 97 == 96) {
                store.sync();
            }
            System.out.println(next + ".");
            System.out.flush();
        }
    }
}
